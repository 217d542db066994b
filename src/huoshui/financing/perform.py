"""How every act of this package is done: load what the actor may see, decide, change by compare-and-set, record, tell.

Reading happens under the actor's own row security. Once an act is allowed, its consequences may reach rows the actor
cannot see (another bank's case, the demand itself), so writing happens as the platform, inside the same transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import F, Model

from huoshui.access import actions as access
from huoshui.access import queries as offices
from huoshui.access import row_security
from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.scope import scope
from huoshui.audit.actions import record
from huoshui.catalogue import queries as catalogue
from huoshui.financing import clocks as deadlines
from huoshui.financing import referral_lifecycle
from huoshui.financing.constraints import spoken
from huoshui.financing.models import Clock, Demand, Loan, Referral
from huoshui.kernel.clock import ZONE
from huoshui.kernel.errors import DomainError, Problem, Refused, Stale
from huoshui.kernel.text import Text

Row = TypeVar("Row", bound=Model)


@contextmanager
def writing() -> Iterator[None]:
    """One transaction whose writes may reach every row that follows from an act already allowed."""
    with spoken(), transaction.atomic():
        if row_security.bound().kind == "system":
            yield
        else:
            with row_security.acting(SYSTEM):
                yield


def demand_of(actor: Actor, demand_id: int) -> Demand:
    """Return the demand if *actor* may see it. Raises DomainError otherwise."""
    found = scope(actor, Demand.objects.filter(pk=demand_id)).first()
    return _found(
        found, "demand_id", demand_id, Text("没有这笔需求，或您无权查看。", "No such demand, or not yours to see.")
    )


def case_of(actor: Actor, referral_id: int) -> Referral:
    """Return the bank's case with its demand and bank if *actor* may see it. Raises DomainError otherwise."""
    rows = scope(actor, Referral.objects.filter(pk=referral_id)).select_related("demand", "bank")
    return _found(
        rows.first(),
        "referral_id",
        referral_id,
        Text("没有这个案件，或您无权查看。", "No such case, or not yours to see."),
    )


def loan_of(actor: Actor, loan_id: int) -> Loan:
    """Return the loan with its case, demand and bank if *actor* may see it. Raises DomainError otherwise."""
    rows = scope(actor, Loan.objects.filter(pk=loan_id)).select_related("referral__demand", "bank")
    return _found(
        rows.first(), "loan_id", loan_id, Text("没有这笔贷款，或您无权查看。", "No such loan, or not yours to see.")
    )


def _found(row: Row | None, field: str, value: int, words: Text) -> Row:
    if row is None:
        raise DomainError("not_found", words, field=field, value=value)
    return row


def require(actor: Actor, *permissions: Any) -> None:
    """Refuse unless a role of *actor* grants one of *permissions*."""
    if not any(actor.may(permission) for permission in permissions):
        words = Text("您的岗位没有此项权限。", "Your role does not include this.")
        raise DomainError("not_permitted", words, field="permission", value=str(permissions[0]))


def person_of(actor: Actor) -> int:
    """Return the person who acts. Raises DomainError where a job tries what only a human being answers for."""
    if actor.person_id is None:
        words = Text("这项操作必须由本人办理。", "Only a person may do this.")
        raise DomainError("person_needed", words, field="actor", value=actor.kind)
    return actor.person_id


def refuse_if(problems: list[Problem]) -> None:
    """Raise Refused with every problem, if there is one."""
    if problems:
        raise Refused(problems)


def swap(row: Model, seen: int | None = None, **changes: Any) -> None:
    """Change *row* where it still is as seen (id, state, version): exactly one row, else Stale. Also sets it on *row*."""
    current: Any = row
    if seen is not None and seen != current.version:
        raise Stale(what=row._meta.model_name or "")
    rows = type(row)._default_manager.filter(pk=row.pk, state=current.state, version=current.version)
    if rows.update(version=F("version") + 1, **changes) != 1:
        raise Stale(what=row._meta.model_name or "")
    current.version += 1
    for name, value in changes.items():
        setattr(row, name, value)


def seen_or_stale(row: Model, seen: int | None) -> None:
    """Raise Stale when the page was made of an older version: a decision on old facts would be misleading."""
    if seen is not None and seen != row.version:  # type: ignore[attr-defined]
        raise Stale(what=row._meta.model_name or "")


