"""States of a risk-compensation claim and what may be done in each: one table. Pure.

Bank files → manager checks and accepts (a payment is asked for: another person confirms it, public notice, payment) →
paid → recoveries go back to the pool → closed. Source: the programme's procedure; nothing is closed before recovery ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.kernel.decisions import ALLOW, Decision, refuse
from huoshui.kernel.errors import Problem
from huoshui.kernel.text import Text


class State(StrEnum):
    """Where a claim stands. Values never change."""

    FILED = "filed"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    PAID = "paid"
    CLOSED = "closed"
    REJECTED = "rejected"


class Act(StrEnum):
    """What may be done with a claim."""

    ACCEPT = "accept"
    RETURN = "return"
    REFILE = "refile"
    REJECT = "reject"
    RECOVER = "recover"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Transition:
    """A row of the table. *reason*: words are needed."""

    to: State
    permission: Permission
    event: str
    reason: bool = False


_S, _A, _P = State, Act, Permission
TRANSITIONS: dict[tuple[State, Act], Transition] = {
    (_S.FILED, _A.ACCEPT): Transition(_S.ACCEPTED, _P.PREPARE_PAYMENTS, "COMPENSATION_ACCEPTED"),
    (_S.FILED, _A.RETURN): Transition(_S.RETURNED, _P.PREPARE_PAYMENTS, "COMPENSATION_RETURNED", reason=True),
    (_S.FILED, _A.REJECT): Transition(_S.REJECTED, _P.PREPARE_PAYMENTS, "COMPENSATION_REJECTED", reason=True),
    (_S.RETURNED, _A.REFILE): Transition(_S.FILED, _P.SUBMIT_CLAIMS, "COMPENSATION_FILED"),
    (_S.PAID, _A.RECOVER): Transition(_S.PAID, _P.SUBMIT_CLAIMS, "COMPENSATION_RECOVERED"),
    (_S.PAID, _A.CLOSE): Transition(_S.CLOSED, _P.PREPARE_PAYMENTS, "COMPENSATION_CLOSED", reason=True),
}
STATE_NAMES: dict[State, Text] = {
    _S.FILED: Text("待审核", "To be checked"),
    _S.RETURNED: Text("退回补正", "Returned"),
    _S.ACCEPTED: Text("支付办理中", "Being paid"),
    _S.PAID: Text("已补偿，追偿中", "Paid, recovering"),
    _S.CLOSED: Text("已结案", "Closed"),
    _S.REJECTED: Text("不予补偿", "Rejected"),
}
ACT_NAMES: dict[Act, Text] = {
    _A.RETURN: Text("退回补正", "Return"),
    _A.REFILE: Text("重新提交", "File again"),
    _A.ACCEPT: Text("审核通过，转入支付", "Accept and ask for payment"),
    _A.REJECT: Text("不予补偿", "Reject"),
    _A.RECOVER: Text("登记追回", "Record a recovery"),
    _A.CLOSE: Text("追偿结束，结案", "Recovery ended, close"),
}


def decide(state: str, act: Act, *, actor: Actor, reason: str = "") -> Decision:
    """Return whether *actor* may do *act* to a claim in *state*, or every reason why not."""
    row = TRANSITIONS.get((State(state), act))
    if row is None:
        return refuse(_wrong_state(State(state), act))
    wrong = []
    if not actor.may(row.permission):
        words = Text("您的岗位没有此项权限。", "Your role does not include this.")
        wrong.append(Problem("not_permitted", words, field="permission"))
    if row.reason and not reason.strip():
        wrong.append(Problem("reason_missing", Text("请写明原因。", "Please give the reason."), field="reason"))
    return refuse(*wrong) if wrong else ALLOW


def available(state: str, *, actor: Actor) -> tuple[Act, ...]:
    """Return the acts *actor* may choose now; words still to be written do not stand against one."""
    return tuple(act for act in Act if decide(state, act, actor=actor, reason="—"))


def _wrong_state(state: State, act: Act) -> Problem:
    zh = f"这笔补偿申请目前“{STATE_NAMES[state].zh}”，不能{ACT_NAMES[act].zh}。"
    en = f"“{ACT_NAMES[act].en}” is not possible while it is “{STATE_NAMES[state].en}”."
    return Problem("wrong_state", Text(zh, en), field="state", value=str(state))
