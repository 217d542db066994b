"""Nobody waits unseen: reminders up the ladder, taking late cases back, loans growing old. Safe to run twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Sum

from huoshui.access import actions as access
from huoshui.access import queries as offices
from huoshui.access import row_security
from huoshui.access.actor import SYSTEM
from huoshui.catalogue import queries as catalogue
from huoshui.financing import actions_loan as loans
from huoshui.financing import clocks as deadlines
from huoshui.financing import loan_book as book
from huoshui.financing.actions_care import STEPS
from huoshui.financing.actions_claim import close_claims
from huoshui.financing.actions_dispatch import recall_case
from huoshui.financing.clocks import Rung
from huoshui.financing.models import (
    Aftercare,
    Clock,
    Instalment,
    Loan,
    PaperRequest,
    Referral,
    RepairItem,
    Repayment,
    SecurityRegistration,
)
from huoshui.financing.papers import PAPERS
from huoshui.financing.perform import (
    branch_of,
    deadline_values,
    log,
    plain,
    running,
    said_moment,
    tell_firm,
    tell_taskforce,
    writing,
)
from huoshui.financing.referral_lifecycle import State
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text

CHUNK = 500
_NOBODY = Text("银行逾期未办理", "the bank did not act in time")


@dataclass(frozen=True, slots=True)
class Chased:
    """What a round of chasing did."""

    reminded: int = 0
    recalled: int = 0
    papers: int = 0
    repairs: int = 0
    maturing: int = 0
    care: int = 0


@row_security.acting(SYSTEM)
def chase(now: dt.datetime | None = None) -> Chased:
    """Remind officer, branch, head office and taskforce in turn; take back what is late beyond the limit; remind firms.

    Run every hour or so, at any time: what was sent is remembered per deadline, so a second run sends nothing new.
    """
    with clock.at(now or clock.now()):
        recalled = sum(_recall(referral_id) for referral_id in _recallable())
        reminded = sum(_remind(row) for row in _running())
        close_claims()
        care = _remind_care() + _remind_registrations()
        return Chased(reminded, recalled, _remind_papers(), _remind_repairs(), _warn_maturing(), care)


def _running() -> Iterator[Clock]:
    rows = Clock.objects.filter(met_at__isnull=True, cancelled_at__isnull=True, paused_at__isnull=True)
    soon = clock.now() + dt.timedelta(days=14)  # a "due soon" rung never lies further ahead, holidays included
    return (
        rows.filter(due_at__lt=soon).select_related("referral__demand", "referral__bank").order_by("id").iterator(CHUNK)
    )


def _remind(row: Clock) -> int:
    values, calendar, now = deadline_values(), catalogue.calendar(), clock.now()
    ladder = deadlines.rungs(running(row), offered_at=row.referral.offered_at, values=values, calendar=calendar)
    due = [rung for rung in ladder if rung.number > row.reminders and rung.at <= now]
    if not due:
        return 0
    with writing():
        # two workers at once: only one moves the mark, and only that one tells
        moved = Clock.objects.filter(pk=row.pk, reminders=row.reminders).update(reminders=due[-1].number)
        if not moved:
            return 0
        for rung in due:
            _tell(row, rung)
        facts = {"kind": deadlines.KIND_NAMES[row.kind], "to": _RUNG_NAMES[due[-1].to], "rung": due[-1].number}
        log(SYSTEM, "CASE_REMINDED", row.referral.demand_id, facts, referral_id=row.referral_id)
    return len(due)


_RUNG_NAMES = {
    "officer": Text("经办人", "the officer"),
    "branch": Text("支行负责人", "the branch"),
    "head": Text("总行", "the head office"),
    "taskforce": Text("工作专班", "the taskforce"),
    "supervisor": Text("市级金融主管部门", "the city's supervisor"),
}


def _tell(row: Clock, rung: Rung) -> None:
    case = row.referral
    late = clock.now() > row.due_at
    said = {"number": case.demand.number, "kind": deadlines.KIND_NAMES[row.kind], "due": said_moment(row.due_at)}
    if rung.to == "taskforce":
        tell_taskforce(SYSTEM, case.demand, "case_late_here", {"bank": case.bank.name, "kind": said["kind"]})
        return
    if rung.to == "supervisor":
        _tell_supervisor(case, said)
        return
    to: dict[str, int] = {"organisation_id": case.bank_id if rung.to == "head" else branch_of(case)}
    if rung.to == "officer" and case.officer_id:
        to = {"person_id": case.officer_id}
    template = "case_overdue" if late else "case_due"
    access.notify(SYSTEM, template=template, facts=plain(dict(said)), link=f"/bank/cases/{case.pk}/", **to)


def _tell_supervisor(case: Referral, said: dict[str, Any]) -> None:
    """Tell the city's financial office, which supervises the banks' answers."""
    facts = plain({"number": case.demand.number, "bank": case.bank.name, "kind": said["kind"]})
    for office in offices.organisations(kind="government"):
        if office.level == "city" and case.district_code.startswith(office.district_code):
            link = f"/gov/demands/{case.demand_id}/"
            access.notify(SYSTEM, template="case_late_here", facts=facts, link=link, organisation_id=office.id)


def _recallable() -> list[int]:
    """Return cases nobody accepted or contacted within the days allowed; an undecided one is for the taskforce's hand."""
    values, calendar, now = deadline_values(), catalogue.calendar(), clock.now()
    rows = Clock.objects.filter(
        kind__in=[deadlines.ACCEPT, deadlines.CONTACT],
        met_at__isnull=True,
        cancelled_at__isnull=True,
        paused_at__isnull=True,
        due_at__lt=now,
    )
    late = [row for row in rows if now > deadlines.recall_at(running(row), values=values, calendar=calendar)]
    return [row.referral_id for row in late]