def lock(demand_id: int) -> Demand:
    """Hold the demand to the end of the transaction: acts at several banks follow one another. Always before its cases."""
    return Demand.objects.select_for_update(of=("self",)).get(pk=demand_id)


def deadline_values() -> Mapping[str, Any]:
    """Return the policy values that deadlines are made of, as of today."""
    return {path: catalogue.parameter(path) for path in deadlines.PATHS}


def move_clocks(
    referral: Referral, moves: tuple[tuple[str, referral_lifecycle.Move], ...], *, now: dt.datetime
) -> dict[str, deadlines.Running]:
    """Start, pause, resume and end the case's deadlines as *moves* say; return those touched, by kind."""
    if not moves:
        return {}
    values, calendar = deadline_values(), catalogue.calendar()
    rows = {row.kind: row for row in Clock.objects.filter(referral_id=referral.pk)}
    touched: dict[str, deadlines.Running] = {}
    for kind, move in moves:
        rule = deadlines.rule_of(kind, green=referral.demand.green_channel, values=values)
        before = running(rows[kind]) if kind in rows else None
        after = deadlines.apply(before, kind, move, rule=rule, now=now, calendar=calendar)
        if after is not None and after != before:
            touched[kind] = after
            _save(referral.pk, rows.get(kind), after)
    return touched


def running(row: Clock) -> deadlines.Running:
    """Return a stored deadline as the pure module knows it."""
    return deadlines.Running(
        row.kind, row.started_at, row.due_at, row.paused_at, row.met_at, row.cancelled_at, row.reminders
    )


def _save(referral_id: int, row: Clock | None, after: deadlines.Running) -> None:
    values = {
        "started_at": after.started_at,
        "due_at": after.due_at,
        "paused_at": after.paused_at,
        "met_at": after.met_at,
        "cancelled_at": after.cancelled_at,
    }
    if row is None:
        Clock.objects.create(referral_id=referral_id, kind=after.kind, **values)
    else:
        Clock.objects.filter(pk=row.pk).update(**values)


def log(
    actor: Actor, kind: str, demand_id: int, facts: dict[str, Any], *, referral_id: int = 0, reason: str = ""
) -> None:
    """Record an event on the demand's timeline."""
    subject = ("referral", referral_id) if referral_id else ("demand", demand_id)
    record(actor, kind, subject, topic=f"demand:{demand_id}", facts=facts, reason=reason)


def tell_firm(actor: Actor, demand: Demand, template: str, facts: dict[str, Any], *, anchor: str = "") -> None:
    """Leave a notice for the firm; *anchor*: the part of the demand's page that it is about."""
    said = {"number": demand.number, **facts}
    access.notify(
        actor,
        template=template,
        facts=plain(said),
        link=f"/my/demands/{demand.pk}/{anchor}",
        enterprise_id=demand.enterprise_id,
    )


def tell_bank(actor: Actor, referral: Referral, number: str, template: str, facts: dict[str, Any]) -> None:
    """Leave a notice for the officer of a case, or for its branch while nobody has it."""
    said = {"number": number, **facts}
    to = {"person_id": referral.officer_id} if referral.officer_id else {"organisation_id": branch_of(referral)}
    access.notify(actor, template=template, facts=plain(said), link=f"/bank/cases/{referral.pk}/", **to)


def tell_taskforce(actor: Actor, demand: Demand, template: str, facts: dict[str, Any]) -> None:
    """Leave a notice for the county's office, where there is one."""
    for office in offices.organisations(kind="government"):
        if office.level == "county" and office.district_code == demand.district_code:
            said = plain({"number": demand.number, **facts})
            link = f"/gov/demands/{demand.pk}/"
            access.notify(actor, template=template, facts=said, link=link, organisation_id=office.id)


def branch_of(referral: Referral) -> int:
    """Return the organisation that handles the case: the branch, or the bank where it has none."""
    return referral.branch_id or referral.bank_id


def plain(facts: dict[str, Any]) -> dict[str, Any]:
    """Return *facts* as notices keep them: a Text in both languages."""
    return {name: {"zh": fact.zh, "en": fact.en} if isinstance(fact, Text) else fact for name, fact in facts.items()}


def said_moment(moment: dt.datetime) -> str:
    """Return a deadline as sentences show it, in Chinese time."""
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M}"
