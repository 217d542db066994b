"""States of a demand and what may be done in each: one table. Pure.

A demand is declared (申报清单), judged by five standards, recommended (推荐清单), dispatched to banks, and follows from
then on what the banks answer: ``follow`` computes its state from all of its cases, so no bank's answer is lost.
Source: 金发〔2024〕32号 支持小微企业融资协调工作机制 (visit → declared → recommended → granted → lent).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.financing import referral_lifecycle
from huoshui.kernel.decisions import ALLOW, Decision, refuse
from huoshui.kernel.errors import Problem
from huoshui.kernel.text import Text

STANDARDS = (1, 2, 3, 4, 5)


class State(StrEnum):
    """Where a demand stands. Values never change."""

    DRAFT = "draft"
    DECLARED = "declared"
    REPAIRING = "repairing"
    RECOMMENDED = "recommended"
    DISPATCHED = "dispatched"
    GRANTED = "granted"
    LENT = "lent"
    CLOSED = "closed"


class Act(StrEnum):
    """What may be done with a demand."""

    SUBMIT = "submit"
    JUDGE = "judge"
    RECOMMEND = "recommend"
    REPAIR = "repair"
    RESOLVE = "resolve"
    DECLINE = "decline"
    DISPATCH = "dispatch"
    OFFER = "offer"
    MOVE = "move"
    WITHDRAW = "withdraw"
    RATE = "rate"
    GREEN = "green"
    UNGREEN = "ungreen"


class Close(StrEnum):
    """Why a demand is closed."""

    SETTLED = "settled"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    ALL_DECLINED = "all_declined"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards look at.

    *verdicts*: standard → yes, no or repair. *open_repairs*: problems not mended yet. *entered_by*: the member of staff
    who entered the demand for the firm. *open_banks*: banks with an open case; *cases*: all there ever were.
    """

    verdicts: tuple[tuple[int, str], ...] = ()
    measures: tuple[str, ...] = ()
    open_repairs: int = 0
    entered_by: int | None = None
    open_banks: int = 0
    cases: int = 0
    max_banks: int = 3
    drawn: bool = False
    rated: bool = False
    close_reason: str = ""
    reason: str = ""
    green: bool = False


Guard = Callable[[Actor, Facts], Problem | None]


@dataclass(frozen=True, slots=True)
class Transition:
    """A row of the table: *to* which state, who may (any of *permissions*), which event, and what else must hold.

    *reason*: words are needed. *other*: another person than the one who entered the demand.
    """

    to: State
    permissions: tuple[Permission, ...]
    event: str
    guards: tuple[Guard, ...] = ()
    reason: bool = False
    other: bool = False


def _all_judged(actor: Actor, facts: Facts) -> Problem | None:
    given = dict(facts.verdicts)
    missing = [number for number in STANDARDS if number not in given]
    if not missing:
        return None
    return Problem(
        "standards_missing",
        Text(f"还有 {len(missing)} 项标准没有判断。", f"{len(missing)} of the five standards are not judged yet."),
        field="standard",
        value=missing,
        remedy=Text("请先完成五项标准的判断。", "Judge all five first."),
    )


def _all_met(actor: Actor, facts: Facts) -> Problem | None:
    failing = [number for number, verdict in sorted(facts.verdicts) if verdict != "yes"]
    if not failing:
        return None
    said = "、".join(map(str, failing))
    return Problem(
        "standards_not_met",
        Text(f"第 {said} 项标准未通过。", f"Standard {', '.join(map(str, failing))} is not met."),
        field="standard",
        value=failing,
        remedy=Text("可转入修复，或说明原因不予推荐。", "Send it to repair, or decline it with the reason."),
    )


def _names_measures(actor: Actor, facts: Facts) -> Problem | None:
    if facts.measures:
        return None
    return Problem(
        "measures_missing",
        Text("请至少选择一项需要修复的问题。", "Choose at least one problem to be mended."),
        field="measures",
        remedy=Text("企业会看到问题、负责部门和办法。", "The firm sees the problem, the office and what to do."),
    )


