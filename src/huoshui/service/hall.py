"""The hall's turns: topics, the half hours that may be booked, and who is called next. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from huoshui.kernel.text import Text

TOPICS: dict[str, tuple[str, Text]] = {
    "loan": ("A", Text("贷款申请", "Loans")),
    "subsidy": ("B", Text("贴息与补偿", "Subsidies")),
    "bridge": ("C", Text("续贷与应急周转", "Renewal and bridge fund")),
    "advice": ("D", Text("政策咨询", "Advice")),
}
STATES: dict[str, Text] = {
    "booked": Text("已预约", "Booked"),
    "waiting": Text("等候中", "Waiting"),
    "called": Text("正在办理", "At the window"),
    "served": Text("已办完", "Served"),
    "missed": Text("过号", "Missed"),
    "cancelled": Text("已取消", "Cancelled"),
}
STAGES: dict[str, Text] = {
    "comparison": Text("利率比选", "Comparing rates"),
    "papers": Text("准备资料", "Gathering papers"),
    "account": Text("开户", "Opening an account"),
    "diligence": Text("尽职调查", "Due diligence"),
    "approval": Text("银行审批", "Approval"),
    "done": Text("已办结", "Done"),
}
OPENS, CLOSES, STEP = dt.time(9), dt.time(17), dt.timedelta(minutes=30)
LUNCH = (dt.time(12), dt.time(13, 30))


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody in the queue. *slot*: the booked time, None for a number drawn at the door at *made_at*."""

    id: int
    slot: dt.datetime | None
    made_at: dt.datetime


def slots() -> list[dt.time]:
    """Return the half hours that may be booked."""
    at, found = dt.datetime.combine(dt.date(2000, 1, 1), OPENS), []
    while at.time() < CLOSES:
        if not LUNCH[0] <= at.time() < LUNCH[1]:
            found.append(at.time())
        at += STEP
    return found


def said(topic: str, number: int | None) -> str:
    """Return a number as it is called: A007."""
    return f"{TOPICS[topic][0]}{number:03d}" if number is not None else TOPICS[topic][0]


def next_turn(waiting: Iterable[Turn], now: dt.datetime) -> Turn | None:
    """Return who is called next: bookings whose time has come before numbers drawn at the door, the longest wait first."""
    due = sorted(
        (turn for turn in waiting if turn.slot is None or turn.slot <= now),
        key=lambda turn: (turn.slot is None, turn.slot or turn.made_at, turn.id),
    )
    return due[0] if due else None
