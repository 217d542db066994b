"""The rules of public schemes: each field of each kind judged; benefits in words; terms for the formula."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from huoshui.catalogue import shipped
from huoshui.catalogue.schemes import FLOWS, KINDS, benefit, columns, judge, judge_head, subsidy_terms
from huoshui.kernel import subsidy

TERMS = {
    "subsidy": {
        "fraction": "0.5",
        "points_pct": None,
        "principal_cap": "1000000.00",
        "firm_cap": "50000.00",
        "budget": "16600000.00",
        "months": 12,
        "basis": 360,
        "flow": "automatic",
        "shares": {"city": "60", "county": "40"},
        "purposes": [],
        "collateral": [],
    },
    "compensation": {
        "pool": "8600000.00",
        "cap_pct": "50",
        "breaker_pct": "3",
        "tiers": [{"up_to": "5000000.00", "pct": "40"}, {"up_to": None, "pct": "20"}],
        "additions": {"key_firm": "15"},
    },
    "bridge": {
        "bands": [{"to_day": 5, "multiple": "1"}, {"to_day": 20, "multiple": "1.5"}],
        "reading": "whole_period",
        "max_days": 20,
        "cover_pct": "100",
        "overdue_multiple": "2",
    },
    "guarantee": {
        "single_max": "10000000.00",
        "fee_pct": "1",
        "leverage": "10",
        "shares": {"guarantor": "80", "bank": "20"},
    },
    "preferential": {"products": ["CL-FLANGE"], "discount_bp": 30},
}


def rules(kind: str, **changes):
    return {"document_no": "x〔2026〕1号", "valid_from": "2026-01-01", "terms": TERMS[kind] | changes}


def fields(kind: str, **changes) -> list[str]:
    return [problem.field for problem in judge(kind, rules(kind, **changes))]


@pytest.mark.parametrize("kind", list(KINDS))
def test_sound_rules_have_no_problem(kind):
    assert fields(kind) == []


@pytest.mark.parametrize(
    ("kind", "name", "value", "wrong"),
    [
        ("subsidy", "fraction", "1", []),
        ("subsidy", "fraction", "1.01", ["terms.fraction"]),
        ("subsidy", "fraction", "0", []),
        ("subsidy", "fraction", "-0.1", ["terms.fraction"]),
        ("subsidy", "fraction", "half", ["terms.fraction"]),
        ("subsidy", "fraction", 0.5, ["terms.fraction"]),
        ("subsidy", "fraction", None, ["terms.fraction"]),
        ("subsidy", "points_pct", "36", []),
        ("subsidy", "points_pct", "36.01", ["terms.points_pct"]),
        ("subsidy", "principal_cap", "1000000.001", ["terms.principal_cap"]),
        ("subsidy", "principal_cap", None, []),
        ("subsidy", "budget", "-1", ["terms.budget"]),
        ("subsidy", "months", 0, ["terms.months"]),
        ("subsidy", "months", 1, []),
        ("subsidy", "months", 120, []),
        ("subsidy", "months", 121, ["terms.months"]),
        ("subsidy", "months", "12", ["terms.months"]),
        ("subsidy", "months", None, []),
        ("subsidy", "basis", 365, []),
        ("subsidy", "basis", 364, ["terms.basis"]),
        ("subsidy", "flow", "cheque", ["terms.flow"]),
        ("subsidy", "shares", {"city": "60", "county": "39.99"}, ["terms.shares"]),
        ("subsidy", "shares", {"city": "60", "county": "x"}, ["terms.county"]),
        ("subsidy", "shares", {}, ["terms.shares"]),
        ("subsidy", "purposes", ["equipment"], []),
        ("subsidy", "purposes", ["holiday"], ["terms.purposes"]),
        ("subsidy", "collateral", ["oath"], ["terms.collateral"]),
        ("compensation", "pool", None, ["terms.pool"]),
        ("compensation", "cap_pct", "100.01", ["terms.cap_pct"]),
        ("compensation", "tiers", [], ["terms.tiers"]),
        ("compensation", "tiers", [{"up_to": "x", "pct": "101"}], ["terms.tiers.1.pct", "terms.tiers.1.up_to"]),
        ("compensation", "additions", {"key_firm": "x"}, ["terms.key_firm"]),
        ("bridge", "bands", [], ["terms.bands"]),
        ("bridge", "bands", [{"to_day": 20, "multiple": "1"}, {"to_day": 5, "multiple": "2"}], ["terms.bands"]),
        ("bridge", "bands", [{"to_day": 5, "multiple": "x"}], ["terms.bands.1"]),
        ("bridge", "reading", "guess", ["terms.reading"]),
        ("bridge", "max_days", True, ["terms.max_days"]),
        ("bridge", "cover_pct", None, ["terms.cover_pct"]),
        ("guarantee", "single_max", "x", ["terms.single_max"]),
        ("guarantee", "shares", {"guarantor": "80", "bank": "21"}, ["terms.shares"]),
        ("preferential", "products", [], ["terms.products"]),
        ("preferential", "discount_bp", 0, ["terms.discount_bp"]),
    ],
)
def test_each_term_is_judged(kind, name, value, wrong):
    assert fields(kind, **{name: value}) == wrong


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"document_no": " "}, ["document_no"]),
        ({"valid_from": None}, ["valid_from"]),
        ({"valid_from": "2026-02-30"}, ["valid_from"]),
        ({"valid_to": "2025-12-31"}, ["valid_to"]),
        ({"valid_to": dt.date(2026, 1, 1)}, []),
        ({"terms": None}, ["terms"]),
    ],
)
def test_the_document_is_judged(changes, wrong):
    assert [problem.field for problem in judge("bridge", rules("bridge") | changes)] == wrong


@pytest.mark.parametrize(
    ("code", "kind", "name", "wrong"),
    [
        ("SUB-1", "subsidy", "贴息", []),
        ("S1", "subsidy", "贴息", ["code"]),
        ("sub-1", "lottery", "", ["code", "kind", "name"]),
    ],
)
def test_the_head_is_judged(code, kind, name, wrong):
    assert [problem.field for problem in judge_head(code, kind, name)] == wrong


def test_an_unknown_kind_is_judged_by_its_document_only():
    assert judge("lottery", rules("bridge")) == []


def test_terms_for_the_formula_are_exact():
    assert subsidy_terms(TERMS["subsidy"]) == subsidy.Terms(
        fraction=Decimal("0.5"), principal_cap=100_000_000, firm_cap_left=5_000_000, months=12, basis=360
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "补贴利息的 50%，最长 12 个月，限贷款本金 100 万元以内"),
        ({"fraction": None, "points_pct": "1", "months": None, "principal_cap": None}, "年贴息 1 个百分点"),
        ({"fraction": "0.255", "months": None, "principal_cap": None}, "补贴利息的 25.5%"),
    ],
)
def test_the_benefit_of_a_subsidy_is_told(changes, said):
    assert benefit("subsidy", TERMS["subsidy"] | changes).zh == said


def test_an_open_end_is_stored_as_none():
    assert columns(rules("bridge") | {"criteria": {}, "valid_to": ""})["valid_to"] is None


def test_every_flow_is_used_by_a_preset_or_possible():
    used = {row["terms"]["flow"] for row in shipped.programmes() if row["kind"] == "subsidy"}
    assert used <= set(FLOWS)


def test_the_presets_carry_the_published_figures():
    presets = {row["code"]: row["terms"] for row in shipped.programmes()}
    assert (presets["SUB-SVC-2025"]["points_pct"], presets["SUB-SVC-2025"]["principal_cap"]) == ("1", "1000000.00")
    assert (presets["SUB-SVC-2026"]["months"], presets["SUB-SVC-2026"]["principal_cap"]) == (12, "10000000.00")
    assert (presets["SUB-SME-2026"]["points_pct"], presets["SUB-SME-2026"]["months"]) == ("1.5", 24)
    assert (presets["SUB-YZ-ZXZN"]["fraction"], presets["SUB-YZ-ZXZN"]["budget"]) == ("0.5", "16600000.00")
    assert [band["multiple"] for band in presets["BRIDGE-TY"]["bands"]] == ["1", "1.5"]
    assert presets["COMP-TY"]["pool"] == "8600000.00"
    assert sum(Decimal(share) for share in presets["GUAR-TY"]["shares"].values()) == 100
