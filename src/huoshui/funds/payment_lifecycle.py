"""States of a payment and what may be done in each: one table. Pure.

computed → checked (another person) → in public notice → approved (money is held) → in a payment file → paid, or back
from the bank, after which it is sent again or cancelled. What needs no notice goes from checked to approved.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from enum import StrEnum

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.kernel.decisions import ALLOW, Decision, refuse
from huoshui.kernel.errors import Problem
from huoshui.kernel.text import Text


class State(StrEnum):
    """Where a payment stands. Values never change."""

    COMPUTED = "computed"
    CHECKED = "checked"
    IN_NOTICE = "in_notice"
    APPROVED = "approved"
    IN_FILE = "in_file"
    PAID = "paid"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class Act(StrEnum):
    """What may be done with a payment."""

    CHECK = "check"
    PUBLISH = "publish"
    APPROVE = "approve"
    PUT_IN_FILE = "put_in_file"
    PAY = "pay"
    RETURN = "return"
    SEND_AGAIN = "send_again"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards look at: who prepared it, whether it is to be published, until when, its payee's account."""

    made_by: int | None = None
    needs_notice: bool = True
    notice_ends: dt.date | None = None
    today: dt.date = dt.date.min
    has_account: bool = True
    amount: int = 1
    from_advance: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Transition:
    """A row of the table. *another*: not by the person who prepared it; *notice*: only where it is (not) to be published;
    *advance*: only where it is (not) settled against money the payee has already."""

    to: State
    permission: Permission
    event: str
    another: bool = False
    reason: bool = False
    notice: bool | None = None
    account: bool = False
    advance: bool | None = None


_S, _A = State, Act
_MAKER, _CHECKER = Permission.PREPARE_PAYMENTS, Permission.APPROVE_PAYMENTS


def _cancel() -> Transition:
    return Transition(_S.CANCELLED, _CHECKER, "PAYMENT_CANCELLED", reason=True)


TRANSITIONS: dict[tuple[State, Act], Transition] = {
    (_S.COMPUTED, _A.CHECK): Transition(_S.CHECKED, _CHECKER, "PAYMENT_CHECKED", another=True),
    (_S.COMPUTED, _A.CANCEL): _cancel(),
    (_S.CHECKED, _A.PUBLISH): Transition(_S.IN_NOTICE, _MAKER, "PAYMENT_PUBLISHED", notice=True),
    (_S.CHECKED, _A.APPROVE): Transition(
        _S.APPROVED, _CHECKER, "PAYMENT_APPROVED", another=True, notice=False, account=True
    ),
    (_S.CHECKED, _A.CANCEL): _cancel(),
    (_S.IN_NOTICE, _A.APPROVE): Transition(_S.APPROVED, _CHECKER, "PAYMENT_APPROVED", another=True, account=True),
    (_S.IN_NOTICE, _A.CANCEL): _cancel(),
    (_S.APPROVED, _A.PUT_IN_FILE): Transition(_S.IN_FILE, _MAKER, "PAYMENT_IN_FILE", advance=False),
    (_S.APPROVED, _A.PAY): Transition(_S.PAID, _CHECKER, "PAYMENT_PAID", advance=True),
    (_S.APPROVED, _A.CANCEL): _cancel(),
    (_S.IN_FILE, _A.PAY): Transition(_S.PAID, _MAKER, "PAYMENT_PAID"),
    (_S.IN_FILE, _A.RETURN): Transition(_S.RETURNED, _MAKER, "PAYMENT_RETURNED", reason=True),
    (_S.PAID, _A.RETURN): Transition(_S.RETURNED, _MAKER, "PAYMENT_RETURNED", reason=True),
    (_S.RETURNED, _A.SEND_AGAIN): Transition(_S.APPROVED, _CHECKER, "PAYMENT_SENT_AGAIN", another=True, account=True),
    (_S.RETURNED, _A.CANCEL): _cancel(),
}
HELD_STATES = (_S.APPROVED, _S.IN_FILE)  # money is reserved on the fund's account
CLOSED_STATES = (_S.PAID, _S.CANCELLED)

