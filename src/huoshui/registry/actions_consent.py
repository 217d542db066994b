"""A firm lets somebody read its data, and takes that back; a person comes to act for a firm."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.apps import apps
from django.db import transaction

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.audit.actions import record
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Problem, Refused, Stale
from huoshui.kernel.text import Text
from huoshui.registry.data_kinds import CONSENT_TEXT_VERSION, DATA_KINDS, MATCHING, PURPOSES
from huoshui.registry.models import Consent, Enterprise, Representative

PLATFORM = ("本平台", "platform")  # name and path of the reader that is no organisation
PROOFS: dict[str, Text] = {
    "phone_on_register": Text("登记手机号验证", "phone on the register"),
    "licence_photo": Text("营业执照照片", "photo of the licence"),
    "staff_confirmed": Text("工作人员核实", "confirmed by staff"),
}


def give_consent(
    actor: Actor,
    *,
    enterprise_id: int,
    reader_id: int | None,
    purpose: str,
    data_kinds: Collection[str],
    until: dt.date,
    paper: str = "",
) -> int:
    """Let organisation *reader_id* read *data_kinds* of the firm for *purpose* through *until*; returns the consent's id.

    The firm's own person does this; staff who enter a demand for a firm name the signed *paper*. A consent to the same
    reader for the same purpose is replaced. Without a reader it is the platform itself that may match, and only that.
    Raises Refused with every problem.
    """
    _check(actor, enterprise_id, purpose, data_kinds, until, paper)
    if (reader_id is None) != (purpose == MATCHING):
        words = ("平台自己只做匹配，其他用途要写明机构。", "The platform itself only matches; others are named.")
        raise Refused([_problem("reader_id", reader_id, *words)])
    assert actor.person_id is not None, "checked above: somebody gives it"
    now = clock.now()
    with transaction.atomic():
        Enterprise.objects.select_for_update().filter(pk=enterprise_id).first()
        open_ones = Consent.objects.filter(
            enterprise_id=enterprise_id, reader_id=reader_id, purpose=purpose, withdrawn_at__isnull=True
        )
        open_ones.update(withdrawn_at=now)
        reader = _reader(reader_id)
        made = Consent.objects.create(
            enterprise_id=enterprise_id,
            reader_id=reader_id,
            reader_path=reader[1],
            purpose=purpose,
            data_kinds=sorted(set(data_kinds)),
            given_by_id=actor.person_id,
            given_at=now,
            until=until,
            text_version=CONSENT_TEXT_VERSION,
        )
        _record_given(actor, made, reader[0], paper)
    return made.pk


def _check(
    actor: Actor, enterprise_id: int, purpose: str, data_kinds: Collection[str], until: dt.date, paper: str
) -> None:
    problems = [*_may_speak(actor, enterprise_id, paper)]
    if purpose not in PURPOSES:
        problems.append(_problem("purpose", purpose, "没有这种用途。", "There is no such purpose."))
    unknown = sorted(set(data_kinds) - set(DATA_KINDS))
    if unknown or not data_kinds:
        problems.append(_problem("data_kinds", unknown, "请选择要授权的数据种类。", "Choose the kinds of data."))
    if until < clock.today():
        problems.append(_problem("until", until, "授权截止日已过。", "The last day lies in the past."))
    if not Enterprise.objects.filter(pk=enterprise_id).exists():
        problems.append(_problem("enterprise_id", enterprise_id, "没有这个主体。", "There is no such firm."))
    if problems:
        raise Refused(problems)


def _may_speak(actor: Actor, enterprise_id: int, paper: str) -> list[Problem]:
    own = actor.kind == "owner" and enterprise_id in actor.enterprise_ids
    for_it = actor.kind == "staff" and actor.may(Permission.ENTER_DEMAND)
    if actor.person_id is None or not (own or for_it):
        words = ("只有主体自己可以授权或撤回。", "Only the firm itself can give or withdraw consent.")
        return [_problem("enterprise_id", enterprise_id, *words)]
    if for_it and not paper.strip():
        words = (
            "代为登记授权时，请填写已签字授权书的编号。",
            "Name the signed paper when entering consent for a firm.",
        )
        return [_problem("paper", paper, *words)]
    return []


def _problem(field: str, value: object, zh: str, en: str) -> Problem:
    return Problem(f"consent_{field}", Text(zh, en), field=field, value=value)


def _reader(reader_id: int | None) -> tuple[str, str]:
    if reader_id is None:
        return PLATFORM
    organisations = apps.get_model("access", "Organisation")._default_manager
    found: tuple[str, str] | None = organisations.filter(pk=reader_id).values_list("name", "path").first()
    if found is None:
        raise DomainError(
            "consent_reader",
            Text("没有这个机构。", "There is no such institution."),
            field="reader_id",
            value=reader_id,
        )
    return found


def _record_given(actor: Actor, made: Consent, reader: str, paper: str) -> None:
    kinds = "、".join(DATA_KINDS[kind].zh for kind in made.data_kinds)
    facts = {
        "consent": made.pk, "reader": reader, "reader_id": made.reader_id, "purpose": PURPOSES[made.purpose].zh,
        "kinds": kinds, "until": made.until.isoformat(), "text_version": made.text_version, "paper": paper,
    }  # fmt: skip
    topic = f"enterprise:{made.enterprise_id}"
    record(actor, "CONSENT_GIVEN", ("enterprise", made.enterprise_id), topic=topic, facts=facts)


def withdraw_consent(actor: Actor, *, consent_id: int) -> None:
    """Take a consent back, at once. Raises Refused for a stranger, Stale when it was withdrawn already."""
    with transaction.atomic():
        found = Consent.objects.select_related("reader").filter(pk=consent_id).first()
        if found is None:
            raise Refused([_problem("consent_id", consent_id, "没有这条授权。", "There is no such consent.")])
        # taking back is as easy as giving: no paper, whoever may speak for the firm
        if problems := _may_speak(actor, found.enterprise_id, "-"):
            raise Refused(problems)
        changed = Consent.objects.filter(pk=consent_id, withdrawn_at__isnull=True).update(withdrawn_at=clock.now())
        if changed != 1:
            raise Stale(what="consent")
        reader = found.reader.name if found.reader else PLATFORM[0]
        facts = {"consent": found.pk, "reader": reader, "purpose": PURPOSES[found.purpose].zh}
        topic = f"enterprise:{found.enterprise_id}"
        record(actor, "CONSENT_WITHDRAWN", ("enterprise", found.enterprise_id), topic=topic, facts=facts)


def represent(actor: Actor, *, person_id: int, enterprise_id: int, proof: str) -> int:
    """Let person *person_id* act for the firm, proved by *proof* (a key of PROOFS); returns the representation's id.

    Called by the portal once the person has proved it; the same person and firm again changes nothing.
    """
    if proof not in PROOFS:
        raise Refused([_problem("proof", proof, "没有这种证明方式。", "There is no such proof.")])
    with transaction.atomic():
        firm = Enterprise.objects.select_for_update().filter(pk=enterprise_id).first()
        if firm is None:
            raise Refused([_problem("enterprise_id", enterprise_id, "没有这个主体。", "There is no such firm.")])
        made, new = Representative.objects.get_or_create(
            enterprise_id=enterprise_id,
            person_id=person_id,
            ended_at=None,
            defaults={"proof": proof, "confirmed_at": clock.now()},
        )
        if new:
            facts = {"person": made.person.name, "enterprise": firm.name, "proof": proof}
            topic = f"enterprise:{enterprise_id}"
            record(actor, "REPRESENTATIVE_CONFIRMED", ("enterprise", enterprise_id), topic=topic, facts=facts)
    return made.pk


def end_representation(actor: Actor, *, person_id: int, enterprise_id: int) -> None:
    """End that *person_id* acts for the firm; the person and the office may. Stale when it had ended already."""
    if actor.person_id != person_id and not actor.may(Permission.IMPORT_REGISTER):
        raise Refused([_problem("person_id", person_id, "您不能结束这项代表关系。", "You may not end this.")])
    with transaction.atomic():
        found = Representative.objects.filter(enterprise_id=enterprise_id, person_id=person_id, ended_at=None)
        names = found.values_list("person__name", "enterprise__name").first()
        if found.update(ended_at=clock.now()) != 1 or names is None:
            raise Stale(what="representative")
        facts = {"person": names[0], "enterprise": names[1]}
        record(actor, "REPRESENTATIVE_ENDED", ("enterprise", enterprise_id), facts=facts)
