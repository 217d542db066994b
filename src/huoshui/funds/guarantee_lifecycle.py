"""States of a guarantee and what may be done in each: one table. Pure.

Bank asks → firm agrees that the guarantor reads its data → review → approved by another person within the limits →
letter issued → fee paid: in force, and only now may the loan be drawn → released when it is repaid, or claimed →
payout reserved → confirmed by another person, so that the finance bureau pays it → paid when the bank's statement shows
it → recovered, shared back → closed when recovery has ended.
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
    """Where a guarantee stands. Values never change."""

    REQUESTED = "requested"
    SUBMITTED = "submitted"
    REVIEWING = "reviewing"
    APPROVED = "approved"
    ISSUED = "issued"
    IN_FORCE = "in_force"
    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    PAID = "paid"
    RECOVERING = "recovering"
    CLOSED = "closed"
    RELEASED = "released"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Act(StrEnum):
    """What may be done with a guarantee."""

    AGREE = "agree"
    REVIEW = "review"
    APPROVE = "approve"
    DECLINE = "decline"
    ISSUE = "issue"
    CONFIRM_FEE = "confirm_fee"
    RELEASE = "release"
    CLAIM = "claim"
    ACCEPT = "accept"
    PAY = "pay"
    REJECT = "reject"
    RECOVER = "recover"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    SEND = "send"
    COME_BACK = "come_back"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards look at: who did the step before, words given, whether a fee is due, whether the loan is repaid.

    *ordered*: the payout is with the finance bureau; *moved*: the bank's statement shows it, out or back.
    """

    before_by: int | None = None
    reason: str = ""
    free: bool = False
    repaid: bool = True
    ordered: bool = False
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Transition:
    """A row of the table. *reason*: words are needed; *another*: not by the person who did the step before.

    *once*: only until the payout is with the bureau; *by_bank*: only what the bank's statement shows.
    """

    to: State
    permission: Permission
    event: str
    reason: bool = False
    another: bool = False
    only_repaid: bool = False
    once: bool = False
    by_bank: bool = False


_S, _A, _P = State, Act, Permission
_DESK, _LEAD, _BANK, _BUREAU = _P.HANDLE_GUARANTEES, _P.APPROVE_GUARANTEES, _P.MANAGE_LOANS, _P.PREPARE_PAYMENTS


def _decline() -> Transition:
    return Transition(_S.DECLINED, _DESK, "GUARANTEE_DECLINED", reason=True)


def _withdraw() -> Transition:
    return Transition(_S.WITHDRAWN, _BANK, "GUARANTEE_WITHDRAWN", reason=True)


def _reject() -> Transition:
    return Transition(_S.IN_FORCE, _DESK, "GUARANTEE_CLAIM_REJECTED", reason=True)


def _recover() -> Transition:
    return Transition(_S.RECOVERING, _DESK, "GUARANTEE_RECOVERED")


def _close() -> Transition:
    return Transition(_S.CLOSED, _LEAD, "GUARANTEE_CLOSED", reason=True)


