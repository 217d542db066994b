"""Bad and odd input to a run over files: what is refused, in which words, and what is simply unknown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from huoshui.config import screen as commands
from tests.screening import files

DAY = "2026-03-01"
FIRMS = 300
ROWS = {
    "uscc": [f"91140100MA{number:08d}" for number in range(FIRMS)],
    "district_code": ["140105", "140106", None] * 100,
}


def screen(tmp_path: Path, criteria: Any, columns: dict[str, Any], **rule: Any) -> Result:
    """Run one rule over FIRMS firms that have *columns* beside code and district."""
    pq.write_table(pa.table({**ROWS, **columns}), tmp_path / "f.parquet", row_group_size=100)
    rules = files.write_rules(tmp_path / "r.json", [{"criteria": criteria, **rule}])
    given = [str(tmp_path / "f.parquet"), str(rules), "--as-of", DAY, "--out", str(tmp_path / "out"), "--json"]
    return CliRunner().invoke(commands.screen, given)


def counts(tmp_path: Path, done: Result) -> tuple[int, int, int]:
    """Return yes, no, unknown over all districts."""
    assert done.exit_code == 0, done.output
    table = pq.read_table(tmp_path / "out/counts.parquet")
    yes, no, unknown = (sum(table.column(name).to_pylist()) for name in ("yes", "no", "unknown"))
    assert yes + no + unknown == FIRMS
    return yes, no, unknown


def problems(done: Result) -> list[tuple[str, str]]:
    assert done.exit_code == 1
    assert done.stderr.strip(), "it is said in words as well"
    return [(each["code"], each["field"]) for each in json.loads(done.stdout)["problems"]]


STAFF = {"fact": "employees", "op": ">=", "value": 10}


def test_nan_is_not_a_number_but_a_gap(tmp_path: Path) -> None:
    rule = {"fact": "debt_ratio", "op": "<=", "value": "70"}
    column = np.array([50.0, np.nan, 90.0] * 100)
    assert counts(tmp_path, screen(tmp_path, rule, {"debt_ratio": column})) == (100, 100, 100)


@pytest.mark.parametrize(
    "column",
    [pa.nulls(FIRMS), pa.nulls(FIRMS, pa.int64()), pa.nulls(FIRMS, pa.float64())],
    ids=["null", "int", "float"],
)
def test_a_column_without_any_value_leaves_every_firm_open(tmp_path: Path, column: pa.Array) -> None:
    assert counts(tmp_path, screen(tmp_path, STAFF, {"employees": column})) == (0, 0, FIRMS)


@pytest.mark.parametrize(("fact", "value"), [("registered_capital", "1.00"), ("employees", 1)])
def test_numbers_from_two_to_the_63_on_are_refused_by_column(tmp_path: Path, fact: str, value: object) -> None:
    column = pa.array([2**63] * FIRMS, pa.uint64())
    done = screen(tmp_path, {"fact": fact, "op": ">=", "value": value}, {fact: column})
    assert problems(done) == [("wrong_type", fact)]


def test_the_largest_amount_is_compared_exactly(tmp_path: Path) -> None:
    rule = {"fact": "registered_capital", "op": "=", "value": "92233720368547758.07"}
    column = pa.array([2**63 - 1, 2**63 - 2, None] * 100, pa.int64())
    assert counts(tmp_path, screen(tmp_path, rule, {"registered_capital": column})) == (100, 100, 100)


def test_dictionaries_that_differ_from_group_to_group_say_the_same(tmp_path: Path) -> None:
    parts = [pa.DictionaryArray.from_arrays(pa.array([0, 1] * 50, pa.int8()), pa.array(words)) for words in
             (["A", "B"], ["B", "A"], ["D", "A"])]  # fmt: skip
    rule = {"fact": "tax_grade", "op": "in", "value": ["A"]}
    table = pa.table({**ROWS, "tax_grade": pa.concat_arrays([part.cast(pa.string()) for part in parts])})
    with pq.ParquetWriter(tmp_path / "f.parquet", table.schema) as writer:
        for at, part in enumerate(parts):
            rows = table.slice(at * 100, 100)
            writer.write_table(rows.set_column(2, "tax_grade", part.cast(pa.string())))
    rules = files.write_rules(tmp_path / "r.json", [{"criteria": rule}])
    given = [str(tmp_path / "f.parquet"), str(rules), "--as-of", DAY, "--out", str(tmp_path / "out")]
    assert counts(tmp_path, CliRunner().invoke(commands.screen, given)) == (150, 150, 0)


def test_a_column_of_numbers_for_a_grade_and_of_text_for_a_flag_are_named_together(tmp_path: Path) -> None:
    rule = {"all": [{"fact": "tax_grade", "op": "=", "value": "A"}, {"fact": "dishonest", "op": "=", "value": True}]}
    done = screen(tmp_path, rule, {"tax_grade": [1] * FIRMS, "dishonest": ["否"] * FIRMS})
    assert problems(done) == [("wrong_type", "dishonest"), ("wrong_type", "tax_grade")]
    assert "应为" in done.stderr


def test_conditions_that_contradict_each_other_are_no_wherever_the_fact_is_known(tmp_path: Path) -> None:
    rule = {"all": [STAFF, {"fact": "employees", "op": "<", "value": 10}]}
    assert counts(tmp_path, screen(tmp_path, rule, {"employees": [3, 30, None] * 100})) == (0, 200, 100)


@pytest.mark.parametrize("dates", [{"valid_to": "2026-02-28"}, {"valid_from": "2026-03-02"}])
def test_outside_its_validity_a_rule_is_no_for_everyone_and_says_why(tmp_path: Path, dates: dict[str, str]) -> None:
    done = screen(tmp_path, STAFF, {"employees": [3, 30, None] * 100}, **dates)
    assert counts(tmp_path, done) == (0, FIRMS, 0)
    given = [str(tmp_path / "f.parquet"), str(tmp_path / "r.json"), "--firm", ROWS["uscc"][1], "--rule", "R000"]
    assert "不在有效期" in CliRunner().invoke(commands.explain, [*given, "--as-of", DAY]).stdout


@pytest.mark.parametrize("dates", [{"valid_to": DAY}, {"valid_from": DAY}])
def test_both_ends_of_the_validity_are_in(tmp_path: Path, dates: dict[str, str]) -> None:
    done = screen(tmp_path, STAFF, {"employees": [3, 30, None] * 100}, **dates)
    assert counts(tmp_path, done) == (100, 100, 100)
