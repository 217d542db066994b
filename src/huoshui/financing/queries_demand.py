"""What can be asked about demands: one in full, lists, the firm's tracking page, what is stuck and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet

from huoshui.access import row_security
from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.scope import scope
from huoshui.audit import queries as audit
from huoshui.audit.queries import Entry
from huoshui.catalogue import queries as catalogue
from huoshui.financing import demand_lifecycle as lifecycle
from huoshui.financing import referral_lifecycle as cases
from huoshui.financing import standards
from huoshui.financing.ask import CHANNELS
from huoshui.financing.facts import demand_facts
from huoshui.financing.models import Demand, LoanCode, Paper, Rating, Referral, RepairItem, Visit
from huoshui.financing.papers import PAPERS
from huoshui.financing.perform import demand_of
from huoshui.financing.purposes import PURPOSES
from huoshui.financing.views import AskedLines, CaseLine, DeadlineView, case_line, judge_due
from huoshui.kernel import clock
from huoshui.kernel.text import Text


@dataclass(frozen=True, slots=True)
class ChoiceLine:
    """A product the firm picked."""

    rank: int
    product_id: int
    product: str
    bank_id: int
    bank: str


@dataclass(frozen=True, slots=True)
class JudgementLine:
    """A standard as it was judged, with the evidence of that moment: (holds, words)."""

    standard: int
    name: Text
    verdict: str
    verdict_name: Text
    evidence: tuple[tuple[bool | None, Text], ...]
    note: str
    judged_by: str
    judged_at: dt.datetime


@dataclass(frozen=True, slots=True)
class RepairLine:
    """A problem to be mended: who helps, what to do, until when."""

    id: int
    code: str
    problem: Text
    department: Text
    measure: Text
    note: str
    opened_at: dt.datetime
    due_on: dt.date
    resolved_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A paper the firm handed in."""

    id: int
    kind: str
    name: Text
    file_name: str
    file: str
    size: int
    uploaded_at: dt.datetime
    expires_on: dt.date | None


@dataclass(frozen=True, slots=True)
class DemandView:
    """Everything about a demand that its page shows."""

    asked: AskedLines
    firm: str
    applicant: str
    code_label: str
    judge_due: dt.date | None
    choices: tuple[ChoiceLine, ...]
    cases: tuple[CaseLine, ...]
    judgements: tuple[JudgementLine, ...]
    repairs: tuple[RepairLine, ...]
    papers: tuple[PaperLine, ...]
    stars: int | None
    acts: tuple[lifecycle.Act, ...]
    timeline: tuple[Entry, ...]

    @property
    def id(self) -> int:
        """Return the demand's id."""
        return self.asked.id

    @property
    def number(self) -> str:
        """Return the number people read."""
        return self.asked.number

    @property
    def state(self) -> lifecycle.State:
        """Return where it stands."""
        return self.asked.state

    @property
    def version(self) -> int:
        """Return the version the page was made of."""
        return self.asked.version


@dataclass(frozen=True, slots=True)
class TrackStep:
    """A step of the way, like a parcel's: when, what happened, who."""

    at: dt.datetime
    kind: str
    sentence: Text
    actor: str


@dataclass(frozen=True, slots=True)
class Tracking:
    """The way of a demand for the firm: *steps* newest first, *now* what is being waited for, *due* until when."""

    asked: AskedLines
    now: Text
    due: DeadlineView | None
    due_on: dt.date | None
    stage: int
    steps: tuple[TrackStep, ...]
    cases: tuple[CaseLine, ...]
    repairs: tuple[RepairLine, ...]
    papers: tuple[PaperLine, ...]
    stars: int | None
    acts: tuple[lifecycle.Act, ...]


STAGES: tuple[Text, ...] = (
    Text("提交", "Sent"), Text("审核", "Checked"), Text("派单", "With banks"), Text("授信", "Granted"), Text("放款", "Paid"),
)  # fmt: skip
_STAGE = {
    lifecycle.State.DRAFT: 0, lifecycle.State.DECLARED: 1, lifecycle.State.REPAIRING: 1, lifecycle.State.RECOMMENDED: 2,
    lifecycle.State.DISPATCHED: 2, lifecycle.State.GRANTED: 3, lifecycle.State.LENT: 4, lifecycle.State.CLOSED: 4,
}  # fmt: skip


