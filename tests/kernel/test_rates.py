"""Rates in percent."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huoshui.kernel import rates
from huoshui.kernel.errors import DomainError


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("4.35", "4.35"),
        ("4.35%", "4.35"),
        ("４．３５％", "4.35"),
        (" 0 ", "0"),
        ("9.4822", "9.4822"),
        ("100000", "100000"),
    ],
)
def test_a_rate_is_read_exactly(text: str, rate: str) -> None:
    assert rates.parse_rate(text) == Decimal(rate)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("四", "rate_not_number"),
        ("NaN", "rate_not_number"),
        ("1e3", "rate_not_number"),
        ("", "rate_not_number"),
        ("1,000", "rate_not_number"),
        (4.35, "rate_not_number"),
        (None, "rate_not_number"),
        ("-0.01", "rate_range"),
        ("100000.01", "rate_range"),
    ],
)
def test_what_is_no_rate_is_refused(text: object, code: str) -> None:
    with pytest.raises(DomainError) as refusal:
        rates.parse_rate(text, field="annual_rate_pct")
    assert (refusal.value.code, refusal.value.field) == (code, "annual_rate_pct")


def test_a_rate_below_zero_is_read_where_it_may_be() -> None:
    assert rates.parse_rate("-0.25", negative=True) == Decimal("-0.25")


@pytest.mark.parametrize(
    ("rate", "text"), [("4.35", "4.35"), ("2.000", "2.00"), ("1.149885", "1.149885"), ("1E+1", "10.00"), ("0", "0.00")]
)
def test_a_rate_shows_two_decimals_or_as_many_as_it_has(rate: str, text: str) -> None:
    assert rates.rate_text(Decimal(rate)) == text


@pytest.mark.parametrize(("points", "rate"), [(0, "3.00"), (55, "3.55"), (-20, "2.80"), (1, "3.01")])
def test_a_spread_is_in_hundredths_of_a_percent(points: int, rate: str) -> None:
    assert rates.reference_plus(Decimal("3.00"), basis_points=points) == Decimal(rate)


@given(st.integers(min_value=-(10**9), max_value=10**9))
def test_parts_per_million_and_percent_are_the_same_rate(ppm: int) -> None:
    assert rates.to_ppm(rates.from_ppm(ppm)) == ppm


def test_a_fifth_decimal_does_not_fit_a_column_and_says_so() -> None:
    assert rates.to_ppm(Decimal("3.4501")) == 34_501
    with pytest.raises(DomainError, match="四位小数") as refusal:
        rates.to_ppm(Decimal("3.45001"))
    assert refusal.value.code == "rate_precision"
