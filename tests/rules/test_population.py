"""The population engine says what the one-firm evaluator says, for every rule, firm and gap."""

from __future__ import annotations

import datetime as dt
import os
from itertools import pairwise
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from huoshui.rules import members
from huoshui.rules.firm import Rule, Verdict, is_near_miss, judge
from huoshui.rules.members import lists
from huoshui.rules.plan import plan
from huoshui.rules.population import Judge, Judged
from huoshui.rules.tree import parse
from tests.rules import generated as g

# `HUOSHUI_TREES=5000 pytest tests/rules/test_population.py` is the long run
TREES = int(os.environ.get("HUOSHUI_TREES", "300"))
PER_BATCH = 25
FIRMS = 500


def rule(code: str, tree: dict[str, Any], **terms: Any) -> Rule:
    return Rule(code, code, parse(tree, g.FACTS), **terms)


def places(judged: Judged) -> np.ndarray:
    where = judged.layout
    return np.arange(where.rows) if where.place is None else where.place


def verdicts(judged: Judged) -> np.ndarray:
    """Verdicts as int[rules, firms], in the firms' own order."""

    def flags(bits: np.ndarray) -> np.ndarray:
        return np.unpackbits(bits.view(np.uint8), axis=1, bitorder="little")[:, places(judged)]

    return 1 + flags(judged.yes).astype(int) - flags(judged.no)


def near(judged: Judged) -> np.ndarray:
    assert judged.near is not None
    return np.unpackbits(judged.near.view(np.uint8), axis=1, bitorder="little")[:, places(judged)]


@pytest.mark.parametrize("seed", range(TREES // PER_BATCH))
def test_no_disagreement_with_the_one_firm_evaluator(seed: int) -> None:
    random = Random(seed)
    firms = g.firms(random, FIRMS, gaps=random.choice([None, None, 0.0, 0.2, 1.0]))
    if random.random() < 0.5:
        firms.sort(key=lambda firm: firm.get("district_code", "z"))
    rules = [rule(f"R{at:03d}", g.tree(random, [])) for at in range(PER_BATCH)]
    judged = Judge(plan(rules, as_of=g.AS_OF), g.FACTS)(g.batch(random, firms))
    expected = [[judge(each, firm, as_of=g.AS_OF) for firm in firms] for each in rules]
    assert (verdicts(judged) == np.array(expected)).all()
    some = random.sample(range(FIRMS), 40)
    close = [[is_near_miss(each.criteria, firms[at], as_of=g.AS_OF) for at in some] for each in rules]
    assert (near(judged)[:, some] == np.array(close)).all()


@pytest.mark.parametrize("number", [0, 1, 63, 64, 65, 500])
def test_counts_and_lists_are_those_of_the_verdicts(number: int) -> None:
    random = Random(number)
    firms = g.firms(random, number, gaps=0.3)
    rules = [rule(f"R{at:03d}", g.tree(random, [])) for at in range(40)]
    ready = plan(rules, as_of=g.AS_OF)
    judged = Judge(ready, g.FACTS)(g.batch(random, firms))
    said = verdicts(judged)
    found = lists(judged.yes, judged.layout)
    for at in range(number):
        mine = found.numbers[found.offsets[at] : found.offsets[at + 1]]
        assert mine.tolist() == np.flatnonzero(said[:, at] == Verdict.YES).tolist()
    counts = judged.counts()
    assert (counts.sum(axis=(1, 2)) == number).all()
    for value, column in ((Verdict.YES, 0), (Verdict.NO, 1), (Verdict.UNKNOWN, 2)):
        assert (counts[:, :, column].sum(axis=1) == (said == value).sum(axis=1)).all()


def test_counts_by_district_are_right_whatever_the_order() -> None:
    random = Random(5)
    firms = g.firms(random, 2000, gaps=0.1)
    ready = plan([rule("R", {"fact": "dishonest", "op": "=", "value": True})], as_of=g.AS_OF)
    totals = []
    for order in (firms, sorted(firms, key=lambda firm: firm.get("district_code", ""))):
        judged = Judge(ready, g.FACTS)(g.batch(Random(1), order))
        found: dict[str | None, np.ndarray] = {}
        for at, district in enumerate(judged.layout.districts):
            found[district] = found.get(district, 0) + judged.counts()[0, at]
        totals.append({district: counts.tolist() for district, counts in found.items()})
    assert totals[0] == totals[1]
    for district, counts in totals[0].items():
        mine = [firm.get("dishonest") for firm in firms if firm.get("district_code") == district]
        assert counts == [mine.count(True), mine.count(False), mine.count(None)]


def test_best_are_the_lowest_rate_then_the_largest_amount_then_the_code() -> None:
    anyone = {"fact": "kind", "op": "known"}
    rules = [
        rule("A", anyone),
        rule("B", anyone, rate_pct=4, max_amount=100),
        rule("C", anyone, rate_pct=3, max_amount=100),
        rule("D", anyone, rate_pct=3, max_amount=200),
        rule("E", anyone, rate_pct=3, max_amount=200),
        rule("F", {"fact": "kind", "op": "missing"}, rate_pct=1),
    ]
    ready = plan(rules, as_of=g.AS_OF)
    judged = Judge(ready, g.FACTS)(g.batch(Random(1), [{"kind": "company"}, {}, {"kind": "company"}]))
    found = lists(judged.yes, judged.layout).first(4, ready.ranking)
    named = ["".join(ready.codes[at] for at in found.numbers[a:b]) for a, b in pairwise(found.offsets)]
    assert named == ["DECB", "F", "DECB"]


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (None, None, 2),
        (g.AS_OF, g.AS_OF, 2),
        (g.AS_OF + dt.timedelta(1), None, 0),
        (None, g.AS_OF - dt.timedelta(1), 0),
    ],
)
def test_a_rule_outside_its_validity_is_no_for_everyone(start: Any, end: Any, said: int) -> None:
    ready = plan([rule("R", {"fact": "kind", "op": "known"}, valid_from=start, valid_to=end)], as_of=g.AS_OF)
    judged = Judge(ready, g.FACTS)(g.batch(Random(1), [{"kind": "company"}]))
    assert verdicts(judged).tolist() == [[said]]
    assert not near(judged).any()