TRANSITIONS: dict[tuple[State, Act], Transition] = {
    (_S.REQUESTED, _A.AGREE): Transition(_S.SUBMITTED, _P.MANAGE_CONSENT, "GUARANTEE_AGREED"),
    (_S.REQUESTED, _A.WITHDRAW): _withdraw(),
    (_S.SUBMITTED, _A.REVIEW): Transition(_S.REVIEWING, _DESK, "GUARANTEE_REVIEWED"),
    (_S.SUBMITTED, _A.DECLINE): _decline(),
    (_S.SUBMITTED, _A.WITHDRAW): _withdraw(),
    (_S.REVIEWING, _A.APPROVE): Transition(_S.APPROVED, _LEAD, "GUARANTEE_APPROVED", another=True),
    (_S.REVIEWING, _A.DECLINE): _decline(),
    (_S.REVIEWING, _A.WITHDRAW): _withdraw(),
    (_S.APPROVED, _A.ISSUE): Transition(_S.ISSUED, _DESK, "GUARANTEE_ISSUED"),
    (_S.APPROVED, _A.WITHDRAW): _withdraw(),
    (_S.ISSUED, _A.CONFIRM_FEE): Transition(_S.IN_FORCE, _DESK, "GUARANTEE_IN_FORCE"),
    (_S.ISSUED, _A.WITHDRAW): _withdraw(),
    (_S.IN_FORCE, _A.RELEASE): Transition(_S.RELEASED, _DESK, "GUARANTEE_RELEASED", only_repaid=True),
    (_S.IN_FORCE, _A.CLAIM): Transition(_S.CLAIMED, _P.SUBMIT_CLAIMS, "GUARANTEE_CLAIMED"),
    (_S.CLAIMED, _A.ACCEPT): Transition(_S.ACCEPTED, _DESK, "GUARANTEE_CLAIM_ACCEPTED"),
    (_S.CLAIMED, _A.REJECT): _reject(),
    (_S.ACCEPTED, _A.PAY): Transition(_S.ACCEPTED, _LEAD, "GUARANTEE_PAYOUT_ORDERED", another=True, once=True),
    (_S.ACCEPTED, _A.SEND): Transition(_S.PAID, _BUREAU, "GUARANTEE_PAID_OUT", by_bank=True),
    (_S.ACCEPTED, _A.REJECT): _reject(),
    (_S.PAID, _A.COME_BACK): Transition(_S.ACCEPTED, _BUREAU, "GUARANTEE_PAYOUT_SENT_BACK", by_bank=True),
    (_S.PAID, _A.RECOVER): _recover(),
    (_S.PAID, _A.CLOSE): _close(),
    (_S.RECOVERING, _A.RECOVER): _recover(),
    (_S.RECOVERING, _A.CLOSE): _close(),
}

STATE_NAMES: dict[State, Text] = {
    _S.REQUESTED: Text("待企业同意", "Awaits the firm"),
    _S.SUBMITTED: Text("待受理", "To be taken up"),
    _S.REVIEWING: Text("审查中", "Under review"),
    _S.APPROVED: Text("已批准", "Approved"),
    _S.ISSUED: Text("已出函，待缴费", "Letter issued, fee due"),
    _S.IN_FORCE: Text("担保有效", "In force"),
    _S.CLAIMED: Text("银行申请代偿", "Payout claimed"),
    _S.ACCEPTED: Text("代偿待拨付", "Payout reserved"),
    _S.PAID: Text("已代偿", "Paid out"),
    _S.RECOVERING: Text("追偿中", "Recovering"),
    _S.CLOSED: Text("已结案", "Closed"),
    _S.RELEASED: Text("已解除", "Released"),
    _S.DECLINED: Text("不予担保", "Declined"),
    _S.WITHDRAWN: Text("已撤回", "Withdrawn"),
}
ACT_NAMES: dict[Act, Text] = {
    _A.AGREE: Text("同意担保机构查看资料", "Agree that the guarantor reads the data"),
    _A.REVIEW: Text("受理审查", "Take up"),
    _A.APPROVE: Text("批准担保", "Approve"),
    _A.DECLINE: Text("不予担保", "Decline"),
    _A.ISSUE: Text("出具担保函", "Issue the letter"),
    _A.CONFIRM_FEE: Text("确认担保费到账", "Confirm the fee"),
    _A.RELEASE: Text("解除担保", "Release"),
    _A.CLAIM: Text("申请代偿", "Claim a payout"),
    _A.ACCEPT: Text("核定代偿并预留资金", "Accept and reserve the money"),
    _A.PAY: Text("复核代偿，提交财政支付", "Confirm the payout for payment"),
    _A.REJECT: Text("退回代偿申请", "Send the claim back"),
    _A.RECOVER: Text("登记追偿", "Record a recovery"),
    _A.CLOSE: Text("追偿结束，结案", "Recovery ended, close"),
    _A.WITHDRAW: Text("撤回担保申请", "Withdraw"),
    _A.SEND: Text("银行拨付（对账单）", "Paid by the bank (statement)"),
    _A.COME_BACK: Text("银行退回（对账单）", "Sent back by the bank (statement)"),
}
# whose turn it is, in words for whoever looks
NEXT: dict[State, Text] = {
    _S.REQUESTED: Text("等企业在手机上同意", "The firm agrees on its phone"),
    _S.SUBMITTED: Text("等担保机构受理", "The guarantor takes it up"),
    _S.REVIEWING: Text("等担保机构另一位人员批准", "Another person at the guarantor approves"),
    _S.APPROVED: Text("等担保机构出具担保函", "The guarantor issues the letter"),
    _S.ISSUED: Text("等企业缴纳担保费", "The firm pays the fee"),
    _S.IN_FORCE: Text("银行可以放款", "The bank may pay out"),
    _S.CLAIMED: Text("等担保机构核定代偿", "The guarantor checks the claim"),
    _S.ACCEPTED: Text("等担保机构另一位人员复核", "Another person at the guarantor confirms"),
    _S.PAID: Text("向企业追偿", "Recovery from the firm"),
    _S.RECOVERING: Text("向企业追偿", "Recovery from the firm"),
}
BEING_PAID = Text("等财政部门复核、送银行拨付", "The finance bureau checks it and sends it to the bank")
LIABLE_STATES = (_S.APPROVED, _S.ISSUED, _S.IN_FORCE, _S.CLAIMED, _S.ACCEPTED)  # counts against the limits
FORCE_STATES = (_S.IN_FORCE, _S.CLAIMED, _S.ACCEPTED, _S.PAID, _S.RECOVERING, _S.CLOSED, _S.RELEASED)
PAID_STATES = (_S.PAID, _S.RECOVERING, _S.CLOSED)
CLOSED_STATES = (_S.CLOSED, _S.RELEASED, _S.DECLINED, _S.WITHDRAWN)