STATE_NAMES: dict[State, Text] = {
    _S.COMPUTED: Text("待复核", "To be checked"),
    _S.CHECKED: Text("已复核", "Checked"),
    _S.IN_NOTICE: Text("公示中", "In public notice"),
    _S.APPROVED: Text("已批准待拨付", "Approved"),
    _S.IN_FILE: Text("已送银行", "Sent to the bank"),
    _S.PAID: Text("已支付", "Paid"),
    _S.RETURNED: Text("银行退回", "Returned by the bank"),
    _S.CANCELLED: Text("已取消", "Cancelled"),
}
ACT_NAMES: dict[Act, Text] = {
    _A.CHECK: Text("复核", "Check"),
    _A.PUBLISH: Text("公示", "Publish"),
    _A.APPROVE: Text("批准支付", "Approve"),
    _A.PUT_IN_FILE: Text("生成支付文件", "Put in a payment file"),
    _A.PAY: Text("登记已付", "Record as paid"),
    _A.RETURN: Text("登记退回", "Record as returned"),
    _A.SEND_AGAIN: Text("更正后重付", "Send again"),
    _A.CANCEL: Text("取消", "Cancel"),
}


def decide(state: str, act: Act, *, actor: Actor, facts: Facts) -> Decision:
    """Return whether *actor* may do *act* to a payment in *state* now, or every reason why not."""
    row = TRANSITIONS.get((State(state), act))
    if row is None:
        return refuse(_wrong_state(State(state), act))
    reasons = [problem for problem in _against(row, State(state), act, actor, facts) if problem]
    return refuse(*reasons) if reasons else ALLOW


def available(state: str, *, actor: Actor, facts: Facts) -> tuple[Act, ...]:
    """Return the acts *actor* may choose now; words still to be written do not stand against one."""
    spoken = replace(facts, reason="—")
    return tuple(act for act in Act if decide(state, act, actor=actor, facts=spoken))


def _against(row: Transition, state: State, act: Act, actor: Actor, facts: Facts) -> tuple[Problem | None, ...]:
    running = state is State.IN_NOTICE and act is Act.APPROVE and _running(facts)
    return (
        None if actor.may(row.permission) else _NOT_PERMITTED,
        SAME_PERSON if row.another and actor.person_id == facts.made_by else None,
        _NO_REASON if row.reason and not facts.reason.strip() else None,
        _NOTICE_OWED if row.notice is False and facts.needs_notice else None,
        _NO_NOTICE if row.notice is True and not facts.needs_notice else None,
        _NO_ACCOUNT if row.account and not facts.has_account and not facts.from_advance else None,
        _BY_FILE if row.advance is not None and row.advance != facts.from_advance else None,
        _NOTHING_LEFT if row.account and facts.amount <= 0 else None,
        _notice_runs(facts) if running else None,
    )


def _running(facts: Facts) -> bool:
    return facts.notice_ends is None or facts.today <= facts.notice_ends


def _notice_runs(facts: Facts) -> Problem:
    return Problem(
        "notice_runs",
        Text(f"公示期到 {facts.notice_ends} 结束。", f"The public notice runs through {facts.notice_ends}."),
        field="notice",
        value=str(facts.notice_ends),
        remedy=Text("公示期满且无异议后再批准。", "Approve after the last day."),
    )


_NOT_PERMITTED = Problem(
    "not_permitted", Text("您的岗位没有此项权限。", "Your role does not include this."), field="permission"
)
SAME_PERSON = Problem(
    "four_eyes",
    Text("经办与复核、批准必须由不同的人办理。", "Who prepared a payment can neither check nor approve it."),
    field="actor",
    remedy=Text("请由另一位复核人员办理。", "Another person has to do it."),
)
_NO_REASON = Problem("reason_missing", Text("请写明原因。", "Please give the reason."), field="reason")
_NOTICE_OWED = Problem(
    "notice_owed",
    Text("这笔资金须先公示。", "This payment has to be published first."),
    field="notice",
    remedy=Text("请先发布公示。", "Publish it."),
)
_NO_NOTICE = Problem("no_notice", Text("这笔资金不需要公示。", "This payment is not published."), field="notice")
_NO_ACCOUNT = Problem(
    "account_missing",
    Text("收款账户没有登记。", "The payee's account is not known."),
    field="payee_account",
    remedy=Text("请收款方登记银行账户。", "The payee records an account."),
)
_BY_FILE = Problem(
    "advance_differs",
    Text("预拨抵扣的款项不经银行支付。", "What is settled against an advance does not go through the bank."),
    field="from_advance",
)
_NOTHING_LEFT = Problem(
    "nothing_left",
    Text("没有可支付的明细。", "No line is left to be paid."),
    field="amount",
    remedy=Text("请处理异议，或取消这笔支付。", "Answer the objections, or cancel the payment."),
)


def _wrong_state(state: State, act: Act) -> Problem:
    return Problem(
        "wrong_state",
        Text(
            f"这笔支付目前“{STATE_NAMES[state].zh}”，不能{ACT_NAMES[act].zh}。",
            f"“{ACT_NAMES[act].en}” is not possible while it is “{STATE_NAMES[state].en}”.",
        ),
        field="state",
        value=str(state),
    )
