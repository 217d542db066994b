"""The points of a card: between its marks, beyond them, upside down, and with figures missing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huoshui.kernel.errors import Refused
from huoshui.statistics.score_card import Band, Indicator, Score, score

BANDS = [Band(Decimal(90), "A"), Band(Decimal(75), "B"), Band(Decimal(60), "C"), Band(Decimal(0), "D")]


def one(value: str | None, zero: str = "60", full: str = "100", weight: str = "100") -> Indicator:
    return Indicator(None if value is None else Decimal(value), Decimal(zero), Decimal(full), Decimal(weight))


@pytest.mark.parametrize(
    ("value", "points", "grade"),
    [
        ("59", "0.00", "D"),
        ("60", "0.00", "D"),
        ("60.01", "0.03", "D"),  # 0.025 goes up
        ("80", "50.00", "D"),
        ("83.999", "60.00", "C"),  # 59.9975 shows as 60.00, and what shows decides
        ("83.997", "59.99", "D"),
        ("84", "60.00", "C"),
        ("96", "90.00", "A"),
        ("95.99", "89.98", "B"),
        ("100", "100.00", "A"),
        ("140", "100.00", "A"),
    ],
)
def test_points_between_and_beyond_the_marks(value: str, points: str, grade: str) -> None:
    assert score([one(value)], bands=BANDS) == Score(Decimal(points), grade, ())


@pytest.mark.parametrize(
    ("value", "points"), [("7", "0.00"), ("6", "0.00"), ("4.5", "50.00"), ("3", "100.00"), ("1", "100.00")]
)
def test_a_figure_that_should_be_low_is_marked_upside_down(value: str, points: str) -> None:
    assert score([one(value, "6", "3")], bands=BANDS).points == Decimal(points)


def test_weights_add_up() -> None:
    found = score([one("92.5", weight="60"), one("3.80", "6.00", "3.00", "40")], bands=BANDS)
    assert (str(found.points), found.grade) == ("78.08", "B")


@pytest.mark.parametrize(
    ("known", "weight", "points", "grade"),
    [
        ("100", "10", "90.00", "A"),  # even nothing more leaves it at A
        ("99", "10", "87.75", None),  # ten more could lift it
        ("80", "10", "45.00", "D"),  # ten more could not
        ("100", "0", "90.00", "A"),
    ],
)
def test_a_missing_figure_is_named_and_the_grade_stands_only_where_it_is_certain(
    known: str, weight: str, points: str, grade: str | None
) -> None:
    found = score([one(known, weight="90"), one(None, weight=weight)], bands=BANDS)
    assert found == Score(Decimal(points), grade, (1,))


def test_without_bands_or_below_them_there_is_no_grade() -> None:
    assert score([one("100")], bands=[]).grade is None
    assert score([one("61")], bands=[Band(Decimal(60), "C")]).grade is None


def test_bands_may_stand_in_any_order() -> None:
    assert score([one("96")], bands=list(reversed(BANDS))).grade == "A"


@pytest.mark.parametrize(
    ("indicators", "bands", "codes"),
    [
        ([], BANDS, ["card_empty"]),
        ([one("1", "5", "5")], BANDS, ["card_scale"]),
        ([one("1", weight="-1")], BANDS, ["card_weight"]),
        ([one("1")], [*BANDS, Band(Decimal(90), "A+")], ["card_bands"]),
        ([one("1", "5", "5", "-1"), one("1")], [], ["card_scale", "card_weight"]),
    ],
)
def test_a_card_that_cannot_be_read_is_refused_with_every_problem(
    indicators: list[Indicator], bands: list[Band], codes: list[str]
) -> None:
    with pytest.raises(Refused) as refusal:
        score(indicators, bands=bands)
    assert [problem.code for problem in refusal.value.problems] == codes


@given(st.decimals(min_value=-200, max_value=200, places=3), st.decimals(min_value=0, max_value=100, places=2))
def test_points_lie_between_zero_and_the_weight(value: Decimal, weight: Decimal) -> None:
    found = score([Indicator(value, Decimal(-50), Decimal(50), weight)], bands=BANDS)
    assert 0 <= found.points <= weight
