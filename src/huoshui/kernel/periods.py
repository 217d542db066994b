"""Calendar arithmetic: adding months, whole months between two days, months, quarters and years as spans."""

from __future__ import annotations

import calendar
import datetime as dt

from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text


def add_months(day: dt.date, months: int, *, day_of_month: int | None = None) -> dt.date:
    """Return the day *months* later; a day past the month's end falls on its last day.

    *day_of_month*: the day to aim at where it is not that of *day* (31 January, then 28 February, then 31 March).
    Raises DomainError (date_range) beyond the years 1 to 9999.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        raise DomainError("date_range", Text("日期超出了日历的范围。", "The date runs off the calendar."), value=months)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day_of_month or day.day, last))


def whole_months(start: dt.date, end: dt.date) -> int:
    """Return how many whole calendar months have passed from *start* to *end*; negative when *end* is earlier.

    A month is over on the day of the same number, or on the month's last day where it has none.
    Source: 民法典 art. 202.
    """
    if end < start:
        return -whole_months(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if add_months(start, months) <= end else months - 1


def month_of(day: dt.date) -> tuple[dt.date, dt.date]:
    """Return the first and last day of the month of *day*."""
    return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])


def quarter_of(day: dt.date) -> tuple[dt.date, dt.date]:
    """Return the first and last day of the quarter of *day*."""
    first = dt.date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return first, month_of(add_months(first, 2))[1]


def year_of(day: dt.date) -> tuple[dt.date, dt.date]:
    """Return the first and last day of the year of *day*."""
    return dt.date(day.year, 1, 1), dt.date(day.year, 12, 31)


def quarter_number(day: dt.date) -> int:
    """Return 1 to 4."""
    return (day.month - 1) // 3 + 1
