"""The 69 schedules that another loan system publishes with its tests: each is reproduced, or listed here with the reason.

A schedule is reproduced where it is the plain one of a supported convention: every column where its rows are published,
else its totals. Where charges were added, principal and interest are compared and the charges left aside.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
from decimal import Decimal
from typing import Any

import pytest

from huoshui.kernel.daycount import DayCount
from huoshui.kernel.money import in_yuan, parse_yuan
from huoshui.kernel.schedule import Method, Rounding, Schedule, build
from tests.conftest import REAL_DATA

FILE = REAL_DATA / "vectors" / "fineract_schedules.json"
THIRTY, ACTUAL = DayCount.THIRTY_360, DayCount.ACTUAL_365

# id -> method, day count, rounding; the convention is the one the product of the set-up has in its own system
REPRODUCED: dict[str, tuple[Method, DayCount, Rounding]] = {
    **{f"fineract-{n:04d}": (Method.ANNUITY, THIRTY, Rounding.FEN) for n in (400, 402, 406, 408)},
    **{f"fineract-{n:04d}": (Method.ANNUITY, ACTUAL, Rounding.FEN) for n in (604, 606, 608, 610, 612, 614)},
    "fineract-1060": (Method.ANNUITY, THIRTY, Rounding.YUAN_UP),
    "fineract-1062": (Method.ANNUITY, ACTUAL, Rounding.YUAN_UP),
    "fineract-1064": (Method.EQUAL_PRINCIPAL, THIRTY, Rounding.FEN),
    # interest on the first principal, but over a single period, where it is the same as on the balance
    **{f"fineract-{n:04d}": (Method.ANNUITY, THIRTY, Rounding.FEN) for n in (1216, 1218, 1220, 1222, 1224)},
}

FLAT = "interest runs on the first principal until the end (flat), not on the balance"
PAID_OFF = "the loan is paid off early and its schedule computed anew"
OVERDUE = "instalments are overdue and interest is computed anew from day to day"
GRACE = "some instalments are free of principal or of interest"
AFTER_PAYMENT = "the schedule is computed anew after a payment that came early, late or in part"
DRAWS = "the loan is drawn three times, each time with a new schedule"
NEAREST = "the instalment is rounded to the nearest whole unit, not up"

NOT_SUPPORTED: dict[str, tuple[int, ...]] = {
    FLAT: (
        496, 498, 500, 558, 560, 578, 900, 1058, 1092, 1094, 1096, 1098, 1130, 1142, 1144, 1146, 1148, 1150, 1152, 1154,
        1156, 1158, 1160, 1162, 1164, 1248, 1296, 1298,
    ),
    PAID_OFF: (404,),
    OVERDUE: (410, 412),
    GRACE: (1066, 1068, 1070),
    AFTER_PAYMENT: (1072, 1074, 1076, 1078, 1080, 1082, 1084, 1086, 1088, 1090, 1100, 1102, 1104, 1106, 1108),
    DRAWS: (1110,),
    NEAREST: (1250,),
}  # fmt: skip
REASONS = {f"fineract-{number:04d}": reason for reason, numbers in NOT_SUPPORTED.items() for number in numbers}

pytestmark = pytest.mark.skipif(not FILE.exists(), reason="the real data folder is absent")


@functools.cache
def published() -> dict[str, dict[str, Any]]:
    if not FILE.exists():
        return {}
    return {each["id"]: each for each in json.loads(FILE.read_text(encoding="utf-8"))["schedules"]}


def set_up(identity: str) -> dict[str, str]:
    """Return the loan of the set-up: column -> value."""
    tables = (step["table"] for step in published()[identity]["setup"] if "table" in step)
    table = next(table for table in tables if "interest type" in table[0])
    return dict(zip(table[0], table[1], strict=True))


def steps(identity: str) -> str:
    return "\n".join(step["step"] for step in published()[identity]["setup"])


def ours(identity: str) -> Schedule:
    loan, (method, day_count, rounding) = set_up(identity), REPRODUCED[identity]
    return build(
        parse_yuan(loan["with Principal"]),
        annual_rate_pct=Decimal(loan["ANNUAL interest rate %"]),
        method=method,
        periods=int(loan["numberOfRepayments"]),
        start=dt.datetime.strptime(loan["submitted on date"], "%d %B %Y").date(),
        day_count=day_count,
        rounding=rounding,
    )


def test_every_published_schedule_is_either_reproduced_or_listed_with_a_reason() -> None:
    assert len(published()) == 69
    assert set(REPRODUCED) | set(REASONS) == set(published())
    assert set(REPRODUCED) & set(REASONS) == set()
    assert (len(REPRODUCED), len(REASONS)) == (18, 51)


@pytest.mark.parametrize("identity", REPRODUCED)
def test_a_schedule_of_a_supported_convention_is_reproduced(identity: str) -> None:
    theirs, plan = published()[identity], ours(identity)
    dated = [row for row in theirs["periods"] if row.get("nr")]
    assert dated or theirs["totals"], "there is something to compare"
    for row, period in zip(dated, plan.periods, strict=bool(dated)):
        assert dt.datetime.strptime(row["date"], "%d %B %Y").date() == period.due
        assert int(row["days"]) == (period.due - period.start).days
        for name, value in (
            ("principal_due", period.principal),
            ("interest", period.interest),
            ("due", period.payment),
            ("balance_of_loan", period.balance),
        ):
            assert Decimal(row[name]) == in_yuan(value), name
    if totals := theirs["totals"]:
        charges = Decimal(totals["fees"]) + Decimal(totals["penalties"])
        assert Decimal(totals["principal_due"]) == in_yuan(sum(period.principal for period in plan.periods))
        assert Decimal(totals["interest"]) == in_yuan(plan.total_interest)
        assert Decimal(totals["due"]) - charges == in_yuan(plan.total_payment)


@pytest.mark.parametrize("identity", NOT_SUPPORTED[FLAT])
def test_a_flat_one_is_flat_over_several_periods(identity: int) -> None:
    loan = set_up(f"fineract-{identity:04d}")
    assert (loan["interest type"], loan["numberOfRepayments"] != "1") == ("FLAT", True)


@pytest.mark.parametrize("identity", NOT_SUPPORTED[GRACE])
def test_a_grace_one_has_grace(identity: int) -> None:
    loan = set_up(f"fineract-{identity:04d}")
    assert any(
        loan[name] != "0" for name in ("graceOnPrincipalPayment", "graceOnInterestPayment", "interest free period")
    )


@pytest.mark.parametrize("identity", [*NOT_SUPPORTED[AFTER_PAYMENT], *NOT_SUPPORTED[PAID_OFF], *NOT_SUPPORTED[OVERDUE]])
def test_one_computed_anew_says_so_in_its_product(identity: int) -> None:
    assert "RECALCULATION" in set_up(f"fineract-{identity:04d}")["LoanProduct"]


@pytest.mark.parametrize("identity", NOT_SUPPORTED[AFTER_PAYMENT])
def test_one_computed_anew_after_a_payment_has_a_payment(identity: int) -> None:
    assert "Customer makes" in steps(f"fineract-{identity:04d}")


def test_the_single_cases_are_what_their_reason_says() -> None:
    assert "Pay-off is made" in steps("fineract-0404")
    assert all(
        "Customer makes" not in steps(identity) or "10 March" in steps(identity)
        for identity in ("fineract-0410", "fineract-0412")
    )
    assert steps("fineract-1110").count("disburse the loan") == 3
    assert "installmentAmountInMultiplesOf=1" in published()["fineract-1250"]["scenario"]


def test_the_nearest_whole_unit_would_explain_the_last_one() -> None:
    """1,250 at 15 % over four months is 322.33 a month; 322 three times and the rest gives the published interest."""
    left, interest = Decimal(1250), Decimal(0)
    for _ in range(3):
        part = (left * Decimal("0.0125")).quantize(Decimal("0.01"))
        interest, left = interest + part, left - (322 - part)
    assert interest + (left * Decimal("0.0125")).quantize(Decimal("0.01")) == Decimal("39.33")