def demand(actor: Actor, demand_id: int) -> DemandView:
    """Return a demand for its page. Raises DomainError where *actor* may not see it."""
    row = demand_of(actor, demand_id)
    with row_security.acting(SYSTEM) if actor.kind == "staff" else _as_is():
        code = LoanCode.objects.filter(pk=row.loan_code_id).first() if row.loan_code_id else None
        return DemandView(
            asked=asked_lines(row),
            firm=row.enterprise.name,
            applicant=row.applicant.name if row.applicant else "",
            code_label=code.label if code else "",
            judge_due=judge_due(row.declared_at) if row.state == lifecycle.State.DECLARED else None,
            choices=_choices(row),
            cases=_cases(actor, row),
            judgements=_judgements(row),
            repairs=_repairs(row),
            papers=papers_of(row.enterprise_id),
            stars=_stars(row.pk),
            acts=_acts(actor, row),
            timeline=tuple(audit.timeline(f"demand:{row.pk}")),
        )


class _as_is:
    def __enter__(self) -> None: ...
    def __exit__(self, *_: object) -> None: ...


def asked_lines(row: Demand) -> AskedLines:
    """Return what was asked for, with its moments."""
    state = lifecycle.State(row.state)
    purpose = PURPOSES.get(row.purpose)
    return AskedLines(
        id=row.pk,
        number=row.number,
        enterprise_id=row.enterprise_id,
        district_code=row.district_code,
        amount=row.amount,
        term_months=row.term_months,
        purpose_code=row.purpose,
        purpose=purpose.name if purpose else Text(row.purpose, row.purpose),
        purpose_text=row.purpose_text,
        collateral=tuple(row.collateral),
        channel=CHANNELS.get(row.channel, Text(row.channel, row.channel)),
        green_channel=row.green_channel,
        platform_chooses=row.platform_chooses,
        state=state,
        state_name=lifecycle.STATE_NAMES[state],
        version=row.version,
        created_at=row.created_at,
        declared_at=row.declared_at,
        recommended_at=row.recommended_at,
        dispatched_at=row.dispatched_at,
        granted_at=row.granted_at,
        lent_at=row.lent_at,
        closed_at=row.closed_at,
        close_reason=row.close_reason,
        close_name=lifecycle.CLOSE_NAMES[lifecycle.Close(row.close_reason)] if row.close_reason else None,
    )


def _choices(row: Demand) -> tuple[ChoiceLine, ...]:
    rows = row.choices.order_by("rank").values_list(
        "rank", "product_id", "product__name", "product__institution_id", "product__institution__organisation__name"
    )
    return tuple(ChoiceLine(*each) for each in rows)


def case_rows(rows: QuerySet[Referral]) -> QuerySet[Referral]:
    """Return *rows* with what a line of a case shows, loaded in three questions."""
    loaded = rows.select_related("bank", "branch", "officer", "product", "decision", "loan", "demand")
    return loaded.prefetch_related("clocks", "paper_requests")


def _cases(actor: Actor, row: Demand) -> tuple[CaseLine, ...]:
    rows = case_rows(Referral.objects.filter(demand_id=row.pk)).order_by("id")
    return tuple(case_line(each, acts=_case_acts(actor, each)) for each in rows)


def _case_acts(actor: Actor, row: Referral) -> tuple[cases.Act, ...]:
    return cases.available(
        row.state, actor=actor, facts=cases.Facts(drawn=getattr(getattr(row, "loan", None), "drawn", 0))
    )


def _judgements(row: Demand) -> tuple[JudgementLine, ...]:
    rows = row.judgements.select_related("judged_by").order_by("standard")
    return tuple(
        JudgementLine(
            standard=each.standard,
            name=standards.NAMES[each.standard],
            verdict=each.verdict,
            verdict_name=standards.VERDICT_NAMES[each.verdict],
            evidence=tuple((line["holds"], Text(line["words"]["zh"], line["words"]["en"])) for line in each.evidence),
            note=each.note,
            judged_by=each.judged_by.name,
            judged_at=each.judged_at,
        )
        for each in rows
    )


def _repairs(row: Demand) -> tuple[RepairLine, ...]:
    days = catalogue.parameter("deadline.repair_days")
    return tuple(
        RepairLine(
            id=each.pk,
            code=each.measure_id,
            problem=Text(each.measure.problem, each.measure.problem_en),
            department=Text(each.measure.department, each.measure.department_en),
            measure=Text(each.measure.measure, each.measure.measure_en),
            note=each.note,
            opened_at=each.opened_at,
            due_on=(each.opened_at + dt.timedelta(days=days)).astimezone(clock.ZONE).date(),
            resolved_at=each.resolved_at,
        )
        for each in row.repairs.select_related("measure").order_by("id")
    )


