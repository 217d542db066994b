"""One-time codes: sent to a phone, checked once, and the owner's account that comes with the first."""

from __future__ import annotations

import datetime as dt
import hmac
import json
import math
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from huoshui.access import notice_texts, phones, policy, vault
from huoshui.access.actor import ANONYMOUS
from huoshui.access.models import Delivery, OneTimeCode, Person, RoleGrant
from huoshui.access.roles import Role
from huoshui.audit.actions import record
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Sent:
    """A code is on its way: to which phone (middle hidden), how long it holds, when another may be asked for.

    *practice_code* is the code itself in practice mode, for a page that says so; None anywhere else.
    """

    phone: str
    minutes: int
    resend_seconds: int
    practice_code: str | None


def send_code(phone: str, *, purpose: str = "sign_in", address: str = "") -> Sent:
    """Send a six-digit code to *phone*, asked for from network *address*. DomainError: not a phone, or too often."""
    number = phones.normalise(phone)
    now, minutes = clock.now(), policy.value("code.minutes")
    address_hash = vault.blind_index(f"address {address}") if address else ""
    code = f"{secrets.randbelow(1_000_000):06}"
    index = vault.blind_index(number)
    with transaction.atomic():
        _check_rate(number, index, address_hash, now)
        # an older code is void as soon as a new one exists: one code is open at a time
        _open_codes(index, purpose).update(used_at=now)
        made = OneTimeCode.objects.create(
            phone_hash=index,
            purpose=purpose,
            address_hash=address_hash,
            code_hash=_code_hash(index, purpose, code),
            created_at=now,
            expires_at=now + dt.timedelta(minutes=minutes),
        )
        _queue(number, index, code, minutes, now)
        record(ANONYMOUS, "CODE_SENT", ("code", made.pk), facts={"phone": phones.masked(number), "purpose": purpose})
    practice = code if settings.DEMO else None
    return Sent(phones.masked(number), minutes, policy.value("code.resend_seconds"), practice)


def _open_codes(index: str, purpose: str) -> QuerySet[OneTimeCode]:
    return OneTimeCode.objects.filter(phone_hash=index, purpose=purpose, used_at__isnull=True)


def _check_rate(number: str, index: str, address_hash: str, now: dt.datetime) -> None:
    hour = now - dt.timedelta(hours=1)
    recent = OneTimeCode.objects.filter(phone_hash=index, created_at__gt=hour)
    last = recent.order_by("-id").values_list("created_at", flat=True).first()
    wait = policy.value("code.resend_seconds")
    if last and (passed := (now - last).total_seconds()) < wait:
        left = math.ceil(wait - passed)
        raise _too_often(
            number, Text("请 {n} 秒后再获取验证码。", "Ask for another code in {n} seconds.").format(n=left)
        )
    if recent.count() >= policy.value("code.per_phone_hour"):
        raise _too_often(
            number, Text("这个手机号一小时内获取验证码次数过多。", "Too many codes for this phone within an hour.")
        )
    asked = OneTimeCode.objects.filter(address_hash=address_hash, created_at__gt=hour) if address_hash else None
    if asked is not None and asked.count() >= policy.value("code.per_address_hour"):
        raise _too_often(
            number, Text("当前网络一小时内获取验证码次数过多。", "Too many codes from this network within an hour.")
        )


def _too_often(number: str, said: Text) -> DomainError:
    remedy = Text("请稍后再试，或到服务大厅办理。", "Try again later, or come to the service hall.")
    return DomainError("code_too_often", said, field="phone", value=phones.masked(number), remedy=remedy)


def _queue(number: str, index: str, code: str, minutes: int, now: dt.datetime) -> None:
    said = notice_texts.say("SIGN_IN_CODE", {"code": code, "minutes": minutes}).zh
    hidden = notice_texts.say("SIGN_IN_CODE", {"code": "******", "minutes": minutes}).zh
    by_sms = "sms" in getattr(settings, "NOTICE_CHANNELS", ["recorded"])
    Delivery.objects.create(
        channel="sms" if by_sms else "recorded",
        recipient_hash=index,
        recipient_cipher=vault.encrypt(json.dumps({"to": number, "body": said})) if by_sms else None,
        body=said if settings.DEMO else hidden,
        state=Delivery.State.QUEUED if by_sms else Delivery.State.SENT,
        created_at=now,
        sent_at=None if by_sms else now,
    )


def check_code(phone: str, code: str, *, purpose: str = "sign_in") -> Person:
    """Return the person behind *phone* (an owner of a firm, made at the first code). DomainError: wrong, late or used up.

    A wrong try counts even though the act is refused, so never call this inside a transaction of your own.
    """
    number = phones.normalise(phone)
    typed = "".join(character for character in code if character.isdigit())
    _use_up(number, typed, purpose)
    with transaction.atomic():
        return _owner(number)


def _use_up(number: str, typed: str, purpose: str) -> None:
    now, limit = clock.now(), policy.value("code.attempts")
    for index in vault.blind_indexes(number):
        latest = _open_codes(index, purpose).filter(expires_at__gt=now).order_by("-id").first()
        if latest is None:
            continue
        tried = OneTimeCode.objects.filter(pk=latest.pk, used_at__isnull=True, attempts__lt=limit)
        if tried.update(attempts=F("attempts") + 1) != 1:
            raise _wrong("验证码已输错太多次。", "Too many wrong tries.")
        if not hmac.compare_digest(latest.code_hash, _code_hash(index, purpose, typed)):
            left = limit - latest.attempts - 1
            record(ANONYMOUS, "CODE_REFUSED", ("code", latest.pk), facts={"phone": phones.masked(number), "left": left})
            raise _wrong(f"验证码不正确，还可以试 {left} 次。", f"Wrong code; {left} tries left.")
        if OneTimeCode.objects.filter(pk=latest.pk, used_at__isnull=True).update(used_at=now) != 1:
            raise _wrong("验证码已经用过。", "The code has been used.")
        return
    raise _wrong("验证码已失效或尚未获取。", "No code is open for this phone.")


def _wrong(zh: str, en: str) -> DomainError:
    remedy = Text("请核对短信，或重新获取验证码。", "Look at the message again, or ask for a new code.")
    return DomainError("code_wrong", Text(zh, en), field="code", remedy=remedy)


def _code_hash(index: str, purpose: str, code: str) -> str:
    return vault.blind_index(f"code {index} {purpose} {code}")


def _owner(number: str) -> Person:
    known = Person.objects.filter(phone_hash__in=vault.blind_indexes(number), kind=Person.Kind.OWNER).first()
    if known is None:
        return _new_owner(number)
    if not known.is_active:
        raise DomainError(
            "person_closed",
            Text("此手机号的账号已停用。", "The account of this phone is closed."),
            field="phone",
            value=phones.masked(number),
            remedy=Text("请联系平台服务热线。", "Call the platform's service line."),
        )
    return known


def _new_owner(number: str) -> Person:
    index = vault.blind_index(number)
    person, new = Person.objects.get_or_create(
        phone_hash=index,
        defaults={
            "username": f"owner-{secrets.token_hex(8)}",
            "name": phones.masked(number),
            "kind": Person.Kind.OWNER,
            "phone_cipher": vault.encrypt(number),
            "password": "!",  # nobody signs in to it with a password
        },
    )
    if new:
        RoleGrant.objects.create(person=person, role=Role.OWNER.value, granted_at=clock.now())
        record(ANONYMOUS, "OWNER_CREATED", ("person", person.pk), facts={"phone": phones.masked(number)})
    return person