def _recall(referral_id: int) -> int:
    try:
        recall_case(SYSTEM, referral_id=referral_id, reason=_NOBODY.zh)
    except DomainError:  # the bank acted in this very moment: nothing to take back
        return 0
    return 1


def _remind_papers() -> int:
    values = catalogue.parameter("deadline.papers_days")
    now, sent = clock.now(), 0
    rows = PaperRequest.objects.filter(
        answered_at__isnull=True, reminded_at__isnull=True, referral__state=State.PAPERS_OWED
    )
    for row in rows.select_related("referral__demand"):
        if catalogue.calendar().due(row.asked_at, days=values).on >= now.astimezone(clock.ZONE).date():
            continue
        with writing():
            if PaperRequest.objects.filter(pk=row.pk, reminded_at__isnull=True).update(reminded_at=now):
                demand = row.referral.demand
                tell_firm(SYSTEM, demand, "papers_owed", {"papers": "、".join(_names(row.papers))})
                log(SYSTEM, "CASE_REMINDED", demand.pk, {"kind": _PAPERS, "to": _FIRM}, referral_id=row.referral_id)
                sent += 1
    return sent


_PAPERS, _FIRM = Text("补充材料", "papers"), Text("企业", "the firm")


def _names(codes: list[str]) -> list[str]:
    return [PAPERS[code].name.zh if code in PAPERS else code for code in codes]


def _remind_repairs() -> int:
    since = clock.now() - dt.timedelta(days=catalogue.parameter("deadline.repair_days"))
    rows = RepairItem.objects.filter(resolved_at__isnull=True, reminded_at__isnull=True, opened_at__lt=since)
    sent = 0
    for row in rows.select_related("demand"):
        with writing():
            if RepairItem.objects.filter(pk=row.pk, reminded_at__isnull=True).update(reminded_at=clock.now()):
                tell_taskforce(SYSTEM, row.demand, "repair_due", {})
                log(
                    SYSTEM,
                    "CASE_REMINDED",
                    row.demand_id,
                    {"kind": Text("修复", "repair"), "to": _RUNG_NAMES["taskforce"]},
                )
                sent += 1
    return sent


