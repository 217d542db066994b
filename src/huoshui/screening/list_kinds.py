"""Kinds of lists and how often they are made. Pure."""

from __future__ import annotations

import datetime as dt

from huoshui.kernel.text import Text

KINDS: dict[str, Text] = {
    "never_borrowed": Text("无贷户名单", "Never borrowed"),
    "prospects": Text("有效无贷户名单", "Prospects"),
    "key_enterprise": Text("重点企业名单", "Key enterprises"),
    "exclusion": Text("排除名单", "Exclusion"),
    "scheme": Text("政策符合名单", "Qualifies for a scheme"),
}
# what banks may be given as leads; exclusions are for the platform, schemes for the firm itself
PUSHED = frozenset({"never_borrowed", "prospects", "key_enterprise"})

SCHEDULES: dict[str, Text] = {
    "daily": Text("每天", "Every day"),
    "weekly": Text("每周", "Every week"),
    "monthly": Text("每月", "Every month"),
    "manual": Text("手动", "By hand"),
}


def due(schedule: str, *, last: dt.date | None, today: dt.date) -> bool:
    """Return whether a list with *schedule*, whose last edition stands for *last*, is to be made *today*."""
    if schedule == "manual":
        return False
    if last is None:
        return True
    if schedule == "monthly":
        return (today.year, today.month) > (last.year, last.month)
    return (today - last).days >= {"daily": 1, "weekly": 7}[schedule]
