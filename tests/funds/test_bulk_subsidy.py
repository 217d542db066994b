"""Many lines at once, to the fen and to the reason what the kernel gives one by one; and what is refused."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huoshui.funds import bulk_subsidy
from huoshui.funds.bulk_subsidy import NO_DAY, NOT_SET, Lines
from huoshui.kernel import subsidy
from huoshui.kernel.errors import Refused
from huoshui.kernel.subsidy import Balance, Terms

EPOCH = dt.date(1970, 1, 1)
FIRST, END = dt.date(2025, 1, 1), dt.date(2025, 4, 1)
LIMITS = ("interest_paid", "firm_cap_left", "budget_left")


@dataclass(frozen=True)
class Case:
    balances: tuple[tuple[dt.date, int], ...]
    end: dt.date
    contract: int = 40_000
    other: int = 0
    stopped: dt.date | None = None
    interest_paid: int = NOT_SET
    firm_cap_left: int = NOT_SET
    budget_left: int = NOT_SET


def day(date: dt.date | None) -> int:
    return int(NO_DAY) if date is None else (date - EPOCH).days


def columns(cases: list[Case]) -> Lines:
    periods = max(len(case.balances) for case in cases)
    starts = np.full((periods, len(cases)), NO_DAY, np.int32)
    amounts = np.zeros((periods, len(cases)), np.int64)
    for at, case in enumerate(cases):
        for period, (start, amount) in enumerate(case.balances):
            starts[period, at], amounts[period, at] = day(start), amount
    column = {name: np.array([getattr(case, name) for case in cases], np.int64) for name in LIMITS}
    return Lines(
        starts,
        amounts,
        np.array([day(case.end) for case in cases], np.int32),
        np.array([case.contract for case in cases], np.int64),
        np.array([case.other for case in cases], np.int64),
        stopped_on=np.array([day(case.stopped) for case in cases], np.int32),
        **column,
    )


def one_by_one(case: Case, terms: Terms) -> subsidy.Line:
    limits = {name: None if getattr(case, name) == NOT_SET else getattr(case, name) for name in LIMITS}
    return subsidy.line(
        [Balance(*balance) for balance in case.balances],
        end=case.end,
        contract_rate_pct=Decimal(case.contract) / 10_000,
        terms=replace(terms, firm_cap_left=limits["firm_cap_left"], budget_left=limits["budget_left"]),
        other_subsidy_pct=Decimal(case.other) / 10_000,
        interest_paid=limits["interest_paid"],
        stopped_on=case.stopped,
    )


def agree(cases: list[Case], terms: Terms) -> None:
    found = bulk_subsidy.lines(columns(cases), terms=terms)
    for at, case in enumerate(cases):
        expected = one_by_one(case, terms)
        got = (int(found.interest[at]), found.applied_rate_pct(at), int(found.subsidy[at]), found.limited_by(at))
        assert got == (expected.interest, expected.applied_rate_pct, expected.subsidy, expected.limited_by), case


def drawn_case(chance: random.Random) -> Case:
    first = dt.date(2023, 1, 1) + dt.timedelta(days=chance.randrange(900))
    if chance.random() < 0.2:
        first = chance.choice(
            [dt.date(2024, 1, 31), dt.date(2024, 2, 29), dt.date(2023, 12, 31), dt.date(2023, 11, 30)]
        )
    steps = [0, *(chance.randint(1, 62) for _ in range(chance.randrange(12)))]
    starts = [first + dt.timedelta(days=sum(steps[: at + 1])) for at in range(len(steps))]
    end = starts[-1] + dt.timedelta(days=chance.randrange(63))
    most = chance.choice([10, 10**6, 10**9, 10**12, 10**15, 9 * 10**17])
    stopped = first + dt.timedelta(days=chance.randint(-5, 400)) if chance.random() < 0.3 else None
    limit = [NOT_SET if chance.random() < 0.6 else chance.randrange(most // 50 + 2) for _ in LIMITS]
    return Case(
        tuple((start, chance.randrange(most + 1)) for start in starts), end, chance.choice([0, 36_500, 43_500, 100_000, chance.randrange(240_001)]),
        chance.choice([0, 0, chance.randrange(60_001)]), stopped, *limit,
    )  # fmt: skip


def drawn_terms(chance: random.Random) -> Terms:
    return Terms(
        fraction=chance.choice([None, Decimal("0.5"), Decimal("0.333333"), Decimal(chance.randrange(1001)) / 1000, Decimal(1)]),
        points_pct=chance.choice([None, None, Decimal(1), Decimal(chance.randrange(50_000)) / 10_000]),
        principal_cap=chance.choice([None, None, 0, 300_000_000, chance.randrange(10**12)]),
        months=chance.choice([None, None, 0, 1, 3, 12, 13]),
        basis=chance.choice([360, 365]),
    )  # fmt: skip


@given(st.integers(min_value=0, max_value=2**63))
def test_many_lines_are_what_the_kernel_gives_one_by_one(seed: int) -> None:
    chance = random.Random(seed)
    agree([drawn_case(chance) for _ in range(chance.randint(1, 25))], drawn_terms(chance))


@pytest.mark.slow
def test_ten_thousand_drawn_lines_agree_with_the_kernel() -> None:
    chance = random.Random(20261121)
    for _ in range(50):
        agree([drawn_case(chance) for _ in range(200)], drawn_terms(chance))


@pytest.mark.parametrize(("amount", "expected"), [(4_499, 0), (4_500, 1), (4_501, 1), (13_499, 1), (13_500, 2)])
def test_a_half_goes_up_and_less_does_not(amount: int, expected: int) -> None:
    case = Case(((FIRST, amount),), FIRST + dt.timedelta(days=1))  # 4 % of a day: 9,000 fen earn one
    agree([case], Terms())
    assert bulk_subsidy.lines(columns([case]), terms=Terms()).subsidy[0] == expected


@pytest.mark.parametrize("fraction", ["0.5", "0.333333"])
@pytest.mark.parametrize("excess", [-1, 0, 1])
@pytest.mark.parametrize("edge", [2**62, 2**63 - 1, 2**64])
def test_results_are_exact_on_both_sides_of_64_bits(edge: int, excess: int, fraction: str) -> None:
    days, rate = 366, 100_000
    amount = edge // (days * rate) + excess
    case = Case(((FIRST, amount), (FIRST + dt.timedelta(days=1), amount)), FIRST + dt.timedelta(days=days), rate)
    agree([case], Terms(fraction=Decimal(fraction)))


def test_ten_billion_yuan_for_a_leap_year_at_ten_percent() -> None:
    case = Case(((dt.date(2024, 1, 1), 10**12),), dt.date(2025, 1, 1), 100_000)
    found = bulk_subsidy.lines(columns([case]), terms=Terms(fraction=Decimal("0.5")))
    assert (int(found.interest[0]), int(found.subsidy[0])) == (101_666_666_667, 50_833_333_333)


def test_the_largest_bookable_amount_for_a_year_is_exact_beside_a_small_one() -> None:
    large = Case(((FIRST, 9 * 10**17),), FIRST + dt.timedelta(days=366), 240_000)
    agree([large, Case(((FIRST, 4_500),), FIRST + dt.timedelta(days=1))], Terms(fraction=Decimal("0.123456")))


def test_a_result_beyond_64_bits_is_refused_in_words() -> None:
    case = Case(((FIRST, 9 * 10**17),), FIRST + dt.timedelta(days=36_000), 4_000_000)
    with pytest.raises(Refused) as refusal:
        bulk_subsidy.lines(columns([case]), terms=Terms())
    assert [(problem.code, problem.value) for problem in refusal.value.problems] == [("subsidy_too_large", 0)]


def test_months_end_in_a_leap_february_and_threads_change_nothing() -> None:
    cases = [Case(((dt.date(2024, 1, 31), 36_000_000 + n),), dt.date(2024, 12, 31)) for n in range(40_000)]
    terms = Terms(months=1)
    agree(cases[:3], terms)
    alone, shared = (bulk_subsidy.lines(columns(cases), terms=terms, workers=workers) for workers in (1, 3))
    assert np.array_equal(alone.subsidy, shared.subsidy)
    assert alone.limited_by(39_999) == ("months",)


def test_limits_of_the_programme_hold_for_every_line_unless_lines_bring_their_own() -> None:
    given_lines = columns([Case(((FIRST, 10**9),), END)])
    bare = replace(
        given_lines, interest_paid=None, firm_cap_left=None, budget_left=None, other_ppm=None, stopped_on=None
    )
    found = bulk_subsidy.lines(bare, terms=Terms(budget_left=7))
    assert (int(found.subsidy[0]), found.limited_by(0)) == (7, ("budget_left",))
    found = bulk_subsidy.lines(replace(bare, budget_left=np.array([5], np.int64)), terms=Terms(budget_left=7))
    assert int(found.subsidy[0]) == 5


def test_no_lines_give_no_results() -> None:
    empty = Lines(np.empty((1, 0), np.int32), np.empty((1, 0), np.int64), np.empty(0, np.int32), np.empty(0, np.int64))
    assert len(bulk_subsidy.lines(empty, terms=Terms()).subsidy) == 0


GOOD = Case(((FIRST, 100), (FIRST + dt.timedelta(days=5), 50)), END)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (replace(GOOD, balances=((FIRST, -1),)), "subsidy_balances"),
        (replace(GOOD, balances=((FIRST, 1), (FIRST, 2))), "subsidy_balances"),
        (replace(GOOD, balances=((END, 1), (FIRST, 2))), "subsidy_balances"),
        (replace(GOOD, balances=()), "subsidy_balances"),
        (replace(GOOD, end=FIRST), "subsidy_dates"),
        (replace(GOOD, contract=-1), "subsidy_rate"),
        (replace(GOOD, contract=4_000_001), "subsidy_rate"),
        (replace(GOOD, other=-1), "subsidy_rate"),
        (replace(GOOD, interest_paid=-2), "subsidy_amount"),
    ],
)
def test_a_line_of_nonsense_is_refused_with_its_number(wrong: Case, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        bulk_subsidy.lines(columns([GOOD, wrong]), terms=Terms())
    assert [(problem.code, problem.value) for problem in refusal.value.problems] == [(code, 1)]


@pytest.mark.parametrize(
    ("terms", "codes"),
    [
        (Terms(fraction=Decimal("1.01")), ["subsidy_terms"]),
        (Terms(fraction=Decimal("0.1234567")), ["subsidy_precision"]),
        (Terms(points_pct=Decimal("0.00001")), ["subsidy_precision"]),
        (Terms(basis=364), ["subsidy_terms"]),
        (Terms(months=1201), ["subsidy_terms"]),
        (Terms(months=-1, budget_left=-1), ["subsidy_terms", "subsidy_terms"]),
    ],
)
def test_terms_of_nonsense_are_refused_with_every_problem(terms: Terms, codes: list[str]) -> None:
    with pytest.raises(Refused) as refusal:
        bulk_subsidy.lines(columns([GOOD]), terms=terms)
    assert [problem.code for problem in refusal.value.problems] == codes


def test_a_subsidy_that_would_end_after_the_year_9999_is_refused() -> None:
    late = Case(((dt.date(9999, 6, 1), 1),), dt.date(9999, 7, 1))
    with pytest.raises(Refused, match="9999"):
        bulk_subsidy.lines(columns([late]), terms=Terms(months=12))


@pytest.mark.parametrize("column", ["end", "contract_ppm", "amounts", "stopped_on"])
def test_columns_of_another_type_or_length_are_refused(column: str) -> None:
    good: Any = columns([GOOD, GOOD])
    for wrong in (getattr(good, column).astype(np.float64), getattr(good, column)[..., :1]):
        with pytest.raises(Refused) as refusal:
            bulk_subsidy.lines(replace(good, **{column: wrong}), terms=Terms())
        assert refusal.value.code == "subsidy_columns"
