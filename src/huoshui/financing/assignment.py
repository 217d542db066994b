"""A day's demands given to branches at their best, all at once. Pure.

Choose options (a demand at a desk) so that the sum of their scores is greatest, where

- a bank that the firm chose gets it always, and uses up capacity first;
- no demand goes to more banks than its room, nor twice to one bank;
- no desk gets more than it has room for;
- small institutions get at least their share of what the platform places, as far as they can take it;
- a demand that would have no bank at all counts FIRST more for its first one: nobody goes empty for another's third.

The rows of the programme are two families of nested sets (demands over banks; desks under the small institutions), so
its matrix is totally unimodular and the simplex method ends at whole numbers: the optimum, not an approximation.
Scores are whole points, 0 to 1000. Source of the order of weights: the parameters ``dispatch.weight_*``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt

from huoshui.kernel.text import Text

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

FIRST = 1000  # points for the first bank of a demand, above any score: reach comes before fit
SHORT = 10_000  # points lost for a place that small institutions should have and could take
OPTIMUM, GREEDY = "optimum", "greedy"


@dataclass(frozen=True, slots=True)
class Merits:
    """What speaks for a bank: *fit* (1000 where the product's conditions are all met, less by its place among the fits),
    *cost* (1000 for the cheapest), *record* (its share of cases answered in time), *incumbent* (0 or 1000)."""

    fit: int
    cost: int
    record: int
    incumbent: int


def score(merits: Merits, weights: Mapping[str, int]) -> int:
    """Return the points of an option, 0 to 1000; *weights* by name, not all 0."""
    whole = sum(weights.values()) or 1
    points: int = sum(getattr(merits, name) * weight for name, weight in weights.items())
    return points // whole


def words(merits: Merits, points: int) -> Text:
    """Return why a bank was taken, in words."""
    zh = [
        f"综合 {points} 分",
        f"产品匹配 {merits.fit // 10}%",
        f"成本 {merits.cost // 10}%",
        f"银行表现 {merits.record // 10}%",
    ]
    en = [
        f"{points} points",
        f"fit {merits.fit // 10} %",
        f"cost {merits.cost // 10} %",
        f"record {merits.record // 10} %",
    ]
    if merits.incumbent:
        zh.append("现有贷款行")
        en.append("lends to the firm already")
    return Text("，".join(zh), ", ".join(en))


@dataclass(frozen=True, slots=True)
class Problem:
    """*demand*, *desk*, *points*, *chosen* of each option; *room* of each demand; *capacity*, *bank*, *small* of each desk.

    *chosen*: the firm named the bank. A desk is a branch, or several of one bank that serve the same districts.
    *share*: least share of small institutions among what the platform places, in percent.
    """

    demand: Ints
    desk: Ints
    points: Ints
    chosen: Flags
    room: Ints
    capacity: Ints
    bank: Ints
    small: Flags
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Solution:
    """*taken* says of each option whether it is assigned; *objective* in points; *short*: places small ones lack."""

    taken: Flags
    objective: int
    method: str
    short: int = 0


def problem(
    options: Sequence[tuple[int, int, int, bool]],
    *,
    room: Sequence[int],
    capacity: Sequence[int],
    bank: Sequence[int],
    small: Sequence[bool],
    share: float = 0.0,
) -> Problem:
    """Return the problem of *options*: (demand, desk, points, chosen)."""
    table = np.array([(d, k, p) for d, k, p, _ in options], dtype=np.int64).reshape(-1, 3)
    return Problem(
        demand=table[:, 0],
        desk=table[:, 1],
        points=table[:, 2],
        chosen=np.array([line[3] for line in options], dtype=bool),
        room=np.array(room, dtype=np.int64),
        capacity=np.array(capacity, dtype=np.int64),
        bank=np.array(bank, dtype=np.int64),
        small=np.array(small, dtype=bool),
        share=share,
    )


def objective(given: Problem, taken: Flags) -> int:
    """Return the points of an assignment: scores, and FIRST for each demand that has a bank."""
    reached = np.unique(given.demand[taken]).size
    return int(given.points[taken].sum()) + FIRST * int(reached)


def violations(given: Problem, taken: Flags) -> dict[str, int]:
    """Return how often each hard rule is broken; every figure is 0 for a right answer."""
    own = ~given.chosen
    per_demand = np.bincount(given.demand[taken], minlength=given.room.size)
    named = np.bincount(given.demand[given.chosen], minlength=given.room.size)
    per_desk = np.bincount(given.desk[taken], minlength=given.capacity.size)
    named_at = np.bincount(given.desk[given.chosen], minlength=given.capacity.size)
    pairs = given.demand[taken] * (given.bank.max(initial=0) + 1) + given.bank[given.desk[taken]]
    return {
        "choice_dropped": int((given.chosen & ~taken).sum()),
        "too_many_banks": int((per_demand > np.maximum(given.room, named)).sum()),
        "over_capacity": int((per_desk > np.maximum(given.capacity, named_at)).sum()),
        "bank_twice": int(pairs.size - np.unique(pairs).size),
        "platform_without_room": int((taken & own & (named[given.demand] >= given.room[given.demand])).sum()),
    }


def solve(given: Problem, *, seconds: float = 300.0) -> Solution:
    """Return the best assignment; greedy where the optimum was not proved within *seconds*."""
    left = _left(given)
    if not left.options.any():
        return Solution(given.chosen.copy(), objective(given, given.chosen), OPTIMUM)
    try:
        taken, short = _optimum(given, left, seconds)
    except _NotProvedError:
        return greedy(given)
    return Solution(taken, objective(given, taken), OPTIMUM, short)


def greedy(given: Problem, *, order: Ints | None = None) -> Solution:
    """Return what taking the best option first gives; *order*: options in another order (random, for comparison).

    Three rounds: the share of small institutions, one bank for every demand, then the rest.
    """
    left = _left(given)
    best = np.lexsort((given.desk, given.demand, -given.points)) if order is None else order
    state = _Hand(given, left)
    queue = [int(at) for at in best if left.options[at]]
    wanted = math.ceil(given.share / 100 * min(int(left.room.sum()), int(left.capacity.sum())))
    for at in queue:
        if state.small >= wanted:
            break
        if given.small[given.desk[at]] and not state.reached[given.demand[at]]:
            state.take(at)
    for at in queue:
        if not state.reached[given.demand[at]]:
            state.take(at)
    for at in queue:
        state.take(at)
    return Solution(state.taken, objective(given, state.taken), GREEDY)


@dataclass(frozen=True, slots=True)
class _Left:
    """What is open once the firms' choices have theirs."""

    options: Flags
    room: Ints
    capacity: Ints
    reached: Flags


def _left(given: Problem) -> _Left:
    named = given.chosen
    room = given.room - np.bincount(given.demand[named], minlength=given.room.size)
    capacity = given.capacity - np.bincount(given.desk[named], minlength=given.capacity.size)
    top = int(given.bank.max(initial=0)) + 1
    pair = given.demand * top + given.bank[given.desk]
    options = ~named & ~np.isin(pair, pair[named])
    room, capacity = np.maximum(room, 0), np.maximum(capacity, 0)
    options &= (room[given.demand] > 0) & (capacity[given.desk] > 0)
    reached = np.zeros(given.room.size, dtype=bool)
    reached[given.demand[named]] = True
    return _Left(options, room, capacity, reached)


class _Hand:
    """An assignment in the making, one option after the other."""

    def __init__(self, given: Problem, left: _Left) -> None:
        self.given, self.taken = given, given.chosen.copy()
        self.room, self.capacity = left.room.tolist(), left.capacity.tolist()
        self.reached, self.banks = left.reached.tolist(), set[tuple[int, int]]()
        self.demand, self.desk = given.demand.tolist(), given.desk.tolist()
        self.bank, self.is_small = given.bank.tolist(), given.small.tolist()
        self.small = 0

    def take(self, at: int) -> None:
        """Take option *at* where every rule allows it."""
        demand, desk = self.demand[at], self.desk[at]
        pair = (demand, self.bank[desk])
        if self.taken[at] or not self.room[demand] or not self.capacity[desk] or pair in self.banks:
            return
        self.taken[at] = True
        self.room[demand] -= 1
        self.capacity[desk] -= 1
        self.reached[demand] = True
        self.banks.add(pair)
        self.small += self.is_small[desk]


class _NotProvedError(Exception):
    """The optimum was not proved in time."""


def _optimum(given: Problem, left: _Left, seconds: float) -> tuple[Flags, int]:
    index = np.flatnonzero(left.options)
    model = _model(given, left, index)
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.silent()
    for option, value in (("time_limit", seconds), ("solver", "simplex"), ("threads", 1)):
        solver.setOptionValue(option, value)
    solver.passModel(model)
    taken = _run(solver, given, index)
    own = taken & ~given.chosen
    at_small = given.small[given.desk]
    wanted = math.ceil(given.share / 100 * int(own.sum()))
    if int((own & at_small).sum()) >= wanted:
        return taken, 0
    places = np.flatnonzero(at_small[index]).astype(np.int32)
    solver.addRow(float(wanted), highspy.kHighsInf, places.size, places, np.ones(places.size))
    row = solver.getNumRow() - 1
    # what small institutions cannot take is not asked of them: the gap may stay, at a price above any score
    solver.addCol(float(SHORT), 0.0, highspy.kHighsInf, 1, np.array([row], dtype=np.int32), np.ones(1))
    taken = _run(solver, given, index)
    return taken, max(0, wanted - int((taken & ~given.chosen & at_small).sum()))


def _model(given: Problem, left: _Left, index: Ints) -> Any:
    """Return the programme: a column an option, a column "has a bank" a demand; rows of demands, desks, pairs."""
    demands, at_demand = np.unique(given.demand[index], return_inverse=True)
    desks, at_desk = np.unique(given.desk[index], return_inverse=True)
    pair = given.demand[index] * (int(given.bank.max()) + 1) + given.bank[given.desk[index]]
    _, at_pair, often = np.unique(pair, return_inverse=True, return_counts=True)
    shared = often > 1  # a bank with two desks for one demand: at most one of them
    pair_row = np.where(shared, np.cumsum(shared) - 1, -1)[at_pair]
    options, firsts = index.size, demands.size
    rows = demands.size + desks.size + int(shared.sum())
    columns = np.arange(options)
    tied = pair_row >= 0
    row_of = np.concatenate(
        [at_demand, demands.size + at_desk, demands.size + desks.size + pair_row[tied], np.arange(firsts)]
    )
    column_of = np.concatenate([columns, columns, columns[tied], options + np.arange(firsts)])
    value = np.ones(row_of.size)
    value[-firsts:] = -1.0
    by_column = np.argsort(column_of, kind="stable")
    fresh = ~left.reached[demands]
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = options + firsts, rows
    model.col_cost_ = np.concatenate([-given.points[index].astype(float), np.where(fresh, -float(FIRST), 0.0)])
    model.col_lower_ = np.zeros(options + firsts)
    model.col_upper_ = np.concatenate([np.ones(options), fresh.astype(float)])
    # taken - has_a_bank lies in [0, room - 1]; of a demand that has a bank already, taken in [0, room]
    most = left.room[demands] - fresh
    model.row_lower_ = np.concatenate([np.zeros(demands.size), np.full(rows - demands.size, -highspy.kHighsInf)])
    model.row_upper_ = np.concatenate([most, left.capacity[desks], np.ones(int(shared.sum()))]).astype(float)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    counts = np.bincount(column_of, minlength=options + firsts)
    model.a_matrix_.start_ = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    model.a_matrix_.index_ = row_of[by_column].astype(np.int32)
    model.a_matrix_.value_ = value[by_column]
    return model


def _run(solver: Any, given: Problem, index: Ints) -> Flags:
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise _NotProvedError
    found = np.array(solver.getSolution().col_value)[: index.size]
    taken = given.chosen.copy()
    taken[index] = found > 0.5  # noqa: PLR2004 - whole numbers up to rounding
    if np.any(np.abs(found - np.round(found)) > 1e-6) or any(violations(given, taken).values()):  # noqa: PLR2004
        raise _NotProvedError
    return taken
