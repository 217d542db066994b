"""Conditions that no firm can meet together, proved fact by fact. Pure.

Per fact only: a value is looked for that meets every condition on that fact. The finitely many values tried stand for all
(each bound, its neighbours, what lies between; each named code; the named labels). What takes two facts to see, and a group
too large to try, is let pass: silence is no proof that the criteria can be met, but every contradiction named is one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, pairwise
from typing import Any

from huoshui.kernel.text import Text
from huoshui.rules.facts import Fact, Kind
from huoshui.rules.firm import COMPARE
from huoshui.rules.tree import PRESENCE, All, Atom, Node, Not
from huoshui.rules.words import requirement

MOST_TRIALS = 200_000  # conditions times values tried on one fact; a form's sixty rows stay far below
_OTHER = "\uffff"  # sorts after, and stands in, for any code that no condition names


@dataclass(frozen=True, slots=True)
class Demand:
    """An atom that must hold, or with *wanted* False must not."""

    atom: Atom
    wanted: bool = True

    def met_by(self, value: Any) -> bool:
        """Return whether *value* (None = missing) meets it; a missing value meets nothing but “not known”."""
        if self.atom.op in PRESENCE:
            return ((value is not None) == (self.atom.op == "known")) == self.wanted
        return value is not None and COMPARE[self.atom.op](value, self.atom.value) == self.wanted


Clash = tuple[Demand, ...]


def contradictions(node: Node) -> list[Clash]:
    """Return the demands that cannot be met together: of the whole tree, or else of a branch of an ``any`` in it."""
    return list(dict.fromkeys(_contradictions(node, wanted=True)))


def said(clash: Clash) -> Text:
    """Return a clash as a sentence."""
    parts = [_said(demand) for demand in clash]
    zh, en = "；".join(part.zh for part in parts), "; ".join(part.en for part in parts)
    if len(parts) == 1:
        return Text(
            f"没有企业能满足这一条件：{zh}。请修改。", f"No firm can meet this condition: {en}. Please change it."
        )
    return Text(
        f"没有企业能同时满足这些条件：{zh}。请修改或删除其中一条。",
        f"No firm can meet these conditions together: {en}. Please change or remove one.",
    )


def _said(demand: Demand) -> Text:
    words = requirement(demand.atom)
    return words if demand.wanted else Text("不得“{x}”", "not “{x}”").format(x=words)


def _contradictions(node: Node, *, wanted: bool) -> Iterator[Clash]:
    found: list[Clash] = []
    if not _can_hold(node, wanted, (), found):
        yield from found
        return
    for branch, sign in _branches(node, wanted):
        yield from _contradictions(branch, wanted=sign)


def _branches(node: Node, wanted: bool) -> Iterator[tuple[Node, bool]]:
    """Yield the branches of the nearest ``any`` below: each must be able to hold by itself."""
    if isinstance(node, Atom):
        return
    if isinstance(node, Not):
        yield from _branches(node.child, not wanted)
    elif isinstance(node, All) == wanted:
        for child in node.children:
            yield from _branches(child, wanted)
    else:
        yield from ((child, wanted) for child in node.children)


def _can_hold(node: Node, wanted: bool, given: tuple[Demand, ...], found: list[Clash]) -> bool:
    """Return whether *node* can come out as *wanted* beside what is *given*; why not is added to *found*."""
    demands, choices = _joined(node, wanted)
    together = (*given, *demands)
    if clash := _clash(together, {demand.atom.fact for demand in demands}):
        found.append(clash)
        return False
    for choice, sign in choices:
        dead: list[Clash] = []
        if not any(_can_hold(branch, sign, together, dead) for branch in choice):
            found.extend(dead)
            return False
    return True


def _joined(node: Node, wanted: bool) -> tuple[tuple[Demand, ...], list[tuple[tuple[Node, ...], bool]]]:
    """Return what must all hold for *node*: the plain demands, and the groups of which one branch must hold."""
    if isinstance(node, Atom):
        return (Demand(node, wanted),), []
    if isinstance(node, Not):
        return _joined(node.child, not wanted)
    if isinstance(node, All) != wanted:
        return (), [(node.children, wanted)]
    parts = [_joined(child, wanted) for child in node.children]
    return tuple(demand for demands, _ in parts for demand in demands), [one for _, more in parts for one in more]


def _clash(demands: tuple[Demand, ...], facts: Iterable[Fact]) -> Clash | None:
    """Return the fewest demands on one of *facts* that no value meets together."""
    for fact in sorted(facts, key=lambda one: one.code):
        for group in _groups([demand for demand in demands if demand.atom.fact == fact]):
            if not _meetable(group, fact):
                pairs = (pair for pair in combinations(group, 2) if not _meetable(pair, fact))
                alone = ((one,) for one in group if not _meetable((one,), fact))
                return next(alone, None) or next(pairs, group)
    return None


def _groups(demands: list[Demand]) -> Iterator[Clash]:
    """Yield the demands on a fact's value and those on its months: what joins the two moves with the calendar."""
    for monthly in (False, True):
        group = tuple(d for d in demands if d.atom.op in PRESENCE or d.atom.op.startswith("months_since") == monthly)
        yield tuple(dict.fromkeys(group))


def _meetable(group: Clash, fact: Fact) -> bool:
    values = [None, *_values(group, fact)]
    if len(values) * len(group) > MOST_TRIALS:
        return True
    return any(all(demand.met_by(value) for demand in group) for value in values)


def _values(group: Clash, fact: Fact) -> list[Any]:
    """Return values that stand for all that the fact can have, as far as *group* tells them apart."""
    named = [value for demand in group for value in _parts(demand.atom)]
    if fact.kind is Kind.FLAG:
        return [True, False]
    if fact.kind is Kind.LABELS:
        return [frozenset(demand.atom.value for demand in group if demand.wanted and demand.atom.op == "has")]
    if fact.values:
        return list(fact.values)
    if fact.kind in (Kind.CODE, Kind.GRADE, Kind.TEXT):
        return [*named, *(f"{start}{_OTHER}" for start in named), _OTHER]
    return _along(named)


def _parts(atom: Atom) -> tuple[Any, ...]:
    if atom.op in PRESENCE:
        return ()
    return atom.value if isinstance(atom.value, tuple) else (atom.value,)


def _along(named: list[Any]) -> list[Any]:
    """Return the bounds themselves and a value of every stretch between and beyond them."""
    if not named:
        return [0]
    if isinstance(named[0], dt.date):
        days = {day.toordinal() + step for day in named for step in (-1, 0, 1)}
        return [dt.date.fromordinal(day) for day in days if 1 <= day <= dt.date.max.toordinal()]
    if isinstance(named[0], int):  # fen and months: the stretches hold whole numbers only
        return [bound + step for bound in named for step in (-1, 0, 1)]
    bounds = sorted(set(named))
    return [bounds[0] - 1, *bounds, *((low + high) / Decimal(2) for low, high in pairwise(bounds)), bounds[-1] + 1]