def papers_of(enterprise_id: int) -> tuple[PaperLine, ...]:
    """Return the firm's papers that are in force."""
    rows = Paper.objects.filter(enterprise_id=enterprise_id, withdrawn_at__isnull=True).order_by("kind", "-uploaded_at")
    return tuple(
        PaperLine(
            each.pk, each.kind, PAPERS[each.kind].name if each.kind in PAPERS else Text(each.kind, each.kind),
            each.file_name, each.file, each.size, each.uploaded_at, each.expires_on,
        )
        for each in rows
    )  # fmt: skip


def papers(actor: Actor, *, enterprise_id: int) -> tuple[PaperLine, ...]:
    """Return the firm's papers as *actor* may see them: the firm's own people always, banks by consent."""
    from huoshui.registry import queries as registry

    institution = actor.org_kind in ("bank", "guarantor")
    if institution and not registry.may_read(actor.org_path, enterprise_id, "papers"):
        return ()
    if not scope(actor, Paper.objects.filter(enterprise_id=enterprise_id)).exists():
        return ()
    return papers_of(enterprise_id)


def _stars(demand_id: int) -> int | None:
    return Rating.objects.filter(demand_id=demand_id).values_list("stars", flat=True).first()


def _acts(actor: Actor, row: Demand) -> tuple[lifecycle.Act, ...]:
    facts = demand_facts(row, rated=_stars(row.pk) is not None)
    return lifecycle.available(row.state, actor=actor, facts=facts)


def tracking(actor: Actor, demand_id: int) -> Tracking:
    """Return the way of a demand as its firm follows it: what happened, who acted, what comes next until when."""
    row = demand_of(actor, demand_id)
    lines = _cases(actor, row)
    running = [line.next_deadline for line in lines if line.open]
    due = min((each for each in running if each), key=lambda each: each.due_at, default=None)
    entries = audit.timeline(f"demand:{row.pk}", audience="firm")
    return Tracking(
        asked=asked_lines(row),
        now=_waiting_for(row, lines),
        due=due,
        due_on=judge_due(row.declared_at) if row.state == lifecycle.State.DECLARED else None,
        stage=_STAGE[lifecycle.State(row.state)],
        steps=tuple(TrackStep(each.at, each.kind, each.sentence, each.actor_name) for each in reversed(entries)),
        cases=lines,
        repairs=_repairs(row),
        papers=papers_of(row.enterprise_id),
        stars=_stars(row.pk),
        acts=_acts(actor, row),
    )


_WAITING = {
    lifecycle.State.DRAFT: Text("还没有提交", "Not sent yet"),
    lifecycle.State.DECLARED: Text("县级工作专班正在审核", "The county taskforce is checking it"),
    lifecycle.State.REPAIRING: Text("请先解决下面的问题，解决后自动回到审核", "Mend what is listed below; then it is checked again"),
    lifecycle.State.RECOMMENDED: Text("正在安排银行", "Banks are being found"),
    lifecycle.State.DISPATCHED: Text("银行正在办理", "Banks are working on it"),
    lifecycle.State.GRANTED: Text("银行已同意授信，请与银行签约", "A credit is granted; sign with the bank"),
    lifecycle.State.LENT: Text("贷款已到账，请按期还款", "The money has arrived; repay in time"),
    lifecycle.State.CLOSED: Text("已办结", "Closed"),
}  # fmt: skip


def _waiting_for(row: Demand, lines: tuple[CaseLine, ...]) -> Text:
    owed = [line for line in lines if line.papers_owed]
    if owed and row.state == lifecycle.State.DISPATCHED:
        banks = "、".join(line.bank.zh for line in owed)
        return Text(f"请向{banks}补交材料", f"Hand in papers to {', '.join(line.bank.en for line in owed)}")
    if any(line.state is cases.State.CONTRACTED for line in lines) and row.state == lifecycle.State.GRANTED:
        return Text("已签约，等待银行放款", "Signed; the bank pays out next")
    closed = lifecycle.CLOSE_NAMES.get(lifecycle.Close(row.close_reason)) if row.close_reason else None
    return closed or _WAITING[lifecycle.State(row.state)]


_FILTERS: dict[str, str] = {
    "enterprise": "enterprise_id", "state": "state", "district": "district_code__startswith", "channel": "channel",
    "purpose": "purpose", "code": "loan_code_id", "since": "created_at__date__gte", "until": "created_at__date__lte",
}  # fmt: skip


