"""What is done to somebody's way of signing in: passwords, locks, second factors, sessions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F

from huoshui.access import policy, vault
from huoshui.access.actions_notice import notify
from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.authority import found, require_administration
from huoshui.access.models import Person
from huoshui.access.passwords import checked_password
from huoshui.audit.actions import record
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Refused
from huoshui.kernel.text import Text


def set_password(actor: Actor, *, person_id: int, password: str) -> None:
    """Set a first password for somebody else, who has to change it; ends every session of theirs, opens a lock."""
    require_administration(actor, of=person_id)
    with transaction.atomic():
        person = found(person_id)
        if problems := checked_password(password, person):
            raise Refused(problems)
        person.set_password(password)
        person.must_change_password = True
        person.failed_attempts, person.locked_until = 0, None
        person.session_epoch += 1
        person.save(
            update_fields=["password", "must_change_password", "failed_attempts", "locked_until", "session_epoch"]
        )
        record(actor, "PASSWORD_SET", ("person", person_id), facts={"username": person.username})
        notify(actor, template="PASSWORD_SET", facts={}, person_id=person_id)


def share_practice_password(actor: Actor, *, person_ids: Sequence[int], password: str) -> None:
    """Give everybody of *person_ids* the one password that a demo prints; hashed once, since hashing is slow by design.

    DomainError outside practice mode, where nobody shares a password.
    """
    require_administration(actor)
    if not settings.DEMO:
        said = Text("只有演示环境可以共用密码。", "Only practice mode has a shared password.")
        raise DomainError("practice_only", said, field="password")
    with transaction.atomic():
        people = Person.objects.filter(pk__in=person_ids)
        people.update(password=make_password(password), must_change_password=False)
        for person in people:
            record(actor, "PASSWORD_SET", ("person", person.pk), facts={"username": person.username})


def unlock(actor: Actor, *, person_id: int) -> None:
    """Open a locked account before its time. DomainError where it is not locked."""
    require_administration(actor, of=person_id)
    with transaction.atomic():
        person = found(person_id)
        if not locked(person):
            said = Text("此账号没有被锁定。", "This account is not locked.")
            raise DomainError("not_locked", said, field="person_id", value=person.username)
        person.failed_attempts, person.locked_until = 0, None
        person.save(update_fields=["failed_attempts", "locked_until"])
        record(actor, "ACCOUNT_UNLOCKED", ("person", person_id), facts={"username": person.username})


def reset_factor(actor: Actor, *, person_id: int, reason: str) -> int:
    """Remove every second factor of somebody who lost it; ends their sessions. Returns how many were removed."""
    require_administration(actor, of=person_id)
    if not reason.strip():
        raise DomainError(
            "reason_missing",
            Text("请写明如何核实了本人。", "Say how you made sure who asks."),
            field="reason",
            value=reason,
        )
    with transaction.atomic():
        person = found(person_id)
        removed, _ = Authenticator.objects.filter(user_id=person_id).delete()
        _end_sessions(person_id)
        facts = {"username": person.username, "removed": removed}
        record(actor, "FACTOR_RESET", ("person", person_id), facts=facts, reason=reason)
        notify(actor, template="FACTOR_RESET", facts={}, person_id=person_id)
    return int(removed)


def sign_out_everywhere(actor: Actor, *, person_id: int) -> None:
    """End every session of a person: one's own, or as security administrator another's."""
    if actor.person_id != person_id:
        require_administration(actor)
    with transaction.atomic():
        person = found(person_id)
        _end_sessions(person_id)
        record(actor, "SIGNED_OUT_EVERYWHERE", ("person", person_id), facts={"username": person.username})


def set_language(actor: Actor, *, language: str) -> None:
    """Remember the actor's own language. DomainError for one the platform does not speak."""
    if language not in dict(settings.LANGUAGES):
        said = Text("平台没有这种语言。", "The platform does not speak this language.")
        raise DomainError("language_unknown", said, field="language", value=language)
    if actor.person_id is None:
        return
    with transaction.atomic():
        if Person.objects.filter(pk=actor.person_id).exclude(language=language).update(language=language):
            record(actor, "LANGUAGE_CHOSEN", ("person", actor.person_id), facts={"language": language})


def _end_sessions(person_id: int) -> None:
    Person.objects.filter(pk=person_id).update(session_epoch=F("session_epoch") + 1)


def locked(person: Person) -> bool:
    """Return whether the account is locked now."""
    return person.locked_until is not None and person.locked_until > clock.now()


def count_failure(person: Person) -> bool:
    """Count a wrong password; at the limit lock the account and tell its owner. Returns whether it is locked now."""
    with transaction.atomic():
        # the row is locked from here on: of many tries at once each one counts
        Person.objects.filter(pk=person.pk).update(failed_attempts=F("failed_attempts") + 1)
        attempts = Person.objects.values_list("failed_attempts", flat=True).get(pk=person.pk)
        facts = {"username": person.username, "attempts": attempts}
        record(SYSTEM, "SIGN_IN_FAILED", ("person", person.pk), facts=facts)
        if attempts < policy.value("lock.attempts"):
            return False
        until = clock.now() + dt.timedelta(minutes=policy.value("lock.minutes"))
        Person.objects.filter(pk=person.pk).update(failed_attempts=0, locked_until=until)
        said = until.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M")
        record(SYSTEM, "ACCOUNT_LOCKED", ("person", person.pk), facts={"username": person.username, "until": said})
        notify(SYSTEM, template="ACCOUNT_LOCKED", facts={"until": said}, person_id=person.pk)
    return True


def forget_failures(person: Person) -> None:
    """Start counting anew after a right password."""
    if person.failed_attempts or person.locked_until:
        Person.objects.filter(pk=person.pk).update(failed_attempts=0, locked_until=None)


def password_changed(person: Person) -> None:
    """Record that the person chose a new password; Django ends their other sessions by itself."""
    from huoshui.access.actor import actor_for

    with transaction.atomic():
        Person.objects.filter(pk=person.pk).update(must_change_password=False)
        record(actor_for(person), "PASSWORD_CHANGED", ("person", person.pk), facts={"username": person.username})


def rekey(actor: Actor) -> int:
    """Write encrypted phone numbers, and the indexes that find them, under the newest key; returns how many."""
    require_administration(actor)
    count = 0
    with transaction.atomic():
        for person in Person.objects.filter(phone_cipher__isnull=False).select_for_update().iterator():
            assert person.phone_cipher is not None, "only rows with a number are asked for"
            number = vault.decrypt(person.phone_cipher)
            person.phone_cipher = vault.encrypt(number)
            if person.phone_hash:
                person.phone_hash = vault.blind_index(number)
            person.save(update_fields=["phone_cipher", "phone_hash"])
            count += 1
        record(actor, "DATA_REKEYED", ("person", "phones"), facts={"count": count})
    return count
