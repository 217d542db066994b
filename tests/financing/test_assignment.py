"""The day's demands given out at their best: against brute force, and every hard rule by itself."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huoshui.financing import assignment
from huoshui.financing.assignment import GREEDY, OPTIMUM, Merits, Problem, problem, solve


@st.composite
def small_days(draw: st.DrawFn) -> Problem:
    """A day small enough to try every assignment."""
    desks = draw(st.integers(1, 4))
    bank = [draw(st.integers(0, 2)) for _ in range(desks)]
    demands = draw(st.integers(1, 4))
    pairs = [(d, k) for d in range(demands) for k in range(desks)]
    kept = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=10))
    options = [(d, k, draw(st.integers(0, 1000)), False) for d, k in sorted(kept)]
    named = {}
    for at, (d, k, _, _) in enumerate(options):
        if d not in named and draw(st.booleans()) and draw(st.booleans()):
            named[d] = at
            options[at] = (d, k, options[at][2], True)
    small_banks = {draw(st.integers(0, 2))}
    return problem(
        options,
        room=[draw(st.integers(1, 3)) for _ in range(demands)],
        capacity=[draw(st.integers(0, 3)) for _ in range(desks)],
        bank=bank,
        small=[each in small_banks for each in bank],
    )


def best_by_trying(day: Problem) -> int:
    """Return the greatest objective of all assignments that break no rule."""
    best = -1
    for picked in itertools.product([False, True], repeat=day.demand.size):
        taken = np.array(picked, dtype=bool)
        if not any(assignment.violations(day, taken).values()):
            best = max(best, assignment.objective(day, taken))
    return best


@settings(max_examples=150, deadline=None)
@given(small_days())
def test_the_optimum_is_the_best_of_all_assignments(day: Problem) -> None:
    found = solve(day)
    assert found.method == OPTIMUM
    assert found.objective == best_by_trying(day)


@settings(max_examples=80, deadline=None)
@given(small_days())
def test_greedy_breaks_no_rule_and_is_never_better(day: Problem) -> None:
    quick = assignment.greedy(day)
    assert not any(assignment.violations(day, quick.taken).values())
    assert quick.objective <= solve(day).objective


def one(options: list[tuple[int, int, int, bool]], *, capacity: list[int], **given_: object) -> Problem:
    """A day with a room of three for each demand and a bank a desk."""
    demands = 1 + max((line[0] for line in options), default=0)
    values: dict[str, object] = {
        "room": [3] * demands, "bank": list(range(len(capacity))), "small": [False] * len(capacity), **given_,
    }  # fmt: skip
    return problem(options, capacity=capacity, **values)  # type: ignore[arg-type]


def test_greedy_gives_the_best_desk_away_where_the_optimum_sees_ahead() -> None:
    # both want desk 0; demand 1 has nothing else
    day = one([(0, 0, 900, False), (0, 1, 850, False), (1, 0, 800, False)], capacity=[1, 1], room=[1, 1])
    assert assignment.greedy(day).objective == 900 + 1000
    assert solve(day).objective == 850 + 800 + 2000


def test_nobody_goes_empty_for_the_third_bank_of_another() -> None:
    day = one([(0, 0, 1000, False), (0, 1, 1000, False), (1, 1, 1, False)], capacity=[1, 1])
    taken = solve(day).taken
    assert taken.tolist() == [True, False, True]


def test_a_choice_of_the_firm_is_honoured_at_a_full_desk() -> None:
    day = one([(0, 0, 0, True), (1, 0, 1000, False)], capacity=[0])
    assert solve(day).taken.tolist() == [True, False]


def test_with_no_capacity_anywhere_only_the_firms_choices_are_placed() -> None:
    day = one([(0, 0, 900, False), (0, 1, 800, True), (1, 0, 700, False)], capacity=[0, 0])
    assert solve(day).taken.tolist() == [False, True, False]
    assert assignment.greedy(day).taken.tolist() == [False, True, False]


def test_a_day_without_options_is_an_empty_answer() -> None:
    day = one([], capacity=[5])
    assert solve(day).objective == 0


@pytest.mark.parametrize(("room", "placed"), [(1, 1), (2, 2), (3, 3)])
def test_no_demand_gets_more_banks_than_it_may(room: int, placed: int) -> None:
    day = one([(0, desk, 500, False) for desk in range(4)], capacity=[1] * 4, room=[room])
    assert solve(day).taken.sum() == placed


def test_two_branches_of_a_bank_get_a_demand_once() -> None:
    day = one([(0, 0, 500, False), (0, 1, 600, False)], capacity=[1, 1], bank=[7, 7])
    assert solve(day).taken.tolist() == [False, True]


@pytest.mark.parametrize(("share", "at_small"), [(0.0, 0), (20.0, 2), (50.0, 5), (100.0, 10)])
def test_small_institutions_get_their_share_of_what_the_platform_places(share: float, at_small: int) -> None:
    options = [(d, desk, 900 - 500 * desk, False) for d in range(10) for desk in (0, 1)]
    day = one(options, capacity=[10, 10], room=[1] * 10, small=[False, True], share=share)
    found = solve(day)
    assert (found.taken & (day.desk == 1)).sum() == at_small
    assert found.short == 0


def test_what_small_institutions_cannot_take_goes_to_others_and_is_said() -> None:
    options = [(d, desk, 900 - 500 * desk, False) for d in range(10) for desk in (0, 1)]
    day = one(options, capacity=[10, 1], room=[1] * 10, small=[False, True], share=50.0)
    found = solve(day)
    assert (found.taken & (day.desk == 1)).sum() == 1
    assert found.taken.sum() == 10
    assert found.short == 4


def test_an_optimum_not_proved_in_time_falls_back_to_greedy() -> None:
    draw = np.random.default_rng(3)
    options = [(d, k, int(draw.integers(1000)), False) for d in range(400) for k in range(20)]
    day = one(options, capacity=[30] * 20)
    assert solve(day, seconds=0.0).method == GREEDY


def test_a_score_is_the_weighted_mean_of_its_merits() -> None:
    weights = {"fit": 40, "cost": 25, "record": 20, "incumbent": 15}
    assert assignment.score(Merits(1000, 1000, 1000, 1000), weights) == 1000
    assert assignment.score(Merits(1000, 0, 0, 0), weights) == 400
    assert assignment.score(Merits(0, 0, 0, 1000), weights) == 150
    assert "现有贷款行" in assignment.words(Merits(1000, 500, 900, 1000), 855).zh
