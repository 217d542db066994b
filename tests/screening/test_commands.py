"""`huoshui screen`, `explain` and `simulate` on files: results, refusals, exit statuses, resuming, same bytes."""

from __future__ import annotations

import fcntl
import importlib.util
import json
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from huoshui.config import screen as commands
from huoshui.rules.book import read_book
from huoshui.rules.facts import shipped
from huoshui.rules.firm import Verdict, is_near_miss, judge
from huoshui.screening import firms_file, part
from tests.rules import generated as g
from tests.screening import files

DAY = g.AS_OF.isoformat()


def run(command: Any, *arguments: object) -> Result:
    return CliRunner().invoke(command, [str(each) for each in arguments])


@pytest.fixture
def firms() -> list[dict[str, Any]]:
    return sorted(g.firms(Random(7), 1000, gaps=0.2), key=lambda firm: firm.get("district_code", "z"))


@pytest.fixture
def given(tmp_path: Path, firms: list[dict[str, Any]]) -> tuple[Path, Path]:
    rules = [
        {"criteria": tree, "rate_pct": f"{3 + at % 4}.00", "max_amount": f"{at % 3 + 1}000.00"}
        for at, tree in enumerate(files.shipped_trees(Random(3), 60))
    ]
    return files.write_firms(tmp_path / "f.parquet", firms), files.write_rules(tmp_path / "r.json", rules)


def screened(given: tuple[Path, Path], out: Path, *more: object) -> dict[str, Any]:
    done = run(commands.screen, *given, "--as-of", DAY, "--out", out, "--json", *more)
    assert done.exit_code == 0, done.output
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_results_are_those_of_the_one_firm_evaluator(given: Any, firms: Any, tmp_path: Path) -> None:
    manifest = screened(given, tmp_path / "out", "--top", 3)
    rules = read_book(given[1].read_bytes(), shipped()).rules
    verdicts = pq.read_table(tmp_path / "out/verdicts.parquet").to_pylist()
    assert [row["uscc"] for row in verdicts] == files.table(firms).column("uscc").to_pylist()
    for row, firm in zip(verdicts, firms, strict=True):
        passed = [rule for rule in rules if judge(rule, firm, as_of=g.AS_OF) is Verdict.YES]
        assert row["yes"] == [rule.code for rule in passed]
        best = sorted(passed, key=lambda rule: (rule.rate_pct, -rule.max_amount, rule.code))
        assert row["best"] == [rule.code for rule in best[:3]]
    for row, firm in list(zip(verdicts, firms, strict=True))[::25]:
        assert row["near"] == [rule.code for rule in rules if is_near_miss(rule.criteria, firm, as_of=g.AS_OF)]
    assert manifest["rows"] == len(firms)


def test_counts_add_up_by_rule_and_district(given: Any, firms: Any, tmp_path: Path) -> None:
    screened(given, tmp_path / "out")
    rules = read_book(given[1].read_bytes(), shipped()).rules
    counts = pq.read_table(tmp_path / "out/counts.parquet").to_pylist()
    assert [(row["rule"], row["district"] or chr(0x10FFFF)) for row in counts] == sorted(
        (row["rule"], row["district"] or chr(0x10FFFF)) for row in counts
    )
    for rule in rules[:10]:
        said = [(firm.get("district_code"), judge(rule, firm, as_of=g.AS_OF)) for firm in firms]
        for row in (row for row in counts if row["rule"] == rule.code):
            mine = [verdict for district, verdict in said if district == row["district"]]
            expected = [mine.count(each) for each in (Verdict.YES, Verdict.NO, Verdict.UNKNOWN)]
            assert [row["yes"], row["no"], row["unknown"]] == expected


def bytes_of(out: Path) -> list[bytes]:
    return [(out / name).read_bytes() for name in ("counts.parquet", "verdicts.parquet")]


def test_same_inputs_give_the_same_bytes(given: Any, tmp_path: Path) -> None:
    first, second = (screened(given, tmp_path / name) for name in ("one", "two"))
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "two")
    timing = {"seconds", "peak_memory_mb"}
    assert {k: v for k, v in first.items() if k not in timing} == {k: v for k, v in second.items() if k not in timing}
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == [
        ".lock", "counts.parquet", "manifest.json", "verdicts.parquet",
    ]  # fmt: skip


