"""What the posting processes do: deed *n* of a seed is always the same, so that it can be repeated and reckoned up."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

FIRST_DAY = dt.date(2026, 1, 5)


@dataclass(frozen=True)
class Deed:
    """*kind*: in, out, many, hold_posted or hold_voided; *amounts* one a posting; *clock*: days the clock is off."""

    number: int
    kind: str
    amounts: tuple[int, ...]
    day: dt.date
    clock: int

    @property
    def sources(self) -> list[str]:
        """Return the sources of the postings it makes, in order."""
        if self.kind == "hold_voided":
            return []
        return [f"deed:{self.number}:{at}" for at in range(len(self.amounts))]

    @property
    def paid(self) -> int:
        """Return what leaves the fund's account, fen; below zero for what comes in."""
        return {"in": -1, "hold_voided": 0}.get(self.kind, 1) * sum(self.amounts)


def deed(seed: int, number: int) -> Deed:
    """Return deed *number*; the first one pays in enough for all that follow."""
    chance = random.Random(f"{seed}/{number}")
    if number == 0:
        return Deed(0, "in", (10**12,), FIRST_DAY, 0)
    kind = chance.choice(["in", "out", "out", "many", "hold_posted", "hold_voided"])
    amounts = tuple(chance.randint(1, 10_000) for _ in range(chance.randint(2, 40) if kind == "many" else 1))
    clock = chance.choice([0, 0, 0, -1, -400, 30])
    return Deed(number, kind, amounts, FIRST_DAY + dt.timedelta(days=chance.randrange(300)), clock)


def run_of(seed: int, number: int) -> tuple[int, ...]:
    """Return the amounts (fen) of the payments that payment run *number* is made of."""
    chance = random.Random(f"{seed}/run/{number}")
    return tuple(chance.randint(1, 10_000) for _ in range(chance.choice([1, 1, 2, 3])))
