"""When a fund will be used up, if it goes on as in the last months. Pure.

A plain rule that an officer can check by hand: what is left over the mean of the last *months* full months' net outflow. A
year, because claims are paid by quarter and some only once a year: a shorter span sees one payment or none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flow:
    """One month: *first* day, money out and money that came back (without appropriations), fen."""

    first: dt.date
    out: int
    back: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """*monthly* fen go out in a month on the mean; *months_left* in tenths; *empty_on* the month it is used up.

    Both None where nothing goes out on the mean: the fund does not shrink.
    """

    monthly: int
    tenths_left: int | None
    empty_on: dt.date | None

    @property
    def months_left(self) -> str:
        """Return the months left with one decimal, or a dash."""
        return "—" if self.tenths_left is None else f"{self.tenths_left // 10}.{self.tenths_left % 10}"

    @property
    def far(self) -> bool:
        """Return whether it lasts ten years or more at this pace: a month so far away would say more than is known."""
        return self.tenths_left is not None and self.tenths_left >= 1200


def forecast(flows: Sequence[Flow], *, left: int, today: dt.date, months: int = 12) -> Forecast:
    """Return when *left* fen are used up, from the last *months* full months before *today*'s month."""
    this_month = today.replace(day=1)
    full = [flow for flow in flows if flow.first < this_month][-months:]
    if not full:
        return Forecast(0, None, None)
    monthly = sum(flow.out - flow.back for flow in full) // len(full)
    if monthly <= 0:
        return Forecast(max(monthly, 0), None, None)
    tenths = max(left, 0) * 10 // monthly
    return Forecast(monthly, tenths, _after(this_month, tenths // 10))


def _after(month: dt.date, count: int) -> dt.date:
    total = month.year * 12 + month.month - 1 + count
    return dt.date(min(total // 12, dt.MAXYEAR), total % 12 + 1, 1)
