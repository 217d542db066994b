"""How much time is left, in words: "剩 3 天", "今天到期", "已超时 2 天", or that the clock stands."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from huoshui.kernel.clock import ZONE
from huoshui.kernel.text import Text

SOON_DAYS = 1  # from here on a deadline is marked as urgent


@dataclass(frozen=True, slots=True)
class Deadline:
    """*words* to show, *tone* and *icon* of the badge, *overdue* and *urgent* for sorting and counting."""

    words: Text
    tone: str
    icon: str
    overdue: bool = False
    urgent: bool = False


def deadline(due: dt.datetime | dt.date, now: dt.datetime, *, paused: bool = False) -> Deadline:
    """Return what a deadline says at *now*. A date lasts to the end of its day, in Chinese time."""
    if paused:
        return Deadline(Text("已停表", "clock stopped"), "secondary", "clock-pause")
    moment = due if isinstance(due, dt.datetime) else dt.datetime.combine(due, dt.time(23, 59, 59), tzinfo=ZONE)
    if moment < now:
        return _late(now - moment)
    days = (moment.astimezone(ZONE).date() - now.astimezone(ZONE).date()).days
    if days == 0:
        return Deadline(_today(moment, now), "orange", "clock", urgent=True)
    urgent = days <= SOON_DAYS
    words = Text(f"剩 {days} 天", f"{days} day{'s' if days > 1 else ''} left")
    return Deadline(words, "yellow" if urgent else "secondary", "clock", urgent=urgent)


def _today(due: dt.datetime, now: dt.datetime) -> Text:
    hours = int((due - now).total_seconds() // 3600)
    if hours < 1:
        return Text("不到 1 小时", "less than an hour left")
    return Text(f"今天到期，剩 {hours} 小时", f"due today, {hours} h left")


def _late(by: dt.timedelta) -> Deadline:
    words = Text(f"已超时 {by.days} 天", f"{by.days} day{'s' if by.days > 1 else ''} late")
    if by.days == 0:
        hours = max(1, int(by.total_seconds() // 3600))
        words = Text(f"已超时 {hours} 小时", f"{hours} h late")
    return Deadline(words, "red", "alert-circle", overdue=True, urgent=True)
