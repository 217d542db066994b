"""Which payments a bank's movement shows: one to one, or one to many. Pure; what is not certain is left for a person.

In order: the payment's number in the remark; the file's number with the file's total; the payee's account and amount; the
payee's name and amount; all payments of one payee that wait, by their sum. Only a single answer counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

_NUMBER = re.compile(r"[A-Z]{2}\d{6}-\d{6}(?:-\d+)?")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A payment that was sent (or, for money that comes back, paid); *amount* in fen."""

    id: int
    number: str
    file: str
    payee: str
    account: str
    amount: int


@dataclass(frozen=True, slots=True)
class Movement:
    """A line of the statement; *amount* fen without its sign."""

    id: int
    amount: int
    party: str
    party_account: str
    remark: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A movement with the payments it shows and by what they were found."""

    movement: int
    orders: tuple[int, ...]
    how: str


Rule = Callable[[Movement, Sequence[Waiting]], list[Waiting]]


def match(movements: Iterable[Movement], waiting: Iterable[Waiting]) -> tuple[Pair, ...]:
    """Return the pairs that are certain. Each payment and each movement is used once; the rest is left.

    A rule is applied to every movement before the next, weaker one, so that a number always beats a name.
    """
    open_ = {one.id: one for one in waiting}
    left = list(movements)
    pairs: list[Pair] = []
    for how, rule in RULES:
        still = []
        for movement in left:
            found = rule(movement, list(open_.values()))
            if not found:
                still.append(movement)
                continue
            pairs.append(Pair(movement.id, tuple(one.id for one in found), how))
            for one in found:
                del open_[one.id]
        left = still
    return tuple(pairs)


def fits(amount: int, orders: Sequence[int]) -> bool:
    """Return whether payments of *orders* fen are together what moved."""
    return bool(orders) and sum(orders) == amount


def _by_number(movement: Movement, waiting: Sequence[Waiting]) -> list[Waiting]:
    named = set(_NUMBER.findall(movement.remark))
    found = [one for one in waiting if one.number in named]
    return found if fits(movement.amount, [one.amount for one in found]) else []


def _by_file(movement: Movement, waiting: Sequence[Waiting]) -> list[Waiting]:
    named = set(_NUMBER.findall(movement.remark))
    found = [one for one in waiting if one.file and one.file in named]
    return found if fits(movement.amount, [one.amount for one in found]) else []


def _by_account(movement: Movement, waiting: Sequence[Waiting]) -> list[Waiting]:
    account = movement.party_account
    return _single([one for one in waiting if account and one.account == account and one.amount == movement.amount])


def _by_name(movement: Movement, waiting: Sequence[Waiting]) -> list[Waiting]:
    name = _squeezed(movement.party)
    return _single([one for one in waiting if name and _squeezed(one.payee) == name and one.amount == movement.amount])


def _by_sum(movement: Movement, waiting: Sequence[Waiting]) -> list[Waiting]:
    """All that waits for one payee, where it is together what moved: a bank pays a payee's lines in one sum."""
    name, account = _squeezed(movement.party), movement.party_account
    found = [one for one in waiting if (account and one.account == account) or (name and _squeezed(one.payee) == name)]
    return found if len(found) > 1 and fits(movement.amount, [one.amount for one in found]) else []


def _single(found: list[Waiting]) -> list[Waiting]:
    return found if len(found) == 1 else []


def _squeezed(text: str) -> str:
    return "".join(text.split()).replace("（", "(").replace("）", ")")


RULES: tuple[tuple[str, Rule], ...] = (
    ("number", _by_number),
    ("file", _by_file),
    ("account", _by_account),
    ("name", _by_name),
    ("sum", _by_sum),
)
