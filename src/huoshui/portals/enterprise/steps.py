"""Which step of an application comes next, and what a page shows of the way. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from huoshui.kernel.text import Text

ORDER = ("firm", "phone", "need", "consent", "matches", "send")
NAMES = {
    "firm": Text("找到企业", "Your firm"),
    "phone": Text("验证手机", "Your phone"),
    "need": Text("说需要", "What you need"),
    "consent": Text("授权", "Consent"),
    "matches": Text("选产品", "Choose"),
    "send": Text("确认发送", "Send"),
}


@dataclass(frozen=True, slots=True)
class Progress:
    """What is done already."""

    firm: bool
    phone: bool
    need: bool
    consent: bool
    choice: bool = False


def first_missing(progress: Progress, before: str) -> str:
    """Return the first step before *before* that is not done, "" when all are."""
    done = {"firm": progress.firm, "phone": progress.phone, "need": progress.need, "consent": progress.consent}
    done["matches"] = progress.choice
    for step in ORDER[: ORDER.index(before)]:
        if not done[step]:
            return step
    return ""


@dataclass(frozen=True, slots=True)
class Way:
    """Where the visitor is: *number* of *total*, the name of the step, a mark for each step."""

    number: int
    total: int
    name: Text
    marks: tuple[str, ...]


def way(step: str) -> Way:
    """Return how the head of the page of *step* tells where one is."""
    at = ORDER.index(step)
    marks = tuple("done" if index < at else "now" if index == at else "wait" for index in range(len(ORDER)))
    return Way(at + 1, len(ORDER), NAMES[step], marks)
