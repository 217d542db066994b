"""States of a lead and what a bank may do in each: one table. Pure."""

from __future__ import annotations

from enum import StrEnum

from huoshui.kernel.text import Text


class State(StrEnum):
    """Where a lead stands. Values never change."""

    NEW = "new"
    INVITED = "invited"
    CONTACTED = "contacted"
    APPLIED = "applied"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    RECALLED = "recalled"


class Act(StrEnum):
    """What may be done with a lead; the last two the platform does by itself."""

    INVITE = "invite"
    CONTACT = "contact"
    APPLY = "apply"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    RECALL = "recall"


# a firm in one of these is with one bank and is not handed to another
WAITING = (State.NEW, State.INVITED, State.CONTACTED)

TRANSITIONS: dict[tuple[State, Act], State] = {
    (State.NEW, Act.INVITE): State.INVITED,
    **{(state, Act.CONTACT): State.CONTACTED for state in (State.NEW, State.INVITED)},
    **{(state, Act.APPLY): State.APPLIED for state in WAITING},
    **{(state, Act.REFUSE): State.REFUSED for state in WAITING},
    **{(state, Act.WITHDRAW): State.WITHDRAWN for state in WAITING},
    **{(state, Act.RECALL): State.RECALLED for state in WAITING},
}

STATE_NAMES: dict[State, Text] = {
    State.NEW: Text("待联系", "New"),
    State.INVITED: Text("已请授权", "Consent asked"),
    State.CONTACTED: Text("已联系", "Contacted"),
    State.APPLIED: Text("已申请", "Applied"),
    State.REFUSED: Text("未能对接", "Not taken up"),
    State.WITHDRAWN: Text("已撤回", "Withdrawn"),
    State.RECALLED: Text("超时收回", "Recalled, no answer"),
}
ACT_NAMES: dict[Act, Text] = {
    Act.INVITE: Text("请企业授权", "Ask the firm's consent"),
    Act.CONTACT: Text("已联系", "Contacted"),
    Act.APPLY: Text("已申请", "Applied"),
    Act.REFUSE: Text("未能对接", "Not taken up"),
    Act.WITHDRAW: Text("撤回", "Withdraw"),
    Act.RECALL: Text("超时收回", "Recall, no answer"),
}
# why nothing came of it; the first four are the firm's, the others the bank's
REASONS: dict[str, Text] = {
    "no_need": Text("企业暂无融资需求", "The firm needs no loan now"),
    "not_reached": Text("多次联系不上", "Could not be reached"),
    "no_consent": Text("企业不同意授权", "The firm does not agree"),
    "has_lender": Text("已在他行办理", "Served by another bank"),
    "rate_too_high": Text("企业认为利率偏高", "The rate is too high for the firm"),
    "not_qualified": Text("不符合本行准入", "Outside the bank's criteria"),
    "closed_down": Text("已停业", "Out of business"),
}


def after(state: str, act: Act) -> State | None:
    """Return the state after *act*, None where it is not possible in *state*."""
    return TRANSITIONS.get((State(state), act))
