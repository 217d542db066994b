"""Sends what waits in the outbox: by e-mail, or through the city's message gateway as SMS or WeChat template message.

The gateway is any HTTPS service that takes a signed JSON document; its address, key and secret are settings. A message
that fails is tried again later and kept with its error; nothing is sent twice by two workers.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import F, Q

from huoshui.access import policy, vault
from huoshui.access.models import Delivery, Notice, Person
from huoshui.kernel import clock

TIMEOUT_SECONDS = 10


class SendFailed(Exception):
    """The message did not leave; the text says why, for the operator."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many messages left, failed for good, and wait for another try."""

    sent: int = 0
    failed: int = 0
    again: int = 0


def deliver(*, limit: int = 200) -> Outcome:
    """Send up to *limit* waiting messages and return what became of them. Run by the worker, bound to everything."""
    sent = failed = again = 0
    for _ in range(limit):
        state = _next()
        if state is None:
            break
        sent += state == Delivery.State.SENT
        failed += state == Delivery.State.FAILED
        again += state == Delivery.State.QUEUED
    return Outcome(sent, failed, again)


def _next() -> str | None:
    """Send the oldest message that is due; its row is locked meanwhile, and other workers pass it by."""
    with transaction.atomic():
        now = clock.now()
        due = Delivery.objects.filter(state=Delivery.State.QUEUED).filter(Q(due_at__isnull=True) | Q(due_at__lte=now))
        row = due.select_for_update(skip_locked=True, of=("self",)).order_by("id").first()
        if row is None:
            return None
        if row.recipient_cipher is None and not _address(row):
            return _closed(row, Delivery.State.FAILED, "nobody to send to")
        return _sent(row, now)


def _sent(row: Delivery, now: dt.datetime) -> str:
    assert row.recipient_cipher is not None, "a message is addressed before it is sent"
    kept: dict[str, str] = json.loads(vault.decrypt(row.recipient_cipher))
    try:
        SENDERS[row.channel](kept["to"], kept.get("body", row.body), row)
    except SendFailed as why:
        return _failed(row, str(why), now)
    return _closed(row, Delivery.State.SENT, "")


def _closed(row: Delivery, state: Delivery.State, error: str) -> str:
    """End a message; where it went, and a code in it, are forgotten."""
    row.state, row.error, row.recipient_cipher = state, error, None
    row.sent_at = clock.now() if state == Delivery.State.SENT else None
    row.attempts += 1
    row.save(update_fields=["state", "error", "recipient_cipher", "sent_at", "attempts"])
    return str(state)


def _failed(row: Delivery, why: str, now: dt.datetime) -> str:
    if row.attempts + 1 >= policy.value("delivery.attempts"):
        return _closed(row, Delivery.State.FAILED, why)
    wait = dt.timedelta(minutes=policy.value("delivery.retry_minutes") * (row.attempts + 1))
    Delivery.objects.filter(pk=row.pk).update(attempts=F("attempts") + 1, error=why, due_at=now + wait)
    return str(Delivery.State.QUEUED)


def _address(row: Delivery) -> bool:
    """Address *row* to the first person its notice is for and add a row for each other; False where nobody is reached."""
    found = sorted(set(_addresses(row.notice, row.channel))) if row.notice else []
    for place, address in enumerate(found):
        copy = row if place == 0 else Delivery(**{name: getattr(row, name) for name in _COPIED})
        copy.recipient_cipher = vault.encrypt(json.dumps({"to": address}))
        copy.recipient_hash = vault.blind_index(address)
        copy.save()
    return bool(found)


_COPIED = ("notice_id", "channel", "body", "due_at", "created_at")


def _addresses(notice: Notice, channel: str) -> Iterator[str]:
    people = Person.objects.filter(is_active=True)
    if notice.person_id:
        people = people.filter(pk=notice.person_id)
    elif notice.organisation_id:
        people = people.filter(organisation_id=notice.organisation_id)
    else:  # the relation is declared by the register on its own table
        people = people.filter(represents__enterprise_id=notice.enterprise_id or 0, represents__ended_at__isnull=True)
    for person in people:
        if channel == "email" and person.email:
            yield person.email
        elif channel != "email" and person.phone_cipher:
            yield vault.decrypt(person.phone_cipher)


def _by_email(to: str, body: str, row: Delivery) -> None:
    try:
        send_mail(settings.PRODUCT_NAME, body, None, [to])
    except OSError as why:
        raise SendFailed(f"mail server: {why}") from why


def _by_gateway(to: str, body: str, row: Delivery) -> None:
    """Post {channel, to, template, facts, text, id}; the same id is never sent twice by the gateway.

    Signature: header X-Signature, HMAC-SHA-256 in hexadecimal over "timestamp.nonce.body" with the shared secret.
    """
    gateway: dict[str, str] = settings.MESSAGE_GATEWAY
    if not gateway["url"].startswith("https://") and not gateway["url"].startswith("http://127.0.0.1"):
        raise SendFailed("no gateway is configured: set HUOSHUI_GATEWAY_URL (https)")
    notice = row.notice
    document = {
        "id": f"huoshui-{row.pk}",
        "channel": row.channel,
        "to": to,
        "template": notice.template if notice else "SIGN_IN_CODE",
        "facts": notice.facts if notice else {},
        "text": body,
    }
    payload = json.dumps(document, ensure_ascii=False).encode()
    _post(gateway, payload)


def _post(gateway: dict[str, str], payload: bytes) -> None:
    stamp, nonce = str(int(clock.now().timestamp())), secrets.token_hex(8)
    signature = hmac.new(gateway["secret"].encode(), f"{stamp}.{nonce}.".encode() + payload, hashlib.sha256)
    request = urllib.request.Request(  # noqa: S310 (the scheme is checked above)
        gateway["url"],
        data=payload,
        headers={
            "Content-Type": "application/json; charset=utf-8",
            "X-Key": gateway["key"],
            "X-Timestamp": stamp,
            "X-Nonce": nonce,
            "X-Signature": signature.hexdigest(),
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            answer.read()
    except urllib.error.HTTPError as why:
        raise SendFailed(f"gateway answered {why.code}") from why
    except OSError as why:
        raise SendFailed(f"gateway not reached: {why}") from why


SENDERS: dict[str, Callable[[str, str, Delivery], None]] = {
    "email": _by_email,
    "sms": _by_gateway,
    "wechat": _by_gateway,
}
