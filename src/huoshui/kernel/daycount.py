"""How many days interest runs, and of how long a year: 30/360, actual/360, actual/365."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from huoshui.kernel.money import Fen, round_half_up


class DayCount(StrEnum):
    """The three conventions; the value is their usual name."""

    THIRTY_360 = "30/360"
    ACTUAL_360 = "actual/360"
    ACTUAL_365 = "actual/365"

    @property
    def year(self) -> int:
        """Return the days of the year it divides by."""
        return int(self.value.rpartition("/")[2])

    def days(self, start: dt.date, end: dt.date) -> int:
        """Return the days from *start* (counted) to *end* (not counted).

        30/360 counts months of thirty days, day 31 as 30 at both ends (30E/360); February is not stretched.
        """
        if self is not DayCount.THIRTY_360:
            return (end - start).days
        months = (end.year - start.year) * 12 + end.month - start.month
        return months * 30 + min(end.day, 30) - min(start.day, 30)


def factor(annual_rate_pct: Decimal, *, days: int, year: int) -> Fraction:
    """Return rate × days / year as an exact fraction of the principal."""
    return Fraction(annual_rate_pct) * days / (100 * year)


def interest(principal: int, *, annual_rate_pct: Decimal, start: dt.date, end: dt.date, day_count: DayCount) -> Fen:
    """Return simple interest in fen on *principal* (fen) from *start* to *end*, rounded half up once."""
    days = day_count.days(start, end)
    return Fen(round_half_up(principal * factor(annual_rate_pct, days=days, year=day_count.year)))
