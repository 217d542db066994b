"""Working days: at, before and after every kind of edge of the Chinese calendar."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huoshui.kernel import workdays
from huoshui.kernel.errors import DomainError
from huoshui.kernel.workdays import Calendar, CalendarDay, calendar_of
from tests.conftest import REAL_DATA

CALENDAR = workdays.shipped()
CUTOFF = dt.time(17, 30)
FACTS = REAL_DATA / "calendar" / "cn_holidays_2004_2026.csv"
day, moment = dt.date.fromisoformat, dt.datetime.fromisoformat


@pytest.mark.parametrize(
    ("at", "works", "why"),
    [
        ("2025-03-14", True, "a Friday"),
        ("2025-03-15", False, "a Saturday"),
        ("2025-01-26", True, "a Sunday worked for the Spring Festival"),
        ("2025-01-27", True, "the Monday between"),
        ("2025-01-28", False, "the eve, a Tuesday off"),
        ("2025-02-04", False, "the last day off"),
        ("2025-02-05", True, "back at work"),
        ("2025-02-08", True, "a Saturday worked"),
        ("2025-02-09", False, "an ordinary Sunday"),
        ("2026-09-20", True, "a Sunday worked for the National Day"),
    ],
)
def test_a_day_is_worked_as_the_notice_says(at: str, works: bool, why: str) -> None:
    assert CALENDAR.is_working(day(at)) is works, why


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2025-03-10", 0, "2025-03-10"),
        ("2025-03-10", 1, "2025-03-11"),
        ("2025-03-14", 1, "2025-03-17"),
        ("2025-03-15", 0, "2025-03-17"),  # a closed day counts from the next working day
        ("2025-03-15", 1, "2025-03-18"),
        ("2025-01-24", 1, "2025-01-26"),  # the Sunday is worked
        ("2025-01-27", 1, "2025-02-05"),  # over the Spring Festival
        ("2025-02-07", 1, "2025-02-08"),  # the Saturday is worked
        ("2025-02-08", 1, "2025-02-10"),
        ("2026-09-30", 3, "2026-10-10"),  # over the National Day, the make-up Saturday counts
        ("2025-12-31", 1, "2026-01-04"),  # over the New Year, the make-up Sunday counts
    ],
)
def test_days_are_counted_from_the_day_after(start: str, days: int, due: str) -> None:
    assert CALENDAR.due(day(start), days=days) == workdays.Due(day(due))


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2025-03-10T17:29:59", "2025-03-11"),
        ("2025-03-10T17:30:00", "2025-03-11"),
        ("2025-03-10T17:30:01", "2025-03-12"),
        ("2025-03-14T18:00:00", "2025-03-18"),
        ("2025-03-15T09:00:00", "2025-03-18"),
        ("2025-03-16T23:00:00", "2025-03-18"),  # late on a Sunday is still Monday's case
        ("2025-03-10T09:31:00+00:00", "2025-03-12"),  # 17:31 in China
        ("2025-03-09T16:30:00+00:00", "2025-03-11"),  # half past midnight on Monday in China
    ],
)
def test_a_start_after_the_cutoff_counts_from_the_next_working_day(start: str, due: str) -> None:
    assert CALENDAR.due(moment(start), days=1, cutoff=CUTOFF).on == day(due)


def test_without_a_cutoff_the_hour_does_not_matter() -> None:
    assert CALENDAR.due(moment("2025-03-10T23:59:59"), days=1).on == day("2025-03-11")


def test_further_closed_days_are_not_worked_even_where_the_notice_says_so() -> None:
    closed = [day("2025-02-08"), day("2025-02-10")]
    assert CALENDAR.due(day("2025-02-07"), days=1, closed=closed).on == day("2025-02-11")
    assert not CALENDAR.is_working(day("2025-02-08"), closed=frozenset(closed))


@pytest.mark.parametrize(
    ("start", "days", "unannounced"),
    [
        ("2026-12-28", 2, ()),
        ("2026-12-29", 5, (2027,)),
        ("2027-01-04", 0, (2027,)),
        ("2026-12-31", 300, (2027, 2028)),
        ("2003-12-31", 1, (2003,)),
    ],
)
def test_a_year_not_announced_is_named(start: str, days: int, unannounced: tuple[int, ...]) -> None:
    due = CALENDAR.due(day(start), days=days)
    assert due.unannounced == unannounced
    assert due.certain is not bool(unannounced)


@pytest.mark.parametrize("days", [-1, workdays.MOST_DAYS + 1])
def test_a_count_out_of_range_is_refused(days: int) -> None:
    with pytest.raises(DomainError) as refusal:
        CALENDAR.due(day("2025-03-10"), days=days)
    assert (refusal.value.code, refusal.value.field) == ("days_range", "days")


def test_the_end_of_the_calendar_is_said_and_not_crashed_into() -> None:
    with pytest.raises(DomainError) as refusal:
        CALENDAR.due(dt.date.max, days=1)
    assert refusal.value.code == "date_range"


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        ("2025-03-10", "2025-03-10", 0),
        ("2025-03-10", "2025-03-11", 1),
        ("2025-03-14", "2025-03-17", 1),
        ("2025-01-27", "2025-02-05", 1),
        ("2025-03-17", "2025-03-14", -1),
    ],
)
def test_working_days_between_two_days(start: str, end: str, count: int) -> None:
    assert CALENDAR.working_days_between(day(start), day(end)) == count


WINDOW = st.dates(min_value=dt.date(2019, 6, 1), max_value=dt.date(2026, 6, 30))


def _plain(calendar: Calendar, start: dt.date, closed: frozenset[dt.date]) -> Iterator[dt.date]:
    """Every working day from *start* on, by asking each day in turn."""
    at = start
    while True:
        weekend = at.isoweekday() > 5 and at not in calendar.makeup
        if not (weekend or at in calendar.holidays or at in closed):
            yield at
        at += dt.timedelta(days=1)


@given(WINDOW, st.integers(min_value=0, max_value=60), st.sets(WINDOW, max_size=5))
def test_the_due_day_is_the_nth_working_day(start: dt.date, days: int, closed: set[dt.date]) -> None:
    worked = _plain(CALENDAR, start, frozenset(closed))
    expected = [next(worked) for _ in range(days + 1)][-1]
    assert CALENDAR.due(start, days=days, closed=closed).on == expected


@given(WINDOW, st.integers(min_value=0, max_value=60))
def test_the_days_added_are_the_days_between(start: dt.date, days: int) -> None:
    first = CALENDAR.working_on_or_after(start)
    assert CALENDAR.working_days_between(first, CALENDAR.due(start, days=days).on) == days


def test_a_table_of_ones_own_is_as_good() -> None:
    own = calendar_of([CalendarDay(day("2030-01-01"), "holiday", "元旦", "own")], years=[2030])
    assert own.due(day("2029-12-31"), days=1) == workdays.Due(day("2030-01-02"), (2029,))


def test_every_shipped_day_names_its_notice_and_stands_once() -> None:
    days = workdays.shipped_days()
    assert len({entry.day for entry in days}) == len(days)
    assert all("国务院办公厅" in entry.source and entry.name for entry in days)
    assert set(CALENDAR.years) == set(range(2004, 2027))


def test_make_up_days_are_weekends_and_holidays_take_some_working_days() -> None:
    assert all(entry.weekday() > 4 for entry in CALENDAR.makeup)
    for year in CALENDAR.years:
        assert any(entry.weekday() < 5 for entry in CALENDAR.holidays if entry.year == year)


@pytest.mark.skipif(not FACTS.exists(), reason="the real data folder is absent")
def test_the_shipped_table_is_the_published_one() -> None:
    with FACTS.open(encoding="utf-8") as lines:
        published = {day(row["date"]): row["kind"] for row in csv.DictReader(lines)}
    assert {entry.day: entry.kind for entry in workdays.shipped_days()} == published