def test_each_distinct_atom_is_read_once() -> None:
    grade = {"fact": "tax_grade", "op": "in", "value": ["A", "B"]}
    rules = [
        rule("A", {"all": [grade, {"not": grade}]}),
        rule("B", {"fact": "tax_grade", "op": "not_in", "value": ["B", "A"]}),
        rule("C", {"any": [{"fact": "tax_grade", "op": "missing"}, {"fact": "tax_grade", "op": "known"}]}),
    ]
    assert len(plan(rules, as_of=g.AS_OF).slots) == 2


def test_a_batch_s_verdicts_stand_until_as_many_more_were_judged_as_there_are_rooms() -> None:
    random = Random(5)
    rules = [rule(f"R{at}", g.tree(random, [])) for at in range(10)]
    batches = [g.batch(random, g.firms(random, number)) for number in (90, 30, 200)]
    fresh = [Judge(plan(rules, as_of=g.AS_OF), g.FACTS)(batch) for batch in batches]
    judge_them = Judge(plan(rules, as_of=g.AS_OF), g.FACTS, rooms=3)
    for one, other in zip(fresh, [judge_them(batch) for batch in batches], strict=True):
        assert (verdicts(one) == verdicts(other)).all()
        assert (near(one) == near(other)).all()


def test_lists_are_the_same_by_narrow_and_by_wide_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(6)
    ready = plan([rule(f"R{at}", g.tree(random, [])) for at in range(30)], as_of=g.AS_OF)
    judged = Judge(ready, g.FACTS)(g.batch(random, g.firms(random, 400)))
    narrow = lists(judged.yes, judged.layout)
    best = narrow.first(5, ready.ranking)
    monkeypatch.setattr(members, "_narrow", lambda firms, shift: np.uint64)
    wide = lists(judged.yes, judged.layout)
    for one, other in ((narrow, wide), (best, wide.first(5, ready.ranking))):
        assert (one.offsets == other.offsets).all()
        assert (one.numbers == other.numbers).all()


@pytest.mark.parametrize(("firms", "bits"), [(65_535, 32), (65_536, 32), (65_537, 64)])
def test_a_key_is_wide_only_where_a_firm_and_a_rule_need_it(firms: int, bits: int) -> None:
    assert members._narrow(firms, 16) is {32: np.uint32, 64: np.uint64}[bits]


def test_dictionaries_may_differ_between_batches() -> None:
    ready = plan([rule("R", {"fact": "tax_grade", "op": "=", "value": "A"})], as_of=g.AS_OF)
    for names, indices in (
        (["A", "B"], [0, 1, None]),
        (["B", "C", "A"], [2, 0, None]),
        (["A", "A", "B"], [1, 2, None]),
    ):
        grades = pa.DictionaryArray.from_arrays(pa.array(indices, pa.int8()), pa.array(names))
        batch = pa.RecordBatch.from_pydict({"district_code": pa.array(["1"] * 3), "tax_grade": grades})
        assert verdicts(Judge(ready, g.FACTS)(batch)).tolist() == [[2, 0, 1]]


def test_a_dictionary_may_hold_a_gap_among_its_names() -> None:
    ready = plan([rule("R", {"fact": "tax_grade", "op": "!=", "value": "A"})], as_of=g.AS_OF)
    grades = pa.DictionaryArray.from_arrays(pa.array([0, 1, 2], pa.int8()), pa.array(["A", None, "B"]))
    batch = pa.RecordBatch.from_pydict({"district_code": pa.array(["1"] * 3), "tax_grade": grades})
    assert verdicts(Judge(ready, g.FACTS)(batch)).tolist() == [[0, 1, 2]]
