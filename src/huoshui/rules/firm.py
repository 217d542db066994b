"""One firm against one rule, three-valued, with every reason. The reference that the population engine must equal. Pure.

Source of the logic: Kleene's strong three-valued tables. A missing fact makes its atom unknown, never a pass or a fail.
"""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from typing import Any

from huoshui.kernel.periods import whole_months
from huoshui.kernel.text import Text
from huoshui.rules.tree import All, Atom, Node, Not, atoms

Facts = Mapping[str, Any]


class Verdict(IntEnum):
    """NO < UNKNOWN < YES: ``all`` is the least, ``any`` the greatest, ``not`` mirrors."""

    NO = 0
    UNKNOWN = 1
    YES = 2

    @property
    def opposite(self) -> Verdict:
        """Return what ``not`` makes of it."""
        return Verdict(2 - self)


@dataclass(frozen=True, slots=True)
class Rule:
    """Criteria with their code, source and validity. *rate_pct* and *max_amount* (fen) order what a firm qualifies for."""

    code: str
    name: str
    criteria: Node
    source: str = ""
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    rate_pct: Decimal | None = None
    max_amount: int | None = None

    def valid_on(self, day: dt.date) -> bool:
        """Return whether the rule holds on *day* (both ends in)."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Trace:
    """Why: a node's verdict with those of its children; for an atom the value that was read (None = missing)."""

    node: Node
    verdict: Verdict
    children: tuple[Trace, ...] = ()
    value: Any = None


@dataclass(frozen=True, slots=True)
class Obstacle:
    """An atom that alone stands between the firm and YES: it fails (*missing* False) or its fact is missing."""

    atom: Atom
    missing: bool
    value: Any = None


def evaluate(node: Node, facts: Facts, *, as_of: dt.date) -> Verdict:
    """Return the verdict of *node* on a firm's *facts* (typed values by code; absent or None = missing)."""
    return _evaluate(node, facts, as_of, {})


def judge(rule: Rule, facts: Facts, *, as_of: dt.date) -> Verdict:
    """Return the verdict of *rule*; outside its validity it is NO, whatever the facts."""
    return evaluate(rule.criteria, facts, as_of=as_of) if rule.valid_on(as_of) else Verdict.NO


def explain(node: Node, facts: Facts, *, as_of: dt.date) -> Trace:
    """Return the verdict of *node* with everything below it."""
    if isinstance(node, Atom):
        return Trace(node, _atom(node, facts, as_of), value=facts.get(node.fact.code))
    if isinstance(node, Not):
        below = explain(node.child, facts, as_of=as_of)
        return Trace(node, below.verdict.opposite, (below,))
    children = tuple(explain(child, facts, as_of=as_of) for child in node.children)
    choose = min if isinstance(node, All) else max
    return Trace(node, choose(child.verdict for child in children), children)


def failing(trace: Trace) -> list[Trace]:
    """Return the atoms that keep the verdict from YES because their known value does not fit."""
    return [leaf for leaf in _against(trace, wanted=True) if leaf.verdict is not Verdict.UNKNOWN]


def missing(trace: Trace) -> list[Trace]:
    """Return the atoms that keep the verdict from YES because their fact is missing."""
    return [leaf for leaf in _against(trace, wanted=True) if leaf.verdict is Verdict.UNKNOWN]


def passing(trace: Trace) -> list[Trace]:
    """Return the atoms that hold and carry the verdict YES."""
    return [leaf for leaf, wanted in _leaves(trace, wanted=True) if leaf.verdict is _target(wanted)]


def obstacles(node: Node, facts: Facts, *, as_of: dt.date) -> list[Obstacle]:
    """Return each atom that would alone turn the verdict into YES if it came out the other way; empty when it is YES.

    A rule is a *near miss* when a known failing atom is among them.
    """
    if _evaluate(node, facts, as_of, {}) is Verdict.YES:
        return []
    found = []
    for atom in dict.fromkeys(atoms(node)):
        now = _atom(atom, facts, as_of)
        wishes = (Verdict.YES, Verdict.NO) if now is Verdict.UNKNOWN else (now.opposite,)
        if any(_evaluate(node, facts, as_of, {atom: wish}) is Verdict.YES for wish in wishes):
            found.append(Obstacle(atom, now is Verdict.UNKNOWN, facts.get(atom.fact.code)))
    return found


def is_near_miss(node: Node, facts: Facts, *, as_of: dt.date) -> bool:
    """Return whether the verdict is NO and one known failing atom alone makes it so."""
    if evaluate(node, facts, as_of=as_of) is not Verdict.NO:
        return False
    return any(not obstacle.missing for obstacle in obstacles(node, facts, as_of=as_of))


OUTSIDE_VALIDITY = Text("不在有效期内", "outside its validity")


def _evaluate(node: Node, facts: Facts, as_of: dt.date, assumed: Mapping[Atom, Verdict]) -> Verdict:
    if isinstance(node, Atom):
        return assumed[node] if node in assumed else _atom(node, facts, as_of)
    if isinstance(node, Not):
        return _evaluate(node.child, facts, as_of, assumed).opposite
    verdicts = (_evaluate(child, facts, as_of, assumed) for child in node.children)
    return min(verdicts) if isinstance(node, All) else max(verdicts)


def _atom(atom: Atom, facts: Facts, as_of: dt.date) -> Verdict:
    value: Any = facts.get(atom.fact.code)
    if isinstance(value, float) and value != value:  # not a number is a missing number
        value = None
    if atom.op in ("known", "missing"):
        return Verdict.YES if (value is not None) == (atom.op == "known") else Verdict.NO
    if value is None:
        return Verdict.UNKNOWN
    if isinstance(value, float):
        value = Decimal(str(value))
    if atom.op.startswith("months_since"):
        value = whole_months(value, as_of)
    return Verdict.YES if COMPARE[atom.op](value, atom.value) else Verdict.NO


# one table for both evaluators: what each operator asks of a known value
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda value, wanted: value in wanted,
    "not_in": lambda value, wanted: value not in wanted,
    "between": lambda value, ends: ends[0] <= value <= ends[1],
    "has": lambda labels, label: label in labels,
    "starts_with": lambda value, start: value.startswith(start),
    "months_since>=": operator.ge,
    "months_since<=": operator.le,
}


def _target(wanted: bool) -> Verdict:
    return Verdict.YES if wanted else Verdict.NO


def _leaves(trace: Trace, *, wanted: bool) -> Iterator[tuple[Trace, bool]]:
    if isinstance(trace.node, Atom):
        yield trace, wanted
        return
    turned = not wanted if isinstance(trace.node, Not) else wanted
    for child in trace.children:
        yield from _leaves(child, wanted=turned)


def _against(trace: Trace, *, wanted: bool) -> Iterator[Trace]:
    """Yield the atoms below nodes that did not come out as wanted, and that did not themselves."""
    if trace.verdict is _target(wanted):
        return
    if isinstance(trace.node, Atom):
        yield trace
        return
    turned = not wanted if isinstance(trace.node, Not) else wanted
    for child in trace.children:
        yield from _against(child, wanted=turned)
