"""Who hears of a payment's fate: by the payment's kind, what to do when it is paid, comes back, loses a line or ends.

A table filled in apps.ready(); reactions run inside the transaction of the act and may refuse it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from huoshui.access.actor import Actor


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened to a payment: *what* is paid, returned, cancelled or struck; *subjects* are its lines' subject ids."""

    what: str
    order_id: int
    kind: str
    subject_id: int | None
    fund_id: int
    amount: int
    on: dt.date
    subjects: tuple[tuple[int, int], ...] = field(default=())  # (subject id of a line, fen)
    words: str = ""


Reaction = Callable[[Actor, Happened], None]
_TABLE: dict[str, list[Reaction]] = {}


def register(kind: str, reaction: Reaction) -> None:
    """Let *reaction* hear of payments of *kind*; registering the same one again changes nothing."""
    known = _TABLE.setdefault(kind, [])
    if reaction not in known:
        known.append(reaction)


def tell(actor: Actor, happened: Happened) -> None:
    """Let everybody who registered for the payment's kind react."""
    for reaction in _TABLE.get(happened.kind, []):
        reaction(actor, happened)