def demands(actor: Actor, filters: Mapping[str, Any] | None = None, **given: Any) -> QuerySet[Demand]:
    """Return the demands *actor* may see, newest first, with their firms; filters: enterprise, state, district, channel,
    purpose, code, since, until, states (several)."""
    rows = scope(actor, Demand.objects.select_related("enterprise")).order_by("-id")
    wanted = {**(filters or {}), **given}
    if states := wanted.pop("states", None):
        rows = rows.filter(state__in=states)
    return rows.filter(**{_FILTERS[name]: value for name, value in wanted.items() if value not in (None, "")})


def stuck(actor: Actor) -> QuerySet[Demand]:
    """Return open demands with a deadline that passed or nobody to work them, with `late_since` and `late_kind`.

    late_kind: accept, contact, decide (a bank is late), papers (the firm owes), contract, judge or dispatch.
    """
    now = clock.now()
    running = Q(
        referrals__clocks__met_at__isnull=True,
        referrals__clocks__cancelled_at__isnull=True,
        referrals__clocks__paused_at__isnull=True,
        referrals__clocks__due_at__lt=now,
    )
    late_grant = now - dt.timedelta(days=catalogue.parameter("deadline.contract_days"))
    unjudged = now - dt.timedelta(days=2 * catalogue.parameter("deadline.judge_days"))
    rows = scope(actor, Demand.objects.filter(state__in=lifecycle.OPEN_STATES)).annotate(
        late_since=Min("referrals__clocks__due_at", filter=running),
        late_kind=Max("referrals__clocks__kind", filter=running),
    )
    waiting = Q(state="declared", declared_at__lt=unjudged) | Q(state="granted", granted_at__lt=late_grant)
    waiting |= Q(state="recommended", recommended_at__lt=unjudged)
    return (
        rows.filter(Q(late_since__isnull=False) | waiting)
        .select_related("enterprise")
        .order_by(F("late_since").asc(nulls_last=True), "id")
    )


def visits(actor: Actor, filters: Mapping[str, Any] | None = None, **given: Any) -> QuerySet[Visit]:
    """Return the visits *actor* may see, newest first; filters: enterprise, district, outcome, visitor, since, until."""
    names = {
        "enterprise": "enterprise_id", "district": "district_code__startswith", "outcome": "outcome",
        "visitor": "visitor_id", "since": "visited_on__gte", "until": "visited_on__lte",
    }  # fmt: skip
    rows = scope(actor, Visit.objects.select_related("enterprise", "visitor", "demand")).order_by("-visited_on", "-id")
    wanted = {**(filters or {}), **given}
    return rows.filter(**{names[name]: value for name, value in wanted.items() if value not in (None, "")})


def codes(actor: Actor) -> QuerySet[LoanCode]:
    """Return loan codes with what came of them: `asked` demands, `granted` and `lent` of these."""
    reached = Q(demands__granted_at__isnull=False), Q(demands__lent_at__isnull=False)
    rows = scope(actor, LoanCode.objects.select_related("organisation", "product")).order_by("-id")
    return rows.annotate(
        asked=Count("demands", distinct=True),
        granted=Count("demands", filter=reached[0], distinct=True),
        lent=Count("demands", filter=reached[1], distinct=True),
    )


def due_repairs(actor: Actor) -> QuerySet[RepairItem]:
    """Return problems not mended within the time given."""
    since = clock.now() - dt.timedelta(days=catalogue.parameter("deadline.repair_days"))
    open_ones = RepairItem.objects.filter(resolved_at__isnull=True, opened_at__lt=since)
    return open_ones.filter(demand__in=scope(actor, Demand.objects.filter(state="repairing")))


def recontact(actor: Actor) -> QuerySet[Demand]:
    """Return demands that ended without a loan so long ago that somebody should call (parameter decline.recontact_days).

    A firm that was called on since, or has asked again, is left out.
    """
    since = clock.now() - dt.timedelta(days=min(catalogue.parameter("decline.recontact_days")))
    reasons = [lifecycle.Close.DECLINED, lifecycle.Close.ALL_DECLINED]
    rows = scope(actor, Demand.objects.filter(state="closed", close_reason__in=reasons, closed_at__lt=since))
    rows = rows.exclude(
        Exists(Visit.objects.filter(enterprise=OuterRef("enterprise"), recorded_at__gt=OuterRef("closed_at")))
    )
    again = Demand.objects.filter(enterprise=OuterRef("enterprise"), created_at__gt=OuterRef("closed_at"))
    return rows.exclude(Exists(again)).select_related("enterprise").order_by("closed_at")
