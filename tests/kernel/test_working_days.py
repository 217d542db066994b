"""Working days: weekdays, holidays, make-up workdays, the cut-off, years not yet announced."""

from __future__ import annotations

import csv
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import REAL_DATA

from huoshui.kernel.workdays import CUTOFF, Calendar, shipped

HOLIDAYS = REAL_DATA / "calendar" / "cn_holidays_2004_2026.csv"
days = st.dates(dt.date(2021, 1, 1), dt.date(2026, 6, 30))
CALENDAR = shipped()


def slow_add(start: dt.date, count: int) -> dt.date:
    day = start
    while not CALENDAR.is_workday(day):
        day += dt.timedelta(days=1)
    while count:
        day += dt.timedelta(days=1)
        count -= CALENDAR.is_workday(day)
    return day


@given(days, st.integers(0, 60))
def test_adding_is_the_same_as_counting_day_by_day(start: dt.date, count: int) -> None:
    assert CALENDAR.add(start, count).day == slow_add(start, count)


@given(days, st.integers(0, 60))
def test_between_counts_what_was_added(start: dt.date, count: int) -> None:
    first = CALENDAR.next_workday(start)
    assert CALENDAR.between(first, CALENDAR.add(first, count).day) == count


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-03-10T17:29:59", dt.date(2026, 3, 11)),  # Tuesday, before the cut-off
        ("2026-03-10T17:30:00", dt.date(2026, 3, 11)),  # at the cut-off still counts
        ("2026-03-10T17:30:01", dt.date(2026, 3, 12)),
        ("2026-03-13T17:31:00", dt.date(2026, 3, 17)),  # late on a Friday: counted from Monday
        ("2026-03-14T09:00:00", dt.date(2026, 3, 17)),  # a Saturday at any hour: counted from Monday
        ("2026-03-14T23:00:00", dt.date(2026, 3, 17)),
    ],
)
def test_one_working_day_from(start: str, due: dt.date) -> None:
    assert CALENDAR.add(at(start), 1, cutoff=CUTOFF).day == due


def test_spring_festival_of_2026_is_jumped_and_its_make_up_days_work() -> None:
    assert CALENDAR.is_workday(dt.date(2026, 2, 14))  # a Saturday that works
    assert CALENDAR.add(dt.date(2026, 2, 14), 1).day == dt.date(2026, 2, 24)


def test_a_year_without_announcement_is_marked_and_not_guessed() -> None:
    certain, marked = CALENDAR.add(dt.date(2026, 12, 30), 1), CALENDAR.add(dt.date(2026, 12, 30), 2)
    assert certain.certain
    assert marked.unannounced == (2027,)


def test_extra_closed_days_are_jumped() -> None:
    closed = CALENDAR.with_closed([dt.date(2026, 3, 11)])
    assert closed.add(dt.date(2026, 3, 10), 1).day == dt.date(2026, 3, 12)


def test_an_empty_calendar_knows_weekdays_only() -> None:
    assert Calendar().add(dt.date(2026, 2, 13), 1).day == dt.date(2026, 2, 16)


def test_negative_days_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.add(dt.date(2026, 3, 10), -1)


@pytest.mark.skipif(not HOLIDAYS.exists(), reason="real data folder is absent")
def test_the_shipped_table_equals_the_published_days() -> None:
    with HOLIDAYS.open(encoding="utf-8") as handle:
        rows = [(dt.date.fromisoformat(row["date"]), row["kind"]) for row in csv.DictReader(handle)]
    recent = {(day, kind) for day, kind in rows if day.year >= 2020}
    ours = {(day, "holiday") for day in CALENDAR.holidays} | {
        (day, "makeup_workday") for day in CALENDAR.makeup_workdays
    }
    assert ours == recent
