"""A day's recommended demands and the branches of the city: what may go where, for how much, and who gets what. Pure.

``assignment`` finds the best; this module says what there is to choose from and puts the answer in words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from huoshui.financing import assignment
from huoshui.financing.assignment import Merits, Solution
from huoshui.financing.dispatch import CAPACITY, CHOICE, FIT, GROUP, INCUMBENT, Candidate, Desk, Offer, best_desk
from huoshui.kernel.text import Text

NO_RECORD = 800  # points of a bank that has answered nothing yet: neither praised nor blamed
NO_PRODUCT = Merits(fit=300, cost=500, record=0, incumbent=0)
PLACE = 60  # points of fit lost with each place further down
POINT = 400  # points of cost lost for each percentage point above the cheapest


@dataclass(frozen=True, slots=True)
class Fitting:
    """A product the firm qualifies for: *rank* by all-in cost from 1, *rate_pct* what it costs a year after subsidy."""

    bank_id: int
    product_id: int
    rank: int
    rate_pct: Decimal


@dataclass(frozen=True, slots=True)
class Want:
    """A demand to be given out. *room*: banks it may still go to; *platform*: the platform may add banks to *choices*.

    *desks*: the branches that serve its district; *asked*: banks that have or had it.
    """

    demand_id: int
    room: int
    choices: tuple[Candidate, ...]
    platform: bool
    fits: tuple[Fitting, ...]
    incumbents: tuple[int, ...]
    asked: frozenset[int]
    desks: tuple[Desk, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A demand at a branch, with the points and the reason."""

    demand_id: int
    offer: Offer
    points: int


@dataclass(frozen=True, slots=True)
class Day:
    """The answer: lines by demand, demands without a bank with the reason, and how good it is beside taking the best first."""

    lines: tuple[Line, ...]
    unplaced: tuple[tuple[int, Text], ...]
    method: str
    objective: int
    greedy_objective: int
    short: int


@dataclass(frozen=True, slots=True)
class _Option:
    demand: int
    desk: int
    points: int
    chosen: bool
    product_id: int | None
    basis: str
    why: Text


def plan_day(
    wants: Sequence[Want],
    *,
    records: Mapping[int, int],
    small: frozenset[int],
    weights: Mapping[str, int],
    share: float,
    seconds: float = 120.0,
) -> Day:
    """Return who gets what. *records*: points of each bank's record, 0 to 1000; *small*: small institutions."""
    desks = list({desk.branch_id: desk for want in wants for desk in want.desks if not desk.paused}.values())
    place = {desk.branch_id: at for at, desk in enumerate(desks)}
    options = [option for at, want in enumerate(wants) for option in _options(at, want, place, records, weights)]
    given = assignment.problem(
        [(option.demand, option.desk, option.points, option.chosen) for option in options],
        room=[max(want.room, 0) for want in wants],
        capacity=[max(desk.room, 0) for desk in desks],
        bank=[desk.bank_id for desk in desks],
        small=[desk.bank_id in small for desk in desks],
        share=share,
    )
    found = assignment.solve(given, seconds=seconds)
    lines = tuple(_line(wants, desks, option) for option, taken in zip(options, found.taken, strict=True) if taken)
    return Day(
        lines=tuple(sorted(lines, key=lambda line: (line.demand_id, -line.points))),
        unplaced=_unplaced(wants, options, found),
        method=found.method,
        objective=found.objective,
        greedy_objective=assignment.greedy(given).objective,
        short=found.short,
    )


def _options(
    at: int, want: Want, place: Mapping[int, int], records: Mapping[int, int], weights: Mapping[str, int]
) -> list[_Option]:
    found = [option for option in (_chosen(at, want, each, place) for each in want.choices) if option]
    found = found[: max(want.room, 0)]
    if not want.platform:
        return found
    named = {want_option.desk for want_option in found}
    for desk in want.desks:
        spot = place.get(desk.branch_id)
        if spot is None or spot in named or desk.bank_id in want.asked:
            continue
        fit = next((each for each in want.fits if each.bank_id == desk.bank_id), None)
        if fit is None and want.fits and desk.bank_id not in want.incumbents:
            continue  # somebody's product fits: a bank whose products do not is not bothered
        found.append(_added(at, spot, want, desk, fit, records, weights))
    return found


def _chosen(at: int, want: Want, each: Candidate, place: Mapping[int, int]) -> _Option | None:
    desk = best_desk(want.desks, each.bank_id, needs_room=False)
    if desk is None or each.bank_id in want.asked:
        return None
    if each.rank is None:
        why = Text("该行给所在集群专项授信", "The bank gave the firm's group a special credit")
        return _Option(at, place[desk.branch_id], 1000, True, each.product_id, GROUP, why)
    why = Text(f"企业第 {each.rank} 选择", f"The firm's choice no. {each.rank}")
    if desk.room <= 0:
        why = Text(f"{why.zh}，网点本周已满额，仍按企业选择派单", f"{why.en}; the branch is full this week")
    return _Option(at, place[desk.branch_id], 1000, True, each.product_id, CHOICE, why)


def _added(
    at: int,
    spot: int,
    want: Want,
    desk: Desk,
    fit: Fitting | None,
    records: Mapping[int, int],
    weights: Mapping[str, int],
) -> _Option:
    lends = 1000 if desk.bank_id in want.incumbents else 0
    record = records.get(desk.bank_id, NO_RECORD)
    if fit is None:
        merits = Merits(NO_PRODUCT.fit, NO_PRODUCT.cost, record, lends)
    else:
        above = fit.rate_pct - min(each.rate_pct for each in want.fits)
        merits = Merits(max(0, 1000 - PLACE * (fit.rank - 1)), max(0, 1000 - int(above * POINT)), record, lends)
    points = assignment.score(merits, weights)
    basis = INCUMBENT if lends else FIT if fit else CAPACITY
    return _Option(at, spot, points, False, fit.product_id if fit else None, basis, assignment.words(merits, points))


def _line(wants: Sequence[Want], desks: Sequence[Desk], option: _Option) -> Line:
    desk = desks[option.desk]
    offer = Offer(desk.bank_id, desk.branch_id, desk.path, option.product_id, option.basis, option.why)
    return Line(wants[option.demand].demand_id, offer, option.points)


def _unplaced(wants: Sequence[Want], options: Sequence[_Option], found: Solution) -> tuple[tuple[int, Text], ...]:
    placed = {option.demand for option, taken in zip(options, found.taken, strict=True) if taken}
    had = {option.demand for option in options}
    return tuple((want.demand_id, _why_not(want, at in had)) for at, want in enumerate(wants) if at not in placed)


def _why_not(want: Want, had_options: bool) -> Text:
    if want.room <= 0:
        return Text("已对接足够多的银行", "Enough banks have it already")
    if had_options:
        return Text("合适的网点本周都已满额", "Every branch that fits is full this week")
    if not want.desks:
        return Text("没有网点服务该区县", "No branch serves the district")
    if all(desk.paused for desk in want.desks):
        return Text("服务该区县的网点都暂停接单", "Every branch of the district takes no cases now")
    if not want.platform:
        return Text("企业选择的银行没有可接单的网点", "The chosen banks have no branch that takes cases")
    return Text("没有还没问过的合适银行", "No bank that fits is left to ask")
