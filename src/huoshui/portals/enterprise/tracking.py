"""A demand as its firm follows it: where it is, who has it, until when, what the firm can do."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse

from huoshui.catalogue.queries import repair_measures
from huoshui.financing.demand_lifecycle import Act, Close, State
from huoshui.financing.papers import PAPERS
from huoshui.financing.queries import STAGES, CaseLine, PapersView, Tracking
from huoshui.financing.reasons import REASON_CODES
from huoshui.financing.referral_lifecycle import Act as CaseAct
from huoshui.financing.referral_lifecycle import State as CaseState
from huoshui.kernel import money, rates
from huoshui.kernel.text import Text

TASKFORCE = Text("县级工作专班", "the county taskforce")
BAD_ENDS = frozenset({Close.WITHDRAWN, Close.DECLINED, Close.ALL_DECLINED})
TONES = {
    State.DRAFT: "secondary",
    State.REPAIRING: "yellow",
    State.GRANTED: "green",
    State.LENT: "green",
    State.CLOSED: "secondary",
}
CASE_TONES = {
    CaseState.PAPERS_OWED: "yellow",
    CaseState.DECLINED: "red",
    CaseState.RECALLED: "secondary",
    CaseState.WITHDRAWN: "secondary",
    CaseState.GRANTED: "green",
    CaseState.CONTRACTED: "green",
    CaseState.LENDING: "green",
    CaseState.LENT: "green",
    CaseState.SETTLED: "green",
}


@dataclass(frozen=True, slots=True)
class Step:
    """A station of the parcel. *state*: done, now, wait or bad."""

    state: str
    title: Text
    at: dt.datetime | None = None
    note: Text | None = None
    who: str = ""
    due: dt.datetime | dt.date | None = None
    paused: bool = False


@dataclass(frozen=True, slots=True)
class PaperAsked:
    """One paper that a bank waits for."""

    name: Text
    done: bool
    url: str


@dataclass(frozen=True, slots=True)
class PapersAsked:
    """What one bank asked for, and whether all of it is there."""

    id: int
    bank: Text
    note: str
    papers: tuple[PaperAsked, ...]
    ready: bool
    done_url: str


@dataclass(frozen=True, slots=True)
class CaseCard:
    """One bank's case for the firm."""

    id: int
    bank_id: int
    bank: Text
    open: bool
    state: Text
    tone: str
    due: dt.datetime | None
    paused: bool
    facts: tuple[tuple[Text, object], ...]
    words: str
    remedies: tuple[Text, ...]
    loan_url: str


def state_tone(state: State) -> str:
    """Return the tone of a demand's badge."""
    return TONES.get(state, "blue")


def parcel(found: Tracking) -> tuple[Step, ...]:
    """Return the stations: what is done and when, where the demand is now, what is still to come."""
    asked = found.asked
    moments = (asked.created_at, asked.recommended_at, asked.dispatched_at, asked.granted_at, asked.lent_at)
    if asked.state is State.CLOSED:
        return _ended(found, moments)
    here = found.stage if asked.lent_at is None else len(STAGES)
    return tuple(
        Step("done", title, moment) if at < here else _here(found, title) if at == here else Step("wait", title)
        for at, (title, moment) in enumerate(zip(STAGES, moments, strict=True))
    )


def _here(found: Tracking, title: Text) -> Step:
    due = found.due.due_at if found.due else found.due_on
    return Step("now", title, note=found.now, who=_holders(found), due=due)


def _holders(found: Tracking) -> str:
    if found.asked.state in (State.DECLARED, State.REPAIRING, State.RECOMMENDED):
        return str(TASKFORCE)
    return "、".join(f"{case.bank} {case.branch}".strip() for case in found.cases if case.open)


def _ended(found: Tracking, moments: tuple[dt.datetime | None, ...]) -> tuple[Step, ...]:
    done = [Step("done", title, at) for title, at in zip(STAGES, moments, strict=True) if at is not None]
    bad = found.asked.close_reason in BAD_ENDS
    end = Step("bad" if bad else "done", found.asked.close_name or Text("已办结", "Closed"), found.asked.closed_at)
    return (*done, end)


def papers_asked(found: Tracking) -> tuple[PapersAsked, ...]:
    """Return what banks wait for."""
    held = {paper.kind for paper in found.papers}
    return tuple(_asked(case, owed, held) for case in found.cases if (owed := case.papers_owed))


def _asked(case: CaseLine, owed: PapersView, held: set[str]) -> PapersAsked:
    papers = tuple(
        PaperAsked(name, _there(code, held), reverse("enterprise:paper", args=[case.id, code]))
        for code, name in owed.papers
    )
    done = reverse("enterprise:papers_done", args=[case.id])
    return PapersAsked(owed.id, case.bank, owed.note, papers, all(paper.done for paper in papers), done)


def _there(code: str, held: set[str]) -> bool:
    return code in held or (code in PAPERS and PAPERS[code].fetched)


def case_cards(found: Tracking) -> tuple[CaseCard, ...]:
    """Return each bank's case, the open ones first."""
    return tuple(_card(case) for case in sorted(found.cases, key=lambda case: not case.open))


def _card(case: CaseLine) -> CaseCard:
    due = case.next_deadline
    decision = case.decision
    declined = decision if decision and not decision.granted else None
    reason = REASON_CODES.get(declined.reason_code) if declined else None
    return CaseCard(
        id=case.id,
        bank_id=case.bank_id,
        bank=case.bank,
        open=case.open,
        state=case.state_name,
        tone=CASE_TONES.get(case.state, "blue"),
        due=due.due_at if due else None,
        paused=case.state is CaseState.PAPERS_OWED,
        facts=_facts(case),
        words=declined.words if declined else "",
        remedies=_remedies(reason.repairs if reason else ()),
        loan_url=reverse("enterprise:loan", args=[case.loan_id]) if case.loan_id else "",
    )


def _facts(case: CaseLine) -> tuple[tuple[Text, object], ...]:
    lines: list[tuple[Text, object]] = [
        (Text("网点", "Branch"), case.branch),
        (Text("客户经理", "Officer"), case.officer),
        (Text("产品", "Product"), case.product),
        (Text("为什么是这家", "Why this bank"), case.why if case.why.zh else case.basis),
    ]
    if case.decision and case.decision.granted:
        granted = case.decision
        lines += [
            (Text("同意金额", "Granted"), money.human(granted.amount or 0)),
            (Text("年利率", "Rate"), f"{rates.rate_text(granted.rate_pct)}%" if granted.rate_pct is not None else ""),
            (Text("期限", "Term"), Text(f"{granted.term_months} 个月", f"{granted.term_months} months")),
            (Text("条件", "Conditions"), granted.conditions),
        ]
    return tuple((label, value) for label, value in lines if value)


def _remedies(codes: tuple[str, ...]) -> tuple[Text, ...]:
    known = {measure.code: measure for measure in repair_measures()}
    return tuple(known[code].measure for code in codes if code in known)


def may(found: Tracking, act: Act) -> bool:
    """Return whether the firm may do *act* now."""
    return act in found.acts


def may_answer(case: CaseLine) -> bool:
    """Return whether the firm may say that the papers are in."""
    return CaseAct.PAPERS_ARRIVED in case.acts
