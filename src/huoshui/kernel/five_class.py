"""The five classes of a loan by days overdue.

Source: 中国银保监会、中国人民银行《商业银行金融资产风险分类办法》(2023 No. 1): more than 90 days at least substandard, more
than 270 at least doubtful, more than 360 loss. The limits are parameters; a bank's own judgement may be lower.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from huoshui.kernel.errors import Problem, Refused
from huoshui.kernel.text import Text


class FiveClass(StrEnum):
    """The classes, from the best."""

    NORMAL = "normal"
    WATCH = "watch"
    SUBSTANDARD = "substandard"
    DOUBTFUL = "doubtful"
    LOSS = "loss"


LABELS = {
    FiveClass.NORMAL: Text("正常", "Normal"),
    FiveClass.WATCH: Text("关注", "Special mention"),
    FiveClass.SUBSTANDARD: Text("次级", "Substandard"),
    FiveClass.DOUBTFUL: Text("可疑", "Doubtful"),
    FiveClass.LOSS: Text("损失", "Loss"),
}
DEFAULT_LIMITS = (90, 270, 360)  # what the calculator assumes; the platform reads its parameter
DEFAULT_WATCH_FROM = 1


def classify(
    overdue_days: int, *, limits: Sequence[int] = DEFAULT_LIMITS, watch_from: int = DEFAULT_WATCH_FROM
) -> FiveClass:
    """Return the class of a loan *overdue_days* late.

    *limits*: the days that substandard, doubtful and loss lie beyond, ascending; *watch_from*: the first day of special
    mention. Raises Refused (overdue_negative, five_class_limits, five_class_watch).
    """
    _refuse_nonsense(overdue_days, limits, watch_from)
    beyond = sum(overdue_days > limit for limit in limits)
    if beyond:
        return (FiveClass.SUBSTANDARD, FiveClass.DOUBTFUL, FiveClass.LOSS)[beyond - 1]
    return FiveClass.WATCH if overdue_days >= watch_from else FiveClass.NORMAL


def _refuse_nonsense(overdue_days: int, limits: Sequence[int], watch_from: int) -> None:
    wrong = []
    if overdue_days < 0:
        said = Text("逾期天数不能小于零。", "Days overdue cannot be below zero.")
        wrong.append(Problem("overdue_negative", said, field="overdue_days", value=overdue_days))
    if len(limits) != 3 or not 0 <= limits[0] < limits[1] < limits[2]:
        said = Text("界限应为三个由小到大的天数。", "Three ascending day limits are needed.")
        wrong.append(Problem("five_class_limits", said, field="limits", value=list(limits)))
    if watch_from < 1:
        said = Text("关注类的起始天数至少为 1。", "Special mention starts at day 1 or later.")
        wrong.append(Problem("five_class_watch", said, field="watch_from", value=watch_from))
    if wrong:
        raise Refused(wrong)


def worse_of(first: FiveClass, second: FiveClass) -> FiveClass:
    """Return the worse of two classes."""
    order = list(FiveClass)
    return max(first, second, key=order.index)
