"""What the firm's own pages show: home, a demand, a loan."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from huoshui.access.actor import Actor
from huoshui.audit.queries import Entry
from huoshui.catalogue.terms import COLLATERAL, METHODS
from huoshui.financing import queries as financing
from huoshui.financing.demand_lifecycle import STATE_NAMES, Act, State
from huoshui.financing.loan_book import Line
from huoshui.financing.purposes import PURPOSES
from huoshui.financing.queries import LoanView, TaskLine
from huoshui.kernel import clock, money, rates
from huoshui.kernel.five_class import LABELS, FiveClass
from huoshui.kernel.text import Text
from huoshui.portals.enterprise import drafts, tracking
from huoshui.portals.enterprise.tracking import CaseCard, PapersAsked, Step
from huoshui.registry import queries as register
from huoshui.registry.queries import EnterpriseView
from huoshui.service import queries_complaint as complaints
from huoshui.service import queries_event as events
from huoshui.service import queries_hall as hall

LOAN_STATES = {
    "signed": (Text("已签约，未放款", "Signed, not drawn"), "yellow"),
    "active": (Text("还款中", "Being repaid"), "blue"),
    "settled": (Text("已结清", "Settled"), "green"),
}
# asked once there is something to judge, not while the firm still waits
RATED_STATES = frozenset({State.GRANTED, State.LENT, State.CLOSED})
Facts = tuple[tuple[Text, object], ...]


@dataclass(frozen=True, slots=True)
class DraftLine:
    """An application that was not finished."""

    name: str
    amount: int | None
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class DemandLine:
    """A demand in the list."""

    url: str
    number: str
    amount: int
    purpose: Text
    state: Text
    tone: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class LoanLine:
    """A loan in the list."""

    url: str
    bank: str
    principal: int
    rate: int
    state: Text
    tone: str
    matures_on: dt.date | None


@dataclass(frozen=True, slots=True)
class HomePage:
    """What the owner must do now, and what there is."""

    firm: EnterpriseView | None
    firms: tuple[EnterpriseView, ...]
    draft: DraftLine | None
    tasks: tuple[TaskLine, ...]
    demands: tuple[DemandLine, ...]
    loans: tuple[LoanLine, ...]


def home_page(actor: Actor, firm_id: int | None) -> HomePage:
    """Return the owner's first page for one firm."""
    firms = tuple(register.own_view(number) for number in actor.enterprise_ids)
    rows = financing.demands(actor, enterprise=firm_id)[:20] if firm_id else ()
    demands = tuple(_demand(row) for row in rows)
    loans = tuple(_loan(row) for row in financing.loans(actor, enterprise=firm_id)[:20]) if firm_id else ()
    tasks = (*(_linked(line, rows) for line in financing.today(actor)), *_service(actor)) if firm_id else ()
    firm = next((one for one in firms if one.id == firm_id), None)
    return HomePage(firm, firms, _draft(actor), tasks, demands, loans)


def _service(actor: Actor) -> list[TaskLine]:
    """Return invitations to answer, matters that wait for the firm, and bookings at the hall."""
    invited = events.invitations(actor)
    states = list(complaints.told(actor).filter(state__in=["evidence", "answered"]).values_list("state", flat=True))
    owed, told = states.count("evidence"), states.count("answered")
    booked = hall.own_turns(actor).filter(state__in=["booked", "waiting", "called"]).count()
    mine, turns = reverse("enterprise:complaints"), reverse("enterprise:hall")
    first = reverse("enterprise:event", args=[invited[0]]) if len(invited) == 1 else reverse("enterprise:events")
    lines = (
        TaskLine(Text(f"{owed} 件投诉等您补充依据", f"{owed} matters wait for your evidence"), owed, mine, True),
        TaskLine(Text(f"{told} 件投诉已答复，请评价", f"{told} matters are answered: rate them"), told, mine, False),
        TaskLine(
            Text(f"{len(invited)} 场活动邀请您，请回复", f"{len(invited)} events invite you"),
            len(invited),
            first,
            False,
        ),
        TaskLine(Text(f"{booked} 个大厅预约", f"{booked} bookings at the hall"), booked, turns, False),
    )
    return [line for line in lines if line.count]


def _draft(actor: Actor) -> DraftLine | None:
    row = drafts.waiting(actor.person_id) if actor.person_id else None
    if row is None:
        return None
    return DraftLine(row.data.get("firm", {}).get("name", ""), row.data.get("amount"), row.updated_at)


def _linked(line: TaskLine, rows: Any) -> TaskLine:
    """Return the task with a link to the demand it is about, where only one can be meant."""
    waiting = [row for row in rows if row.state in (State.REPAIRING, State.DISPATCHED, State.GRANTED)]
    link = reverse("enterprise:demand", args=[waiting[0].pk]) if len(waiting) == 1 else f"{line.link}#demands"
    title = Text(f"{line.count} {line.title.zh}", f"{line.count} {line.title.en}")
    return TaskLine(title, line.count, link, line.urgent)


def _demand(row: Any) -> DemandLine:
    state = State(row.state)
    purpose = PURPOSES.get(row.purpose)
    return DemandLine(
        url=reverse("enterprise:demand", args=[row.pk]),
        number=row.number,
        amount=row.amount,
        purpose=purpose.name if purpose else Text(row.purpose, row.purpose),
        state=STATE_NAMES[state],
        tone=tracking.state_tone(state),
        at=row.created_at,
    )


def _loan(row: Any) -> LoanLine:
    words, tone = LOAN_STATES.get(row.state, (Text(row.state, row.state), "secondary"))
    url = reverse("enterprise:loan", args=[row.pk])
    return LoanLine(url, row.bank.name, row.principal, row.rate_ppm, words, tone, row.matures_on)


