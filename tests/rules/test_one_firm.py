"""The one-firm evaluator: thresholds, gaps, dates, and two independent statements of the same logic."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huoshui.rules.facts import shipped
from huoshui.rules.firm import (
    Rule,
    Verdict,
    evaluate,
    explain,
    failing,
    is_near_miss,
    judge,
    missing,
    obstacles,
    passing,
)
from huoshui.rules.tree import All, Any_, Atom, Node, Not, atoms, parse
from tests.rules import trees

FACTS = shipped()
AS_OF = trees.AS_OF
YES, NO, UNKNOWN = Verdict.YES, Verdict.NO, Verdict.UNKNOWN


def verdict(tree: dict[str, Any], **facts: Any) -> Verdict:
    return evaluate(parse(tree, FACTS), facts, as_of=AS_OF)


def atom(fact: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"fact": fact, "op": op} if value is None else {"fact": fact, "op": op, "value": value}


@pytest.mark.parametrize(
    ("op", "below", "at", "above"),
    [
        ("<", YES, NO, NO),
        ("<=", YES, YES, NO),
        ("=", NO, YES, NO),
        ("!=", YES, NO, YES),
        (">=", NO, YES, YES),
        (">", NO, NO, YES),
    ],
)
def test_money_is_compared_to_the_fen(op: str, below: Verdict, at: Verdict, above: Verdict) -> None:
    tree = atom("tax_paid_last_year", op, "100000.00")
    assert verdict(tree, tax_paid_last_year=9_999_999) is below
    assert verdict(tree, tax_paid_last_year=10_000_000) is at
    assert verdict(tree, tax_paid_last_year=10_000_001) is above


@pytest.mark.parametrize(("fen", "said"), [(99, NO), (100, YES), (200, YES), (201, NO)])
def test_between_takes_both_ends_in(fen: int, said: Verdict) -> None:
    assert verdict(atom("loan_balance", "between", ["1.00", "2.00"]), loan_balance=fen) is said


@pytest.mark.parametrize(
    ("founded", "said"),
    [
        (dt.date(2025, 11, 22), NO),
        (dt.date(2025, 11, 21), YES),
        (dt.date(2025, 11, 20), YES),
    ],
)
def test_twelve_whole_months_are_full_on_the_same_day(founded: dt.date, said: Verdict) -> None:
    assert verdict(atom("established_on", "months_since>=", 12), established_on=founded) is said


@pytest.mark.parametrize("op", ["<", "<=", "=", "!=", ">=", ">"])
def test_a_missing_fact_is_never_a_pass_nor_a_fail(op: str) -> None:
    assert verdict(atom("tax_paid_last_year", op, "1.00")) is UNKNOWN
    assert verdict({"not": atom("tax_paid_last_year", op, "1.00")}) is UNKNOWN


def test_known_and_missing_are_the_only_atoms_that_see_a_gap() -> None:
    assert verdict(atom("tax_grade", "known")) is NO
    assert verdict(atom("tax_grade", "missing")) is YES
    assert verdict(atom("tax_grade", "known"), tax_grade="A") is YES
    assert verdict(atom("tax_grade", "missing"), tax_grade="A") is NO


def test_not_a_number_is_a_gap() -> None:
    assert verdict(atom("debt_ratio", "<=", 70), debt_ratio=float("nan")) is UNKNOWN
    assert verdict(atom("debt_ratio", "<=", 70), debt_ratio=70.0) is YES


KLEENE = list(itertools.product([NO, UNKNOWN, YES], repeat=2))
GIVEN = {NO: False, UNKNOWN: None, YES: True}


@pytest.mark.parametrize(("a", "b"), KLEENE)
def test_groups_follow_kleenes_tables(a: Verdict, b: Verdict) -> None:
    pair = [atom("dishonest", "=", value=True), atom("tax_arrears", "=", value=True)]
    facts = {"dishonest": GIVEN[a], "tax_arrears": GIVEN[b]}
    assert verdict({"all": pair}, **facts) is (NO if NO in (a, b) else UNKNOWN if UNKNOWN in (a, b) else YES)
    assert verdict({"any": pair}, **facts) is (YES if YES in (a, b) else UNKNOWN if UNKNOWN in (a, b) else NO)


def by_completion(node: Node, facts: dict[str, Any]) -> Verdict:
    """What a tree says of every way its open atoms could come out; equal to Kleene where no fact stands twice."""
    open_atoms = [a for a in atoms(node) if evaluate(a, facts, as_of=AS_OF) is UNKNOWN]
    said = set()
    for ways in itertools.product([False, True], repeat=len(open_atoms)):
        chosen = dict(zip(open_atoms, ways, strict=True))
        said.add(_plain(node, facts, chosen))
    return YES if said == {True} else NO if said == {False} else UNKNOWN


def _plain(node: Node, facts: dict[str, Any], chosen: dict[Atom, bool]) -> bool:
    if isinstance(node, Atom):
        return chosen[node] if node in chosen else evaluate(node, facts, as_of=AS_OF) is YES
    if isinstance(node, Not):
        return not _plain(node.child, facts, chosen)
    parts = [_plain(child, facts, chosen) for child in node.children]
    return all(parts) if isinstance(node, All) else any(parts)


@settings(max_examples=400, deadline=None)
@given(trees.trees, trees.firms)
def test_every_way_the_gaps_could_be_filled_agrees(tree: dict[str, Any], facts: dict[str, Any]) -> None:
    node = parse(tree, FACTS)
    named = [a.fact.code for a in atoms(node)]
    if len(set(named)) == len(named):
        assert evaluate(node, facts, as_of=AS_OF) is by_completion(node, facts)


@settings(max_examples=400, deadline=None)
@given(trees.trees, trees.firms)
def test_an_explanation_says_what_the_verdict_says(tree: dict[str, Any], facts: dict[str, Any]) -> None:
    node = parse(tree, FACTS)
    trace = explain(node, facts, as_of=AS_OF)
    assert trace.verdict is evaluate(node, facts, as_of=AS_OF)
    if trace.verdict is not YES:
        assert failing(trace) or missing(trace)
    if trace.verdict is UNKNOWN:
        assert missing(trace)


@settings(max_examples=300, deadline=None)
@given(trees.trees, trees.firms)
def test_filling_a_gap_never_turns_yes_into_no(tree: dict[str, Any], facts: dict[str, Any]) -> None:
    presence = {"known", "missing"}
    node = parse(tree, FACTS)
    if any(a.op in presence for a in atoms(node)):
        return
    known = evaluate(node, facts, as_of=AS_OF)
    fewer = dict(list(facts.items())[::2])
    before = evaluate(node, fewer, as_of=AS_OF)
    assert before is UNKNOWN or before is known


@settings(max_examples=300, deadline=None)
@given(trees.trees, trees.firms)
def test_an_obstacle_alone_stands_in_the_way(tree: dict[str, Any], facts: dict[str, Any]) -> None:
    node = parse(tree, FACTS)
    before = evaluate(node, facts, as_of=AS_OF)
    found = obstacles(node, facts, as_of=AS_OF)
    assert not (found and before is YES)
    for obstacle in found:
        assert _with(node, facts, obstacle.atom, turned=True) or _with(node, facts, obstacle.atom, turned=False)
    assert is_near_miss(node, facts, as_of=AS_OF) == (before is NO and any(not o.missing for o in found))


def _with(node: Node, facts: dict[str, Any], wanted: Atom, *, turned: bool) -> bool:
    def walk(below: Node) -> Verdict:
        if below == wanted:
            return YES if turned else NO
        if isinstance(below, Atom):
            return evaluate(below, facts, as_of=AS_OF)
        if isinstance(below, Not):
            return walk(below.child).opposite
        parts = [walk(child) for child in below.children]
        return min(parts) if isinstance(below, All) else max(parts)

    return walk(node) is YES


def test_reasons_name_what_holds_what_fails_and_what_is_missing() -> None:
    tree = {
        "all": [atom("tax_grade", "in", ["A", "B"]), atom("dishonest", "=", value=False), atom("employees", ">=", 5)]
    }
    trace = explain(parse(tree, FACTS), {"tax_grade": "C", "dishonest": False}, as_of=AS_OF)
    codes = [
        [leaf.node.fact.code for leaf in part if isinstance(leaf.node, Atom)]
        for part in (failing(trace), missing(trace), passing(trace))
    ]
    assert codes == [["tax_grade"], ["employees"], ["dishonest"]]


def test_one_known_failing_condition_is_a_near_miss_two_are_not() -> None:
    tree = parse({"all": [atom("tax_grade", "in", ["A", "B"]), atom("employees", ">=", 5)]}, FACTS)
    assert is_near_miss(tree, {"tax_grade": "C", "employees": 5}, as_of=AS_OF)
    assert not is_near_miss(tree, {"tax_grade": "C", "employees": 4}, as_of=AS_OF)
    assert not is_near_miss(tree, {"tax_grade": "C"}, as_of=AS_OF)
    assert not is_near_miss(tree, {"tax_grade": "A", "employees": 5}, as_of=AS_OF)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (dt.date(2025, 12, 31), NO),
        (dt.date(2026, 1, 1), YES),
        (dt.date(2026, 6, 30), YES),
        (dt.date(2026, 7, 1), NO),
    ],
)
def test_a_rule_outside_its_validity_is_no(day: dt.date, said: Verdict) -> None:
    criteria = parse(atom("dishonest", "=", value=False), FACTS)
    rule = Rule(
        "P1", "x", criteria, valid_from=dt.date(2026, 1, 1), valid_to=dt.date(2026, 6, 30), rate_pct=Decimal("3.45")
    )
    assert judge(rule, {"dishonest": False}, as_of=day) is said


@given(st.sampled_from(list(FACTS)))
def test_every_fact_has_words_in_both_languages(code: str) -> None:
    fact = FACTS[code]
    assert fact.label.zh
    assert fact.label.en
    assert fact.source in FACTS.sources


def test_any_group_is_not_typings_any() -> None:
    assert isinstance(parse({"any": [atom("dishonest", "=", value=True)]}, FACTS), Any_)
