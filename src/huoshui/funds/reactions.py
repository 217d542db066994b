"""Who hears of a payment's fate: by the payment's kind, what to do when it is approved, paid, comes back, loses a line or ends.

Tables filled in apps.ready(); reactions run inside the transaction of the act and may refuse it. A kind whose money is
booked in a way of its own says so by `posts`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from huoshui.access.actor import Actor
from huoshui.ledger.books import Draft


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened to a payment: *what* is approved, paid, returned, cancelled or struck; *subjects* are its lines' subject ids.

    *attempt*: how often it was sent.
    """

    what: str
    order_id: int
    kind: str
    subject_id: int | None
    fund_id: int
    amount: int
    on: dt.date
    subjects: tuple[tuple[int, int], ...] = field(default=())  # (subject id of a line, fen)
    words: str = ""
    attempt: int = 1


Reaction = Callable[[Actor, Happened], None]
Drafter = Callable[[Actor, Happened], Draft]
_TABLE: dict[str, list[Reaction]] = {}
_DRAFTERS: dict[str, Drafter] = {}


def register(kind: str, reaction: Reaction) -> None:
    """Let *reaction* hear of payments of *kind*; registering the same one again changes nothing."""
    known = _TABLE.setdefault(kind, [])
    if reaction not in known:
        known.append(reaction)


def tell(actor: Actor, happened: Happened) -> None:
    """Let everybody who registered for the payment's kind react."""
    for reaction in _TABLE.get(happened.kind, []):
        reaction(actor, happened)


def posts(kind: str, drafter: Drafter) -> None:
    """Let *drafter* say how a paid payment of *kind* is booked; without one it is booked as money spent for good."""
    _DRAFTERS[kind] = drafter


def drafter_of(kind: str) -> Drafter | None:
    """Return how payments of *kind* are booked, None for money spent for good."""
    return _DRAFTERS.get(kind)


def kinds_with_books() -> tuple[str, ...]:
    """Return the kinds of payments that are booked in a way of their own."""
    return tuple(sorted(_DRAFTERS))
