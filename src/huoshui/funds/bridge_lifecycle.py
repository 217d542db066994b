"""States of a bridge advance and what may be done in each: one table. Pure.

The closed loop (source: the city's bridge fund): fund → old loan's account → new loan → fund. A case is closed as
returned only when all three legs are matched; money that comes back in another way closes it as recovered.

Who reserves puts the payment into the queue, another person approves it; the money is out when the bank's statement shows
it, and days count from that day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.kernel.decisions import ALLOW, Decision, refuse
from huoshui.kernel.errors import Problem
from huoshui.kernel.text import Text


class State(StrEnum):
    """Where an advance stands. Values never change."""

    REQUESTED = "requested"
    COMMITTED = "committed"
    RESERVED = "reserved"
    ADVANCED = "advanced"
    REPAID = "repaid"
    RENEWED = "renewed"
    RETURNED = "returned"
    RECOVERED = "recovered"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Act(StrEnum):
    """What may be done with an advance."""

    COMMIT = "commit"
    REFUSE = "refuse"
    RESERVE = "reserve"
    DECLINE = "decline"
    ADVANCE = "advance"
    CONFIRM_REPAID = "confirm_repaid"
    CONFIRM_RENEWED = "confirm_renewed"
    TAKE_BACK = "take_back"
    WITHDRAW = "withdraw"
    SEND = "send"
    COME_BACK = "come_back"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards look at: who reserved, words given, whether the due day has passed, money still out (fen).

    *approved*: the payment is; *moved*: the bank's statement shows it, out or back.
    """

    reserved_by: int | None = None
    reason: str = ""
    overdue: bool = False
    whole: bool = True
    approved: bool = False
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Transition:
    """A row of the table. *reason*: words are needed; *another*: not by the person who reserved.

    *unapproved*: only until the payment is approved; *by_bank*: only what the bank's statement shows.
    """

    to: State
    permission: Permission
    event: str
    reason: bool = False
    another: bool = False
    only_overdue: bool = False
    unapproved: bool = False
    by_bank: bool = False


_S, _A, _P = State, Act, Permission
_BANK, _MAKER, _CHECKER, _FIRM = _P.MANAGE_LOANS, _P.PREPARE_PAYMENTS, _P.APPROVE_PAYMENTS, _P.APPLY


def _decline() -> Transition:
    return Transition(_S.DECLINED, _MAKER, "BRIDGE_DECLINED", reason=True)


def _withdraw() -> Transition:
    return Transition(_S.WITHDRAWN, _FIRM, "BRIDGE_WITHDRAWN")


def _recover() -> Transition:
    return Transition(_S.RECOVERED, _MAKER, "BRIDGE_MONEY_BACK", reason=True, only_overdue=True)


TRANSITIONS: dict[tuple[State, Act], Transition] = {
    (_S.REQUESTED, _A.COMMIT): Transition(_S.COMMITTED, _BANK, "BRIDGE_COMMITTED"),
    (_S.REQUESTED, _A.REFUSE): Transition(_S.DECLINED, _BANK, "BRIDGE_REFUSED", reason=True),
    (_S.REQUESTED, _A.WITHDRAW): _withdraw(),
    (_S.COMMITTED, _A.RESERVE): Transition(_S.RESERVED, _MAKER, "BRIDGE_RESERVED"),
    (_S.COMMITTED, _A.DECLINE): _decline(),
    (_S.COMMITTED, _A.WITHDRAW): _withdraw(),
    (_S.RESERVED, _A.ADVANCE): Transition(_S.RESERVED, _CHECKER, "BRIDGE_APPROVED", another=True, unapproved=True),
    (_S.RESERVED, _A.SEND): Transition(_S.ADVANCED, _MAKER, "BRIDGE_ADVANCED", by_bank=True),
    (_S.RESERVED, _A.DECLINE): _decline(),
    (_S.RESERVED, _A.WITHDRAW): _withdraw(),
    (_S.ADVANCED, _A.CONFIRM_REPAID): Transition(_S.REPAID, _BANK, "BRIDGE_OLD_LOAN_REPAID"),
    (_S.ADVANCED, _A.COME_BACK): Transition(_S.RESERVED, _MAKER, "BRIDGE_SENT_BACK", by_bank=True),
    (_S.ADVANCED, _A.TAKE_BACK): _recover(),
    (_S.REPAID, _A.CONFIRM_RENEWED): Transition(_S.RENEWED, _BANK, "BRIDGE_NEW_LOAN_GRANTED"),
    (_S.REPAID, _A.TAKE_BACK): _recover(),
    (_S.RENEWED, _A.TAKE_BACK): Transition(_S.RETURNED, _MAKER, "BRIDGE_MONEY_BACK"),
}