def _room_for_a_bank(actor: Actor, facts: Facts) -> Problem | None:
    if facts.open_banks < facts.max_banks:
        return None
    return Problem(
        "banks_full",
        Text(f"这笔需求已同时对接 {facts.max_banks} 家银行。", f"{facts.max_banks} banks already have this demand."),
        field="bank",
        value=facts.open_banks,
        remedy=Text("请等待回复，或先撤回其中一家。", "Wait for an answer, or take it back from one of them."),
    )


def _something_to_mend(actor: Actor, facts: Facts) -> Problem | None:
    if facts.open_repairs:
        return None
    return Problem("nothing_to_mend", Text("没有未修复的问题。", "There is nothing left to mend."), field="repair")


def _nothing_drawn(actor: Actor, facts: Facts) -> Problem | None:
    if not facts.drawn:
        return None
    return Problem(
        "already_lent",
        Text("贷款已经发放，不能撤回需求。", "Money has been paid out; the demand cannot be withdrawn."),
        field="state",
        remedy=Text("可以与银行商量提前还款。", "Talk to the bank about early repayment."),
    )


def _not_rated(actor: Actor, facts: Facts) -> Problem | None:
    if not facts.rated:
        return None
    return Problem("already_rated", Text("您已经评价过了。", "You have rated this already."), field="stars")


def _answered(actor: Actor, facts: Facts) -> Problem | None:
    if facts.cases:
        return None
    return Problem(
        "nothing_to_rate", Text("还没有银行办理，暂不能评价。", "No bank has handled it yet."), field="stars"
    )


def _not_green(actor: Actor, facts: Facts) -> Problem | None:
    if not facts.green:
        return None
    return Problem(
        "green_already", Text("这笔需求已在绿色通道。", "It is in the green channel already."), field="green"
    )


def _is_green(actor: Actor, facts: Facts) -> Problem | None:
    if facts.green:
        return None
    return Problem("not_green", Text("这笔需求不在绿色通道。", "It is not in the green channel."), field="green")


_S, _A, _P = State, Act, Permission
_FIRM = (_P.APPLY, _P.ENTER_DEMAND)
_JUDGE = (_P.JUDGE_DEMANDS,)
_DISPATCH = (_P.DISPATCH_DEMANDS,)

