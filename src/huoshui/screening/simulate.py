"""What changed rules would do to a file of firms: who gains, loses, becomes unknown, and what a programme would cost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from huoshui.kernel.money import round_half_up
from huoshui.rules.book import Book, Programme
from huoshui.rules.facts import FactDictionary
from huoshui.rules.firm import Rule
from huoshui.rules.layout import Words
from huoshui.rules.plan import plan
from huoshui.rules.population import Judge, Judged
from huoshui.screening.firms_file import open_firms

# what a firm can move between: (before, after) bitmaps of the change
MOVES = ("gain", "lose", "become_unknown")
_NEVER = dt.date.min


@dataclass(frozen=True, slots=True)
class Money:
    """What a programme's money does with so many firms: loans made, fen lent, fen of public cost."""

    loans: int
    lent: int
    cost: int

    @property
    def leverage(self) -> Decimal | None:
        """Return fen lent for each fen of public cost, to two decimals; None where nothing is spent."""
        return Decimal(round_half_up(Decimal(self.lent * 100) / self.cost)) / 100 if self.cost else None


@dataclass(frozen=True, slots=True)
class Change:
    """One changed rule. Counts are (yes, no, unknown); *districts*: (gain, lose, become unknown) of each."""

    code: str
    name: str
    before: tuple[int, int, int]
    after: tuple[int, int, int]
    moved: tuple[int, int, int]
    districts: dict[str | None, tuple[int, int, int]]
    money_before: Money | None
    money_after: Money | None


def changed_rules(before: Book, after: Book) -> list[tuple[Rule | None, Rule]]:
    """Return each rule of *after* that is new or differs from the one in *before*; one that *after* lacks stays."""
    known = {rule.code: rule for rule in before.rules}
    programmes = before.programmes
    return [
        (known.get(rule.code), rule)
        for rule in after.rules
        if known.get(rule.code) != rule or programmes.get(rule.code) != after.programmes.get(rule.code)
    ]


def simulate(
    firms: Path,
    before: Book,
    after: Book,
    facts: FactDictionary,
    *,
    as_of: dt.date,
    progress: Callable[[int], None] = lambda rows: None,
) -> list[Change]:
    """Return what every changed rule would do to the firms of a file, in order of code. Streams.

    A rule that is new counts as NO for everyone before. Raises Refused for columns that are missing or mistyped.
    """
    pairs = changed_rules(before, after)
    if not pairs:
        return []
    ready = plan(_both(pairs), as_of=as_of)
    file = open_firms(firms, ready.facts, facts)
    tally = _Tally(len(pairs))
    judged = Judge(ready, facts, near=False)
    for batch in file.batches(range(len(file.group_rows))):
        tally.add(judged(batch))
        progress(batch.num_rows)
    return [_change(tally, at, pair, before, after) for at, pair in enumerate(pairs)]


def money(yes: int, programme: Programme, cap: int | None) -> Money:
    """Return what *programme* would move if *yes* firms qualify.

    Borrowers are take-up × firms, loans are the average amount, at most *cap* (fen); cost is a share of what is lent.
    Where the budget is short, it is spent whole and what is lent shrinks in proportion. Each figure half up, once.
    """
    loans = round_half_up(yes * programme.take_up_pct / 100)
    lent = loans * min(programme.loan_amount, cap if cap is not None else programme.loan_amount)
    cost = round_half_up(lent * programme.cost_pct / 100)
    if programme.budget is None or cost <= programme.budget:
        return Money(loans, lent, cost)
    share = Decimal(programme.budget) / cost
    return Money(round_half_up(loans * share), round_half_up(lent * share), programme.budget)


def _both(pairs: list[tuple[Rule | None, Rule]]) -> list[Rule]:
    """Before at even places, after at odd ones: codes are numbered so that the plan keeps that order."""
    ordered = []
    for at, (old, new) in enumerate(pairs):
        absent = replace(new, valid_from=None, valid_to=_NEVER)
        ordered += [replace(old or absent, code=f"{at:06d}a"), replace(new, code=f"{at:06d}b")]
    return ordered


class _Tally:
    """Adds up verdicts and moves of pairs of rules by district."""

    def __init__(self, pairs: int) -> None:
        self.counts = np.zeros((2 * pairs, 3), np.int64)
        self.moves: dict[str | None, NDArray[np.int64]] = {}

    def add(self, judged: Judged) -> None:
        self.counts += judged.counts().sum(axis=1)
        yes, no, where = judged.yes, judged.no, judged.layout
        unknown: Words = where.present.view(np.uint64) & ~(yes | no)
        moved: tuple[Words, ...] = (yes[1::2] & ~yes[::2], no[1::2] & yes[::2], unknown[1::2] & ~unknown[::2])
        by_stretch = np.stack([where.per_stretch(bits) for bits in moved], axis=-1)
        for at, district in enumerate(where.districts):
            before = self.moves.get(district)
            self.moves[district] = by_stretch[:, at] if before is None else before + by_stretch[:, at]


def _change(tally: _Tally, at: int, pair: tuple[Rule | None, Rule], before: Book, after: Book) -> Change:
    old, new = pair
    was, will = _three(tally.counts[2 * at]), _three(tally.counts[2 * at + 1])
    districts = {name: _three(tally.moves[name][at]) for name in sorted(tally.moves, key=lambda n: (n is None, n))}
    moved = tuple(sum(counts[move] for counts in districts.values()) for move in range(3))
    new_terms = after.programmes.get(new.code) or before.programmes.get(new.code)
    old_terms = before.programmes.get(new.code) or new_terms
    return Change(
        new.code,
        new.name,
        was,
        will,
        _three(moved),
        districts,
        money(was[0], old_terms, (old or new).max_amount) if old_terms else None,
        money(will[0], new_terms, new.max_amount) if new_terms else None,
    )


def _three(counts: Any) -> tuple[int, int, int]:
    first, second, third = (int(count) for count in counts)
    return (first, second, third)


def as_json(change: Change) -> dict[str, Any]:
    """Return *change* as JSON values; amounts in 元 as text."""
    return {
        "rule": change.code,
        "name": change.name,
        "before": dict(zip(("yes", "no", "unknown"), change.before, strict=True)),
        "after": dict(zip(("yes", "no", "unknown"), change.after, strict=True)),
        **dict(zip(MOVES, change.moved, strict=True)),
        "by_district": [
            {"district": name, **dict(zip(MOVES, counts, strict=True))} for name, counts in change.districts.items()
        ],
        "programme": {"before": _money(change.money_before), "after": _money(change.money_after)}
        if change.money_after
        else None,
    }


def _money(figures: Money | None) -> dict[str, Any] | None:
    if figures is None:
        return None
    leverage = None if figures.leverage is None else str(figures.leverage)
    lent, cost = (f"{fen // 100}.{fen % 100:02d}" for fen in (figures.lent, figures.cost))
    return {"loans": figures.loans, "lent": lent, "cost": cost, "leverage": leverage}
