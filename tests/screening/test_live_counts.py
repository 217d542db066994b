"""Counts of a rule while it is typed: the same as a run's, from what was read before."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from random import Random
from typing import Any

import pytest

from huoshui.kernel.errors import Refused
from huoshui.rules.facts import shipped
from huoshui.rules.firm import Rule, Verdict, judge
from huoshui.rules.tree import parse
from huoshui.screening import live as live_module
from huoshui.screening.live import Live
from tests.rules import generated as g
from tests.screening import files

FIRMS = g.firms(Random(11), 700, gaps=0.2)


def rule(tree: dict[str, Any], code: str = "draft", **terms: Any) -> Rule:
    return Rule(code, code, parse(tree, shipped()), **terms)


@pytest.fixture
def live(tmp_path: Path) -> Live:
    return Live(files.write_firms(tmp_path / "f.parquet", FIRMS), shipped())


def expected(asked: Rule, day: dt.date) -> tuple[int, int, int]:
    said = [judge(asked, firm, as_of=day) for firm in FIRMS]
    return (said.count(Verdict.YES), said.count(Verdict.NO), said.count(Verdict.UNKNOWN))


@pytest.mark.parametrize("kept", [2_000, 1])
def test_counts_are_those_of_the_one_firm_evaluator(live: Live, kept: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "_KEPT", kept)
    for number, tree in enumerate(files.shipped_trees(Random(5), 30)):
        day = g.AS_OF + dt.timedelta(number % 3 * 100)
        found = live.counts([rule(tree)], as_of=day)["draft"]
        assert (found.yes, found.no, found.unknown) == expected(rule(tree), day)
        assert [sum(each) for each in zip(*found.districts.values(), strict=True)] == [
            found.yes,
            found.no,
            found.unknown,
        ]


def test_two_drafts_are_counted_side_by_side(live: Live) -> None:
    low, high = ({"fact": "tax_paid_last_year", "op": ">=", "value": amount} for amount in ("1.00", "100000.00"))
    counts = live.counts([rule(low, "low"), rule(high, "high")], as_of=g.AS_OF)
    assert counts["low"].yes >= counts["high"].yes
    assert counts["low"].unknown == counts["high"].unknown


def test_a_draft_outside_its_validity_is_no_for_everyone(live: Live) -> None:
    draft = rule({"fact": "kind", "op": "known"}, valid_to=g.AS_OF - dt.timedelta(1))
    assert live.counts([draft], as_of=g.AS_OF)["draft"].no == len(FIRMS)


def test_a_fact_that_the_snapshot_lacks_is_refused(live: Live) -> None:
    with pytest.raises(Refused):
        live.counts([rule({"fact": "patents_valid", "op": "known"})], as_of=g.AS_OF)
    live.counts([rule({"fact": "kind", "op": "known"})], as_of=g.AS_OF)
