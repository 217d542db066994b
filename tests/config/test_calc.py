"""`huoshui calc` as its readers use it: JSON in, JSON out, errors in place, exit statuses, help, and no Django."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from huoshui.config.calc import calc_command, compute
from huoshui.config.calculators import CALCULATORS

NAMES = [
    "uscc", "size-class", "working-days", "schedule", "apr", "bridge-fee", "subsidy", "split", "compensation", "recovery",
    "guarantee", "guarantee-fee", "five-class", "growth", "score-card",
]  # fmt: skip
PROGRAM = [sys.executable, "-m", "huoshui.config.cli", "calc"]


def run(name: str, cases: Any, *options: str) -> tuple[int, Any]:
    text = cases if isinstance(cases, str | bytes) else json.dumps(cases, ensure_ascii=False)
    result = _invoke([name, *options], text)
    return result.exit_code, json.loads(result.stdout) if result.stdout.startswith("[") else result.output


def _invoke(arguments: list[str], text: str | bytes = "") -> Result:
    return CliRunner().invoke(calc_command, arguments, input=text)


def example(name: str, **changes: Any) -> dict[str, Any]:
    case = json.loads(json.dumps(CALCULATORS[name].example))
    case.update(changes)
    return {field: value for field, value in case.items() if value != "absent"}


def problem(name: str, **changes: Any) -> dict[str, Any]:
    status, results = run(name, [example(name, **changes)])
    assert status == 1
    error = results[0]["error"]
    assert set(error) == {"field", "problem"}
    assert isinstance(error["problem"], str)
    assert error["problem"]
    return error  # type: ignore[no-any-return]


def test_the_calculators_are_those_of_the_contract() -> None:
    assert list(CALCULATORS) == NAMES
    listed = _invoke(["--list"])
    assert listed.exit_code == 0
    assert [line.split()[0] for line in listed.output.splitlines()] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_help_shows_every_field_and_a_case_that_is_really_computed(name: str) -> None:
    shown = _invoke([name, "--help"])
    assert shown.exit_code == 0
    assert all(field in shown.output for field in CALCULATORS[name].fields)
    assert json.dumps([CALCULATORS[name].example], ensure_ascii=False) in shown.output
    result = json.loads(shown.output.partition("gives:\n")[2])
    assert result == compute(name, dict(CALCULATORS[name].example), language="en")
    assert "error" not in result


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_field_is_refused_by_name(name: str) -> None:
    error = problem(name, ammount="1.00")
    assert error["field"] == "ammount"
    assert all(field in error["problem"] for field in CALCULATORS[name].fields)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("case", [None, 5, "x", [], [[]], True])
def test_a_case_that_is_no_object_is_an_error_in_its_place(name: str, case: Any) -> None:
    status, results = run(name, [example(name), case, example(name)])
    assert status == 1
    assert "error" in results[1]
    assert results[0] == results[2]
    assert "error" not in results[0]


@pytest.mark.parametrize(
    ("name", "field"),
    [
        (name, field)
        for name, fields in {
            "uscc": ["code"],
            "working-days": ["from", "days"],
            "schedule": ["principal", "annual_rate_pct", "method", "periods", "start"],
            "apr": ["flows"],
            "bridge-fee": ["principal", "annual_rate_pct", "draw", "return", "bands"],
            "subsidy": ["balances", "to", "contract_rate_pct"],
            "split": ["amount", "weights"],
            "compensation": ["loan_principal", "unpaid_principal", "tiers"],
            "recovery": ["compensated", "unpaid_principal", "recovered"],
            "guarantee": ["amount", "shares"],
            "guarantee-fee": ["amount", "rate_pct", "months"],
            "five-class": ["overdue_days"],
            "score-card": ["indicators", "bands"],
        }.items()
        for field in fields
    ],
)
@pytest.mark.parametrize("value", ["absent", None])
def test_a_needed_field_that_is_absent_or_null_is_named(name: str, field: str, value: Any) -> None:
    assert problem(name, **{field: value})["field"] == field


AMOUNT_FIELDS = [
    ("schedule", "principal"),
    ("bridge-fee", "principal"),
    ("split", "amount"),
    ("compensation", "loan_principal"),
    ("compensation", "unpaid_principal"),
    ("compensation", "pool_balance"),
    ("recovery", "recovered"),
    ("guarantee", "amount"),
]


@pytest.mark.parametrize(("name", "field"), AMOUNT_FIELDS)
@pytest.mark.parametrize(
    "amount", ["三十万", "", "-1.00", "1.005", "1e15", "NaN", "99999999999999999999", 300000, 0.5, True, [], {}]
)
def test_an_amount_that_is_none_is_named(name: str, field: str, amount: Any) -> None:
    assert problem(name, **{field: amount})["field"] == field


DATE_FIELDS = [
    ("schedule", "start"),
    ("schedule", "first_due"),
    ("bridge-fee", "draw"),
    ("bridge-fee", "return"),
    ("subsidy", "to"),
    ("subsidy", "stopped_on"),
    ("working-days", "from"),
]


@pytest.mark.parametrize(("name", "field"), DATE_FIELDS)
@pytest.mark.parametrize(
    "date",
    [
        "2026-02-30",
        "2025-02-29",
        "2025/03/15",
        "15.03.2025",
        "20250315",
        "2025-3-5",
        "",
        "明天",
        20250315,
        "0000-01-01",
    ],
)
def test_a_date_that_does_not_exist_is_named(name: str, field: str, date: Any) -> None:
    assert problem(name, **{field: date})["field"] == field


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("schedule", "annual_rate_pct"),
        ("bridge-fee", "annual_rate_pct"),
        ("subsidy", "contract_rate_pct"),
        ("compensation", "cap_pct"),
    ],
)
@pytest.mark.parametrize("rate", ["四", "", "-0.01", "1e2", "999999999", "NaN", True])
def test_a_rate_that_is_none_is_named(name: str, field: str, rate: Any) -> None:
    assert problem(name, **{field: rate})["field"] == field


@pytest.mark.parametrize(
    ("name", "field"),
    [("schedule", "periods"), ("working-days", "days"), ("five-class", "overdue_days"), ("bridge-fee", "minimum_days")],
)
@pytest.mark.parametrize("whole", ["三", 1.5, "1.5", "", -1, True, 10**40])
def test_a_count_that_is_none_is_named(name: str, field: str, whole: Any) -> None:
    assert problem(name, **{field: whole})["field"] == field


@pytest.mark.parametrize(
    ("name", "changes", "field"),
    [
        ("schedule", {"periods": 0}, "periods"),
        ("schedule", {"periods": 1201}, "periods"),
        ("schedule", {"principal": "0.00"}, "principal"),
        ("schedule", {"method": "balloon"}, "method"),
        ("schedule", {"every": "week"}, "every"),
        ("schedule", {"day_count": "actual/actual"}, "day_count"),
        ("schedule", {"rounding": "yuan"}, "rounding"),
        ("schedule", {"first_due": "2024-01-01"}, "first_due"),
        ("schedule", {"first_due": "2023-12-31"}, "first_due"),
        ("apr", {"flows": []}, "flows"),
        ("apr", {"flows": [{"date": "2024-01-01", "amount": "1.00"}]}, "flows"),
        ("apr", {"flows": [{"date": "2024-01-01", "amount": "1.00", "to": "bank"}]}, "flows[0].to"),
        ("apr", {"flows": [{"date": "2024-01-01", "amount": "1.001"}]}, "flows[0].amount"),
        ("apr", {"flows": {"date": "2024-01-01"}}, "flows"),
        ("apr", {"flows": ["x"]}, "flows[0]"),
        ("bridge-fee", {"return": "2025-03-02"}, "return"),
        ("bridge-fee", {"bands": []}, "bands"),
        ("bridge-fee", {"bands": [{"to_day": 5}]}, "bands[0].multiple"),
        ("bridge-fee", {"bands": [{"to_day": 5, "multiple": "x"}]}, "bands[0].multiple"),
        ("bridge-fee", {"bands": [{"to_day": 20, "multiple": "1"}, {"to_day": 5, "multiple": "1"}]}, "bands"),
        ("bridge-fee", {"basis": 364}, "basis"),
        ("bridge-fee", {"reading": "both"}, "reading"),
        ("subsidy", {"balances": []}, "balances"),
        ("subsidy", {"balances": [{"from": "2025-01-01", "balance": "-1.00"}]}, "balances[0].balance"),
        ("subsidy", {"balances": [{"from": "2025-02-01", "balance": "1.00"}, {"from": "2025-01-01", "balance": "1.00"}]}, "balances"),
        ("subsidy", {"to": "2024-12-31"}, "to"),
        ("subsidy", {"programme": {"fraktion": "0.5"}}, "programme.fraktion"),
        ("subsidy", {"programme": {"fraction": "101"}}, "programme.fraction"),
        ("subsidy", {"programme": {"months": -1}}, "programme.months"),
        ("subsidy", {"programme": {"months": 10**9}}, "programme.months"),
        ("subsidy", {"programme": {"basis": 100}}, "programme.basis"),
        ("subsidy", {"programme": {"principal_cap": "1.005"}}, "programme.principal_cap"),
        ("subsidy", {"programme": [1]}, "programme"),
        ("split", {"weights": []}, "weights"),
        ("split", {"weights": ["0", "0"]}, "weights"),
        ("split", {"weights": ["1", "-1"]}, "weights"),
        ("split", {"weights": ["1", "x"]}, "weights[1]"),
        ("split", {"weights": ["1", None]}, "weights[1]"),
        ("compensation", {"tiers": []}, "tiers"),
        ("compensation", {"unpaid_principal": "4000000.01"}, "unpaid_principal"),
        ("compensation", {"additions_pct": ["x"]}, "additions_pct[0]"),
        ("compensation", {"bank": {"breaker": "3"}}, "bank.breaker"),
        ("recovery", {"unpaid_principal": "0.00"}, "unpaid_principal"),
        ("guarantee", {"shares": {}}, "shares"),
        ("guarantee", {"shares": {"bank": "99.99"}}, "shares"),
        ("guarantee", {"shares": {"bank": "x"}}, "shares.bank"),
        ("guarantee", {"shares": ["100"]}, "shares"),
        ("five-class", {"limits": [270, 90, 360]}, "limits"),
        ("five-class", {"limits": [90, "x", 360]}, "limits[1]"),
        ("five-class", {"watch_from": 0}, "watch_from"),
        ("growth", {"now": "x"}, "now"),
        ("size-class", {"industry": "五金"}, "industry"),
        ("size-class", {"employees": -1}, "employees"),
        ("size-class", {"kind": "bank"}, "kind"),
        ("size-class", {"rule": "2025"}, "rule"),
        ("working-days", {"cutoff": "25:00"}, "cutoff"),
        ("working-days", {"cutoff": "5pm"}, "cutoff"),
        ("working-days", {"closed": ["2025-02-30"]}, "closed[0]"),
        ("working-days", {"days": 20001}, "days"),
        ("working-days", {"from": "2025-03-10T25:00"}, "from"),
        ("working-days", {"from": "9999-12-31"}, "from"),
        ("uscc", {"code": 911}, "code"),
        ("score-card", {"indicators": []}, "indicators"),
        ("score-card", {"indicators": [{"value": "1", "zero_at": "5", "full_at": "5", "weight": "1"}]}, "indicators[0].full_at"),
        ("score-card", {"bands": [{"from": "0"}]}, "bands[0].grade"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_at_its_field(name: str, changes: dict[str, Any], field: str) -> None:
    assert problem(name, **changes)["field"] == field


def test_several_problems_of_a_case_are_all_said() -> None:
    error = problem("schedule", principal="0.00", periods=0)
    assert "本金" in error["problem"]
    assert "期数" in error["problem"]


def test_problems_are_said_in_english_when_asked() -> None:
    assert run("growth", [{"now": "x"}], "--language", "en")[1][0]["error"]["problem"] == "“x” is not a number."
    assert "check character" in run("uscc", [{"code": "91140105MA0GU3X2X0"}], "--language", "en")[1][0]["problem"]


def test_results_stand_in_the_order_of_the_cases() -> None:
    cases = [{"now": now, "then": 100} for now in range(200)]
    status, results = run("growth", cases)
    assert status == 0
    assert [result["pct"] for result in results] == [f"{now - 100}.00" for now in range(200)]


def test_no_cases_give_no_results() -> None:
    assert run("growth", []) == (0, [])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[1,]", "not JSON"),
        ('{"now": 1}', "JSON list"),
        ("3", "JSON list"),
        ('[{"now": NaN}]', "NaN"),
        ('[{"now": Infinity}]', "Infinity"),
        ('[{"now": 1, "now": 2}]', "twice"),
        ("[" * 100_000, "not JSON"),
        (b"\xff\xfe[", "UTF-8"),
        ("[{}]".encode("utf-16"), "UTF-8"),
    ],
)
def test_input_that_is_no_json_list_is_wrong_usage(text: str | bytes, words: str) -> None:
    result = _invoke(["growth"], text)
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("arguments", [["nope"], [], ["growth", "--nope"], ["growth", "extra"]])
def test_wrong_usage_ends_with_two(arguments: list[str]) -> None:
    assert _invoke(arguments).exit_code == 2


def test_a_byte_order_mark_and_crlf_do_not_matter() -> None:
    assert run("growth", '\ufeff[\r\n{"now": 3, "then": 2}\r\n]'.encode())[1] == [{"pct": "50.00"}]


def test_json_numbers_stay_exact_and_figures_may_be_strings() -> None:
    cases = (
        '[{"now": 0.3, "then": 0.1}, {"now": "0.3", "then": "0.1"}, {"now": 1e1, "then": 5}, {"now": 1e999, "then": 1}]'
    )
    status, results = run("growth", cases)
    assert status == 1
    assert [result.get("pct") for result in results] == ["200.00", "200.00", "100.00", None]
    assert results[3]["error"]["field"] == "now"


@pytest.mark.parametrize(
    ("case", "result"),
    [
        ({"from": "2025-03-14", "days": 1}, {"due": "2025-03-17"}),
        ({"from": "2025-03-14T17:30", "days": 1}, {"due": "2025-03-17"}),
        ({"from": "2025-03-14 17:31", "days": 1}, {"due": "2025-03-18"}),
        ({"from": "2025-03-14T17:31", "days": 1, "cutoff": "18:00"}, {"due": "2025-03-17"}),
        ({"from": "2025-03-14T08:00Z", "days": 1, "closed": ["2025-03-17"]}, {"due": "2025-03-18"}),
        ({"from": "2027-01-04", "days": 1}, {"due": "2027-01-05", "unannounced": [2027]}),
    ],
)
def test_working_days(case: dict[str, Any], result: dict[str, Any]) -> None:
    assert run("working-days", [case]) == (0, [result])


def test_a_schedule_has_the_shape_of_the_contract() -> None:
    _, results = run("schedule", [example("schedule", every="quarter", periods=2)])
    assert results[0] == {
        "periods": [
            {"n": 1, "from": "2024-01-01", "due": "2024-04-01", "days": 90, "principal": "49.41", "interest": "2.37", "payment": "51.78", "balance": "50.59"},
            {"n": 2, "from": "2024-04-01", "due": "2024-07-01", "days": 90, "principal": "50.59", "interest": "1.20", "payment": "51.79", "balance": "0.00"},
        ],
        "total_interest": "3.57",
        "total_payment": "103.57",
    }  # fmt: skip


@pytest.mark.parametrize("fraction", ["0.5", "0.50", "50", "50%", 0.5, 50])
def test_a_fraction_may_be_written_as_percent(fraction: Any) -> None:
    assert run("subsidy", [example("subsidy", programme={"fraction": fraction})])[1][0]["subsidy"] == "10000.00"


def test_a_subsidy_without_a_programme_is_all_of_the_interest() -> None:
    for programme in ("absent", None, {}):
        result = run("subsidy", [example("subsidy", programme=programme)])[1][0]
        assert (result["interest"], result["subsidy"]) == ("20000.00", "20000.00")


def test_null_limits_are_no_limits() -> None:
    nothing = dict.fromkeys(("points_pct", "principal_cap", "firm_cap_left", "budget_left", "months"))
    case = example(
        "subsidy",
        programme={"fraction": "0.5", "basis": 360, **nothing},
        interest_paid=None,
        stopped_on=None,
        other_subsidy_pct=None,
    )
    assert run("subsidy", [case])[1][0]["limited_by"] == []
    assert run("compensation", [example("compensation", bank=None, cap_pct=None, pool_balance=None)])[1] == [
        {"ratio_pct": "55.00", "payable": "1650000.00", "suspended": False, "limited_by": []}
    ]


def test_the_published_case_of_a_recovery() -> None:
    case = {"compensated": "75.00", "unpaid_principal": "100.00", "recovered": "9.99", "cost": "1.23"}
    assert run("recovery", [case])[1] == [{"to_pool": "6.57"}]


def test_shares_keep_their_names_and_order() -> None:
    _, results = run("guarantee", [{"amount": "0.03", "shares": {"银行": "20", "再担保": "20", "担保": "60"}}])
    assert results == [{"银行": "0.01", "再担保": "0.00", "担保": "0.02"}]


def test_a_partner_called_error_is_no_error() -> None:
    assert run("guarantee", [{"amount": "1.00", "shares": {"error": "100"}}]) == (0, [{"error": "1.00"}])


@pytest.mark.parametrize("name", NAMES)
def test_the_program_answers_like_the_function(name: str) -> None:
    done = subprocess.run(
        [*PROGRAM, name],
        input=json.dumps([example(name)]).encode(),
        capture_output=True,
        check=False,
        env={"PATH": "", "LANG": "C"},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout.decode("utf-8")) == [compute(name, example(name))]


def test_it_starts_without_django_a_database_or_heavy_libraries() -> None:
    code = (
        "import sys; from huoshui.config.cli import main; from huoshui.config import calc; calc.compute('growth', {});"
        "print([m for m in ('django', 'psycopg', 'numpy', 'polars', 'pyarrow', 'socket') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env={"PATH": ""})
    assert done.stdout.decode().strip() == "[]"


def test_the_help_of_the_group_lists_the_calculators() -> None:
    shown = _invoke(["--help"])
    assert shown.exit_code == 0
    assert all(name in shown.output for name in NAMES)


SCRAPS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=8),
    st.sampled_from(["0", "-1", "1.00", "9" * 40, "2025-01-31", "9999-12-31", "0001-01-01", "50%", "1e9", "１"]),
)  # fmt: skip
ANYTHING = st.recursive(
    SCRAPS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["from", "to_day", "pct", "amount", "date", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_whatever_stands_in_a_field_there_is_a_result_or_an_error(name: str, data: st.DataObject) -> None:
    changed = data.draw(
        st.dictionaries(st.sampled_from(sorted(CALCULATORS[name].fields)), ANYTHING, min_size=1, max_size=3)
    )
    result = compute(name, {**example(name), **changed})
    assert isinstance(result, dict)
    json.dumps(result)


@pytest.mark.slow
def test_a_hundred_thousand_cases_take_seconds() -> None:
    cases = [{"now": str(number), "then": "7"} for number in range(100_000)]
    began = time.perf_counter()
    status, results = run("growth", cases)
    assert (status, len(results)) == (0, 100_000)
    assert time.perf_counter() - began < 30
