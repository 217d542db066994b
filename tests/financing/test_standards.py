"""The five standards pre-checked: at, below and above each limit, and with each fact missing."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from huoshui import catalogue, rules
from huoshui.financing.standards import _LINES, Asked, StandardCheck, precheck

ON = dt.date(2026, 3, 2)
VALUES = {
    "standard.min_months_old": 12,
    "standard.max_overdue_days": 90,
    "standard.max_amount_of_revenue_pct": 50,
}
WAN = 1_000_000
GOOD: dict[str, Any] = {
    "status": "active", "established_on": dt.date(2025, 3, 2), "abnormal_operation": False, "serious_violation": False,
    "premises_registered": True, "revenue_last_year": 100 * WAN, "dishonest": False, "open_lawsuits": 0,
    "max_overdue_days": 90, "tax_arrears": False,
}  # fmt: skip


def checks(
    facts: dict[str, Any], *, amount: int = 50 * WAN, purpose: str = "order", text: str = ""
) -> list[StandardCheck]:
    return list(precheck(facts, Asked(amount, purpose, text, ON), VALUES))


def test_a_sound_firm_meets_all_five_at_the_very_limits() -> None:
    assert [check.suggested for check in checks(GOOD)] == ["yes"] * 5


@pytest.mark.parametrize(
    ("standard", "change", "measure"),
    [
        (1, {"established_on": dt.date(2025, 3, 3)}, "too_young"),
        (1, {"abnormal_operation": True}, "abnormal_operation"),
        (1, {"annual_report_filed": False}, "annual_report_missing"),
        (2, {"premises_registered": False}, "premises_unregistered"),
        (2, {"premises_verified": False}, "premises_mismatch"),
        (3, {"revenue_last_year": 100 * WAN - 1}, "amount_too_high"),
        (4, {"open_lawsuits": 1}, "litigation_open"),
        (4, {"max_overdue_days": 91}, "overdue_record"),
        (4, {"tax_arrears": True}, "tax_arrears"),
        (5, {"permit_valid": False}, "permit_missing"),
    ],
)
def test_one_bad_fact_suggests_repair_and_names_the_measure(
    standard: int, change: dict[str, Any], measure: str
) -> None:
    found = checks(GOOD | change)
    assert found[standard - 1].suggested == "repair"
    assert found[standard - 1].measures == (measure,)
    assert [check.suggested for check in found if check.standard != standard] == ["yes"] * 4


@pytest.mark.parametrize(
    ("standard", "change"), [(1, {"status": "revoked"}), (1, {"serious_violation": True}), (4, {"dishonest": True})]
)
def test_what_cannot_be_mended_suggests_no(standard: int, change: dict[str, Any]) -> None:
    assert checks(GOOD | change)[standard - 1].suggested == "no"


@pytest.mark.parametrize("fact", [name for name in GOOD if name != "max_overdue_days"])
def test_a_missing_fact_is_neither_a_pass_nor_a_fail_and_is_named(fact: str) -> None:
    facts = {name: value for name, value in GOOD.items() if name != fact}
    unsure = [check for check in checks(facts) if check.suggested is None]
    assert len(unsure) == 1
    lines = [line for line in unsure[0].evidence if line.holds is None]
    assert [line.fact for line in lines] == [fact]
    assert "没有数据" in lines[0].words.zh


@pytest.mark.parametrize(
    ("purpose", "text", "suggested"),
    [
        ("order", "", "yes"),
        ("other", "", "repair"),
        ("other", "修缮屋顶", "yes"),
        ("order", "顺便炒股", "no"),
        ("gold", "", "repair"),
    ],
)
def test_the_use_must_be_clear_and_allowed(purpose: str, text: str, suggested: str) -> None:
    assert checks(GOOD, purpose=purpose, text=text)[4].suggested == suggested


def table(package: Any, name: str) -> list[dict[str, Any]]:
    """Return the rows of a data file that ships with *package*."""
    content = json.loads((Path(package.__file__).parent / "data" / name).read_text(encoding="utf-8"))
    return content if isinstance(content, list) else next(rows for rows in content.values() if isinstance(rows, list))


def test_every_measure_named_is_in_the_repair_table() -> None:
    assert {line.measure for line in _LINES} <= {row["code"] for row in table(catalogue, "repair_measures.json")}


def test_every_fact_read_is_in_the_dictionary() -> None:
    assert {line.fact for line in _LINES} - {""} <= {row["code"] for row in table(rules, "facts.json")}
