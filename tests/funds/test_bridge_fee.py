"""The fee of a bridge advance: both readings, every band edge, overdue days, nonsense."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huoshui.funds.bridge_fee import Band, Fee, Reading, fee_for
from huoshui.kernel.errors import Refused
from huoshui.kernel.money import yuan_text

DRAW = dt.date(2025, 3, 3)
BANDS = (Band(5, Decimal(1)), Band(20, Decimal("1.5")))
WHOLE, MARGINAL = Reading.WHOLE_PERIOD, Reading.MARGINAL


def fee(days: int, reading: Reading = WHOLE, **rest: object) -> Fee:
    facts: dict[str, object] = {"annual_rate_pct": Decimal("4.35"), "bands": BANDS, "reading": reading, **rest}
    returned = DRAW + dt.timedelta(days=days)
    return fee_for(900_000_000, drawn_on=DRAW, returned_on=returned, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("days", "reading", "amount"),
    [
        (1, WHOLE, "1087.50"),
        (4, WHOLE, "4350.00"),
        (5, WHOLE, "5437.50"),
        (6, WHOLE, "9787.50"),
        (19, WHOLE, "30993.75"),
        (20, WHOLE, "32625.00"),
        (1, MARGINAL, "1087.50"),
        (5, MARGINAL, "5437.50"),
        (6, MARGINAL, "7068.75"),
        (20, MARGINAL, "29906.25"),
    ],
)
def test_the_published_figures_on_both_sides_of_each_band(days: int, reading: Reading, amount: str) -> None:
    found = fee(days, reading)
    assert (yuan_text(found.fee), found.days, found.overdue_days) == (amount, days, 0)


@pytest.mark.parametrize(("reading", "amount"), [(WHOLE, "34800.00"), (MARGINAL, "32081.25")])
def test_a_day_past_the_last_band_is_overdue_at_its_own_multiple(reading: Reading, amount: str) -> None:
    found = fee(21, reading)
    assert (yuan_text(found.fee), found.days, found.overdue_days) == (amount, 21, 1)


def test_the_overdue_multiple_is_a_parameter() -> None:
    assert fee(22, overdue_multiple=Decimal("1.5")).fee == fee(20).fee * 22 // 20


def test_a_return_on_the_same_day_costs_the_least_days() -> None:
    assert fee(0) == Fee(1, fee(1).fee, 0)
    assert fee(0, minimum_days=3).days == 3
    assert fee(0, minimum_days=0) == Fee(0, fee(0, minimum_days=0).fee, 0)
    assert fee(0, minimum_days=0).fee == 0


def test_a_band_may_be_free() -> None:
    assert fee(3, bands=(Band(3, Decimal(0)), *BANDS[1:])).fee == 0


def test_a_year_of_365_days_is_cheaper_by_its_five_days() -> None:
    assert yuan_text(fee(20, basis=365).fee) == "32178.08"


def test_days_run_over_a_leap_day_and_a_months_end() -> None:
    days = {}
    for year in (2024, 2025):
        found = fee_for(
            100, annual_rate_pct=Decimal(4), drawn_on=dt.date(year, 2, 27), returned_on=dt.date(year, 3, 1), bands=BANDS
        )
        days[year] = found.days
    assert days == {2024: 3, 2025: 2}


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({"principal": 0}, ["bridge_principal"]),
        ({"returned_on": DRAW - dt.timedelta(days=1)}, ["bridge_dates"]),
        ({"bands": ()}, ["bridge_bands"]),
        ({"bands": (Band(5, Decimal(1)), Band(5, Decimal(2)))}, ["bridge_bands"]),
        ({"bands": (Band(0, Decimal(1)),)}, ["bridge_bands"]),
        ({"bands": (Band(5, Decimal(-1)),)}, ["bridge_bands"]),
        ({"minimum_days": -1}, ["bridge_minimum_days"]),
        ({"basis": 366}, ["bridge_basis"]),
        ({"principal": -1, "basis": 0}, ["bridge_principal", "bridge_basis"]),
    ],
)
def test_nonsense_is_refused_with_every_problem(facts: dict[str, object], codes: list[str]) -> None:
    usual: dict[str, object] = {
        "annual_rate_pct": Decimal(4),
        "drawn_on": DRAW,
        "returned_on": DRAW,
        "bands": BANDS,
        **facts,
    }
    principal = usual.pop("principal", 100)
    with pytest.raises(Refused) as refusal:
        fee_for(principal, **usual)  # type: ignore[arg-type]
    assert [problem.code for problem in refusal.value.problems] == codes


@given(st.integers(min_value=0, max_value=60))
def test_a_longer_advance_never_costs_less(days: int) -> None:
    for reading in Reading:
        assert fee(days, reading).fee <= fee(days + 1, reading).fee


@given(st.integers(min_value=0, max_value=60))
def test_marginal_never_costs_more_than_whole_period(days: int) -> None:
    assert fee(days, MARGINAL).fee <= fee(days, WHOLE).fee
