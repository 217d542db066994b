"""Rules files: what is read, what is refused, and the intervals that atoms become."""

from __future__ import annotations

import datetime as dt
import json
import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huoshui.kernel.errors import DomainError, Refused
from huoshui.kernel.periods import whole_months
from huoshui.rules.book import read_book, read_facts
from huoshui.rules.facts import shipped
from huoshui.rules.spans import spans, stored_day
from huoshui.rules.tree import Atom, parse
from tests.rules import generated as g

GOOD: dict[str, Any] = {"code": "A", "criteria": {"fact": "dishonest", "op": "=", "value": False}}
TERMS = {"take_up_pct": "10", "loan_amount": "1000.00", "cost_pct": "1.5"}


def book(*rules: Any) -> Any:
    return read_book(json.dumps({"rules": rules}).encode(), shipped())


def test_a_rule_is_read_with_its_terms() -> None:
    dates = {"valid_from": "2026-01-01", "valid_to": "2026-12-31"}
    read = book({**GOOD, **dates, "rate_pct": "3.45", "max_amount": "3000000.00", "programme": TERMS})
    (rule,) = read.rules
    assert (rule.rate_pct, rule.max_amount) == (Decimal("3.45"), 300_000_000)
    assert (rule.valid_from, rule.valid_to) == (dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    assert read.programmes["A"].loan_amount == 100_000


def test_rules_come_in_order_of_code_and_may_start_with_a_byte_order_mark() -> None:
    content = b"\xef\xbb\xbf" + json.dumps({"rules": [{**GOOD, "code": "B"}, GOOD]}).encode()
    assert [rule.code for rule in read_book(content, shipped()).rules] == ["A", "B"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"code": ""}, "no_code"),
        ({"code": 7}, "no_code"),
        ({"code": "x" * 65}, "no_code"),
        ({"colour": "red"}, "unknown_field"),
        ({"rate_pct": 3.45}, "wrong_value"),
        ({"rate_pct": "101"}, "wrong_value"),
        ({"max_amount": "1e15"}, "wrong_value"),
        ({"max_amount": "-1.00"}, "wrong_value"),
        ({"valid_to": "2026-02-30"}, "wrong_value"),
        ({"valid_to": "20260201"}, "wrong_value"),
        ({"programme": []}, "bad_programme"),
        ({"programme": {**TERMS, "extra": 1}}, "bad_programme"),
        ({"programme": {"take_up_pct": "10"}}, "wrong_value"),
        ({"criteria": None}, "not_a_node"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        book({**GOOD, **change})
    assert refused.value.problems[0].code == code


def test_a_dictionary_of_ones_own_is_read_or_refused() -> None:
    entry = {"code": "x", "zh": "甲", "en": "x", "kind": "money"}
    assert read_facts(json.dumps({"facts": [entry]}).encode())["x"].label.zh == "甲"
    for broken in ({}, [], {"facts": [{"code": "x"}]}, {"facts": [{**entry, "kind": "colour"}]}):
        with pytest.raises(DomainError):
            read_facts(json.dumps(broken).encode())


@pytest.mark.parametrize("op", ["=", "<", "<=", ">", ">="])
@given(
    value=st.floats(-1e6, 1e6) | st.sampled_from([0.1, 0.3, 70.0, -0.0]),
    near=st.integers(-2, 2),
    digits=st.integers(0, 17),
)
def test_intervals_of_floats_say_what_their_decimals_say(op: str, value: float, near: int, digits: int) -> None:
    asked = Decimal(repr(round(value, digits)))
    atom = Atom(g.FACTS["share"], op, asked)
    for _ in range(abs(near)):
        value = math.nextafter(value, math.inf if near > 0 else -math.inf)
    ((low, high),) = spans(atom, as_of=g.AS_OF, whole=False)
    inside = (low is None or value >= low) and (high is None or value <= high)
    exact = Decimal(repr(value))
    said = {"=": exact == asked, "<": exact < asked, "<=": exact <= asked, ">": exact > asked, ">=": exact >= asked}
    assert inside == said[op]


@pytest.mark.parametrize("op", ["months_since>=", "months_since<="])
@given(
    as_of=st.dates(dt.date(2000, 1, 1), dt.date(2040, 12, 31)),
    months=st.integers(0, 400),
    day=st.dates(dt.date(1950, 1, 1), dt.date(2060, 12, 31)),
)
def test_intervals_of_months_say_what_the_calendar_says(op: str, as_of: dt.date, months: int, day: dt.date) -> None:
    atom = parse({"fact": "established_on", "op": op, "value": months}, g.FACTS)
    assert isinstance(atom, Atom)
    ((low, high),) = spans(atom, as_of=as_of, whole=True)
    inside = (low is None or stored_day(day) >= low) and (high is None or stored_day(day) <= high)
    passed = whole_months(day, as_of)
    assert inside == (passed >= months if op == "months_since>=" else passed <= months)