TRANSITIONS: dict[tuple[State, Act], Transition] = {
    (_S.DRAFT, _A.SUBMIT): Transition(_S.DECLARED, _FIRM, "DEMAND_DECLARED"),
    (_S.DRAFT, _A.WITHDRAW): Transition(_S.CLOSED, _FIRM, "DEMAND_WITHDRAWN"),
    (_S.DECLARED, _A.JUDGE): Transition(_S.DECLARED, _JUDGE, "STANDARD_JUDGED"),
    (_S.DECLARED, _A.RECOMMEND): Transition(
        _S.RECOMMENDED, _JUDGE, "DEMAND_RECOMMENDED", (_all_judged, _all_met), other=True
    ),
    (_S.DECLARED, _A.REPAIR): Transition(_S.REPAIRING, _JUDGE, "DEMAND_SENT_TO_REPAIR", (_names_measures,)),
    (_S.DECLARED, _A.DECLINE): Transition(_S.CLOSED, _JUDGE, "DEMAND_DECLINED", reason=True),
    (_S.DECLARED, _A.WITHDRAW): Transition(_S.CLOSED, _FIRM, "DEMAND_WITHDRAWN"),
    # the last problem mended brings the demand back to the declared list
    (_S.REPAIRING, _A.RESOLVE): Transition(_S.REPAIRING, _JUDGE, "REPAIR_RESOLVED", (_something_to_mend,)),
    (_S.REPAIRING, _A.DECLINE): Transition(_S.CLOSED, _JUDGE, "DEMAND_DECLINED", reason=True),
    (_S.REPAIRING, _A.WITHDRAW): Transition(_S.CLOSED, _FIRM, "DEMAND_WITHDRAWN"),
    (_S.RECOMMENDED, _A.DISPATCH): Transition(_S.DISPATCHED, _DISPATCH, "DEMAND_DISPATCHED"),
    (_S.RECOMMENDED, _A.OFFER): Transition(_S.DISPATCHED, _DISPATCH, "DEMAND_DISPATCHED", (_room_for_a_bank,)),
    (_S.RECOMMENDED, _A.MOVE): Transition(_S.DISPATCHED, _FIRM, "DEMAND_MOVED", (_room_for_a_bank,)),
    (_S.RECOMMENDED, _A.WITHDRAW): Transition(_S.CLOSED, _FIRM, "DEMAND_WITHDRAWN"),
    (_S.DISPATCHED, _A.OFFER): Transition(_S.DISPATCHED, _DISPATCH, "DEMAND_DISPATCHED", (_room_for_a_bank,)),
    (_S.DISPATCHED, _A.MOVE): Transition(_S.DISPATCHED, _FIRM, "DEMAND_MOVED", (_room_for_a_bank,)),
    (_S.DISPATCHED, _A.WITHDRAW): Transition(_S.CLOSED, _FIRM, "DEMAND_WITHDRAWN"),
    (_S.DISPATCHED, _A.RATE): Transition(_S.DISPATCHED, _FIRM, "CASE_RATED", (_answered, _not_rated)),
    (_S.GRANTED, _A.MOVE): Transition(_S.GRANTED, _FIRM, "DEMAND_MOVED", (_room_for_a_bank,)),
    (_S.GRANTED, _A.WITHDRAW): Transition(_S.CLOSED, _FIRM, "DEMAND_WITHDRAWN", (_nothing_drawn,)),
    (_S.GRANTED, _A.RATE): Transition(_S.GRANTED, _FIRM, "CASE_RATED", (_not_rated,)),
    (_S.LENT, _A.RATE): Transition(_S.LENT, _FIRM, "CASE_RATED", (_not_rated,)),
    (_S.CLOSED, _A.RATE): Transition(_S.CLOSED, _FIRM, "CASE_RATED", (_answered, _not_rated)),
}
# the green channel shortens the banks' time to decide, so it makes sense until they have decided
for _state in (_S.DECLARED, _S.REPAIRING, _S.RECOMMENDED, _S.DISPATCHED):
    TRANSITIONS[_state, _A.GREEN] = Transition(
        _state, (*_JUDGE, *_DISPATCH), "DEMAND_GREEN", (_not_green,), reason=True
    )
    TRANSITIONS[_state, _A.UNGREEN] = Transition(
        _state, (*_JUDGE, *_DISPATCH), "DEMAND_NOT_GREEN", (_is_green,), reason=True
    )

# What follows of itself, and the event that says so: from banks' answers, or from the last problem mended
CONSEQUENCES: dict[tuple[State, State], str] = {
    (_S.REPAIRING, _S.DECLARED): "DEMAND_REPAIRED",
    (_S.DISPATCHED, _S.GRANTED): "DEMAND_GRANTED",
    (_S.DISPATCHED, _S.RECOMMENDED): "DEMAND_AWAITS_BANK",
    (_S.DISPATCHED, _S.CLOSED): "DEMAND_CLOSED",
    (_S.GRANTED, _S.DISPATCHED): "DEMAND_AWAITS_BANK",
    (_S.GRANTED, _S.RECOMMENDED): "DEMAND_AWAITS_BANK",
    (_S.GRANTED, _S.CLOSED): "DEMAND_CLOSED",
    (_S.GRANTED, _S.LENT): "DEMAND_LENT",
    (_S.LENT, _S.CLOSED): "DEMAND_CLOSED",
}

STATE_NAMES: dict[State, Text] = {
    _S.DRAFT: Text("草稿", "Draft"),
    _S.DECLARED: Text("已申报", "Declared"),
    _S.REPAIRING: Text("修复中", "Being mended"),
    _S.RECOMMENDED: Text("已推荐", "Recommended"),
    _S.DISPATCHED: Text("银行办理中", "With banks"),
    _S.GRANTED: Text("已授信", "Granted"),
    _S.LENT: Text("已放款", "Lent"),
    _S.CLOSED: Text("已办结", "Closed"),
}

ACT_NAMES: dict[Act, Text] = {
    _A.SUBMIT: Text("提交", "Submit"),
    _A.JUDGE: Text("判断标准", "Judge a standard"),
    _A.RECOMMEND: Text("推荐", "Recommend"),
    _A.REPAIR: Text("转入修复", "Send to repair"),
    _A.RESOLVE: Text("确认已修复", "Confirm as mended"),
    _A.DECLINE: Text("不予推荐", "Decline"),
    _A.DISPATCH: Text("派单", "Dispatch"),
    _A.OFFER: Text("指定银行", "Offer to a bank"),
    _A.MOVE: Text("换一家银行", "Move to another bank"),
    _A.WITHDRAW: Text("撤回需求", "Withdraw"),
    _A.RATE: Text("评价", "Rate"),
    _A.GREEN: Text("列入绿色通道", "Put in the green channel"),
    _A.UNGREEN: Text("移出绿色通道", "Take out of the green channel"),
}

