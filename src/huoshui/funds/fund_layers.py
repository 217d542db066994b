"""Which money paid for what: first in, first out over the movements of a fund's account. Pure.

Money has no colour; the order it came in is the rule auditors use to say which appropriation a payment came from.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Layer:
    """*amount* fen that came in by posting *source* and went out by posting *use*."""

    source: int
    use: int
    amount: int


def layers(moves: Iterable[tuple[int, int]]) -> Iterator[Layer]:
    """Yield what each movement out was paid from. *moves*: (posting, fen; in above 0, out below), in the account's order.

    What goes out beyond what came in is left out: the account is guarded and has no such money.
    """
    there: deque[list[int]] = deque()
    for posting, amount in moves:
        if amount > 0:
            there.append([posting, amount])
            continue
        owed = -amount
        while owed and there:
            taken = min(owed, there[0][1])
            yield Layer(there[0][0], posting, taken)
            owed -= taken
            there[0][1] -= taken
            if not there[0][1]:
                there.popleft()
