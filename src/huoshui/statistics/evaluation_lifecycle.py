"""The states of an evaluation: banks score themselves, the office reviews, banks see and may appeal, then it is published."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from huoshui.access.roles import Permission
from huoshui.kernel.errors import Problem
from huoshui.kernel.text import Text


class State(StrEnum):
    """Where a round is. Values never change."""

    SELF_SCORING = "self_scoring"
    REVIEWING = "reviewing"
    FEEDBACK = "feedback"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class Act(StrEnum):
    """What can be done to a round, or to a bank's result in it."""

    SELF_SCORE = "self_score"
    CLOSE = "close"
    REVIEW = "review"
    FEED_BACK = "feed_back"
    APPEAL = "appeal"
    ANSWER = "answer"
    PUBLISH = "publish"
    CANCEL = "cancel"


STATE_NAMES: dict[State, Text] = {
    State.SELF_SCORING: Text("自评中", "banks score themselves"),
    State.REVIEWING: Text("复核中", "under review"),
    State.FEEDBACK: Text("反馈与申诉", "feedback and appeals"),
    State.PUBLISHED: Text("已公布", "published"),
    State.CANCELLED: Text("已取消", "cancelled"),
}
ACT_NAMES: dict[Act, Text] = {
    Act.SELF_SCORE: Text("提交自评", "Send the self-score"),
    Act.CLOSE: Text("结束自评，开始复核", "End self-scoring, begin the review"),
    Act.REVIEW: Text("保存复核", "Save the review"),
    Act.FEED_BACK: Text("反馈结果，开放申诉", "Feed back, open appeals"),
    Act.APPEAL: Text("提出申诉", "Appeal"),
    Act.ANSWER: Text("答复申诉", "Answer the appeal"),
    Act.PUBLISH: Text("公布", "Publish"),
    Act.CANCEL: Text("取消本轮评价", "Cancel the round"),
}
TRANSITIONS: dict[tuple[State, Act], State] = {
    (State.SELF_SCORING, Act.SELF_SCORE): State.SELF_SCORING,
    (State.SELF_SCORING, Act.CLOSE): State.REVIEWING,
    (State.SELF_SCORING, Act.CANCEL): State.CANCELLED,
    (State.REVIEWING, Act.REVIEW): State.REVIEWING,
    (State.REVIEWING, Act.FEED_BACK): State.FEEDBACK,
    (State.REVIEWING, Act.CANCEL): State.CANCELLED,
    (State.FEEDBACK, Act.APPEAL): State.FEEDBACK,
    (State.FEEDBACK, Act.ANSWER): State.FEEDBACK,
    (State.FEEDBACK, Act.PUBLISH): State.PUBLISHED,
}
BY_BANK = frozenset({Act.SELF_SCORE, Act.APPEAL})


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides beside the state: today, the days, who has answered, what is open, and who opened the round."""

    today: dt.date
    self_score_until: dt.date
    appeal_until: dt.date | None = None
    all_submitted: bool = False
    appealed: bool = False
    answered: bool = False
    open_appeals: int = 0
    own: bool = True
    opener: bool = False


def problems(state: State, act: Act, *, permissions: frozenset[Permission], facts: Facts) -> list[Problem]:
    """Return every reason why *act* is refused now; none: it may be done."""
    found = []
    if (state, act) not in TRANSITIONS:
        found.append(_problem("evaluation_state", "现在的阶段不能这样做。", "This cannot be done at this stage."))
    needed = Permission.ANSWER_EVALUATION if act in BY_BANK else Permission.MANAGE_EVALUATION
    if needed not in permissions or (act in BY_BANK and not facts.own):
        found.append(_problem("not_allowed", "您没有这项权限。", "You may not do this."))
    return [*found, *_GUARDS[act](facts)] if act in _GUARDS else found


def _self_score(facts: Facts) -> list[Problem]:
    if facts.today <= facts.self_score_until:
        return []
    return [_problem("self_score_late", "自评已经截止。", "Self-scoring has ended.")]


def _close(facts: Facts) -> list[Problem]:
    if facts.today > facts.self_score_until or facts.all_submitted:
        return []
    said = "自评期还没有结束，且有机构没有提交。", "Self-scoring still runs and not every bank has sent its own."
    return [_problem("self_score_running", *said)]


def _appeal(facts: Facts) -> list[Problem]:
    found = []
    if facts.appeal_until is not None and facts.today > facts.appeal_until:
        found.append(_problem("appeal_late", "申诉期已过。", "The time to appeal is over."))
    if facts.appealed:
        found.append(_problem("appeal_once", "已经提出过申诉。", "There is an appeal already."))
    return found


def _answer(facts: Facts) -> list[Problem]:
    if facts.appealed and not facts.answered:
        return []
    return [_problem("no_appeal", "没有等待答复的申诉。", "There is no appeal to answer.")]


def _publish(facts: Facts) -> list[Problem]:
    found = []
    if facts.appeal_until is None or facts.today <= facts.appeal_until:
        found.append(_problem("appeal_running", "申诉期还没有结束。", "The time to appeal still runs."))
    if facts.open_appeals:
        said = f"还有 {facts.open_appeals} 件申诉没有答复。", f"{facts.open_appeals} appeals are not answered yet."
        found.append(_problem("appeals_open", *said))
    if facts.opener:
        said = "公布要由发起人以外的另一位同事进行。", "Somebody other than who opened the round publishes it."
        found.append(_problem("same_person", *said))
    return found


_GUARDS = {
    Act.SELF_SCORE: _self_score, Act.CLOSE: _close, Act.APPEAL: _appeal, Act.ANSWER: _answer, Act.PUBLISH: _publish,
}  # fmt: skip


def available(state: State, *, permissions: frozenset[Permission], facts: Facts) -> tuple[Act, ...]:
    """Return the acts that are possible now."""
    return tuple(act for act in Act if not problems(state, act, permissions=permissions, facts=facts))


def _problem(code: str, zh: str, en: str) -> Problem:
    return Problem(code, Text(zh, en))
