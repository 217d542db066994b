"""Reading criteria: every problem at once, nothing guessed, nothing that ends in a crash."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huoshui.kernel.errors import Refused
from huoshui.rules.facts import shipped
from huoshui.rules.tree import MAX_ATOMS, MAX_DEPTH, parse, to_json
from huoshui.rules.words import sentence
from tests.rules import trees

FACTS = shipped()
GOOD = {"fact": "dishonest", "op": "=", "value": False}


def codes(tree: Any) -> list[str]:
    with pytest.raises(Refused) as refusal:
        parse(tree, FACTS)
    return [problem.code for problem in refusal.value.problems]


@settings(max_examples=400, deadline=None)
@given(trees.trees)
def test_what_is_read_is_written_back_the_same(tree: dict[str, Any]) -> None:
    node = parse(tree, FACTS)
    assert parse(json.loads(json.dumps(to_json(node))), FACTS) == node


@settings(max_examples=200, deadline=None)
@given(trees.trees)
def test_every_tree_can_be_said_in_both_languages(tree: dict[str, Any]) -> None:
    said = sentence(parse(tree, FACTS))
    assert said.zh
    assert said.en
    assert "{" not in said.zh + said.en


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda below: (
        st.lists(below, max_size=3)
        | st.dictionaries(st.sampled_from(["all", "any", "not", "fact", "op", "value", "x"]), below, max_size=3)
    ),
    max_leaves=12,
)


@settings(max_examples=500, deadline=None)
@given(json_values)
def test_anything_else_is_refused_in_words(tree: Any) -> None:
    try:
        parse(tree, FACTS)
    except Refused as refusal:
        assert all(problem.text.zh and problem.text.en for problem in refusal.problems)  # noqa: PT017  most are refused, some are trees


@pytest.mark.parametrize(
    ("tree", "code"),
    [
        ({}, "not_a_node"),
        ([], "not_a_node"),
        ("x", "not_a_node"),
        ({"all": []}, "empty_group"),
        ({"any": "x"}, "empty_group"),
        ({"xor": [GOOD]}, "unknown_node"),
        ({"all": [GOOD], "any": [GOOD]}, "unknown_node"),
        ({**GOOD, "fact": "shoe_size"}, "unknown_fact"),
        ({**GOOD, "fact": ["x"]}, "unknown_fact"),
        ({**GOOD, "op": ">="}, "wrong_operator"),
        ({**GOOD, "op": None}, "wrong_operator"),
        ({**GOOD, "value": "false"}, "wrong_value"),
        ({**GOOD, "because": 1}, "unknown_field"),
        ({"fact": "tax_paid_last_year", "op": ">=", "value": 100000}, "wrong_value"),
        ({"fact": "tax_paid_last_year", "op": ">=", "value": "1.001"}, "wrong_value"),
        ({"fact": "tax_paid_last_year", "op": ">=", "value": "92233720368547758.08"}, "wrong_value"),
        ({"fact": "tax_paid_last_year", "op": "between", "value": ["2.00", "1.00"]}, "wrong_value"),
        ({"fact": "employees", "op": ">=", "value": float("nan")}, "wrong_value"),
        ({"fact": "employees", "op": ">=", "value": 2**63}, "wrong_value"),
        ({"fact": "employees", "op": ">=", "value": True}, "wrong_value"),
        ({"fact": "tax_grade", "op": "in", "value": []}, "wrong_value"),
        ({"fact": "tax_grade", "op": "in", "value": ["E"]}, "wrong_value"),
        ({"fact": "established_on", "op": ">=", "value": "2026-02-30"}, "wrong_value"),
        ({"fact": "established_on", "op": "months_since>=", "value": -1}, "wrong_value"),
    ],
)
def test_what_is_wrong_is_named(tree: Any, code: str) -> None:
    assert codes(tree) == [code]


def test_all_problems_come_at_once_each_with_its_place() -> None:
    tree = {"all": [{"fact": "a", "op": "="}, {"any": []}, {"not": {"fact": "dishonest", "op": "<", "value": True}}]}
    with pytest.raises(Refused) as refusal:
        parse(tree, FACTS)
    assert [problem.field for problem in refusal.value.problems] == [
        "criteria.all[0]",
        "criteria.all[1].any",
        "criteria.all[2].not",
    ]


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 1_000, 20_000])
def test_a_tree_that_is_too_deep_is_refused_and_does_not_crash(depth: int) -> None:
    tree: dict[str, Any] = GOOD
    for _ in range(depth):
        tree = {"not": tree}
    assert codes(tree) == ["too_deep"]


def test_the_deepest_tree_allowed_is_read() -> None:
    tree: dict[str, Any] = GOOD
    for _ in range(MAX_DEPTH - 1):
        tree = {"not": tree}
    parse(tree, FACTS)


def test_too_many_conditions_are_refused_with_one_problem() -> None:
    parse({"all": [GOOD] * MAX_ATOMS}, FACTS)
    assert codes({"all": [GOOD] * (MAX_ATOMS + 1)}) == ["too_many"]
    assert codes({"all": [GOOD] * 100_000}) == ["too_many"]
