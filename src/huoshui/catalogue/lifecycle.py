"""States of a product version and what may be done in each: one table. Pure.

draft → submitted → approved → withdrawn, or submitted → rejected. Terms are fixed from submission on; a change is a new
version. Whoever submitted may not decide. The bank withdraws its own product; the office may remove one.
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
    """Where a version stands. Values never change."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Act(StrEnum):
    """What may be done with a version."""

    EDIT = "edit"
    SUBMIT = "submit"
    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Transition:
    """A row of the table: *to* which state, who may, which event, and what else must hold.

    *own*: the actor's own institution's product. *other*: another person than the one who submitted. *reason*: words.
    """

    to: State
    permission: Permission
    event: str
    own: bool = False
    other: bool = False
    reason: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards look at: the product's institution, who submitted, and the words given."""

    bank_path: str
    submitted_by: int | None = None
    reason: str = ""


S, A, P = State, Act, Permission
TRANSITIONS: dict[tuple[State, Act], Transition] = {
    (S.DRAFT, A.EDIT): Transition(S.DRAFT, P.EDIT_PRODUCTS, "PRODUCT_DRAFT_EDITED", own=True),
    (S.DRAFT, A.SUBMIT): Transition(S.SUBMITTED, P.EDIT_PRODUCTS, "PRODUCT_SUBMITTED", own=True),
    (S.SUBMITTED, A.APPROVE): Transition(S.APPROVED, P.APPROVE_PRODUCTS, "PRODUCT_APPROVED", other=True),
    (S.SUBMITTED, A.REJECT): Transition(S.REJECTED, P.APPROVE_PRODUCTS, "PRODUCT_REJECTED", other=True, reason=True),
    (S.SUBMITTED, A.WITHDRAW): Transition(S.REJECTED, P.EDIT_PRODUCTS, "PRODUCT_TAKEN_BACK", own=True, reason=True),
    (S.APPROVED, A.REMOVE): Transition(S.WITHDRAWN, P.APPROVE_PRODUCTS, "PRODUCT_REMOVED", reason=True),
    (S.APPROVED, A.WITHDRAW): Transition(S.WITHDRAWN, P.EDIT_PRODUCTS, "PRODUCT_WITHDRAWN", own=True, reason=True),
}

STATE_NAMES: dict[State, Text] = {
    S.DRAFT: Text("草稿", "Draft"),
    S.SUBMITTED: Text("待审核", "Submitted"),
    S.APPROVED: Text("已上架", "Offered"),
    S.REJECTED: Text("已退回", "Sent back"),
    S.WITHDRAWN: Text("已下架", "Withdrawn"),
}

ACT_NAMES: dict[Act, Text] = {
    A.EDIT: Text("修改", "Edit"),
    A.SUBMIT: Text("提交审核", "Submit"),
    A.APPROVE: Text("通过上架", "Approve"),
    A.REJECT: Text("退回", "Send back"),
    A.WITHDRAW: Text("撤回或下架", "Withdraw"),
    A.REMOVE: Text("责令下架", "Remove"),
}


def decide(state: State, act: Act, *, actor: Actor, facts: Facts) -> Decision:
    """Return whether *actor* may do *act* to a version in *state* now, or every reason why not."""
    row = TRANSITIONS.get((state, act))
    if row is None:
        return refuse(_wrong_state(state, act))
    reasons = [problem for problem in (_may(row, actor), _own(row, actor, facts), _other(row, actor, facts)) if problem]
    if row.reason and not facts.reason.strip():
        reasons.append(_no_reason())
    return refuse(*reasons) if reasons else ALLOW


def available(state: State, *, actor: Actor, facts: Facts) -> tuple[Act, ...]:
    """Return the acts that *actor* may choose now; a reason still to be written does not stand against one."""
    spoken = Facts(facts.bank_path, facts.submitted_by, reason="—")
    return tuple(act for act in Act if decide(state, act, actor=actor, facts=spoken))


def _may(row: Transition, actor: Actor) -> Problem | None:
    if actor.may(row.permission):
        return None
    return Problem(
        "not_permitted", Text("您的岗位没有此项权限。", "Your role does not include this."), field="permission"
    )


def _own(row: Transition, actor: Actor, facts: Facts) -> Problem | None:
    own = actor.kind == "system" or (bool(actor.org_path) and facts.bank_path.startswith(actor.org_path))
    if not row.own or own:
        return None
    return Problem(
        "not_own_product", Text("只能维护本机构的产品。", "Only your own institution's products."), field="product"
    )


def _other(row: Transition, actor: Actor, facts: Facts) -> Problem | None:
    if not row.other or facts.submitted_by is None or facts.submitted_by != actor.person_id:
        return None
    return Problem(
        "four_eyes",
        Text("提交人不能审核自己提交的产品。", "Whoever submitted a product may not decide on it."),
        field="decided_by",
        remedy=Text("请由另一位同事审核。", "Ask a colleague to decide."),
    )


def _no_reason() -> Problem:
    return Problem(
        "reason_missing",
        Text("请写明原因。", "Please give the reason."),
        field="reason",
        remedy=Text("原因会通知对方机构。", "It is sent to the other side."),
    )


def _wrong_state(state: State, act: Act) -> Problem:
    return Problem(
        "wrong_state",
        Text(
            f"“{STATE_NAMES[state].zh}”状态的产品不能{ACT_NAMES[act].zh}。",
            f"“{ACT_NAMES[act].en}” is not possible for a product that is “{STATE_NAMES[state].en}”.",
        ),
        field="state",
        value=str(state),
    )
