"""What a programme's money does before and after a change, in the words and units of the lab's page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from huoshui.kernel import money
from huoshui.kernel.errors import DomainError
from huoshui.portals.shared.choices import said
from huoshui.screening.lab import Effect
from huoshui.screening.lab_money import Assumptions, budget_of, cost_of_loan, spending
from huoshui.screening.simulate import Money


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """One figure of both sides."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class MoneyPair:
    """Both sides; *problem*: why there is nothing to show."""

    before_name: str = ""
    after_name: str = ""
    before: Money | None = None
    after: Money | None = None
    lines: tuple[MoneyLine, ...] = ()
    notes: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the comparison: its name, kind, judged terms, and how many firms qualify."""

    name: str
    kind: str
    terms: Mapping[str, Any]
    firms: int


def money_pair(before: Side | None, after: Side, assumed: Assumptions, *, on: dt.date) -> MoneyPair:
    """Return what both sides cost and move under the same average loan."""
    try:
        moved = [_moved(side, assumed, on) for side in (before, after) if side]
    except DomainError as refusal:
        return MoneyPair(problem=said(refusal.text))
    was, will = (moved[0] if before else None), moved[-1]
    return MoneyPair(
        before_name=before.name if before else "",
        after_name=after.name,
        before=was[0] if was else None,
        after=will[0],
        lines=tuple(_lines(was, will)),
        notes=tuple(_notes(after, will[0], assumed)),
    )


def sides(effect: Effect, before: Side | None, after: Side) -> tuple[Side | None, Side]:
    """Return the sides with the counts of *effect*."""
    known = Side(before.name, before.kind, before.terms, effect.before[0]) if before and effect.before else None
    return known, Side(after.name, after.kind, after.terms, effect.after[0])


def _moved(side: Side, assumed: Assumptions, on: dt.date) -> tuple[Money, int]:
    moved = spending(side.firms, side.kind, side.terms, assumed, on=on)
    return moved, cost_of_loan(side.kind, side.terms, assumed, on=on)


def _lines(was: tuple[Money, int] | None, will: tuple[Money, int]) -> list[MoneyLine]:
    before = _shown(was) if was else ("",) * len(_shown(will))
    names = (_("预计贷款笔数"), _("预计撬动贷款"), _("每笔财政成本"), _("财政成本合计"), _("杠杆倍数"))
    return [MoneyLine(*line) for line in zip(names, before, _shown(will), strict=True)]


def _shown(side: tuple[Money, int]) -> tuple[str, ...]:
    moved, each = side
    leverage = "—" if moved.leverage is None else f"{moved.leverage:,}"
    return f"{moved.loans:,}", _amount(moved.lent), _amount(each), _amount(moved.cost), leverage


def _notes(after: Side, moved: Money, assumed: Assumptions) -> list[str]:
    budget = budget_of(after.kind, after.terms)
    notes = []
    if budget is not None and moved.cost == budget:
        wanted = moved.loans and after.firms * assumed.take_up_pct / 100
        words = {"budget": _amount(budget), "wanted": f"{int(wanted):,}", "loans": f"{moved.loans:,}"}
        notes.append(_("预算 %(budget)s 会用完：预计申贷 %(wanted)s 笔，只够 %(loans)s 笔。") % words)
    elif budget is not None:
        notes.append(
            _("预算 %(budget)s，预计结余 %(left)s。")
            % {"budget": _amount(budget), "left": _amount(budget - moved.cost)}
        )
    if after.kind != "subsidy":
        notes.append(_("这类政策没有逐笔公式，财政成本按下方假设的比例估算。"))
    return notes


def _amount(fen: int) -> str:
    return said(money.human(fen))
