"""A day of 120,000 demands given to 400 branches at their best, beside greedy and random in the same run.

Usage: python bench/dispatch.py [--demands 120000] [--branches 400] [--banks 25] [--small 20] [--seed 1]
Demands are of ten districts; a demand fits 4 to 10 banks, one in ten has named a bank, one bank in five is small.
Every hard rule is checked on every answer. Last line: JSON seconds, objective, greedy_objective, random_objective,
violations (of the optimum).
"""

from __future__ import annotations

import argparse
import json
import time

import numpy as np

from huoshui.financing import assignment
from huoshui.financing.assignment import Problem, Solution

DISTRICTS, ROOM = 10, 3


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--demands", type=int, default=120_000)
    parser.add_argument("--branches", type=int, default=400)
    parser.add_argument("--banks", type=int, default=25)
    parser.add_argument("--small", type=float, default=20.0, help="least share of small institutions, percent")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--full", action="store_true", help="no branch has room")
    return parser.parse_args()


def city(given: argparse.Namespace) -> Problem:
    """Return a day of the city: branches of a bank in a district are one desk with their room together."""
    draw = np.random.default_rng(given.seed)
    bank_of_branch = np.arange(given.branches) % given.banks
    district_of_branch = draw.integers(0, DISTRICTS, given.branches)
    place = bank_of_branch * DISTRICTS + district_of_branch
    room = np.zeros(given.branches) if given.full else draw.integers(100, 1000, given.branches)
    desks, at = np.unique(place, return_inverse=True)
    capacity = np.bincount(at, weights=room).astype(np.int64)
    bank, district = desks // DISTRICTS, desks % DISTRICTS
    small = bank % 5 == 1 if given.banks > 1 else np.zeros(desks.size, dtype=bool)
    where = draw.integers(0, DISTRICTS, given.demands)
    liked = draw.random((given.demands, given.banks)) < draw.uniform(0.2, 0.5, (given.demands, 1))
    desk_at = np.full((given.banks, DISTRICTS), -1)
    desk_at[bank, district] = np.arange(desks.size)
    demand, wanted = np.nonzero(liked if given.banks > 1 else np.ones_like(liked))
    desk = desk_at[wanted, where[demand]]
    demand, desk = demand[desk >= 0], desk[desk >= 0]
    quality = draw.integers(300, 900, given.banks)
    points = np.clip(quality[bank[desk]] + draw.integers(-300, 300, demand.size), 0, 1000)
    named = np.zeros(demand.size, dtype=bool)
    first = np.unique(demand, return_index=True)[1]
    named[first[draw.random(first.size) < 0.1]] = True
    rooms = np.full(given.demands, ROOM)
    return Problem(demand, desk, points, named, rooms, capacity, bank, small, given.small)


def timed(name: str, problem: Problem, answer: Solution, seconds: float) -> None:
    wrong = assignment.violations(problem, answer.taken)
    reached = np.unique(problem.demand[answer.taken]).size
    own = answer.taken & ~problem.chosen
    share = 100 * (own & problem.small[problem.desk]).sum() / max(own.sum(), 1)
    print(
        f"{name:8} {answer.method:8} {seconds:6.1f} s  objective {answer.objective:>12,}  places {answer.taken.sum():>8,}"
        f"  demands reached {reached:>8,}  small {share:4.1f} %  short {answer.short}  broken {sum(wrong.values())}"
    )


def main() -> None:
    given = arguments()
    problem = city(given)
    print(
        f"{given.demands:,} demands, {given.branches} branches of {given.banks} banks as {problem.capacity.size} desks,"
        f" {problem.demand.size:,} options, room for {problem.capacity.sum():,}, {problem.chosen.sum():,} choices of firms"
    )
    answers: dict[str, tuple[Solution, float]] = {}
    cpu: dict[str, float] = {}
    shuffled = np.random.default_rng(given.seed + 1).permutation(problem.demand.size)
    for name, solve in (
        ("optimum", lambda: assignment.solve(problem)),
        ("greedy", lambda: assignment.greedy(problem)),
        ("random", lambda: assignment.greedy(problem, order=shuffled)),
    ):
        start, used = time.perf_counter(), time.process_time()
        answers[name] = (solve(), time.perf_counter() - start)
        cpu[name] = time.process_time() - used
        timed(name, problem, *answers[name])
    best, seconds = answers["optimum"]
    print(
        json.dumps(
            {
                "seconds": round(seconds, 2),
                "cpu_seconds": round(cpu["optimum"], 2),
                "objective": best.objective,
                "greedy_objective": answers["greedy"][0].objective,
                "random_objective": answers["random"][0].objective,
                "violations": sum(assignment.violations(problem, best.taken).values()),
                "method": best.method,
            }
        )
    )


if __name__ == "__main__":
    main()