def decide(state: str, act: Act, *, actor: Actor, facts: Facts) -> Decision:
    """Return whether *actor* may do *act* to a guarantee in *state* now, or every reason why not."""
    row = TRANSITIONS.get((State(state), act))
    if row is None:
        return refuse(_wrong_state(State(state), act))
    reasons = [problem for problem in _against(row, actor, facts) if problem]
    return refuse(*reasons) if reasons else ALLOW


def target(state: str, act: Act, facts: Facts) -> State:
    """Return the state after an allowed *act*; a letter without a fee is in force at once."""
    row = TRANSITIONS[State(state), act]
    return State.IN_FORCE if act is Act.ISSUE and facts.free else row.to


def available(state: str, *, actor: Actor, facts: Facts) -> tuple[Act, ...]:
    """Return the acts *actor* may choose now; words still to be written do not stand against one."""
    spoken = replace(facts, reason="—")
    return tuple(act for act in Act if decide(state, act, actor=actor, facts=spoken))


def _against(row: Transition, actor: Actor, facts: Facts) -> tuple[Problem | None, ...]:
    return (
        None if actor.may(row.permission) else _NOT_PERMITTED,
        _SAME_PERSON if row.another and actor.person_id == facts.before_by else None,
        _NO_REASON if row.reason and not facts.reason.strip() else None,
        _NOT_REPAID if row.only_repaid and not facts.repaid else None,
        _ORDERED if row.once and facts.ordered else None,
        _NOT_MOVED if row.by_bank and not facts.moved else None,
    )


_NOT_PERMITTED = Problem(
    "not_permitted", Text("您的岗位没有此项权限。", "Your role does not include this."), field="permission"
)
_SAME_PERSON = Problem(
    "four_eyes",
    Text("审查与批准、核定与复核必须由两个人办理。", "Review and approval, acceptance and payment need two people."),
    field="actor",
    remedy=Text("请由另一位有批准权限的人员办理。", "Another person who may approve does this."),
)
_NO_REASON = Problem("reason_missing", Text("请写明原因。", "Please give the reason."), field="reason")
_ORDERED = Problem(
    "payout_ordered",
    Text("代偿已提交财政支付。", "The payout is with the finance bureau already."),
    field="state",
)
_NOT_MOVED = Problem(
    "payment_unmatched",
    Text("银行对账单还没有这笔款项。", "The bank's statement does not show it yet."),
    field="state",
    remedy=Text("请财政部门导入专户对账单。", "The bureau takes in the statement of the fund's account."),
)
_NOT_REPAID = Problem(
    "loan_unpaid",
    Text("贷款还有余额，不能解除担保。", "The loan is not repaid; the guarantee stays."),
    field="state",
    remedy=Text("贷款结清后再解除。", "Release it when the loan is settled."),
)


def _wrong_state(state: State, act: Act) -> Problem:
    return Problem(
        "wrong_state",
        Text(
            f"这笔担保目前“{STATE_NAMES[state].zh}”，不能{ACT_NAMES[act].zh}。",
            f"“{ACT_NAMES[act].en}” is not possible while it is “{STATE_NAMES[state].en}”.",
        ),
        field="state",
        value=str(state),
    )