@dataclass(frozen=True, slots=True)
class RepairLine:
    """A problem to be mended."""

    problem: Text
    measure: Text
    department: Text
    note: str
    resolved: bool


@dataclass(frozen=True, slots=True)
class DemandPage:
    """A demand in full for its firm."""

    id: int
    number: str
    amount: int
    months: int
    purpose: Text
    state: Text
    tone: str
    steps: tuple[Step, ...]
    asks: tuple[PapersAsked, ...]
    repairs: tuple[RepairLine, ...]
    cases: tuple[CaseCard, ...]
    may_move: bool
    may_withdraw: bool
    may_rate: bool
    timeline: tuple[Entry | Any, ...]


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the way."""

    at: dt.datetime
    actor_name: str
    sentence: Text


def demand_page(actor: Actor, demand_id: int) -> DemandPage:
    """Return the page of a demand. Raises DomainError where it is not the actor's."""
    found = financing.tracking(actor, demand_id)
    asked = found.asked
    repairs = tuple(
        RepairLine(one.problem, one.measure, one.department, one.note, one.resolved_at is not None)
        for one in found.repairs
    )
    return DemandPage(
        id=asked.id,
        number=asked.number,
        amount=asked.amount,
        months=asked.term_months,
        purpose=asked.purpose,
        state=asked.state_name,
        tone=tracking.state_tone(asked.state),
        steps=tracking.parcel(found),
        asks=tracking.papers_asked(found),
        repairs=repairs,
        cases=tracking.case_cards(found),
        may_move=tracking.may(found, Act.MOVE),
        may_withdraw=tracking.may(found, Act.WITHDRAW),
        may_rate=asked.state in RATED_STATES and tracking.may(found, Act.RATE),
        timeline=tuple(Happened(step.at, step.actor, step.sentence) for step in found.steps),
    )


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """An instalment and whether it is paid, due or late."""

    due_on: dt.date
    principal: int
    interest: int
    total: int
    words: Text
    tone: str


@dataclass(frozen=True, slots=True)
class LoanMove:
    """Money that came or went."""

    on: dt.date
    what: Text
    amount: int


@dataclass(frozen=True, slots=True)
class LoanPage:
    """A loan in full for its firm."""

    contract_no: str
    bank: str
    principal: int
    state: Text
    tone: str
    settled: bool
    first_loan: bool
    overdue_days: int
    facts: Facts
    schedule: tuple[ScheduleRow, ...]
    moves: tuple[LoanMove, ...]


def loan_page(actor: Actor, loan_id: int) -> LoanPage:
    """Return the page of a loan. Raises DomainError where it is not the actor's."""
    found = financing.loan(actor, loan_id)
    words, tone = LOAN_STATES.get(found.state, (Text(found.state, found.state), "secondary"))
    return LoanPage(
        contract_no=found.contract_no,
        bank=found.bank,
        principal=found.principal,
        state=words,
        tone=tone,
        settled=found.state == "settled",
        first_loan=found.first_loan,
        overdue_days=found.overdue_days,
        facts=_loan_facts(found),
        schedule=_schedule(found),
        moves=_moves(found),
    )


def _loan_facts(found: LoanView) -> Facts:
    return (
        (Text("年利率", "Rate"), f"{rates.rate_text(found.rate_pct)}%"),
        (Text("期限", "Term"), Text(f"{found.term_months} 个月", f"{found.term_months} months")),
        (Text("还款方式", "Repayment"), METHODS.get(found.method, found.method)),
        (Text("担保方式", "Security"), COLLATERAL.get(found.collateral, found.collateral)),
        (Text("签约日", "Signed"), found.signed_on.isoformat()),
        (Text("到期日", "Matures"), found.matures_on.isoformat() if found.matures_on else None),
        (Text("已放款", "Drawn"), money.human(found.drawn)),
        (Text("已还本金", "Repaid"), money.human(found.repaid)),
        (Text("尚欠本金", "Outstanding"), money.human(found.balance)),
        (Text("分类", "Class"), LABELS[FiveClass(found.five_class)]),
    )


def _schedule(found: LoanView) -> tuple[ScheduleRow, ...]:
    """Return the instalments; principal repaid so far covers the earliest first."""
    left, rows = found.repaid, []
    for line in found.schedule:
        covered = min(left, line.principal)
        left -= covered
        rows.append(_instalment(line, paid=covered == line.principal and _interest_paid(found, line)))
    return tuple(rows)


def _interest_paid(found: LoanView, line: Line) -> bool:
    owed = sum(each.interest for each in found.schedule if each.due_on <= line.due_on)
    return sum(interest for _, _, interest, _ in found.repayments) >= owed


def _instalment(line: Line, *, paid: bool) -> ScheduleRow:
    today = clock.today()
    words, tone = Text("未到期", "not due"), "secondary"
    if paid:
        words, tone = Text("已还", "paid"), "green"
    elif line.due_on < today:
        words, tone = Text("逾期", "late"), "red"
    elif line.due_on == today:
        words, tone = Text("今天应还", "due today"), "yellow"
    return ScheduleRow(line.due_on, line.principal, line.interest, line.principal + line.interest, words, tone)


def _moves(found: LoanView) -> tuple[LoanMove, ...]:
    drawn = [LoanMove(on, Text("放款", "drawn"), amount) for on, amount, _ in found.drawdowns]
    back = [
        LoanMove(on, Text("还本付息", "repaid"), principal + interest)
        for on, principal, interest, _ in found.repayments
    ]
    return tuple(sorted([*drawn, *back], key=lambda move: move.on))
