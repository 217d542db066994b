"""Every firm of a batch against every rule, three-valued, as bitmaps. The fast twin of ``firm``; tests keep them equal.

A bitmap is uint64[words], one bit a place of the layout. Each condition has a pair of them, uint64[2, words]: true, and
possible (true or unknown). ``all`` is one AND of pairs a reference and ``any`` one OR; ``not`` turns a pair round.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from huoshui.rules.columns import Column, Question, column
from huoshui.rules.layout import Layout, Words, layout
from huoshui.rules.plan import Group, Leaf, Part, Plan, Program

Pair = NDArray[np.uint64]  # [2, words]: true, possible


@dataclass(frozen=True, slots=True)
class Evidence:
    """The plan's atoms over one batch, slot by slot."""

    pairs: tuple[Pair, ...]


# what is found of a part: its pair, and the firms where it is known false but for one leaf (None: not asked, or nowhere)
_Found = tuple[Pair, Words | None]


@dataclass(frozen=True, slots=True)
class Judged:
    """Verdicts of one batch: uint64[rules, words]; bits in neither *yes* nor *no* are unknown (or no firm's).

    *near*: NO with one known failing atom that alone makes it so; None where it was not asked for.
    """

    layout: Layout
    yes: NDArray[np.uint64]
    no: NDArray[np.uint64]
    near: NDArray[np.uint64] | None

    def counts(self) -> NDArray[np.int64]:
        """Return int64[rules, stretches of the layout, 3]: firms that are YES, NO, unknown."""
        yes, no = (self.layout.per_stretch(bits) for bits in (self.yes, self.no))
        return np.stack([yes, no, self.layout.sizes - yes - no], axis=-1)


def judge_batch(plan: Plan, batch: pa.RecordBatch, facts: Mapping[str, Any], *, near: bool = True) -> Judged:
    """Return the verdicts of every rule of *plan* on *batch*, which has ``district_code`` and a column a fact."""
    where = layout(batch.column("district_code"))
    columns = {code: column(facts[code], batch.column(code), where) for code in plan.facts}
    return judge(plan, evidence(questions(plan), columns, where), where, near=near)


def questions(plan: Plan) -> tuple[Question, ...]:
    """Return what the plan asks of every batch, worked out once."""
    return tuple(Question(atom, plan.as_of) for atom in plan.slots)