def test_parts_are_joined_into_what_one_part_gives(given: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    screened(given, tmp_path / "one")
    monkeypatch.setattr(firms_file, "PART_ROWS", 300)
    assert screened(given, tmp_path / "four")["parts"] == 4
    assert bytes_of(tmp_path / "one")[0] == bytes_of(tmp_path / "four")[0]
    one, four = (pq.read_table(tmp_path / name / "verdicts.parquet") for name in ("one", "four"))
    assert one.equals(four)
    assert pq.ParquetFile(tmp_path / "four/verdicts.parquet").metadata.num_row_groups == 4


def test_a_killed_run_is_taken_up_again(given: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(firms_file, "PART_ROWS", 300)
    screened(given, tmp_path / "whole")
    work = part.work_part

    def dies(job: Any, each: Any, progress: Any) -> None:
        if each.number == 2:
            raise KeyboardInterrupt
        work(job, each, progress)

    monkeypatch.setattr("huoshui.screening.run.work_part", dies)
    assert run(commands.screen, *given, "--as-of", DAY, "--out", tmp_path / "out").exit_code == 1
    assert not (tmp_path / "out/manifest.json").exists()
    monkeypatch.setattr("huoshui.screening.run.work_part", work)
    assert screened(given, tmp_path / "out")["parts_resumed"] == 2
    assert bytes_of(tmp_path / "out") == bytes_of(tmp_path / "whole")


def test_two_runs_cannot_work_in_one_folder(given: Any, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with (tmp_path / "out/.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = run(commands.screen, *given, "--as-of", DAY, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "另一个筛查" in done.stderr


def test_every_problem_of_the_rules_is_named_at_once(given: Any, tmp_path: Path) -> None:
    rules = files.write_rules(
        tmp_path / "bad.json",
        [
            {"criteria": {"fact": "nonsense", "op": "=", "value": 1}, "code": "A"},
            {"criteria": {"fact": "tax_paid_last_year", "op": ">=", "value": 100000}, "code": "B"},
            {"criteria": {"all": []}, "code": "B", "valid_from": "2026-02-30"},
            {"criteria": {"fact": "dishonest", "op": "known"}, "code": "C", "valid_from": "2026-02-02", "valid_to": "2026-02-01"},
            {"criteria": {"fact": "registered_capital", "op": ">", "value": str(2**63)}, "code": "D", "rate_pct": "NaN"},
        ],
    )  # fmt: skip
    done = run(commands.screen, given[0], rules, "--as-of", DAY, "--out", tmp_path / "out", "--json")
    assert done.exit_code == 1
    codes = [problem["code"] for problem in json.loads(done.stdout)["problems"]]
    assert codes == [
        "unknown_fact", "wrong_value", "wrong_value", "empty_group", "dates_reversed", "wrong_value", "wrong_value",
        "duplicate_code",
    ]  # fmt: skip
    assert len(done.stderr.splitlines()) == len(codes)


def deep(levels: int) -> str:
    return '{"not":' * levels + '{"fact":"dishonest","op":"known"}' + "}" * levels


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b'{"rules": []}',
        b'{"rules": [3]}',
        b"\xff\xfe",
        b"not json",
        f'{{"rules": [{{"code": "A", "criteria": {deep(1000)}}}]}}'.encode(),
        f'{{"rules": [{{"code": "A", "criteria": {deep(100_000)}}}]}}'.encode(),
        b'{"rules": [{"code": "A", "criteria": {"fact": "debt_ratio", "op": "<", "value": NaN}}]}',
        ('{"rules": [{"code": "A", "criteria": {"all": [' + ",".join(['{"fact": "dishonest", "op": "known"}'] * 100_000)
         + "]}}]}").encode(),
    ],
    ids=["empty", "no-rules", "none", "number", "utf16", "text", "deep", "deeper", "nan", "100000-atoms"],
)  # fmt: skip
def test_a_hopeless_rules_file_is_refused_in_words(given: Any, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.json").write_bytes(content)
    done = run(commands.screen, given[0], tmp_path / "bad.json", "--as-of", DAY, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert done.stderr.strip()
    assert not (tmp_path / "out").exists()


def test_every_problem_of_the_columns_is_named_at_once(given: Any, tmp_path: Path, firms: Any) -> None:
    table = files.table(firms).drop_columns(["dishonest", "uscc"])
    money = table.schema.get_field_index("tax_paid_last_year")
    table = table.set_column(money, "tax_paid_last_year", pa.array(["1"] * len(firms)))
    pq.write_table(table, tmp_path / "bad.parquet")
    parts = [{"fact": "dishonest", "op": "known"}, {"fact": "tax_paid_last_year", "op": "known"}]
    rules = files.write_rules(tmp_path / "two.json", [{"criteria": {"all": parts}}])
    done = run(commands.screen, tmp_path / "bad.parquet", rules, "--as-of", DAY, "--out", tmp_path / "o", "--json")
    problems = json.loads(done.stdout)["problems"]
    assert [(each["code"], each["field"]) for each in problems] == [
        ("no_column", "uscc"), ("no_column", "dishonest"), ("wrong_type", "tax_paid_last_year"),
    ]  # fmt: skip


@pytest.mark.parametrize("keep", [0, 3, 500, -1])
def test_a_truncated_file_is_refused(given: Any, tmp_path: Path, keep: int) -> None:
    whole = given[0].read_bytes()
    (tmp_path / "cut.parquet").write_bytes(whole[:keep])
    done = run(commands.screen, tmp_path / "cut.parquet", given[1], "--as-of", DAY, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "不是完整的 Parquet" in done.stderr


def test_damage_inside_a_file_is_refused_and_leaves_no_result(given: Any, tmp_path: Path) -> None:
    whole = bytearray(given[0].read_bytes())
    whole[40:2000] = b"\x55" * 1960
    (tmp_path / "bad.parquet").write_bytes(whole)
    done = run(commands.screen, tmp_path / "bad.parquet", given[1], "--as-of", DAY, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert not (tmp_path / "out/manifest.json").exists()


def test_doubled_and_missing_credit_codes_are_refused(given: Any, tmp_path: Path, firms: Any) -> None:
    table = files.table(firms)
    codes = table.column("uscc").to_pylist()
    for change, said in (({900: codes[3]}, codes[3]), ({5: None}, "1 行没有信用代码"), ({7: "短", 8: "短"}, "短")):
        changed = [change.get(at, code) for at, code in enumerate(codes)]
        pq.write_table(table.set_column(0, "uscc", pa.array(changed)), tmp_path / "two.parquet")
        done = run(commands.screen, tmp_path / "two.parquet", given[1], "--as-of", DAY, "--out", tmp_path / "out")
        assert done.exit_code == 1
        assert said in done.stderr


def test_no_firms_give_empty_tables(given: Any, tmp_path: Path) -> None:
    empty = files.write_firms(tmp_path / "none.parquet", [])
    assert screened((empty, given[1]), tmp_path / "out")["rows"] == 0
    assert pq.read_table(tmp_path / "out/verdicts.parquet").num_rows == 0
    assert pq.read_table(tmp_path / "out/counts.parquet").num_rows == 0


@pytest.mark.parametrize("arguments", [[], ["x.parquet", "y.json"], ["--as-of", "2026-02-30"]])
def test_wrong_usage_ends_with_two(given: Any, tmp_path: Path, arguments: list[str]) -> None:
    files_given = [] if not arguments or arguments[0] == "x.parquet" else [*given, "--out", tmp_path / "o"]
    assert run(commands.screen, *files_given, *arguments).exit_code == 2


def test_an_explanation_shows_each_condition_with_what_was_read(tmp_path: Path) -> None:
    firms = files.write_firms(tmp_path / "f.parquet", [{"tax_paid_last_year": 9_999_999, "district_code": "140105"}])
    tree = {
        "all": [
            {"fact": "tax_paid_last_year", "op": ">=", "value": "100000.00"},
            {"not": {"fact": "dishonest", "op": "=", "value": True}},
        ]
    }
    rules = files.write_rules(tmp_path / "r.json", [{"criteria": tree, "valid_to": "2026-02-28"}])
    asked = [firms, rules, "--firm", "91140100MA00000000", "--rule", "R000"]
    told = json.loads(run(commands.explain, *asked, "--as-of", DAY, "--json").stdout)
    assert told["verdict"] == "no"
    tax, dishonest = told["tree"]["all"]
    assert (tax["read"], tax["value"], tax["verdict"]) == ("99999.99", "100000.00", "no")
    assert (dishonest["not"][0]["read"], dishonest["verdict"]) == (None, "unknown")
    text = run(commands.explain, *asked, "--as-of", DAY, "--language", "en").stdout
    assert "tax paid last year at least CNY 100,000" in text
    late = json.loads(run(commands.explain, *asked, "--as-of", "2026-03-01", "--json").stdout)
    assert (late["verdict"], late["reason"]) == ("no", "outside its validity")


@pytest.mark.parametrize(("option", "value"), [("--firm", "nobody"), ("--rule", "nothing")])
def test_an_unknown_firm_or_rule_is_refused(given: Any, option: str, value: str) -> None:
    asked = {"--firm": "91140100MA00000000", "--rule": "R000", "--as-of": DAY, option: value}
    done = run(commands.explain, *given, *(each for pair in asked.items() for each in pair))
    assert done.exit_code == 1
    assert value in done.stderr


def test_a_simulation_counts_who_gains_loses_and_becomes_unknown(tmp_path: Path) -> None:
    grades = ["A", "B", "C", "D", None] * 20
    firms = [
        {"tax_grade": grade, "district_code": "140105" if at < 50 else "140106"} for at, grade in enumerate(grades)
    ]
    firms = [{code: value for code, value in firm.items() if value} for firm in firms]
    file = files.write_firms(tmp_path / "f.parquet", firms)
    terms = {"take_up_pct": "10", "loan_amount": "1000000.00", "cost_pct": "1.5", "budget": "50000.00"}
    shared = {"max_amount": "500000.00", "programme": terms}
    before = [
        {"criteria": {"fact": "tax_grade", "op": "in", "value": ["A", "B"]}, **shared},
        {"criteria": {"fact": "tax_grade", "op": "known"}},
    ]
    after = [{"criteria": {"fact": "tax_grade", "op": "in", "value": ["B", "C", "D"]}, **shared}, before[1],
             {"criteria": {"fact": "tax_grade", "op": "=", "value": "A"}}]  # fmt: skip
    paths = [files.write_rules(tmp_path / name, rules) for name, rules in (("b.json", before), ("a.json", after))]
    told = json.loads(run(commands.simulate, file, *paths, "--as-of", DAY, "--json").stdout)["changes"]
    assert [change["rule"] for change in told] == ["R000", "R002"]
    changed, new = told
    assert (changed["gain"], changed["lose"], changed["become_unknown"]) == (40, 20, 0)
    assert changed["by_district"][0] == {"district": "140105", "gain": 20, "lose": 10, "become_unknown": 0}
    assert changed["programme"]["before"] == {"loans": 4, "lent": "2000000.00", "cost": "30000.00", "leverage": "66.67"}
    assert changed["programme"]["after"] == {"loans": 6, "lent": "3000000.00", "cost": "45000.00", "leverage": "66.67"}
    assert (new["gain"], new["become_unknown"], new["before"]["no"]) == (20, 20, 100)
    assert "R000" in run(commands.simulate, file, *paths, "--as-of", DAY).stdout


def test_verdicts_read_the_same_in_another_reader(given: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import polars as pl

    monkeypatch.setattr(firms_file, "PART_ROWS", 300)
    screened(given, tmp_path / "out")
    ours = pq.read_table(tmp_path / "out/verdicts.parquet").to_pylist()
    theirs = pl.read_parquet(tmp_path / "out/verdicts.parquet")
    assert theirs.get_column("uscc").to_list() == [row["uscc"] for row in ours]
    assert [list(codes) for codes in theirs.get_column("yes").to_list()] == [row["yes"] for row in ours]


@pytest.mark.skipif(
    importlib.util.find_spec("pyspark") is None, reason="pyspark is not installed (requirements/spark.in)"
)
def test_spark_gives_the_bytes_of_the_local_engine(given: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(firms_file, "PART_ROWS", 300)
    screened(given, tmp_path / "local")
    screened(given, tmp_path / "spark", "--engine", "spark")
    assert bytes_of(tmp_path / "local") == bytes_of(tmp_path / "spark")


def test_spark_is_refused_in_words_where_it_is_absent(
    given: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huoshui.screening.spark.find_spec", lambda name: None)
    done = run(
        commands.screen, *given, "--as-of", DAY, "--out", tmp_path / "out", "--engine", "spark", "--language", "en"
    )
    assert done.exit_code == 1
    assert "pyspark is not installed" in done.stderr


def test_hashes_tell_codes_apart() -> None:
    from huoshui.screening.codes_seen import hashes

    codes = [f"91140100MA{number:08d}" for number in range(100_000)]
    assert len(np.unique(hashes(pa.array(codes)))) == len(codes)
    assert (hashes(pa.array(codes, pa.large_string()).slice(10)) == hashes(pa.array(codes))[10:]).all()
