"""Fen in, fen out: reading, printing, rounding, splitting, capitals."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huoshui.kernel import money
from huoshui.kernel.errors import DomainError

FEN = st.integers(min_value=-money.LARGEST, max_value=money.LARGEST)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("9000000.00", 900_000_000),
        ("0", 0),
        ("0.01", 1),
        ("0.5", 50),
        ("9,000,000", 900_000_000),
        ("1,234.5", 123_450),
        ("１２３．４５", 12_345),
        ("１，２３４", 123_400),
        ("  7 ", 700),
        ("+7", 700),
        ("-0", 0),
        ("007", 700),
        ("92233720368547758.07", money.LARGEST),
        ("1000000000000000", 10**17),
    ],
)
def test_an_amount_is_read_to_the_fen(text: str, fen: int) -> None:
    assert money.parse_yuan(text) == fen


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("三十万", "amount_not_number"),
        ("NaN", "amount_not_number"),
        ("Infinity", "amount_not_number"),
        ("1e15", "amount_not_number"),
        ("1_000", "amount_not_number"),
        ("12,34", "amount_not_number"),
        (",123", "amount_not_number"),
        ("1.2.3", "amount_not_number"),
        (".5", "amount_not_number"),
        ("5.", "amount_not_number"),
        ("٣", "amount_not_number"),
        ("5 元", "amount_not_number"),
        ("", "amount_missing"),
        ("  ", "amount_missing"),
        ("0.001", "amount_too_precise"),
        ("1.000", "amount_too_precise"),
        ("-0.01", "amount_negative"),
        ("92233720368547758.08", "amount_too_large"),
        ("9" * 60, "amount_too_large"),
        (300000, "amount_not_text"),
        (3.5, "amount_not_text"),
        (None, "amount_not_text"),
        (True, "amount_not_text"),
    ],
)
def test_what_is_no_amount_is_refused_with_its_code_field_and_remedy(text: object, code: str) -> None:
    with pytest.raises(DomainError) as refusal:
        money.parse_yuan(text, field="principal")
    assert (refusal.value.code, refusal.value.field, refusal.value.value) == (code, "principal", text)
    assert refusal.value.remedy is not None


def test_an_amount_below_zero_is_read_only_where_it_may_be() -> None:
    assert money.parse_yuan("-1,000.01", negative=True) == -100_001


@given(FEN)
def test_printing_and_reading_give_the_same_fen(fen: int) -> None:
    assert money.parse_yuan(money.yuan_text(fen), negative=True) == fen


@pytest.mark.parametrize(
    ("fen", "text"), [(0, "0.00"), (1, "0.01"), (-1, "-0.01"), (100, "1.00"), (-10_050, "-100.50")]
)
def test_an_amount_is_printed_with_two_decimals_and_no_separators(fen: int, text: str) -> None:
    assert money.yuan_text(fen) == text


@given(FEN)
def test_the_units_are_exact(fen: int) -> None:
    assert money.in_yuan(fen) * 100 == money.in_wan(fen) * 1_000_000 == money.in_yi(fen) * 10_000_000_000 == fen


@pytest.mark.parametrize(
    ("fen", "zh", "en"),
    [
        (0, "0.00 元", "CNY 0"),
        (999_999, "9,999.99 元", "CNY 9,999.99"),
        (1_000_000, "1 万元", "CNY 10,000"),
        (1_234_500_000, "1,234.5 万元", "CNY 12,345,000"),
        (900_000_000, "900 万元", "CNY 9,000,000"),
        (999_999_499_999, "100 亿元", "CNY 9,999,994,999.99"),
        (344_800_000_000, "34.48 亿元", "CNY 3,448,000,000"),
        (-900_000_000, "-900 万元", "CNY -9,000,000"),
        (9_999_994_999, "9,999.99 万元", "CNY 99,999,949.99"),
        (9_999_995_000, "1 亿元", "CNY 99,999,950"),
    ],
)
def test_people_read_yuan_ten_thousands_or_hundred_millions(fen: int, zh: str, en: str) -> None:
    assert (money.human(fen).zh, money.human(fen).en) == (zh, en)


@pytest.mark.parametrize(
    ("value", "whole"),
    [
        (Decimal("2.4999"), 2),
        (Decimal("2.5"), 3),
        (Decimal("-2.5"), -3),
        (Decimal("-2.4999"), -2),
        (Fraction(5, 2), 3),
        (Fraction(-5, 2), -3),
        (Fraction(4999, 2000), 2),
        (Fraction(1, 3), 0),
        (7, 7),
        (Decimal("123456789012345678901234567890.5"), 123456789012345678901234567891),
    ],
)
def test_a_half_goes_up(value: money.Exact, whole: int) -> None:
    assert money.round_half_up(value) == whole


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (101, [1, 1, 1], [34, 34, 33]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (0, [3, 1], [0, 0]),
        (5, [0, 1], [0, 5]),
        (10, [Decimal("0.5"), Decimal("0.5")], [5, 5]),
        (7, [Decimal(50), Decimal(50)], [4, 3]),
        (1, [1, 2], [0, 1]),
        (3, [Fraction(1, 3)], [3]),
    ],
)
def test_the_left_over_fen_go_to_the_largest_remainders_the_earlier_first(
    amount: int, weights: list[money.Exact], parts: list[int]
) -> None:
    assert money.allocate(amount, weights) == parts


@given(FEN, st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=12).filter(any))
def test_parts_sum_exactly_and_none_is_a_fen_off(amount: int, weights: list[int]) -> None:
    parts = money.allocate(amount, weights)
    assert sum(parts) == amount
    assert all(
        abs(part - Fraction(amount * weight, sum(weights))) < 1 for part, weight in zip(parts, weights, strict=True)
    )


@pytest.mark.parametrize(
    ("weights", "code"), [([], "weights_empty"), ([1, -1], "weights_negative"), ([0, 0], "weights_zero")]
)
def test_weights_that_share_nothing_are_refused(weights: list[int], code: str) -> None:
    with pytest.raises(DomainError) as refusal:
        money.allocate(100, weights)
    assert (refusal.value.code, refusal.value.field) == (code, "weights")


@pytest.mark.parametrize(
    ("fen", "capitals"),
    [
        # the examples of the annex itself
        (140_950, "人民币壹仟肆佰零玖元伍角整"),
        (600_714, "人民币陆仟零柒元壹角肆分"),
        (168_032, "人民币壹仟陆佰捌拾元叁角贰分"),
        (10_700_053, "人民币壹拾万柒仟元伍角叁分"),
        (1_640_902, "人民币壹万陆仟肆佰零玖元零贰分"),
        (32_504, "人民币叁佰贰拾伍元零肆分"),
        # and what it leaves to the reader
        (0, "人民币零元整"),
        (5, "人民币伍分"),
        (50, "人民币伍角整"),
        (100_000_001, "人民币壹佰万元零壹分"),
        (900_000_000, "人民币玖佰万元整"),
        (100_001_000_000, "人民币壹拾亿零壹万元整"),
        (1_000_000_000_001, "人民币壹佰亿元零壹分"),
        (1_000_010_000_000_000_000, "人民币壹亿零壹仟亿元整"),
        (-100, "人民币负壹元整"),
    ],
)
def test_capitals_follow_the_payment_rules(fen: int, capitals: str) -> None:
    assert money.rmb_capitals(fen) == capitals
