"""States of a bank's case and what may be done in each: one table. Pure.

Deadlines that start, pause or end with an act are in the same table (``clocks``). Only banks decide; the firm may leave
at any time before money is paid; the taskforce may take an overdue case back.
Source: 金发〔2024〕32号; platform promises of accept 1, contact 3, decide 30 days from complete papers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.kernel.decisions import ALLOW, Decision, refuse
from huoshui.kernel.errors import Problem
from huoshui.kernel.text import Text


class State(StrEnum):
    """Where a bank's case stands. Values never change."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    CONTACTED = "contacted"
    PAPERS_OWED = "papers_owed"
    COMPLETE = "complete"
    GRANTED = "granted"
    CONTRACTED = "contracted"
    LENDING = "lending"
    LENT = "lent"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    RECALLED = "recalled"
    SETTLED = "settled"


class Act(StrEnum):
    """What may be done with a case."""

    ACCEPT = "accept"
    ASSIGN = "assign"
    CONTACT = "contact"
    ASK_PAPERS = "ask_papers"
    PAPERS_ARRIVED = "papers_arrived"
    COMPLETE = "complete"
    GRANT = "grant"
    DECLINE = "decline"
    SIGN = "sign"
    DRAW = "draw"
    CLOSE_DRAWING = "close_drawing"
    REPAY = "repay"
    SETTLE = "settle"
    LAPSE = "lapse"
    WITHDRAW = "withdraw"
    RECALL = "recall"


