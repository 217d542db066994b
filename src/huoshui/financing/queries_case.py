"""What can be asked about banks' cases and loans, and what waits for whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Min, OuterRef, Q, QuerySet, Subquery, Sum

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.access.scope import scope
from huoshui.audit import queries as audit
from huoshui.audit.queries import Entry
from huoshui.catalogue import queries as catalogue
from huoshui.financing import demand_lifecycle as demands
from huoshui.financing import loan_book as book
from huoshui.financing import referral_lifecycle as lifecycle
from huoshui.financing.actions_renewal import renewal_time
from huoshui.financing.facts import case_facts
from huoshui.financing.loan_book import Line
from huoshui.financing.models import Aftercare, Clock, Demand, Loan, Rating, Referral, RepairItem, Visit
from huoshui.financing.perform import loan_of
from huoshui.financing.queries_demand import asked_lines, case_rows
from huoshui.financing.referral_lifecycle import Act, State
from huoshui.financing.views import AskedLines, CaseLine, LoanView, case_line
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.kernel.rates import from_ppm
from huoshui.kernel.text import Text


@dataclass(frozen=True, slots=True)
class CaseView:
    """A bank's case for its page: what is asked, where it stands, what may be done."""

    line: CaseLine
    asked: AskedLines
    officer_id: int | None
    branch_id: int
    banks_asked: int
    acts: tuple[Act, ...]
    timeline: tuple[Entry, ...]

    @property
    def id(self) -> int:
        """Return the case's id."""
        return self.line.id

    @property
    def version(self) -> int:
        """Return the version the page was made of."""
        return self.line.version


@dataclass(frozen=True, slots=True)
class TaskLine:
    """Something that waits for the reader; *link* is a path of the portals."""

    title: Text
    count: int
    link: str
    urgent: bool


