"""The bytes of an event and the digest that chains it, computed apart from the database that wrote them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

GENESIS = bytes(32)  # what the first event continues

# the fields of an event as text, in the order they are hashed; the same list stands in sql/chain.sql
FIELDS = (
    "event.id::text",
    "to_char(event.at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US')",
    *("event.kind", "event.actor_id", "event.actor_name", "event.acting_for", "event.subject_type"),
    *("event.subject_id", "event.topic", "event.facts::text", "event.reason", "event.rule_version", "event.request_id"),
)


def canonical(fields: Sequence[str]) -> bytes:
    """Return the event's bytes: each field in UTF-8, led by its length in bytes and a colon, followed by a comma."""
    parts = [field.encode() for field in fields]
    return b"".join(b"%d:%b," % (len(part), part) for part in parts)


def digest(previous: bytes, fields: Sequence[str]) -> bytes:
    """Return SHA-256 of the predecessor's digest followed by the event's bytes."""
    return hashlib.sha256(previous + canonical(fields)).digest()