class Move(StrEnum):
    """What an act does to a deadline."""

    START = "start"
    MEET = "meet"
    PAUSE = "pause"
    RUN = "run"  # start, or resume where it was paused
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards look at.

    *papers*: those asked for. *overdue*: a deadline has passed by the days that allow taking the case back.
    *contract_overdue*: granted longer ago than a contract may take. *drawn* and *balance* in fen; *fully*: this drawdown
    reaches the contract's amount. *reason_code* and *words* of a refusal.
    """

    papers: tuple[str, ...] = ()
    overdue: bool = False
    contract_overdue: bool = False
    drawn: int = 0
    balance: int = 0
    fully: bool = False
    reason_code: str = ""
    words: str = ""
    reason: str = ""


Guard = Callable[[Facts], Problem | None]


@dataclass(frozen=True, slots=True)
class Transition:
    """A row of the table: *to* which state, who may (any of *permissions*), which event, what else must hold.

    *reason*: words are needed. *papers*: names of papers are needed. *clocks*: (kind, what happens to it).
    """

    to: State
    permissions: tuple[Permission, ...]
    event: str
    guards: tuple[Guard, ...] = ()
    reason: bool = False
    papers: bool = False
    clocks: tuple[tuple[str, Move], ...] = ()


def _says_why(facts: Facts) -> Problem | None:
    missing = [
        name for name, value in (("reason_code", facts.reason_code), ("words", facts.words)) if not value.strip()
    ]
    if not missing:
        return None
    return Problem(
        "refusal_needs_reason",
        Text("拒绝必须选择原因，并给企业写一段说明。", "A refusal needs a reason code and words for the firm."),
        field=missing[0],
        remedy=Text("请说明问题和可以改进的办法。", "Say what is wrong and what would mend it."),
    )


def _is_overdue(facts: Facts) -> Problem | None:
    if facts.overdue:
        return None
    return Problem(
        "not_overdue",
        Text("银行的办理时限还没有超过召回标准。", "The bank is not late enough for the case to be taken back."),
        field="deadline",
        remedy=Text("可以先催办。", "Remind the bank instead."),
    )


def _is_contract_overdue(facts: Facts) -> Problem | None:
    if facts.contract_overdue:
        return None
    return Problem(
        "offer_still_valid",
        Text("授信后的签约期限还没有过。", "The time to sign has not run out yet."),
        field="deadline",
    )


def _nothing_drawn(facts: Facts) -> Problem | None:
    if not facts.drawn:
        return None
    return Problem("already_lent", Text("贷款已经发放。", "Money has been paid out already."), field="drawn")


def _cleared(facts: Facts) -> Problem | None:
    if facts.balance == 0:
        return None
    return Problem(
        "balance_left",
        Text("贷款还有余额，不能结清。", "There is a balance left."),
        field="balance",
        value=facts.balance,
    )


_S, _A, _M, _P = State, Act, Move, Permission
_WORK, _CREDIT, _LOANS = (_P.HANDLE_CASES,), (_P.DECIDE_CREDIT,), (_P.MANAGE_LOANS,)
_FIRM, _HELP = (_P.APPLY, _P.ENTER_DEMAND), (_P.DISPATCH_DEMANDS,)
_STOP = (("accept", _M.CANCEL), ("contact", _M.CANCEL), ("decide", _M.CANCEL))
_DECIDED = (("accept", _M.MEET), ("contact", _M.MEET), ("decide", _M.MEET))
_ASSIGN = (_P.ASSIGN_CASES,)


def _decline() -> Transition:
    return Transition(_S.DECLINED, _CREDIT, "CASE_DECLINED", (_says_why,), clocks=_DECIDED)


def _withdraw() -> Transition:
    return Transition(_S.WITHDRAWN, _FIRM, "CASE_WITHDRAWN", clocks=_STOP)


def _recall() -> Transition:
    return Transition(_S.RECALLED, _HELP, "CASE_RECALLED", (_is_overdue,), reason=True, clocks=_STOP)


def _assign(state: State) -> Transition:
    return Transition(state, _ASSIGN, "CASE_ASSIGNED")


def _ask() -> Transition:
    return Transition(_S.PAPERS_OWED, _WORK, "PAPERS_ASKED", papers=True, clocks=(("decide", _M.PAUSE),))


TRANSITIONS: dict[tuple[State, Act], Transition] = {
    (_S.OFFERED, _A.ACCEPT): Transition(
        _S.ACCEPTED, _WORK, "CASE_ACCEPTED", clocks=(("accept", _M.MEET), ("contact", _M.START))
    ),
    (_S.OFFERED, _A.ASSIGN): _assign(_S.OFFERED),
    (_S.OFFERED, _A.DECLINE): _decline(),
    (_S.OFFERED, _A.WITHDRAW): _withdraw(),
    (_S.OFFERED, _A.RECALL): _recall(),
    (_S.ACCEPTED, _A.ASSIGN): _assign(_S.ACCEPTED),
    (_S.ACCEPTED, _A.CONTACT): Transition(_S.CONTACTED, _WORK, "FIRM_CONTACTED", clocks=(("contact", _M.MEET),)),
    (_S.ACCEPTED, _A.DECLINE): _decline(),
    (_S.ACCEPTED, _A.WITHDRAW): _withdraw(),
    (_S.ACCEPTED, _A.RECALL): _recall(),
    (_S.CONTACTED, _A.ASSIGN): _assign(_S.CONTACTED),
    (_S.CONTACTED, _A.CONTACT): Transition(_S.CONTACTED, _WORK, "FIRM_CONTACTED"),
    (_S.CONTACTED, _A.ASK_PAPERS): _ask(),
    (_S.CONTACTED, _A.COMPLETE): Transition(_S.COMPLETE, _WORK, "PAPERS_COMPLETE", clocks=(("decide", _M.RUN),)),
    (_S.CONTACTED, _A.DECLINE): _decline(),
    (_S.CONTACTED, _A.WITHDRAW): _withdraw(),
    (_S.CONTACTED, _A.RECALL): _recall(),
    (_S.PAPERS_OWED, _A.ASSIGN): _assign(_S.PAPERS_OWED),
    # the firm has handed in what was asked: from here the bank owes the answer; what still lacks it asks for again
    (_S.PAPERS_OWED, _A.PAPERS_ARRIVED): Transition(
        _S.COMPLETE, (*_FIRM, *_WORK), "PAPERS_ARRIVED", clocks=(("decide", _M.RUN),)
    ),
    (_S.PAPERS_OWED, _A.COMPLETE): Transition(_S.COMPLETE, _WORK, "PAPERS_COMPLETE", clocks=(("decide", _M.RUN),)),
    (_S.PAPERS_OWED, _A.DECLINE): _decline(),
    (_S.PAPERS_OWED, _A.WITHDRAW): _withdraw(),
    (_S.COMPLETE, _A.ASSIGN): _assign(_S.COMPLETE),
    (_S.COMPLETE, _A.CONTACT): Transition(_S.COMPLETE, _WORK, "FIRM_CONTACTED"),
    (_S.COMPLETE, _A.ASK_PAPERS): _ask(),
    (_S.COMPLETE, _A.GRANT): Transition(_S.GRANTED, _CREDIT, "CREDIT_GRANTED", clocks=(("decide", _M.MEET),)),
    (_S.COMPLETE, _A.DECLINE): _decline(),
    (_S.COMPLETE, _A.WITHDRAW): _withdraw(),
    (_S.COMPLETE, _A.RECALL): _recall(),
    (_S.GRANTED, _A.ASSIGN): _assign(_S.GRANTED),
    (_S.GRANTED, _A.SIGN): Transition(_S.CONTRACTED, _LOANS, "CONTRACT_SIGNED"),
    (_S.GRANTED, _A.LAPSE): Transition(_S.WITHDRAWN, _CREDIT, "OFFER_LAPSED", (_is_contract_overdue,), reason=True),
    (_S.GRANTED, _A.WITHDRAW): _withdraw(),
    (_S.CONTRACTED, _A.ASSIGN): _assign(_S.CONTRACTED),
    (_S.CONTRACTED, _A.DRAW): Transition(_S.LENDING, _LOANS, "LOAN_DRAWN"),
    (_S.CONTRACTED, _A.WITHDRAW): Transition(_S.WITHDRAWN, _FIRM, "CASE_WITHDRAWN", (_nothing_drawn,), clocks=_STOP),
    (_S.LENDING, _A.ASSIGN): _assign(_S.LENDING),
    (_S.LENDING, _A.DRAW): Transition(_S.LENDING, _LOANS, "LOAN_DRAWN"),
    (_S.LENDING, _A.REPAY): Transition(_S.LENDING, _LOANS, "LOAN_REPAID"),
    (_S.LENDING, _A.CLOSE_DRAWING): Transition(_S.LENT, _LOANS, "DRAWING_CLOSED", reason=True),
    (_S.LENT, _A.ASSIGN): _assign(_S.LENT),
    (_S.LENT, _A.REPAY): Transition(_S.LENT, _LOANS, "LOAN_REPAID"),
    (_S.LENT, _A.SETTLE): Transition(_S.SETTLED, _LOANS, "LOAN_SETTLED", (_cleared,)),
}

STATE_NAMES: dict[State, Text] = {
    _S.OFFERED: Text("待受理", "Offered"),
    _S.ACCEPTED: Text("已受理", "Accepted"),
    _S.CONTACTED: Text("已联系", "Contacted"),
    _S.PAPERS_OWED: Text("待补材料", "Papers owed"),
    _S.COMPLETE: Text("材料齐备", "Papers complete"),
    _S.GRANTED: Text("已授信", "Granted"),
    _S.CONTRACTED: Text("已签约", "Contract signed"),
    _S.LENDING: Text("部分放款", "Partly drawn"),
    _S.LENT: Text("已放款", "Drawn"),
    _S.DECLINED: Text("未授信", "Declined"),
    _S.WITHDRAWN: Text("已撤回", "Withdrawn"),
    _S.RECALLED: Text("已召回", "Taken back"),
    _S.SETTLED: Text("已结清", "Settled"),
}

ACT_NAMES: dict[Act, Text] = {
    _A.ACCEPT: Text("受理", "Accept"),
    _A.ASSIGN: Text("指派经办人", "Assign"),
    _A.CONTACT: Text("记录联系", "Record contact"),
    _A.ASK_PAPERS: Text("要求补充材料", "Ask for papers"),
    _A.PAPERS_ARRIVED: Text("已补交材料", "Papers handed in"),
    _A.COMPLETE: Text("确认材料齐备", "Papers are complete"),
    _A.GRANT: Text("授信", "Grant"),
    _A.DECLINE: Text("不予授信", "Decline"),
    _A.SIGN: Text("登记合同", "Record the contract"),
    _A.DRAW: Text("登记放款", "Record a drawdown"),
    _A.CLOSE_DRAWING: Text("不再放款", "No more drawdowns"),
    _A.REPAY: Text("登记还款", "Record a repayment"),
    _A.SETTLE: Text("结清", "Settle"),
    _A.LAPSE: Text("授信失效", "Let the offer lapse"),
    _A.WITHDRAW: Text("撤回", "Withdraw"),
    _A.RECALL: Text("召回", "Take back"),
}

# the bank still owes an answer, or the firm a signature or papers
UNDECIDED_STATES = (_S.OFFERED, _S.ACCEPTED, _S.CONTACTED, _S.PAPERS_OWED, _S.COMPLETE)
OPEN_STATES = (*UNDECIDED_STATES, _S.GRANTED, _S.CONTRACTED, _S.LENDING, _S.LENT)
CLOSED_STATES = (_S.DECLINED, _S.WITHDRAWN, _S.RECALLED, _S.SETTLED)


def decide(state: str, act: Act, *, actor: Actor, facts: Facts) -> Decision:
    """Return whether *actor* may do *act* to a case in *state* now, or every reason why not."""
    row = TRANSITIONS.get((State(state), act))
    if row is None:
        return refuse(_wrong_state(State(state), act))
    problems = [_may(row, actor), *(guard(facts) for guard in row.guards)]
    if row.reason and not facts.reason.strip():
        problems.append(_missing("reason", "请写明原因。", "Please give the reason."))
    if row.papers and not facts.papers:
        problems.append(_missing("papers", "请至少选择一种材料。", "Choose at least one paper."))
    reasons = [problem for problem in problems if problem]
    return refuse(*reasons) if reasons else ALLOW


def target(state: str, act: Act, facts: Facts) -> State:
    """Return the state after an allowed *act*; a drawdown up to the contract's amount makes the case fully drawn."""
    row = TRANSITIONS[State(state), act]
    return State.LENT if act is Act.DRAW and facts.fully else row.to


def available(state: str, *, actor: Actor, facts: Facts) -> tuple[Act, ...]:
    """Return the acts *actor* may choose now; words or papers still to be written do not stand against one."""
    spoken = replace(facts, papers=facts.papers or ("—",), reason_code="—", words="—", reason="—")
    return tuple(act for act in Act if decide(state, act, actor=actor, facts=spoken))


def _may(row: Transition, actor: Actor) -> Problem | None:
    if any(actor.may(permission) for permission in row.permissions):
        return None
    return Problem(
        "not_permitted", Text("您的岗位没有此项权限。", "Your role does not include this."), field="permission"
    )


def _missing(field: str, zh: str, en: str) -> Problem:
    return Problem(f"{field}_missing", Text(zh, en), field=field)


def _wrong_state(state: State, act: Act) -> Problem:
    return Problem(
        "wrong_state",
        Text(
            f"案件目前“{STATE_NAMES[state].zh}”，不能{ACT_NAMES[act].zh}。",
            f"“{ACT_NAMES[act].en}” is not possible while the case is “{STATE_NAMES[state].en}”.",
        ),
        field="state",
        value=str(state),
    )
