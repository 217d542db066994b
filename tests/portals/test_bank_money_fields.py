"""What people type as money and rates, and what the code gets."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from huoshui.portals.shared.fields import PercentField, WanField, YuanField, plain_number


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("30", 30_000_000),
        ("12.5", 12_500_000),
        ("0.000001", 1),
        ("1,000", 1_000_000_000),
        ("３０", 30_000_000),
        (" 30 ", 30_000_000),
    ],
)
def test_wan_becomes_fen(typed, fen):
    assert WanField().clean(typed) == fen


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("三十万", "not_number"),
        ("NaN", "not_number"),
        ("0", "too_small"),
        ("-5", "too_small"),
        ("1e15", "too_large"),
        ("0.0000001", "too_precise"),
    ],
)
def test_what_is_no_amount_is_refused_with_its_value(typed, code):
    with pytest.raises(ValidationError) as refusal:
        WanField().clean(typed)
    assert refusal.value.code == code
    assert typed in str(refusal.value.messages)


def test_zero_is_fine_where_the_field_allows_it():
    assert YuanField(minimum=0).clean("0") == 0


def test_an_amount_left_open_is_unknown_and_not_zero():
    assert WanField(required=False).clean("") is None


@pytest.mark.parametrize(
    ("fen", "shown"), [(30_000_000, "30"), (12_500_000, "12.5"), (1, "0.000001"), (100_000_000, "100")]
)
def test_fen_is_shown_in_wan_without_loss(fen, shown):
    assert WanField().prepare_value(fen) == shown


def test_fen_is_shown_in_yuan_with_two_decimals():
    assert YuanField().prepare_value(1234500) == "12345.00"


def test_what_was_typed_comes_back_as_typed():
    assert WanField().prepare_value("三十万") == "三十万"


@pytest.mark.parametrize(("typed", "rate"), [("3.45", "3.45"), ("3.45%", "3.45"), ("0", "0"), ("36", "36")])
def test_percent_is_exact(typed, rate):
    assert PercentField().clean(typed) == Decimal(rate)


@pytest.mark.parametrize(
    ("typed", "code"), [("36.0001", "range"), ("-0.1", "range"), ("abc", "not_number"), ("3.45678", "too_precise")]
)
def test_a_rate_outside_reason_is_refused(typed, code):
    with pytest.raises(ValidationError) as refusal:
        PercentField().clean(typed)
    assert refusal.value.code == code


def test_a_number_that_is_not_finite_is_no_number():
    with pytest.raises(ValueError, match="Infinity"):
        plain_number("Infinity")