STATE_NAMES: dict[State, Text] = {
    _S.REQUESTED: Text("待银行承诺", "Awaits the bank"),
    _S.COMMITTED: Text("银行已承诺", "Bank committed"),
    _S.RESERVED: Text("资金已预留", "Money reserved"),
    _S.ADVANCED: Text("已拨付", "Paid out"),
    _S.REPAID: Text("旧贷已还", "Old loan repaid"),
    _S.RENEWED: Text("新贷已放", "New loan granted"),
    _S.RETURNED: Text("已归还", "Returned"),
    _S.RECOVERED: Text("已追回", "Recovered"),
    _S.DECLINED: Text("未同意", "Declined"),
    _S.WITHDRAWN: Text("已撤回", "Withdrawn"),
}
ACT_NAMES: dict[Act, Text] = {
    _A.COMMIT: Text("出具续贷承诺", "Commit to renew"),
    _A.REFUSE: Text("不续贷", "Will not renew"),
    _A.RESERVE: Text("审核通过并预留资金", "Approve and reserve"),
    _A.DECLINE: Text("不予同意", "Decline"),
    _A.ADVANCE: Text("复核并批准拨付", "Check and approve the payment"),
    _A.CONFIRM_REPAID: Text("确认旧贷已还", "Old loan is repaid"),
    _A.CONFIRM_RENEWED: Text("确认新贷已放", "New loan is granted"),
    _A.TAKE_BACK: Text("登记资金归还", "Record money back"),
    _A.WITHDRAW: Text("撤回申请", "Withdraw"),
    _A.SEND: Text("银行拨付（对账单）", "Paid out by the bank (statement)"),
    _A.COME_BACK: Text("银行退回（对账单）", "Sent back by the bank (statement)"),
}
OUT_STATES = (_S.ADVANCED, _S.REPAID, _S.RENEWED)  # the fund's money is with a bank or a firm
OPEN_STATES = (_S.REQUESTED, _S.COMMITTED, _S.RESERVED, *OUT_STATES)
CLOSED_STATES = (_S.RETURNED, _S.RECOVERED, _S.DECLINED, _S.WITHDRAWN)


def decide(state: str, act: Act, *, actor: Actor, facts: Facts) -> Decision:
    """Return whether *actor* may do *act* to an advance in *state* now, or every reason why not."""
    row = TRANSITIONS.get((State(state), act))
    if row is None:
        return refuse(_wrong_state(State(state), act))
    reasons = [problem for problem in _against(row, actor, facts) if problem]
    return refuse(*reasons) if reasons else ALLOW


def target(state: str, act: Act, facts: Facts) -> State:
    """Return the state after an allowed *act*; money that came back in part leaves the advance where it is."""
    row = TRANSITIONS[State(state), act]
    return row.to if act is not Act.TAKE_BACK or facts.whole else State(state)


def available(state: str, *, actor: Actor, facts: Facts) -> tuple[Act, ...]:
    """Return the acts *actor* may choose now; words still to be written do not stand against one."""
    spoken = replace(facts, reason="—")
    return tuple(act for act in Act if decide(state, act, actor=actor, facts=spoken))


def _against(row: Transition, actor: Actor, facts: Facts) -> tuple[Problem | None, ...]:
    return (
        None if actor.may(row.permission) else _NOT_PERMITTED,
        _SAME_PERSON if row.another and actor.person_id == facts.reserved_by else None,
        _NO_REASON if row.reason and not facts.reason.strip() else None,
        _NOT_OVERDUE if row.only_overdue and not facts.overdue else None,
        _APPROVED if row.unapproved and facts.approved else None,
        _NOT_MOVED if row.by_bank and not facts.moved else None,
    )


_NOT_PERMITTED = Problem(
    "not_permitted", Text("您的岗位没有此项权限。", "Your role does not include this."), field="permission"
)
_SAME_PERSON = Problem(
    "four_eyes",
    Text("审核预留与批准拨付必须由两个人办理。", "Who reserved the money cannot approve its payment."),
    field="actor",
    remedy=Text("请由另一位复核人员办理。", "Another person checks and approves."),
)
_APPROVED = Problem(
    "payment_approved",
    Text(
        "拨付已经批准，等待支付文件和银行对账单。", "The payment is approved; it waits for the file and the statement."
    ),
    field="state",
)
_NOT_MOVED = Problem(
    "payment_unmatched",
    Text("银行对账单还没有这笔款项。", "The bank's statement does not show it yet."),
    field="state",
    remedy=Text("请导入专户对账单。", "Take in the statement of the fund's account."),
)
_NO_REASON = Problem("reason_missing", Text("请写明原因。", "Please give the reason."), field="reason")
_NOT_OVERDUE = Problem(
    "legs_open",
    Text(
        "旧贷归还和新贷发放尚未确认，资金不能先行核销。",
        "The old loan's repayment and the new loan are not confirmed yet.",
    ),
    field="state",
    remedy=Text("请银行先确认；逾期后可登记追回。", "The bank confirms first; overdue money may be recovered."),
)


def _wrong_state(state: State, act: Act) -> Problem:
    return Problem(
        "wrong_state",
        Text(
            f"这笔周转目前“{STATE_NAMES[state].zh}”，不能{ACT_NAMES[act].zh}。",
            f"“{ACT_NAMES[act].en}” is not possible while it is “{STATE_NAMES[state].en}”.",
        ),
        field="state",
        value=str(state),
    )
