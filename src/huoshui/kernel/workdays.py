"""Working days on the Chinese calendar: weekends, public holidays and the weekends worked to make up for them.

Pure: the table of days is given (the platform's is editable; `shipped` is the table that comes with the code). A year
whose holidays are not announced yet is counted by weekday and *named* in the answer, never guessed in silence.
"""

from __future__ import annotations

import csv
import datetime as dt
import functools
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from huoshui.kernel.clock import ZONE
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text

HOLIDAY, MAKEUP = "holiday", "makeup_workday"
MOST_DAYS = 20_000  # some eighty years: beyond it the figure is a slip of the pen
_ONE = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day that is not what its weekday says, and the notice that says so."""

    day: dt.date
    kind: str
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class Due:
    """The day something is due; *unannounced* holds the years on the way whose holidays are not known yet."""

    on: dt.date
    unannounced: tuple[int, ...] = ()

    @property
    def certain(self) -> bool:
        """Return whether every year on the way has been announced."""
        return not self.unannounced


@dataclass(frozen=True, slots=True)
class Calendar:
    """Holidays, make-up workdays and the years they are complete for."""

    holidays: frozenset[dt.date]
    makeup: frozenset[dt.date]
    years: frozenset[int]

    def is_working(self, day: dt.date, *, closed: frozenset[dt.date] = frozenset()) -> bool:
        """Return whether *day* is worked; *closed* are further days off, which win over everything."""
        if day in closed or day in self.holidays:
            return False
        return day in self.makeup or day.weekday() < 5

    def working_on_or_after(self, day: dt.date, *, closed: frozenset[dt.date] = frozenset()) -> dt.date:
        """Return *day* if it is worked, else the next day that is."""
        while not self.is_working(day, closed=closed):
            day = _after(day)
        return day

    def due(
        self,
        start: dt.date | dt.datetime,
        *,
        days: int,
        cutoff: dt.time | None = None,
        closed: Iterable[dt.date] = (),
    ) -> Due:
        """Return the day *days* working days after *start*.

        A start after *cutoff* (one at that very minute is still in time) or on a day that is not worked counts from
        the next working day; a plain date has no hour. An aware moment is read in Chinese time. Zero days: the day it
        counts from. Raises DomainError (days_range) below zero or beyond MOST_DAYS.
        """
        if not 0 <= days <= MOST_DAYS:
            raise _range_error(days)
        off = frozenset(closed)
        first, day = _effective(start, cutoff)
        day = self.working_on_or_after(day, closed=off)
        for _ in range(days):
            day = self.working_on_or_after(_after(day), closed=off)
        return Due(day, tuple(year for year in range(first.year, day.year + 1) if year not in self.years))

    def working_days_between(self, start: dt.date, end: dt.date) -> int:
        """Return how many working days lie after *start* up to and with *end*; negative when *end* is earlier."""
        if end < start:
            return -self.working_days_between(end, start)
        return sum(self.is_working(start + _ONE * step) for step in range(1, (end - start).days + 1))


def _effective(start: dt.date | dt.datetime, cutoff: dt.time | None) -> tuple[dt.date, dt.date]:
    if not isinstance(start, dt.datetime):
        return start, start
    local = start.astimezone(ZONE) if start.tzinfo else start
    late = cutoff is not None and local.time() > cutoff
    return local.date(), _after(local.date()) if late else local.date()


def _after(day: dt.date) -> dt.date:
    try:
        return day + _ONE
    except OverflowError:
        raise DomainError(
            "date_range", Text("日期超出了日历的范围。", "The date runs off the calendar."), field="from"
        ) from None


def _range_error(days: int) -> DomainError:
    return DomainError(
        "days_range",
        Text(
            f"工作日天数 {days} 不在 0 到 {MOST_DAYS} 之间。", f"{days} working days is not between 0 and {MOST_DAYS}."
        ),
        field="days",
        value=days,
    )


def calendar_of(days: Iterable[CalendarDay], *, years: Iterable[int]) -> Calendar:
    """Return the calendar of *days*, complete for *years*."""
    kinds: dict[str, set[dt.date]] = {HOLIDAY: set(), MAKEUP: set()}
    for entry in days:
        kinds[entry.kind].add(entry.day)
    return Calendar(frozenset(kinds[HOLIDAY]), frozenset(kinds[MAKEUP]), frozenset(years))


@functools.cache
def shipped_days() -> tuple[CalendarDay, ...]:
    """Return the days that ship with the code, from the State Council's yearly notices (2004 to 2026)."""
    with (Path(__file__).parent / "data" / "cn_calendar.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(day for row in csv.DictReader(lines) for day in _days_of(row))


def _days_of(row: dict[str, str]) -> Iterable[CalendarDay]:
    first, last = dt.date.fromisoformat(row["from"]), dt.date.fromisoformat(row["to"])
    for step in range((last - first).days + 1):
        yield CalendarDay(first + _ONE * step, row["kind"], row["festival"], row["source"])


@functools.cache
def shipped() -> Calendar:
    """Return the calendar that ships with the code; its years are those it has a New Year's Day for."""
    days = shipped_days()
    return calendar_of(days, years={entry.day.year for entry in days if (entry.day.month, entry.day.day) == (1, 1)})
