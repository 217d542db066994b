"""Every firm of a batch against every rule, three-valued, as bitmaps. The fast twin of ``firm``; tests keep them equal.

A bitmap is uint64[words], one bit a place of the layout. Each atom has two: known true and known false; a firm in
neither is unknown. ``all`` and ``any`` cost one operation a reference on each, ``not`` costs nothing.
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

Three = tuple[Words, Words, Words]  # known true, known false, and known false but for one leaf


@dataclass(frozen=True, slots=True)
class Evidence:
    """The plan's atoms over one batch: uint64[slots, words], bits known true and bits known false."""

    true: NDArray[np.uint64]
    false: NDArray[np.uint64]
    rows: tuple[tuple[Words, Words], ...]  # the same, slot by slot: taking a row of an array costs more than an AND


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
        yes, no = (_per_stretch(bits, self.layout) for bits in (self.yes, self.no))
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
    words = where.width // 64
    true, false = np.empty((2, len(asked), words), np.uint64)
    for slot, question in enumerate(asked):
        column = columns[question.atom.fact.code]
        holds, fails = true[slot].view(np.uint8), false[slot].view(np.uint8)
        if question.atom.op == "known":
            holds[:] = column.known
            np.bitwise_xor(where.present, column.known, out=fails)
        else:
            np.bitwise_and(column.satisfied(question), column.known, out=holds)
            np.bitwise_xor(holds, column.known, out=fails)
    return Evidence(true, false, tuple(zip(true, false, strict=True)))


def judge(plan: Plan, known: Evidence, where: Layout, *, near: bool = True) -> Judged:
    """Return the verdicts of the plan's rules from the atoms' bitmaps."""
    shape = (len(plan.programs), where.width // 64)
    yes, no = np.zeros(shape, np.uint64), np.empty(shape, np.uint64)
    close = np.zeros(shape, np.uint64) if near else None
    for at, program in enumerate(plan.programs):
        if program is None:
            no[at] = where.present.view(np.uint64)
    chain = _Chain(known, near=near)
    for at, shared in plan.order:
        program = plan.programs[at]
        assert program is not None, "the order holds rules with a program"
        yes[at], no[at], one_off = chain.follow(program.chain, shared)
        if close is not None:
            close[at] = one_off if not program.repeated else one_off | _repeated(program, known, no[at])
    return Judged(where, yes, no, close)


class _Chain:
    """Parts that must all hold, one after another; what the rule before shared with this one is kept."""

    def __init__(self, known: Evidence, *, near: bool) -> None:
        self.known, self.near = known, near
        self.results: list[Three] = []
        self.spare: list[Three] = []
        self.scratch = np.empty(known.true.shape[1], np.uint64)
        self.nothing = np.zeros_like(self.scratch)
        self.turned = [(false, true) for true, false in known.rows]

    def follow(self, parts: tuple[Part, ...], shared: int) -> Three:
        """Return the bitmaps of all of *parts* together; the first *shared* are those of the rule before."""
        self.spare += self.results[max(shared, 1) :]  # the first is the atom's own bitmap
        del self.results[shared:]
        for part in parts[shared:]:
            result = self._leaf(part) if type(part) is Leaf else _three(part, self.known, near=self.near)
            self.results.append(self._joined(self.results[-1], result) if self.results else result)
        return self.results[-1]

    def _leaf(self, leaf: Leaf) -> Three:
        true, false = self.known.rows[leaf.slot] if leaf.affirmed else self.turned[leaf.slot]
        return true, false, (false if leaf.alone else self.nothing)

    def _joined(self, before: Three, part: Three) -> Three:
        joined = self.spare.pop() if self.spare else self._empty()
        if self.near:
            _and(before[2], part[0], joined[2])
            _and(before[0], part[2], self.scratch)
            _or(joined[2], self.scratch, joined[2])
        _and(before[0], part[0], joined[0])
        _or(before[1], part[1], joined[1])
        return joined

    def _empty(self) -> Three:
        true, false, close = np.empty((3, len(self.scratch)), np.uint64)
        return true, false, close


_and, _or = np.bitwise_and, np.bitwise_or


def _leaf(leaf: Leaf, known: Evidence) -> tuple[Words, Words]:
    true, false = known.rows[leaf.slot]
    return (true, false) if leaf.affirmed else (false, true)


def _repeated(program: Program, known: Evidence, no: Words) -> Words:
    """The firms that one repeated atom alone keeps from YES, wherever in the rule it stands."""
    turned = [_turned(program.root, known, atom)[0] for atom in program.repeated]
    found: Words = np.bitwise_or.reduce(turned) & no
    return found


def _three(part: Part, known: Evidence, *, near: bool) -> Three:
    """A group of which all must hold is one leaf away when one part is and all the others hold; one of which any must
    hold, when one part is and all the others are known to fail (else it would be YES already, or unknown)."""
    if isinstance(part, Leaf):
        true, false = _leaf(part, known)
        return true, false, (false if part.alone else np.zeros_like(false))
    threes = (_three(each, known, near=near) for each in part.parts)
    first = next(threes)
    true, false, close = (bits.copy() for bits in first)
    less, more = (np.bitwise_and, np.bitwise_or) if part.every else (np.bitwise_or, np.bitwise_and)
    so_far, scratch = (true if part.every else false), np.empty_like(true)
    for holds, fails, one_off in threes:
        if near:
            np.bitwise_and(close, holds if part.every else fails, out=close)
            np.bitwise_and(so_far, one_off, out=scratch)
            np.bitwise_or(close, scratch, out=close)
        less(true, holds, out=true)
        more(false, fails, out=false)
    return true, false, close


def _turned(part: Part, known: Evidence, atom: int) -> tuple[Words, Words]:
    """The verdicts if *atom*, wherever it stands in the rule and is known, came out the other way."""
    if isinstance(part, Leaf):
        true, false = _leaf(part, known)
        return (false, true) if part.atom == atom else (true, false)
    assert isinstance(part, Group)
    pairs = [_turned(each, known, atom) for each in part.parts]
    less, more = (np.bitwise_and, np.bitwise_or) if part.every else (np.bitwise_or, np.bitwise_and)
    return less.reduce([pair[0] for pair in pairs]), more.reduce([pair[1] for pair in pairs])


def _per_stretch(bits: NDArray[np.uint64], where: Layout) -> NDArray[np.int64]:
    if not len(where.words):
        return np.zeros((len(bits), 0), np.int64)
    return np.add.reduceat(np.bitwise_count(bits), where.words, axis=1, dtype=np.int64)
