"""Periods and what they are compared with."""

import datetime as dt

import pytest

from huoshui.statistics import spans
from huoshui.statistics.spans import FIRST, Span


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("kind", "start"),
    [("month", "2026-11-01"), ("quarter", "2026-10-01"), ("year", "2026-01-01"), ("all", "2000-01-01")],
)
def test_a_span_begins_where_its_kind_says(kind, start):
    assert spans.span_to(kind, day("2026-11-21")) == Span(kind, day(start), day("2026-11-21"))


@pytest.mark.parametrize(
    ("last", "earlier"),
    [
        ("2026-11-21", "2025-11-21"),
        ("2026-11-30", "2025-11-30"),
        ("2024-02-29", "2023-02-28"),
        ("2025-02-28", "2024-02-29"),  # a month's end meets a month's end
        ("2024-02-28", "2023-02-28"),
    ],
)
def test_a_year_ago_are_the_same_days(last, earlier):
    assert spans.year_ago(spans.span_to("month", day(last))).last == day(earlier)


@pytest.mark.parametrize(
    ("kind", "last", "start", "end"),
    [
        ("month", "2026-11-21", "2026-10-01", "2026-10-21"),
        ("month", "2026-10-31", "2026-09-01", "2026-09-30"),
        ("month", "2026-01-31", "2025-12-01", "2025-12-31"),
        ("quarter", "2026-11-21", "2026-07-01", "2026-08-21"),
        ("quarter", "2026-03-31", "2025-10-01", "2025-12-31"),
    ],
)
def test_the_period_before_is_as_far_in_as_this_one(kind, last, start, end):
    assert spans.before(spans.span_to(kind, day(last))) == Span(kind, day(start), day(end))


def test_nothing_lies_before_a_year_or_everything():
    assert spans.before(spans.span_to("year", day("2026-11-21"))) is None
    assert spans.before(spans.span_to("all", day("2026-11-21"))) is None


def test_the_year_starts_where_the_year_before_ended():
    assert spans.year_start(spans.span_to("month", day("2026-11-21"))) == Span("all", FIRST, day("2025-12-31"))


@pytest.mark.parametrize(("on", "last"), [("2026-11-01", "2026-10-31"), ("2026-11-30", "2026-10-31")])
def test_the_last_whole_month_is_over(on, last):
    assert spans.last_whole("month", day(on)).last == day(last)


@pytest.mark.parametrize(
    ("kind", "last", "zh"),
    [
        ("month", "2026-10-31", "2026年10月"),
        ("month", "2026-11-21", "2026年11月1—21日"),
        ("year", "2026-10-31", "2026年1—10月"),
        ("year", "2026-01-31", "2026年1月"),
        ("year", "2026-11-21", "2026年1—11月21日"),
        ("all", "2025-03-15", "截至2025年3月15日"),
        ("all", "2026-10-31", "截至2026年10月末"),
    ],
)
def test_a_span_is_named_as_bulletins_name_it(kind, last, zh):
    assert spans.span_to(kind, day(last)).name.zh == zh


def test_months_of_a_trend_run_up_to_the_newest():
    assert [span.last.isoformat() for span in spans.months_back(day("2026-03-31"), 3)] == [
        "2026-01-31",
        "2026-02-28",
        "2026-03-31",
    ]