def evidence(asked: tuple[Question, ...], columns: Mapping[str, Column], where: Layout) -> Evidence:
    """Return the bitmaps of the plan's atoms, each computed once."""
    pairs = np.empty((len(asked), 2, where.width // 64), np.uint64)
    unknown = {code: where.present ^ column.known for code, column in columns.items()}
    # the atoms of a column one after another, while it lies in the core's cache
    for at in sorted(range(len(asked)), key=lambda at: asked[at].atom.fact.code):
        pair, question = pairs[at], asked[at]
        column = columns[question.atom.fact.code]
        true, possible = pair.view(np.uint8)
        if question.atom.op == "known":
            true[:] = possible[:] = column.known
        else:
            np.bitwise_and(column.satisfied(question), column.known, out=true)
            np.bitwise_or(true, unknown[question.atom.fact.code], out=possible)
    return Evidence(tuple(pairs))


def judge(plan: Plan, known: Evidence, where: Layout, *, near: bool = True) -> Judged:
    """Return the verdicts of the plan's rules from the atoms' bitmaps."""
    present = where.present.view(np.uint64)
    shape = (len(plan.programs), len(present))
    yes, no = np.zeros(shape, np.uint64), np.empty(shape, np.uint64)
    close = np.zeros(shape, np.uint64) if near else None
    for at, program in enumerate(plan.programs):
        if program is None:
            no[at] = present
    chain = _Chain(known, present, near=near)
    for at, shared in plan.order:
        program = plan.programs[at]
        assert program is not None, "the order holds rules with a program"
        (yes[at], possible), one_off = chain.follow(program.chain, shared)
        np.bitwise_xor(present, possible, no[at])
        if close is not None:
            if one_off is not None:
                close[at] = one_off
            if program.repeated:
                close[at] |= chain.turned_one(program, no[at])
    return Judged(where, yes, no, close)


class _Chain:
    """Parts that must all hold, one after another; what the rule before shared with this one is kept."""

    def __init__(self, known: Evidence, present: Words, *, near: bool) -> None:
        self.known, self.present, self.near = known, present, near
        self.results: list[_Found] = []
        self.spare: list[Pair] = []
        self.turned: list[Pair | None] = [None] * len(known.pairs)
        self.scratch = np.empty_like(present)

    def follow(self, parts: tuple[Part, ...], shared: int) -> _Found:
        """Return what is found of all of *parts* together; the first *shared* are those of the rule before."""
        results = self.results
        self.spare += [pair for pair, _close in results[max(shared, 1) :]]  # the first is the atom's own
        del results[shared:]
        for part in parts[shared:]:
            found = self._leaf(part) if type(part) is Leaf else self._group(part)  # type: ignore[arg-type]
            results.append(self._both(results[-1], found) if results else found)
        return results[-1]

    def turned_one(self, program: Program, no: Words) -> Words:
        """Return the firms that one repeated atom alone keeps from YES, wherever in the rule it stands."""
        turned = [self._turned(program.root, atom)[0] for atom in program.repeated]
        found: Words = np.bitwise_or.reduce(turned) & no
        return found

    def _leaf(self, leaf: Leaf) -> _Found:
        pair = self._pair(leaf.slot, leaf.affirmed)
        return pair, self._pair(leaf.slot, not leaf.affirmed)[0] if self.near and leaf.alone else None

    def _pair(self, slot: int, affirmed: bool) -> Pair:
        if affirmed:
            return self.known.pairs[slot]
        found = self.turned[slot]
        if found is None:  # false where it was not possible, and so on
            found = self.turned[slot] = np.bitwise_xor(self.known.pairs[slot][::-1], self.present)
        return found

    def _both(self, before: _Found, part: _Found) -> _Found:
        pair = self.spare.pop() if self.spare else np.empty((2, len(self.present)), np.uint64)
        np.bitwise_and(before[0], part[0], pair)
        return pair, self._one_off(before, part, before[0][0], part[0][0]) if self.near else None

    def _one_off(self, one: _Found, other: _Found, one_done: Words, other_done: Words) -> Words | None:
        """One of the two is a leaf away, and the other does not stand in the way."""
        if one[1] is None:
            return None if other[1] is None else one_done & other[1]
        found: Words = one[1] & other_done
        if other[1] is not None:
            np.bitwise_and(one_done, other[1], self.scratch)
            np.bitwise_or(found, self.scratch, found)
        return found

    def _group(self, group: Group) -> _Found:
        """A group of which all must hold is one leaf away when one part is and all the others hold; one of which any
        must hold, when one part is and all the others are known to fail (else it would be YES already, or unknown)."""
        join = np.bitwise_and if group.every else np.bitwise_or
        parts = iter(group.parts)
        so_far = self._part(next(parts))
        for each in parts:
            part, close = self._part(each), None
            if self.near:
                done = [p[0] if group.every else self.present ^ p[1] for p in (so_far[0], part[0])]
                close = self._one_off(so_far, part, *done)
            so_far = join(so_far[0], part[0]), close
        return so_far

    def _part(self, part: Part) -> _Found:
        return self._leaf(part) if isinstance(part, Leaf) else self._group(part)

    def _turned(self, part: Part, atom: int) -> Pair:
        """The pair if *atom*, wherever it stands in the rule and is known, came out the other way."""
        if isinstance(part, Leaf):
            return self._pair(part.slot, part.affirmed != (part.atom == atom))
        join = np.bitwise_and if part.every else np.bitwise_or
        turned: Pair = join.reduce([self._turned(each, atom) for each in part.parts])
        return turned
