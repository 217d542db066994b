"""Deadlines on the working calendar: cut-off hour, make-up workdays, holidays, pause, green channel, chase ladder."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huoshui.financing import clocks
from huoshui.financing.referral_lifecycle import Move
from huoshui.kernel.clock import ZONE
from huoshui.kernel.workdays import shipped

VALUES = {
    "deadline.accept_days": 1, "deadline.contact_days": 3, "deadline.decide_days": 30, "deadline.green_decide_days": 3,
    "deadline.cutoff": "17:30", "deadline.accept_recall_days": 3, "deadline.decide_recall_days": 10,
    "chase.first_day": 3, "chase.due_soon_days": 1, "chase.branch_after_days": 1, "chase.head_after_days": 2,
    "chase.taskforce_after_days": 3,
    "chase.supervisor_after_days": 5,
}  # fmt: skip
CALENDAR = shipped()


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZONE)


def due(kind: str, start: str, *, green: bool = False) -> str:
    rule = clocks.rule_of(kind, green=green, values=VALUES)
    return clocks.due_at(rule, at(start), CALENDAR).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-03-02 17:29", "2026-03-03 17:30"),  # before the cut-off of a Monday
        ("2026-03-02 17:30", "2026-03-03 17:30"),  # at it
        ("2026-03-02 17:31", "2026-03-04 17:30"),  # after it: counts from Tuesday
        ("2026-03-06 10:00", "2026-03-09 17:30"),  # over a weekend
        ("2026-03-07 10:00", "2026-03-10 17:30"),  # begun on a Saturday
        ("2026-09-30 10:00", "2026-10-08 17:30"),  # over the National Day holidays
        ("2026-10-09 10:00", "2026-10-10 17:30"),  # the make-up Saturday is a working day
    ],
)
def test_acceptance_is_due_one_working_day_later(start: str, expected: str) -> None:
    assert due(clocks.ACCEPT, start) == expected


@pytest.mark.parametrize(
    ("start", "expected"),
    [("2026-03-02 17:30", "2026-04-01 17:30"), ("2026-03-02 17:31", "2026-04-02 17:30")],
)
def test_a_decision_is_due_thirty_calendar_days_after_complete_papers(start: str, expected: str) -> None:
    assert due(clocks.DECIDE, start) == expected


def test_the_green_channel_counts_three_working_days() -> None:
    assert due(clocks.DECIDE, "2026-03-05 10:00", green=True) == "2026-03-10 17:30"


def test_waiting_for_papers_adds_exactly_the_time_of_the_wait() -> None:
    rule = clocks.rule_of(clocks.DECIDE, green=False, values=VALUES)
    begun = clocks.start(clocks.DECIDE, rule, at("2026-03-02 10:00"), CALENDAR)
    held = clocks.apply(begun, clocks.DECIDE, Move.PAUSE, rule=rule, now=at("2026-03-10 09:00"), calendar=CALENDAR)
    assert held is not None
    back = clocks.apply(held, clocks.DECIDE, Move.RUN, rule=rule, now=at("2026-03-15 12:00"), calendar=CALENDAR)
    assert back is not None
    assert back.paused_at is None
    assert back.due_at - begun.due_at == dt.timedelta(days=5, hours=3)


def test_in_the_green_channel_the_working_days_left_are_left_again() -> None:
    rule = clocks.rule_of(clocks.DECIDE, green=True, values=VALUES)
    begun = clocks.start(clocks.DECIDE, rule, at("2026-03-02 10:00"), CALENDAR)  # due on the 5th
    held = clocks.apply(begun, clocks.DECIDE, Move.PAUSE, rule=rule, now=at("2026-03-03 10:00"), calendar=CALENDAR)
    back = clocks.apply(held, clocks.DECIDE, Move.RUN, rule=rule, now=at("2026-03-13 10:00"), calendar=CALENDAR)
    assert back is not None
    assert back.due_at == at("2026-03-17 17:30")  # two days were left: Monday and Tuesday


def test_a_clock_that_was_late_before_the_pause_stays_late_by_as_much() -> None:
    rule = clocks.rule_of(clocks.DECIDE, green=True, values=VALUES)
    begun = clocks.start(clocks.DECIDE, rule, at("2026-03-02 10:00"), CALENDAR)
    paused, resumed = at("2026-03-06 17:30"), at("2026-03-16 10:00")
    held = clocks.apply(begun, clocks.DECIDE, Move.PAUSE, rule=rule, now=paused, calendar=CALENDAR)
    back = clocks.apply(held, clocks.DECIDE, Move.RUN, rule=rule, now=resumed, calendar=CALENDAR)
    assert back is not None
    assert resumed - back.due_at == paused - begun.due_at


def test_an_ended_clock_never_runs_again() -> None:
    rule = clocks.rule_of(clocks.ACCEPT, green=False, values=VALUES)
    begun = clocks.start(clocks.ACCEPT, rule, at("2026-03-02 10:00"), CALENDAR)
    for end in (Move.MEET, Move.CANCEL):
        ended = clocks.apply(begun, clocks.ACCEPT, end, rule=rule, now=at("2026-03-02 11:00"), calendar=CALENDAR)
        assert ended is not None
        assert ended.over
        for move in Move:
            again = clocks.apply(ended, clocks.ACCEPT, move, rule=rule, now=at("2026-03-05 11:00"), calendar=CALENDAR)
            assert again == ended


def test_the_ladder_goes_from_the_officer_to_the_supervisor_and_never_before_the_third_day() -> None:
    rule = clocks.rule_of(clocks.ACCEPT, green=False, values=VALUES)
    begun = clocks.start(clocks.ACCEPT, rule, at("2026-03-02 10:00"), CALENDAR)  # due on Tuesday the 3rd
    ladder = clocks.rungs(begun, offered_at=begun.started_at, values=VALUES, calendar=CALENDAR)
    assert [(rung.to, rung.at.strftime("%m-%d %H:%M")) for rung in ladder] == [
        ("officer", "03-05 09:00"),
        ("officer", "03-05 09:00"),
        ("branch", "03-05 09:00"),
        ("head", "03-05 17:30"),
        ("taskforce", "03-06 17:30"),
        ("supervisor", "03-10 17:30"),
    ]


def test_recall_comes_three_working_days_after_acceptance_was_due_and_ten_days_after_a_decision() -> None:
    accept = clocks.start(
        clocks.ACCEPT, clocks.rule_of(clocks.ACCEPT, green=False, values=VALUES), at("2026-03-05 10:00"), CALENDAR
    )
    assert clocks.recall_at(accept, values=VALUES, calendar=CALENDAR) == at("2026-03-11 17:30")
    decide = clocks.start(
        clocks.DECIDE, clocks.rule_of(clocks.DECIDE, green=False, values=VALUES), at("2026-03-02 10:00"), CALENDAR
    )
    assert clocks.recall_at(decide, values=VALUES, calendar=CALENDAR) == at("2026-04-11 17:30")


MOMENTS = st.datetimes(dt.datetime(2025, 1, 1), dt.datetime(2026, 11, 1)).map(lambda found: found.replace(tzinfo=ZONE))


@given(start=MOMENTS, wait=st.integers(0, 40), worked=st.integers(0, 200), green=st.booleans())
def test_a_pause_never_shortens_what_is_left(start: dt.datetime, wait: int, worked: int, *, green: bool) -> None:
    rule = clocks.rule_of(clocks.DECIDE, green=green, values=VALUES)
    begun = clocks.start(clocks.DECIDE, rule, start, CALENDAR)
    paused = start + dt.timedelta(hours=worked)
    held = clocks.apply(begun, clocks.DECIDE, Move.PAUSE, rule=rule, now=paused, calendar=CALENDAR)
    back = clocks.apply(
        held, clocks.DECIDE, Move.RUN, rule=rule, now=paused + dt.timedelta(days=wait), calendar=CALENDAR
    )
    assert back is not None
    assert back.due_at >= begun.due_at
    assert (back.due_at < paused + dt.timedelta(days=wait)) <= (begun.due_at <= paused)


@given(start=MOMENTS, kind=st.sampled_from([clocks.ACCEPT, clocks.CONTACT]))
def test_a_working_day_deadline_always_falls_on_a_working_day(start: dt.datetime, kind: str) -> None:
    rule = clocks.rule_of(kind, green=False, values=VALUES)
    assert CALENDAR.is_working(clocks.due_at(rule, start, CALENDAR).date())
