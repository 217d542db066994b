"""Events with their places in the chain, for a reader outside the platform."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from huoshui.audit import kinds
from huoshui.audit.models import Link

_PLAIN = ("kind", "actor_id", "actor_name", "acting_for", "subject_type", "subject_id", "topic", "facts", "reason")


def lines(*, topic: str = "") -> Iterator[dict[str, Any]]:
    """Yield every event in the order of the chain, with seq, digests in hexadecimal and the sentence in English."""
    links = Link.objects.select_related("event").order_by("seq")
    for link in (links.filter(event__topic=topic) if topic else links).iterator(chunk_size=2000):
        event = link.event
        yield {
            "seq": link.seq,
            "id": event.pk,
            "at": event.at.isoformat(),
            **{name: getattr(event, name) for name in _PLAIN},
            "rule_version": event.rule_version,
            "request_id": event.request_id,
            "sentence": kinds.say(event.kind, event.facts).en,
            "previous": bytes(link.previous).hex(),
            "digest": bytes(link.digest).hex(),
        }
