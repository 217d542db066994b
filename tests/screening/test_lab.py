"""The policy lab says of the whole register what the one-firm evaluator says firm by firm."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest

from huoshui.kernel.errors import Refused
from huoshui.rules.facts import shipped
from huoshui.rules.firm import Verdict, evaluate
from huoshui.rules.tree import Node, facts_of, parse
from huoshui.screening.lab import Lab, favoured
from tests.rules import generated as g
from tests.screening import files

FIRMS = g.firms(Random(31), 600, gaps=0.3)
YES, NO, UNKNOWN = Verdict.YES, Verdict.NO, Verdict.UNKNOWN
TAX = {"fact": "tax_paid_last_year", "op": ">=", "value": "1000.00"}
GRADE = {"fact": "tax_grade", "op": "in", "value": ["A", "B"]}


def node(tree: dict[str, Any]) -> Node:
    return parse(tree, shipped())


def verdicts(tree: Node, firms: list[dict[str, Any]] = FIRMS) -> list[Verdict]:
    return [evaluate(tree, firm, as_of=g.AS_OF) for firm in firms]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    return Lab(files.write_firms(tmp_path_factory.mktemp("lab") / "f.parquet", FIRMS), shipped())


def group_of(firm: dict[str, Any], code: str) -> str | None:
    found = firm.get(code)
    return found[:1] if found and code == "industry_code" else found


TREES = files.shipped_trees(Random(8), 40)


@pytest.mark.parametrize("number", range(0, 40, 2))
def test_every_count_is_that_of_the_one_firm_evaluator(lab: Lab, number: int) -> None:
    before, after = node(TREES[number]), node(TREES[number + 1])
    effect = lab.effect(after, before, as_of=g.AS_OF)
    was, will = verdicts(before), verdicts(after)
    assert effect.before == tuple(was.count(each) for each in (YES, NO, UNKNOWN))
    assert effect.after == tuple(will.count(each) for each in (YES, NO, UNKNOWN))
    pairs = list(zip(was, will, strict=True))
    gained, lost = [(a is not YES and b is YES) for a, b in pairs], [(a is YES and b is NO) for a, b in pairs]
    assert (effect.gain, effect.lose) == (sum(gained), sum(lost))
    assert effect.become_unknown == sum(a is not UNKNOWN and b is UNKNOWN for a, b in pairs)
    for code, lines in (
        ("district_code", effect.districts),
        ("industry_code", effect.sectors),
        ("size_class", effect.sizes),
    ):
        gains = Counter(group_of(firm, code) for firm, new in zip(FIRMS, gained, strict=True) if new)
        losses = Counter(group_of(firm, code) for firm, gone in zip(FIRMS, lost, strict=True) if gone)
        assert {line.name: line.gain for line in lines if line.gain} == dict(gains)
        assert {line.name: line.lose for line in lines if line.lose} == dict(losses)


@pytest.mark.parametrize("number", range(40))
def test_missing_facts_are_counted_with_what_each_would_open(lab: Lab, number: int) -> None:
    tree = node(TREES[number])
    undecided = [firm for firm in FIRMS if evaluate(tree, firm, as_of=g.AS_OF) is UNKNOWN]
    found = {each.fact: (each.unknown, each.opens) for each in lab.effect(tree, as_of=g.AS_OF).lacking}
    for fact in facts_of(tree):
        missing = node({"fact": fact, "op": "missing"})
        lacking = [firm for firm in undecided if evaluate(missing, firm, as_of=g.AS_OF) is YES]
        opened = sum(verdict is YES for verdict in verdicts(favoured(tree, fact), lacking))
        assert found.get(fact, (0, 0)) == (len(lacking), opened)


def test_a_fact_in_favour_changes_only_firms_that_lack_it() -> None:
    tree = node({"all": [TAX, {"not": GRADE}]})
    rich, poor = 10**9, 0
    cases = [
        ({"tax_paid_last_year": rich}, YES),
        ({"tax_paid_last_year": poor}, NO),
        ({"tax_paid_last_year": rich, "tax_grade": "A"}, NO),
        ({}, UNKNOWN),
    ]
    for firm, expected in cases:
        assert evaluate(favoured(tree, "tax_grade"), firm, as_of=g.AS_OF) is expected


def test_the_fact_that_opens_most_comes_first(lab: Lab) -> None:
    lacking = lab.effect(node({"all": [TAX, GRADE]}), as_of=g.AS_OF).lacking
    assert [each.fact for each in lacking] == [
        each.fact for each in sorted(lacking, key=lambda each: (-each.opens, -each.unknown, each.fact))
    ]
    assert {each.fact for each in lacking} == {"tax_paid_last_year", "tax_grade"}


def test_without_a_base_whoever_qualifies_gains_and_nobody_loses(lab: Lab) -> None:
    effect = lab.effect(node(TAX), as_of=g.AS_OF)
    assert effect.before is None
    assert effect.gain == effect.after[0]
    assert effect.lose == 0
    assert effect.rows == len(FIRMS)


def test_the_same_rule_as_its_base_moves_nobody(lab: Lab) -> None:
    effect = lab.effect(node(GRADE), node(GRADE), as_of=g.AS_OF)
    assert (effect.gain, effect.lose, effect.become_unknown) == (0, 0, 0)
    assert effect.before == effect.after


def test_groups_add_up_to_the_whole(lab: Lab) -> None:
    effect = lab.effect(node(TREES[3]), node(TREES[4]), as_of=g.AS_OF)
    for lines in (effect.districts, effect.sectors, effect.sizes):
        assert sum(line.gain for line in lines) == effect.gain
        assert sum(line.after for line in lines) == effect.after[0]


def test_a_fact_that_the_snapshot_lacks_is_refused_by_name(tmp_path: Path) -> None:
    lab = Lab(files.write_firms(tmp_path / "f.parquet", FIRMS[:20]), shipped())
    with pytest.raises(Refused) as caught:
        lab.effect(node({"all": [{"fact": "trading_flow_12m", "op": "known"}, TAX]}), as_of=g.AS_OF)
    assert "trading_flow_12m" in caught.value.lines()[0]


def test_a_day_moves_the_count_of_a_rule_about_age(lab: Lab) -> None:
    tree = node({"fact": "established_on", "op": "months_since>=", "value": 120})
    now, later = (lab.effect(tree, as_of=g.AS_OF + dt.timedelta(days)).after for days in (0, 3650))
    assert later[0] > now[0]
