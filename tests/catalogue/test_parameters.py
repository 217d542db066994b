"""Policy values: what ships is sound, what is set is judged, old days keep theirs, other processes notice."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import pytest

from huoshui.catalogue import parameters
from huoshui.catalogue.parameters import UnknownParameter, from_text, problem_of, read, shipped, specification

ON = dt.date(2026, 11, 21)


@pytest.mark.parametrize("path", list(shipped()))
def test_each_shipped_value_is_one_that_could_be_set(path):
    spec = specification(path)
    assert problem_of(spec, spec.default) is None
    assert spec.source
    assert spec.label.zh
    assert spec.label.en
    assert spec.help.zh
    assert spec.help.en


def test_a_path_that_nobody_ships_is_refused_by_name():
    with pytest.raises(UnknownParameter) as refusal:
        specification("deadline.acept_days")
    assert refusal.value.value == "deadline.acept_days"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("deadline.accept_days", 1),
        ("deadline.contact_days", 3),
        ("deadline.decide_days", 30),
        ("deadline.green_decide_days", 3),
        ("deadline.cutoff", "17:30"),
        ("deadline.accept_recall_days", 3),
        ("dispatch.max_banks", 3),
        ("consent.default_days", 365),
        ("five_class.limits", [90, 270, 360]),
        ("five_class.watch_from", 1),
        ("renewal.warn_days", [60, 30, 10]),
        ("demand.min_amount", 1000_00),
        ("guarantee.max_fee_pct", Decimal("1")),
        ("loan.day_count", "actual/360"),
    ],
)
def test_the_shipped_values_are_typed(path, expected):
    spec = specification(path)
    value = read(spec, spec.default)
    assert (value, type(value)) == (expected, type(expected))


@pytest.mark.parametrize(("days", "good"), [(0, False), (1, True), (10, True), (11, False)])
def test_a_number_must_lie_within_its_limits(days, good):
    assert (problem_of(specification("deadline.accept_days"), days) is None) == good


@pytest.mark.parametrize("raw", ["3", 3.0, True, None, [3]])
def test_a_number_must_be_whole_and_a_number(raw):
    assert problem_of(specification("deadline.accept_days"), raw) is not None


@pytest.mark.parametrize(
    ("raw", "good"),
    [("0", True), ("100", True), ("100.01", False), ("-1", False), (20, False), ("NaN", False), ("x", False)],
)
def test_a_share_is_text_between_its_limits(raw, good):
    assert (problem_of(specification("dispatch.small_share_pct"), raw) is None) == good


@pytest.mark.parametrize(
    ("raw", "good"), [("0.01", True), ("0.00", False), ("-5", False), ("1.005", False), (500, False), ("三十万", False)]
)
def test_an_amount_is_yuan_as_text_above_zero(raw, good):
    assert (problem_of(specification("demand.max_amount"), raw) is None) == good


@pytest.mark.parametrize(
    ("raw", "good"), [("00:00", True), ("23:59", True), ("24:00", False), ("9:00", False), ("17.30", False)]
)
def test_a_time_of_day_is_written_in_full(raw, good):
    assert (problem_of(specification("deadline.cutoff"), raw) is None) == good


@pytest.mark.parametrize(
    ("raw", "good"), [("actual/360", True), ("30/360", True), ("actual/actual", False), (360, False)]
)
def test_a_word_must_be_one_of_the_choices(raw, good):
    assert (problem_of(specification("loan.day_count"), raw) is None) == good


@pytest.mark.parametrize(
    ("raw", "good"),
    [
        ([90, 270, 360], True),
        ([30, 60, 90], True),
        ([90, 270], False),
        ([270, 90, 360], False),
        ([90, 90, 360], False),
        ([0, 270, 360], False),
        ([], False),
        ("90,270,360", False),
    ],
)
def test_the_limits_of_the_five_classes_are_three_rising_days(raw, good):
    assert (problem_of(specification("five_class.limits"), raw) is None) == good


@pytest.mark.parametrize(
    ("raw", "good"), [([60, 30, 10], True), ([90], True), ([10, 30, 60], False), ([30, 30], False)]
)
def test_reminders_are_listed_from_the_first_on(raw, good):
    assert (problem_of(specification("renewal.warn_days"), raw) is None) == good


@pytest.mark.parametrize(
    ("path", "written", "stored"),
    [
        ("deadline.accept_days", " 2 ", 2),
        ("deadline.accept_days", "两", "两"),
        ("five_class.limits", "90, 270，360", [90, 270, 360]),
        ("five_class.limits", "90 x", [90, "x"]),
        ("dispatch.small_share_pct", "25", "25"),
        ("dispatch.small_share_pct", Decimal("25.5"), "25.5"),
        ("deadline.cutoff", "18:00", "18:00"),
    ],
)
def test_what_an_officer_writes_is_stored_typed(path, written, stored):
    assert from_text(specification(path), written) == stored


def test_a_problem_names_the_shipped_value():
    problem = problem_of(specification("deadline.accept_days"), 99)
    assert problem.field == "deadline.accept_days"
    assert "1" in problem.remedy.zh


def test_every_kind_of_value_has_a_judge():
    assert {spec.type for spec in shipped().values()} <= set(parameters._JUDGES)


def test_every_path_that_the_code_asks_for_is_shipped():
    source = Path(parameters.__file__).parents[1]
    asked = re.compile(r'\bparameter(?:_view)?\(\s*"([a-z_]+\.[a-z_0-9]+)"')
    found = {path for file in source.rglob("*.py") for path in asked.findall(file.read_text("utf-8"))}
    assert found
    assert found <= set(shipped())