def _remind_care() -> int:
    """Tell the adviser, once, of a second look or a call that is due today."""
    sent = 0
    rows = Aftercare.objects.filter(done_at__isnull=True, reminded_at__isnull=True, due_on__lte=clock.today())
    for row in rows.select_related("demand"):
        with writing():
            if not Aftercare.objects.filter(pk=row.pk, reminded_at__isnull=True).update(reminded_at=clock.now()):
                continue
            said = {"number": row.demand.number, "step": STEPS[row.step], "due": row.due_on.isoformat()}
            link = f"/gov/demands/{row.demand_id}/#aftercare"
            if row.adviser_id:
                facts = plain(dict(said))
                access.notify(SYSTEM, template="aftercare_due", facts=facts, link=link, person_id=row.adviser_id)
            else:
                tell_taskforce(SYSTEM, row.demand, "aftercare_due", said)
            sent += 1
    return sent


def _remind_registrations() -> int:
    """Tell the branch, once, of a security that is not registered by its day."""
    sent = 0
    rows = SecurityRegistration.objects.filter(registered_on__isnull=True, reminded_at__isnull=True)
    for row in rows.filter(due_on__lt=clock.today(), loan__state="signed").select_related("loan__referral"):
        case = row.loan.referral
        if case is None:
            continue
        with writing():
            open_row = SecurityRegistration.objects.filter(pk=row.pk, reminded_at__isnull=True)
            if open_row.update(reminded_at=clock.now()):
                facts = {"contract": row.loan.contract_no, "due": row.due_on.isoformat()}
                link = f"/bank/loans/{row.loan_id}/"
                access.notify(SYSTEM, template="security_due", facts=facts, link=link, organisation_id=branch_of(case))
                sent += 1
    return sent


def _warn_maturing() -> int:
    """Tell bank and firm of a loan that matures soon, once for each of the parameter's days."""
    today, sent = clock.today(), 0
    for days in sorted(catalogue.parameter("renewal.warn_days")):
        rows = Loan.objects.filter(
            state="active", matures_on__gte=today, matures_on__lte=today + dt.timedelta(days=days)
        )
        rows = rows.exclude(warned_days__lte=days).select_related("referral__demand")
        for loan in rows:
            sent += _warn(loan, days)
    return sent


def _warn(loan: Loan, days: int) -> int:
    case = loan.referral
    if case is None or loan.drawn == loan.repaid or loan.matures_on is None:
        return 0
    with writing():
        if not Loan.objects.filter(pk=loan.pk).exclude(warned_days__lte=days).update(warned_days=days):
            return 0
        left = {"contract": loan.contract_no, "days": (loan.matures_on - clock.today()).days}
        link = f"/bank/loans/{loan.pk}/"
        access.notify(SYSTEM, template="loan_maturing", facts=left, link=link, organisation_id=branch_of(case))
        tell_firm(SYSTEM, case.demand, "loan_maturing", left)
        log(SYSTEM, "LOAN_MATURING", case.demand_id, {"days": left["days"]}, referral_id=case.pk)
    return 1


@row_security.acting(SYSTEM)
def age_loans(on: dt.date | None = None, *, only: Sequence[int] = ()) -> int:
    """Reckon days overdue and class of every active loan (or of *only* those) for a day; returns how many changed.

    Five questions per chunk.
    """
    day, changed = on or clock.today(), 0
    rows = Loan.objects.filter(state="active", **({"pk__in": only} if only else {}))
    pks = list(rows.order_by("id").values_list("pk", flat=True))
    for at in range(0, len(pks), CHUNK):
        changed += _age(pks[at : at + CHUNK], day)
    return changed


def _age(pks: list[int], day: dt.date) -> int:
    lines: dict[int, list[book.Line]] = {pk: [] for pk in pks}
    rows = Instalment.objects.filter(loan_id__in=pks).order_by("loan_id", "number")
    for loan_id, due_on, principal, interest in rows.values_list("loan_id", "due_on", "principal", "interest"):
        lines[loan_id].append(book.Line(due_on, principal, interest))
    sums = Repayment.objects.filter(loan_id__in=pks).values("loan_id").annotate(total=Sum("interest"))
    paid = {row["loan_id"]: row["total"] for row in sums}
    changed = 0
    with writing():
        for loan in Loan.objects.filter(pk__in=pks).order_by("id"):
            days, name = loans.standing(loan, lines[loan.pk], paid.get(loan.pk, 0), day)
            changed += loans.put_class(SYSTEM, loan, days, name)
    return changed
