"""Months, quarters, and the days interest runs."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huoshui.kernel import periods
from huoshui.kernel.daycount import DayCount, factor, interest
from huoshui.kernel.errors import DomainError

DAYS = st.dates(min_value=dt.date(1990, 1, 1), max_value=dt.date(2090, 12, 31))
day = dt.date.fromisoformat


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2025-01-31", 1, "2025-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2025-12-15", 1, "2026-01-15"),
        ("2025-03-31", -1, "2025-02-28"),
        ("2025-01-15", -1, "2024-12-15"),
        ("2025-01-15", 0, "2025-01-15"),
    ],
)
def test_a_day_past_the_months_end_falls_on_its_last_day(start: str, months: int, end: str) -> None:
    assert periods.add_months(day(start), months) == day(end)


def test_the_wanted_day_comes_back_after_a_short_month() -> None:
    assert periods.add_months(day("2025-02-28"), 1, day_of_month=31) == day("2025-03-31")


def test_the_first_and_last_year_of_the_calendar_are_reached() -> None:
    assert periods.add_months(day("0001-02-01"), -1) == dt.date.min
    assert periods.add_months(day("9999-11-30"), 1) == day("9999-12-30")


def test_months_beyond_the_calendar_are_refused() -> None:
    with pytest.raises(DomainError) as refusal:
        periods.add_months(day("9999-12-01"), 1)
    assert refusal.value.code == "date_range"


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2024-03-15", "2025-03-14", 11),
        ("2024-03-15", "2025-03-15", 12),
        ("2024-03-15", "2025-03-16", 12),
        ("2025-01-31", "2025-02-27", 0),
        ("2025-01-31", "2025-02-28", 1),
        ("2024-02-29", "2025-02-28", 12),
        ("2025-03-15", "2024-03-15", -12),
        ("2025-03-15", "2025-03-15", 0),
    ],
)
def test_a_month_is_over_on_its_day_or_the_months_last(start: str, end: str, months: int) -> None:
    assert periods.whole_months(day(start), day(end)) == months


@given(DAYS, st.integers(min_value=0, max_value=600))
def test_the_months_added_are_the_months_counted(start: dt.date, months: int) -> None:
    end = periods.add_months(start, months)
    assert periods.whole_months(start, end) == months
    assert periods.whole_months(start, end + dt.timedelta(days=31)) > months


@pytest.mark.parametrize(
    ("at", "quarter", "number"),
    [
        ("2025-01-01", ("2025-01-01", "2025-03-31"), 1),
        ("2025-06-30", ("2025-04-01", "2025-06-30"), 2),
        ("2025-09-01", ("2025-07-01", "2025-09-30"), 3),
        ("2025-12-31", ("2025-10-01", "2025-12-31"), 4),
    ],
)
def test_quarters(at: str, quarter: tuple[str, str], number: int) -> None:
    assert periods.quarter_of(day(at)) == tuple(map(day, quarter))
    assert periods.quarter_number(day(at)) == number


def test_month_and_year_as_spans() -> None:
    assert periods.month_of(day("2024-02-10")) == (day("2024-02-01"), day("2024-02-29"))
    assert periods.year_of(day("2024-02-10")) == (day("2024-01-01"), day("2024-12-31"))


@pytest.mark.parametrize(
    ("start", "end", "thirty", "actual"),
    [
        ("2024-01-01", "2024-02-01", 30, 31),
        ("2024-02-01", "2024-03-01", 30, 29),
        ("2024-01-31", "2024-02-29", 29, 29),
        ("2025-02-28", "2025-03-31", 32, 31),
        ("2025-01-30", "2025-01-31", 0, 1),
        ("2025-01-31", "2025-03-31", 60, 59),
        ("2025-01-15", "2026-01-15", 360, 365),
        ("2024-01-15", "2025-01-15", 360, 366),
    ],
)
def test_days_under_each_convention(start: str, end: str, thirty: int, actual: int) -> None:
    assert DayCount.THIRTY_360.days(day(start), day(end)) == thirty
    assert DayCount.ACTUAL_360.days(day(start), day(end)) == actual
    assert DayCount.ACTUAL_365.days(day(start), day(end)) == actual


@given(DAYS, DAYS, DAYS, st.sampled_from(DayCount))
def test_the_days_of_two_spans_are_the_days_of_both(
    one: dt.date, two: dt.date, three: dt.date, count: DayCount
) -> None:
    assert count.days(one, two) + count.days(two, three) == count.days(one, three)


def test_interest_is_rounded_once_half_up() -> None:
    start, end = day("2025-01-01"), day("2025-04-01")
    assert (
        interest(200_000_000, annual_rate_pct=Decimal("4"), start=start, end=end, day_count=DayCount.ACTUAL_360)
        == 2_000_000
    )
    assert (
        interest(200_000_000, annual_rate_pct=Decimal("4"), start=start, end=end, day_count=DayCount.ACTUAL_365)
        == 1_972_603
    )
    # 1.00 元 at 1.8 % for ten days over 360: exactly 0.05 fen; at 18 % exactly half a fen
    assert factor(Decimal("18"), days=10, year=360) == Decimal("0.005")
    assert (
        interest(100, annual_rate_pct=Decimal("18"), start=start, end=day("2025-01-11"), day_count=DayCount.ACTUAL_360)
        == 1
    )
    assert (
        interest(
            100, annual_rate_pct=Decimal("17.99"), start=start, end=day("2025-01-11"), day_count=DayCount.ACTUAL_360
        )
        == 0
    )
