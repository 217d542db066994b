"""The states of a bulletin: a draft is counted and edited, frozen by a second person, published, replaced by a revision."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from huoshui.access.roles import Permission
from huoshui.kernel.errors import Problem
from huoshui.kernel.text import Text


class State(StrEnum):
    """Where a bulletin is. Values never change."""

    DRAFT = "draft"
    FROZEN = "frozen"
    SUPERSEDED = "superseded"
    DROPPED = "dropped"


class Act(StrEnum):
    """What can be done to a bulletin."""

    EDIT = "edit"
    FREEZE = "freeze"
    DROP = "drop"
    PUBLISH = "publish"
    REVISE = "revise"
    SUPERSEDE = "supersede"


STATE_NAMES: dict[State, Text] = {
    State.DRAFT: Text("草稿", "draft"),
    State.FROZEN: Text("已定稿", "frozen"),
    State.SUPERSEDED: Text("已被修订替代", "replaced by a revision"),
    State.DROPPED: Text("已作废", "dropped"),
}
ACT_NAMES: dict[Act, Text] = {
    Act.EDIT: Text("重新统计", "Count again"),
    Act.FREEZE: Text("定稿并编号", "Freeze and number"),
    Act.DROP: Text("作废", "Drop"),
    Act.PUBLISH: Text("公开发布", "Publish"),
    Act.REVISE: Text("修订", "Revise"),
    Act.SUPERSEDE: Text("替代", "Replace"),
}
# (state, act) → next state. SUPERSEDE is done by the platform when a revision is frozen.
TRANSITIONS: dict[tuple[State, Act], State] = {
    (State.DRAFT, Act.EDIT): State.DRAFT,
    (State.DRAFT, Act.FREEZE): State.FROZEN,
    (State.DRAFT, Act.DROP): State.DROPPED,
    (State.FROZEN, Act.PUBLISH): State.FROZEN,
    (State.FROZEN, Act.REVISE): State.FROZEN,
    (State.FROZEN, Act.SUPERSEDE): State.SUPERSEDED,
}
BY_PLATFORM = frozenset({Act.SUPERSEDE})


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides beside the state: who drafted it and who acts, whether it is public, revised, and its period over."""

    drafter: bool = False
    published: bool = False
    has_revision: bool = False
    over: bool = True


def problems(
    state: State, act: Act, *, permissions: Collection[Permission], whole_city: bool, facts: Facts
) -> list[Problem]:
    """Return every reason why *act* is refused now; none: it may be done."""
    found = []
    if (state, act) not in TRANSITIONS:
        found.append(_problem("bulletin_state", "现在的状态不能这样做。", "This cannot be done in its state."))
    if Permission.MANAGE_BULLETINS not in permissions:
        found.append(_problem("not_allowed", "您没有编写通报的权限。", "You may not write bulletins."))
    elif not whole_city:
        said = "通报由市级部门编写和定稿。", "Bulletins are written and frozen by the city's offices."
        found.append(_problem("not_allowed", *said))
    if act is Act.FREEZE and facts.drafter:
        said = "定稿要由起草人以外的另一位同事进行。", "Somebody other than its drafter freezes it."
        found.append(_problem("same_person", *said))
    if act is Act.FREEZE and not facts.over:
        said = "统计期还没有结束，不能定稿。", "Its period is not over; it cannot be frozen."
        found.append(_problem("period_open", *said))
    if act is Act.PUBLISH and facts.published:
        found.append(_problem("bulletin_state", "已经公开发布。", "It is public already."))
    if act is Act.REVISE and facts.has_revision:
        found.append(_problem("revision_open", "已有修订稿在编写。", "A revision is being written."))
    return found


def available(state: State, *, permissions: Collection[Permission], whole_city: bool, facts: Facts) -> tuple[Act, ...]:
    """Return the acts whose buttons are shown."""
    acts = [act for act in Act if act not in BY_PLATFORM]
    return tuple(
        act for act in acts if not problems(state, act, permissions=permissions, whole_city=whole_city, facts=facts)
    )


def _problem(code: str, zh: str, en: str) -> Problem:
    return Problem(code, Text(zh, en))