@dataclass(frozen=True, slots=True)
class Funnel:
    """How far firms got, as far as the reader sees; amounts in fen."""

    visited: int
    with_need: int
    declared: int
    recommended: int
    granted: int
    granted_amount: int
    lent: int
    lent_amount: int
    first_loans: int
    credit_loans: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What the firm of a case asks for, in short; *collateral* the first it offers."""

    amount: int
    term_months: int
    purpose: str
    collateral: str


def case(actor: Actor, referral_id: int) -> CaseView:
    """Return a case for its page. Raises DomainError where *actor* may not see it."""
    row = case_rows(scope(actor, Referral.objects.filter(pk=referral_id))).first()
    if row is None:
        raise DomainError(
            "not_found", Text("没有这个案件，或您无权查看。", "No such case, or not yours to see."), field="referral_id"
        )
    acts = _acts(actor, row)
    events = audit.timeline(f"demand:{row.demand_id}")
    bank = {row.bank.name, f"{row.pk}"}
    return CaseView(
        line=case_line(row, acts=acts),
        asked=asked_lines(row.demand),
        officer_id=row.officer_id,
        branch_id=row.branch_id or row.bank_id,
        banks_asked=Referral.objects.filter(demand_id=row.demand_id).count(),
        acts=acts,
        timeline=tuple(event for event in events if _own(event, bank)) if actor.org_kind == "bank" else tuple(events),
    )


def _own(event: Entry, bank: set[str]) -> bool:
    """Return whether a bank may read an event of a demand: not what other banks did with it."""
    named = event.facts.get("bank")
    said = named.get("zh") if isinstance(named, dict) else named
    if event.kind in ("DEMAND_DISPATCHED", "DEMAND_MOVED"):
        return False
    return said is None or said in bank


def _acts(actor: Actor, row: Referral) -> tuple[Act, ...]:
    found = []
    for act in Act:
        if (State(row.state), act) in lifecycle.TRANSITIONS:
            facts = case_facts(row, act, papers=("—",), reason_code="—", words="—", reason="—")
            if lifecycle.decide(row.state, act, actor=actor, facts=facts):
                found.append(act)
    return tuple(found)


def cases(actor: Actor, filters: Mapping[str, Any] | None = None, **given: Any) -> QuerySet[Referral]:
    """Return the cases *actor* may see, newest first; filters: enterprise, demand, state, states, branch, officer."""
    names = {
        "enterprise": "enterprise_id", "demand": "demand_id", "state": "state", "states": "state__in",
        "branch": "branch_id", "officer": "officer_id", "district": "district_code__startswith",
    }  # fmt: skip
    rows = scope(actor, Referral.objects.select_related("demand", "bank", "branch", "officer")).order_by("-id")
    wanted = {**(filters or {}), **given}
    return rows.filter(**{names[name]: value for name, value in wanted.items() if value not in (None, "")})


def inbox(actor: Actor) -> QuerySet[Referral]:
    """Return the cases that wait for the bank, earliest deadline first: `due_at` and `due_kind` say what; paused ones last."""
    running = Clock.objects.filter(
        referral_id=OuterRef("pk"), met_at__isnull=True, cancelled_at__isnull=True, paused_at__isnull=True
    ).order_by("due_at")
    rows = cases(actor, states=[*lifecycle.UNDECIDED_STATES, State.GRANTED, State.CONTRACTED])
    rows = rows.annotate(due_at=Subquery(running.values("due_at")[:1]), due_kind=Subquery(running.values("kind")[:1]))
    return rows.order_by(F("due_at").asc(nulls_last=True), "id")


def branch_code(referral_id: int) -> str:
    """Return the code of the organisation that handles a case."""
    row = Referral.objects.filter(pk=referral_id).values_list("branch__code", "bank__code").get()
    return str(row[0] or row[1])


def asked(referral_id: int) -> Asked:
    """Return what the firm of a case asks for."""
    row = Demand.objects.get(referrals__pk=referral_id)
    return Asked(row.amount, row.term_months, row.purpose, row.collateral[0] if row.collateral else "credit")


def loans(actor: Actor, filters: Mapping[str, Any] | None = None, **given: Any) -> QuerySet[Loan]:
    """Return the loans *actor* may see, newest first, with `balance`; filters: enterprise, bank, state, five_class,
    overdue (True), first_loan."""
    names = {
        "enterprise": "enterprise_id", "bank": "bank_id", "state": "state", "five_class": "five_class",
        "first_loan": "first_loan", "district": "district_code__startswith", "contract_no": "contract_no",
    }  # fmt: skip
    rows = scope(actor, Loan.objects.select_related("bank", "referral__demand", "product")).order_by("-id")
    wanted = {**(filters or {}), **given}
    if wanted.pop("overdue", None):
        rows = rows.filter(overdue_days__gt=0)
    rows = rows.annotate(balance=F("drawn") - F("repaid"))
    return rows.filter(**{names[name]: value for name, value in wanted.items() if value not in (None, "")})


def fell_behind(row: Loan, on: dt.date) -> dt.date | None:
    """Return the day from which *row* (instalments and repayments read) was first overdue before *on*, cured or not."""
    lines = sorted((book.Line(one.due_on, one.principal, one.interest) for one in row.instalments.all()), key=_due)
    paid = [book.Paid(one.paid_on, one.principal, one.interest) for one in row.repayments.all()]
    return book.first_overdue(lines, paid, drawn=row.drawn, on=on)


def _due(line: book.Line) -> dt.date:
    return line.due_on


def loan(actor: Actor, loan_id: int) -> LoanView:
    """Return a loan with its book. Raises DomainError where *actor* may not see it."""
    row = loan_of(actor, loan_id)
    held = row.referral
    acts: tuple[Act, ...] = ()
    if held is not None:
        facts = lifecycle.Facts(drawn=row.drawn, balance=row.drawn - row.repaid)
        acts = tuple(
            act
            for act in lifecycle.available(held.state, actor=actor, facts=facts)
            if act in (Act.DRAW, Act.REPAY, Act.CLOSE_DRAWING)
        )
    return LoanView(
        id=row.pk,
        referral_id=row.referral_id,
        demand_id=held.demand_id if held else None,
        enterprise_id=row.enterprise_id,
        bank_id=row.bank_id,
        bank=row.bank.name,
        contract_no=row.contract_no,
        principal=row.principal,
        rate_pct=from_ppm(row.rate_ppm),
        term_months=row.term_months,
        method=row.method,
        collateral=row.collateral,
        signed_on=row.signed_on,
        starts_on=row.starts_on,
        matures_on=row.matures_on,
        drawn=row.drawn,
        repaid=row.repaid,
        balance=row.drawn - row.repaid,
        gap=row.principal - row.drawn,
        overdue_days=row.overdue_days,
        five_class=row.five_class,
        first_loan=row.first_loan,
        renewal_of=row.renewal_of_id,
        no_principal_renewal=row.no_principal_renewal,
        state=row.state,
        version=row.version,
        settled_on=row.settled_on,
        schedule=tuple(
            Line(*each) for each in row.instalments.order_by("number").values_list("due_on", "principal", "interest")
        ),
        drawdowns=tuple(row.drawdowns.order_by("drawn_on", "id").values_list("drawn_on", "amount", "slip_no")),
        repayments=tuple(
            row.repayments.order_by("paid_on", "id").values_list("paid_on", "principal", "interest", "slip_no")
        ),
        acts=acts,
        timeline=tuple(_loan_events(row)),
        renewal_plan=row.renewal_plan,
        renewal_due=renewal_time(row),
    )


def _loan_events(row: Loan) -> list[Entry]:
    if row.referral is None:
        return []
    events = audit.timeline(f"demand:{row.referral.demand_id}")
    return [event for event in events if event.kind.startswith("LOAN_") or event.kind in _LOAN_KINDS]


_LOAN_KINDS = (
    "RENEWAL_PLANNED",
    "SECURITY_TO_REGISTER",
    "SECURITY_SUBMITTED",
    "SECURITY_REGISTERED",
    "CONTRACT_SIGNED",
    "DRAWING_CLOSED",
    "FIRST_LOAN_JUDGED",
)


def maturing(actor: Actor, days: int) -> QuerySet[Loan]:
    """Return active loans with a balance that mature within *days* from today, the earliest first."""
    today = clock.today()
    rows = loans(actor, state="active").filter(repaid__lt=F("drawn"))
    return rows.filter(matures_on__range=(today, today + dt.timedelta(days=days))).order_by("matures_on", "id")


def funnel(actor: Actor, *, since: dt.date | None = None, until: dt.date | None = None) -> Funnel:
    """Return how far firms got, of demands declared (and visits made) in the days given, as far as *actor* sees."""
    asked_for = _between(scope(actor, Demand.objects.all()), "declared_at__date", since, until)
    lent = scope(actor, Loan.objects.filter(drawn__gt=0, referral__demand__in=asked_for))
    granted = scope(actor, Referral.objects.filter(demand__in=asked_for, decision__granted=True))
    counts = asked_for.aggregate(
        declared=Count("id"),
        recommended=Count("id", filter=Q(recommended_at__isnull=False)),
        granted=Count("id", filter=Q(granted_at__isnull=False)),
        lent=Count("id", filter=Q(lent_at__isnull=False)),
    )
    made = _between(scope(actor, Visit.objects.all()), "visited_on", since, until)
    calls = made.aggregate(visited=Count("id"), with_need=Count("id", filter=Q(outcome="need")))
    money = lent.aggregate(
        lent_amount=Sum("drawn"),
        first_loans=Count("id", filter=Q(first_loan=True)),
        credit_loans=Count("id", filter=Q(collateral="credit")),
    )
    total = granted.aggregate(granted_amount=Sum("decision__amount"))
    return Funnel(**{name: value or 0 for name, value in (counts | calls | money | total).items()})


def _between(rows: QuerySet[Any], field: str, since: dt.date | None, until: dt.date | None) -> QuerySet[Any]:
    rows = rows.filter(**{f"{field}__gte": since}) if since else rows
    return rows.filter(**{f"{field}__lte": until}) if until else rows


def today(actor: Actor) -> list[TaskLine]:
    """Return what waits for *actor* in this package, urgent first; lines with nothing in them are left out."""
    found: list[TaskLine] = []
    if actor.kind == "owner":
        found = _for_firm(actor)
    elif actor.org_kind == "bank" and actor.may(Permission.READ_CASES):
        found = _for_bank(actor)
    elif actor.may(Permission.JUDGE_DEMANDS) or actor.may(Permission.DISPATCH_DEMANDS):
        found = _for_taskforce(actor)  # who only reads demands (auditor, window) has nothing to do about them
    elif actor.may(Permission.RECORD_VISIT):
        found = _for_visitor(actor)
    return sorted((line for line in found if line.count), key=lambda line: not line.urgent)


def _for_firm(actor: Actor) -> list[TaskLine]:
    owed = scope(actor, Referral.objects.filter(state=State.PAPERS_OWED)).count()
    mine = scope(actor, Demand.objects.all())
    mending = mine.filter(state=demands.State.REPAIRING).count()
    granted = mine.filter(state=demands.State.GRANTED).count()
    return [
        TaskLine(Text("家银行等您补材料", "banks wait for your papers"), owed, "/my/", True),
        TaskLine(Text("笔需求有问题要先解决", "demands need mending first"), mending, "/my/", True),
        TaskLine(Text("笔授信等您签约", "offers wait for you to sign"), granted, "/my/", False),
    ]


def _for_bank(actor: Actor) -> list[TaskLine]:
    now = clock.now()
    soon = catalogue.calendar().due(now, days=catalogue.parameter("chase.due_soon_days")).on
    rows = inbox(actor)
    counts = rows.aggregate(
        late=Count("id", filter=Q(due_at__lt=now)),
        soon=Count("id", filter=Q(due_at__gte=now, due_at__date__lte=soon)),
        new=Count("id", filter=Q(state=State.OFFERED)),
        unsigned=Count("id", filter=Q(state__in=[State.GRANTED, State.CONTRACTED])),
    )
    held, held_open = loans(actor, state="active"), loans(actor, state="signed")
    days = max(catalogue.parameter("renewal.warn_days"))
    return [
        TaskLine(Text("个案件已超时", "cases are late"), counts["late"], "/bank/cases/?late=1", True),
        TaskLine(Text("个案件即将到期", "cases are due soon"), counts["soon"], "/bank/cases/", True),
        TaskLine(Text("个新需求待受理", "new demands to accept"), counts["new"], "/bank/cases/?state=offered", False),
        TaskLine(Text("笔贷款待办抵质押登记", "loans wait for the registration of security"),
                 held_open.filter(registration__registered_on__isnull=True, registration__isnull=False).count(),
                 "/bank/loans/?state=signed", True),
        TaskLine(Text("个授信待签约或放款", "to sign or pay out"), counts["unsigned"], "/bank/cases/?state=granted", False),
        TaskLine(Text("笔贷款逾期", "loans are overdue"), held.filter(overdue_days__gt=0).count(), "/bank/loans/?overdue=1", True),
        TaskLine(Text(f"笔贷款 {days} 天内到期", f"loans mature in {days} days"), maturing(actor, days).count(),
                 "/bank/loans/maturing/", False),
    ]  # fmt: skip


def _for_taskforce(actor: Actor) -> list[TaskLine]:
    rows = scope(actor, Demand.objects.all())
    since = clock.now() - dt.timedelta(days=catalogue.parameter("deadline.judge_days"))
    counts = rows.aggregate(
        declared=Count("id", filter=Q(state="declared")),
        old=Count("id", filter=Q(state="declared", declared_at__lt=since)),
        recommended=Count("id", filter=Q(state="recommended")),
        repairing=Count("id", filter=Q(state="repairing")),
    )
    late = late_cases(actor).count()
    mending = RepairItem.objects.filter(
        resolved_at__isnull=True,
        opened_at__lt=clock.now() - dt.timedelta(days=catalogue.parameter("deadline.repair_days")),
        demand__in=rows.filter(state="repairing"),
    ).count()
    return [
        TaskLine(Text("笔申报超过审核时限", "declared demands are late"), counts["old"], "/gov/demands/declared/", True),
        TaskLine(Text("个银行案件超时", "bank cases are late"), late, "/gov/demands/stuck/", True),
        TaskLine(Text("项修复到期待复核", "repairs to look at again"), mending, "/gov/demands/repairing/", True),
        TaskLine(Text("笔申报待审核", "declared demands to judge"), counts["declared"], "/gov/demands/declared/", False),
        TaskLine(Text("笔推荐待派单", "recommended demands to dispatch"), counts["recommended"], "/gov/demands/recommended/", False),
        TaskLine(Text("个低分评价待答复", "low ratings to answer"), _low_ratings(rows), "/gov/demands/ratings/", True),
        TaskLine(Text("户未获贷企业应复核或回访", "firms without a loan to look at or call"), _care_due(rows),
                 "/gov/demands/care/", False),
        TaskLine(Text("笔正在修复", "being mended"), counts["repairing"], "/gov/demands/repairing/", False),
    ]  # fmt: skip


def _low_ratings(rows: QuerySet[Demand]) -> int:
    return Rating.objects.filter(answer_due_on__isnull=False, answered_at__isnull=True, demand__in=rows).count()


def _care_due(rows: QuerySet[Demand]) -> int:
    soon = clock.today() + dt.timedelta(days=7)
    return Aftercare.objects.filter(done_at__isnull=True, due_on__lte=soon, demand__in=rows).count()


def _for_visitor(actor: Actor) -> list[TaskLine]:
    day = clock.today()
    due = scope(actor, Visit.objects.filter(follow_up_on__lte=day, visitor_id=actor.person_id)).count()
    done = scope(actor, Visit.objects.filter(visited_on=day, visitor_id=actor.person_id)).count()
    return [
        TaskLine(Text("户企业应回访", "firms to call again"), due, "/gov/visits/", True),
        TaskLine(Text("户企业今天已走访", "firms called on today"), done, "/gov/visits/", False),
    ]


def late_cases(actor: Actor) -> QuerySet[Referral]:
    """Return cases whose running deadline has passed, the longest late first, with `due_at` and `due_kind`."""
    now = clock.now()
    passed = Q(clocks__met_at__isnull=True, clocks__cancelled_at__isnull=True, clocks__paused_at__isnull=True)
    passed &= Q(clocks__due_at__lt=now)
    rows = scope(actor, Referral.objects.select_related("demand", "bank", "branch")).filter(passed)
    return rows.annotate(due_at=Min("clocks__due_at"), due_kind=Min("clocks__kind")).order_by("due_at", "id")
