"""The one way to write an event: inside the transaction of the act it records."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Protocol

from huoshui.audit import kinds
from huoshui.audit.models import Event
from huoshui.kernel import clock
from huoshui.kernel.text import Text


class Acting(Protocol):
    """What an event needs to know of the one who acts."""

    @property
    def kind(self) -> str: ...
    @property
    def person_id(self) -> int | None: ...
    @property
    def name(self) -> str: ...
    @property
    def organisation_name(self) -> str: ...
    @property
    def request_id(self) -> str: ...


def record(
    actor: Acting,
    kind: str,
    subject: tuple[str, object],
    *,
    topic: str = "",
    facts: dict[str, Any] | None = None,
    reason: str = "",
    rule_version: str = "",
) -> None:
    """Record that *actor* did *kind* to *subject* (type, id). Unknown kinds are a programming error (KeyError).

    *facts* fill the kind's sentence: plain values, dates, Decimals as text, a Text in both languages.
    """
    kinds.sentence(kind)
    Event.objects.create(
        at=clock.now(),
        kind=kind,
        actor_id=str(actor.person_id or actor.kind),
        actor_name=actor.name,
        acting_for=actor.organisation_name,
        subject_type=subject[0],
        subject_id=str(subject[1]),
        topic=topic,
        facts={name: _plain(fact) for name, fact in (facts or {}).items()},
        reason=reason,
        rule_version=rule_version,
        request_id=actor.request_id,
    )


def _plain(fact: Any) -> Any:
    """Return *fact* as JSON keeps it without loss: a figure as its own text, never as a float."""
    if isinstance(fact, Text):
        return {"zh": fact.zh, "en": fact.en}
    if isinstance(fact, dict):
        return {str(name): _plain(part) for name, part in fact.items()}
    if isinstance(fact, list | tuple | set | frozenset):
        return [_plain(part) for part in fact]
    if isinstance(fact, dt.date | dt.datetime):
        return fact.isoformat()
    return str(fact) if isinstance(fact, Decimal | float) else fact
