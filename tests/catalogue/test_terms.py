"""What a bank writes of a product is judged as a whole and comes back as it was written."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest

from huoshui.catalogue import shipped
from huoshui.catalogue.offers import covers
from huoshui.catalogue.terms import (
    COLLATERAL,
    FEE_TIMES,
    METHODS,
    PARTIES,
    RATE_KINDS,
    Limits,
    columns,
    judge,
    party,
    written,
)

LIMITS = Limits(
    amount_max=500_000_000_00,
    term_max_months=120,
    rate_ceiling_pct=Decimal(24),
    guarantee_fee_max_pct=Decimal(1),
    districts=frozenset({"140105", "140121"}),
)


def terms(**changes):
    base = {
        "name": "税融贷",
        "name_en": "Tax loan",
        "summary": "凭纳税记录申请。",
        "summary_en": "On the tax record.",
        "amount_min": "10000.00",
        "amount_max": "3000000.00",
        "term_min_months": 3,
        "term_max_months": 24,
        "rate_kind": "fixed",
        "rate_pct": "3.85",
        "methods": ["interest_only", "revolving"],
        "collateral": ["credit"],
        "papers": ["business_licence"],
        "fees": [],
        "criteria": {"fact": "tax_grade", "op": "in", "value": ["A"]},
        "districts": [],
        "exclusive_to": "",
        "valid_from": "2026-01-01",
        "valid_to": None,
    }
    return base | changes


def fee(**changes):
    return {"name": "担保费", "payer": "firm", "payee": "guarantor", "when": "yearly", "pct": "0.80"} | changes


def fields(given) -> list[str]:
    return [problem.field for problem in judge(given, limits=LIMITS)]


def test_sound_terms_have_no_problem():
    assert fields(terms()) == []


@pytest.mark.parametrize("row", shipped.demo()["products"], ids=lambda row: row["code"])
def test_the_demo_products_are_sound(row):
    wide = Limits(500_000_000_00, 120, Decimal(24), Decimal(1))
    assert judge(row, limits=wide) == []


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        ("amount_max", "500000000.00", []),
        ("amount_max", "500000000.01", ["amount_max"]),
        ("amount_max", "9999.99", ["amount_max"]),
        ("amount_max", "10000.00", []),
        ("amount_min", "0.00", ["amount_min"]),
        ("amount_min", "0.01", []),
        ("amount_min", "-1", ["amount_min"]),
        ("amount_min", "1e15", ["amount_min"]),
        ("amount_min", "三十万", ["amount_min"]),
        ("amount_min", 10_000, ["amount_min"]),
        ("amount_min", None, ["amount_min"]),
        ("term_max_months", 120, []),
        ("term_max_months", 121, ["term_max_months"]),
        ("term_max_months", 3, []),
        ("term_max_months", 2, ["term_max_months"]),
        ("term_min_months", 0, ["term_min_months"]),
        ("term_min_months", "半年", ["term_min_months"]),
        ("rate_pct", "24", []),
        ("rate_pct", "24.0001", ["rate_pct"]),
        ("rate_pct", "-0.01", ["rate_pct"]),
        ("rate_pct", "0", []),
        ("rate_pct", "3.85005", ["rate_pct"]),
        ("rate_pct", "", ["rate_pct"]),
        ("rate_pct", "NaN", ["rate_pct"]),
        ("rate_pct", 3.85, ["rate_pct"]),
        ("rate_kind", "shibor", ["rate_kind"]),
        ("methods", [], ["methods"]),
        ("methods", ["balloon"], ["methods"]),
        ("methods", ["bullet", "bullet"], ["methods"]),
        ("collateral", [], ["collateral"]),
        ("papers", [], []),
        ("papers", ["diary"], ["papers"]),
        ("districts", ["140105"], []),
        ("districts", ["1401"], []),
        ("districts", ["140106"], ["districts"]),
        ("districts", ["14010"], ["districts"]),
        ("name", " ", ["name"]),
        ("name", "长" * 80, []),
        ("name", "长" * 81, ["name"]),
        ("summary", "长" * 601, ["summary"]),
        ("valid_from", None, ["valid_from"]),
        ("valid_from", "2026-02-30", ["valid_from"]),
        ("valid_to", "2025-12-31", ["valid_to"]),
        ("valid_to", "2026-01-01", []),
        ("valid_to", dt.date(2026, 6, 30), []),
    ],
)
def test_each_term_is_judged(name, value, wrong):
    assert fields(terms(**{name: value})) == wrong


@pytest.mark.parametrize(
    ("spread", "wrong"), [(0, []), (-150, []), (1500, []), (1501, ["spread_bp"]), (None, ["spread_bp"])]
)
def test_a_floating_rate_needs_a_spread(spread, wrong):
    assert fields(terms(rate_kind="lpr_1y", rate_pct=None, spread_bp=spread)) == wrong


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, []),
        ({"pct": "1.00"}, []),
        ({"pct": "1.01"}, ["fees.1.pct"]),
        ({"pct": "1.01", "payee": "某某保险公司"}, []),
        ({"pct": None, "amount": "300.00"}, []),
        ({"pct": None, "amount": "300.005"}, ["fees.1.amount"]),
        ({"amount": "300.00"}, ["fees.1"]),
        ({"pct": None}, ["fees.1"]),
        ({"payer": "nobody"}, ["fees.1.payer"]),
        ({"payee": " "}, ["fees.1.payee"]),
        ({"when": "daily"}, ["fees.1.when"]),
        ({"name": ""}, ["fees.1.name"]),
        ({"security": "guarantee"}, []),
        ({"security": "oath"}, ["fees.1.security"]),
        ({"typo": "x"}, ["fees.1"]),
    ],
)
def test_each_fee_is_judged(changes, wrong):
    assert fields(terms(fees=[fee(**changes)])) == wrong


@pytest.mark.parametrize(("count", "wrong"), [(12, []), (13, ["fees"])])
def test_a_dozen_fees_is_enough(count, wrong):
    assert fields(terms(fees=[fee()] * count)) == wrong


def test_every_problem_is_named_at_once():
    given = terms(name="", amount_min="x", term_max_months=1, rate_pct="99", methods=[], fees=[fee(when="")])
    assert fields(given) == ["name", "amount_min", "term_max_months", "rate_pct", "methods", "fees.1.when"]


def test_terms_come_back_as_they_were_written():
    given = terms(fees=[fee()], districts=["140121", "140105"])
    row = SimpleNamespace(**columns(given))
    assert written("税融贷", "Tax loan", row) == given | {"districts": ["140105", "140121"]}


def test_a_floating_rate_comes_back_with_its_spread():
    given = terms(rate_kind="lpr_1y", spread_bp=-15)
    del given["rate_pct"]
    row = SimpleNamespace(**columns(given))
    assert (row.rate_ppm, row.spread_bp) == (None, -15)
    assert written("税融贷", "Tax loan", row) == given


def test_amounts_are_stored_in_fen_and_rates_in_parts_per_million():
    row = columns(terms())
    assert (row["amount_min"], row["amount_max"], row["rate_ppm"]) == (10_000_00, 3_000_000_00, 38_500)


def test_what_a_form_leaves_empty_in_a_fee_is_not_stored():
    assert columns(terms(fees=[fee(amount=None, name_en="")]))["fees"] == [fee()]


@pytest.mark.parametrize(("code", "name"), [("guarantor", "担保机构"), ("某某律所", "某某律所")])
def test_a_party_has_a_name(code, name):
    assert party(code).zh == name


@pytest.mark.parametrize("table", [METHODS, COLLATERAL, RATE_KINDS, PARTIES, FEE_TIMES])
def test_every_code_has_words_in_both_languages(table):
    assert all(words.zh and words.en for words in table.values())


@pytest.mark.parametrize(
    ("codes", "district", "covered"),
    [((), "140105", True), (("140105",), "140105", True), (("1401",), "140105", True), (("140106",), "140105", False)],
)
def test_districts_are_covered_by_code_or_prefix(codes, district, covered):
    assert covers(codes, district) == covered