CLOSE_NAMES: dict[Close, Text] = {
    Close.SETTLED: Text("贷款已结清", "Loan settled"),
    Close.WITHDRAWN: Text("企业撤回", "Withdrawn by the firm"),
    Close.DECLINED: Text("未予推荐", "Not recommended"),
    Close.ALL_DECLINED: Text("各银行均未授信", "Declined by every bank"),
}

OPEN_STATES = (_S.DECLARED, _S.REPAIRING, _S.RECOMMENDED, _S.DISPATCHED, _S.GRANTED)


def decide(state: str, act: Act, *, actor: Actor, facts: Facts) -> Decision:
    """Return whether *actor* may do *act* to a demand in *state* now, or every reason why not."""
    row = TRANSITIONS.get((State(state), act))
    if row is None:
        return refuse(_wrong_state(State(state), act))
    problems = [_may(row, actor), _other(row, actor, facts), *(guard(actor, facts) for guard in row.guards)]
    if row.reason and not facts.reason.strip():
        problems.append(_no_reason())
    reasons = [problem for problem in problems if problem]
    return refuse(*reasons) if reasons else ALLOW


def available(state: str, *, actor: Actor, facts: Facts) -> tuple[Act, ...]:
    """Return the acts *actor* may choose now; a reason or measure still to be written does not stand against one."""
    spoken = replace(facts, reason=facts.reason or "—", measures=facts.measures or ("—",))
    return tuple(act for act in Act if decide(state, act, actor=actor, facts=spoken))


def follow(cases: Collection[str], *, another_bank: bool) -> tuple[State, str]:
    """Return the state (and reason, where closed) that a dispatched demand has by its banks' *cases* (their states).

    The furthest bank counts. With no open case left: settled loans close it as settled; *another_bank* (somebody else
    may still be asked) sends it back to the recommended list; else every bank has declined.
    """
    R, held = referral_lifecycle.State, set(cases)
    for states, state in (
        ({R.LENDING, R.LENT}, _S.LENT),
        ({R.GRANTED, R.CONTRACTED}, _S.GRANTED),
    ):
        if held & states:
            return state, ""
    if R.SETTLED in held:
        return _S.CLOSED, Close.SETTLED
    if held & set(referral_lifecycle.OPEN_STATES):
        return _S.DISPATCHED, ""
    if R.DECLINED in held and not another_bank:
        return _S.CLOSED, Close.ALL_DECLINED
    return _S.RECOMMENDED, ""


def _may(row: Transition, actor: Actor) -> Problem | None:
    if any(actor.may(permission) for permission in row.permissions):
        return None
    return Problem(
        "not_permitted", Text("您的岗位没有此项权限。", "Your role does not include this."), field="permission"
    )


def _other(row: Transition, actor: Actor, facts: Facts) -> Problem | None:
    if not row.other or facts.entered_by is None or facts.entered_by != actor.person_id:
        return None
    return Problem(
        "second_person",
        Text("代企业录入需求的人不能推荐这笔需求。", "Whoever entered a demand for a firm does not recommend it."),
        field="actor",
        value=actor.name,
        remedy=Text("请由另一位同事处理。", "Ask a colleague."),
    )


def _no_reason() -> Problem:
    return Problem(
        "reason_missing",
        Text("请写明原因。", "Please give the reason."),
        field="reason",
        remedy=Text("企业会看到这段话。", "The firm will read it."),
    )


def _wrong_state(state: State, act: Act) -> Problem:
    return Problem(
        "wrong_state",
        Text(
            f"需求目前“{STATE_NAMES[state].zh}”，不能{ACT_NAMES[act].zh}。",
            f"“{ACT_NAMES[act].en}” is not possible while the demand is “{STATE_NAMES[state].en}”.",
        ),
        field="state",
        value=str(state),
    )
