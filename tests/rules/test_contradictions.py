"""Criteria that nobody can meet are named; criteria that somebody meets never are."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from huoshui.rules.contradiction import contradictions, said
from huoshui.rules.firm import Verdict, evaluate
from huoshui.rules.tree import parse
from tests.rules import trees

TAX = "tax_paid_last_year"


def atom(fact: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"fact": fact, "op": op} if value is None else {"fact": fact, "op": op, "value": value}


def both(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"all": list(parts)}


def either(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"any": list(parts)}


def opposite(part: dict[str, Any]) -> dict[str, Any]:
    return {"not": part}


AT_LEAST_5, BELOW_3 = atom("employees", ">=", 5), atom("employees", "<", 3)
NEVER = {
    "a floor above the ceiling": both(AT_LEAST_5, BELOW_3),
    "touching ends of which one is out": both(atom("employees", ">=", 5), atom("employees", "<", 5)),
    "no whole fen between": both(atom(TAX, ">", "1.00"), atom(TAX, "<", "1.01")),
    "the same thing and not": both(AT_LEAST_5, opposite(AT_LEAST_5)),
    "one point and not that point": both(atom(TAX, "=", "1.00"), atom(TAX, "!=", "1.00")),
    "dates the wrong way round": both(
        atom("established_on", ">", "2025-01-01"), atom("established_on", "<=", "2025-01-01")
    ),
    "older than two years and younger than one": both(
        atom("established_on", "months_since>=", 24), atom("established_on", "months_since<=", 12)
    ),
    "two grades at once": both(atom("tax_grade", "=", "A"), atom("tax_grade", "in", ["B", "M"])),
    "every grade ruled out": atom("tax_grade", "not_in", ["A", "B", "M", "C", "D"]),
    "a district of another city": both(
        atom("district_code", "starts_with", "1402"), atom("district_code", "=", "140105")
    ),
    "a prefix within one ruled out": both(
        atom("industry_code", "starts_with", "C33"), opposite(atom("industry_code", "starts_with", "C"))
    ),
    "a label and not that label": both(atom("labels", "has", "绿色"), opposite(atom("labels", "has", "绿色"))),
    "a flag both ways": both(atom("dishonest", "=", True), atom("dishonest", "!=", True)),
    "unknown but at least five": both(atom("employees", "missing"), AT_LEAST_5),
    "one level down": both(AT_LEAST_5, both(BELOW_3, atom("dishonest", "=", False))),
    "neither of what must be one": both(AT_LEAST_5, either(BELOW_3, atom("employees", "=", 4))),
    "not any of both sides": opposite(either(atom("employees", ">=", 3), atom("employees", "<", 5))),
    "a branch of any": either(both(AT_LEAST_5, BELOW_3), atom("dishonest", "=", False)),
}
SOMETIMES = {
    "touching ends both in": both(atom("employees", ">=", 5), atom("employees", "<=", 5)),
    "one fen between": both(atom(TAX, ">", "1.00"), atom(TAX, "<", "1.02")),
    "a part of one person, for all we know": both(atom("employees", ">", 4), atom("employees", "<", 5)),
    "two years or one": either(AT_LEAST_5, BELOW_3),
    "months and a day, which the calendar may bring together": both(
        atom("established_on", "months_since>=", 24), atom("established_on", ">", "2026-01-01")
    ),
    "a longer prefix": both(atom("industry_code", "starts_with", "C"), atom("industry_code", "starts_with", "C33")),
    "two labels": both(atom("labels", "has", "绿色"), atom("labels", "has", "涉农")),
    "a branch that only its surroundings rule out": both(AT_LEAST_5, either(BELOW_3, atom("dishonest", "=", False))),
    "unknown or at least five": either(atom("employees", "missing"), AT_LEAST_5),
    "unknown and nothing else asked": atom("employees", "missing"),
}


@pytest.mark.parametrize("tree", NEVER.values(), ids=NEVER)
def test_what_no_firm_can_meet_is_named(tree: dict[str, Any]) -> None:
    assert contradictions(parse(tree, trees.FACTS))


@pytest.mark.parametrize("tree", SOMETIMES.values(), ids=SOMETIMES)
def test_what_a_firm_may_meet_is_let_pass(tree: dict[str, Any]) -> None:
    assert contradictions(parse(tree, trees.FACTS)) == []


def test_the_sentence_names_only_what_clashes() -> None:
    node = parse(both(AT_LEAST_5, atom("employees", "<", 99), opposite(atom("employees", ">=", 3))), trees.FACTS)
    (clash,) = contradictions(node)
    assert (
        said(clash).zh
        == "没有企业能同时满足这些条件：从业人数不低于5人；不得“从业人数不低于3人”。请修改或删除其中一条。"
    )
    assert "employees at least 5" in said(clash).en.lower()


def test_a_very_large_group_is_let_pass_quickly() -> None:
    many = [atom("employees", "not_in", list(range(n, n + 40))) for n in range(400)]
    assert contradictions(parse(both(*many), trees.FACTS)) == []


@settings(max_examples=300, deadline=None)
@given(trees.trees, trees.firms)
def test_no_firm_meets_all_the_conditions_of_a_named_contradiction(tree: dict[str, Any], firm: dict[str, Any]) -> None:
    for clash in contradictions(parse(tree, trees.FACTS)):
        verdicts = [(evaluate(one.atom, firm, as_of=trees.AS_OF), one.wanted) for one in clash]
        assert any(verdict is not (Verdict.YES if wanted else Verdict.NO) for verdict, wanted in verdicts)
