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

from huoshui.rules.columns import Column, column
from huoshui.rules.layout import Layout, Words, layout
from huoshui.rules.plan import Group, Leaf, Part, Plan, Program

Three = tuple[Words, Words, Words]  # known true, known false, and known false but for one leaf


@dataclass(frozen=True, slots=True)
class Evidence:
    """The plan's atoms over one batch: uint64[slots, words], bits known true and bits known false."""

    true: NDArray[np.uint64]
    false: NDArray[np.uint64]


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
    return judge(plan, evidence(plan, columns, where), where, near=near)


def evidence(plan: Plan, columns: Mapping[str, Column], where: Layout) -> Evidence:
    """Return the bitmaps of the plan's atoms, each computed once."""
    words = where.width // 64
    true, false = np.empty((2, len(plan.slots), words), np.uint64)
    for slot, atom in enumerate(plan.slots):
        column = columns[atom.fact.code]
        holds, fails = true[slot].view(np.uint8), false[slot].view(np.uint8)
        if atom.op == "known":
            holds[:] = column.known
            np.bitwise_xor(where.present, column.known, out=fails)
        else:
            np.bitwise_and(column.satisfied(atom, plan.as_of), column.known, out=holds)
            np.bitwise_xor(holds, column.known, out=fails)
    return Evidence(true, false)


def judge(plan: Plan, known: Evidence, where: Layout, *, near: bool = True) -> Judged:
    """Return the verdicts of the plan's rules from the atoms' bitmaps."""
    shape = (len(plan.programs), where.width // 64)
    yes, no = np.zeros(shape, np.uint64), np.empty(shape, np.uint64)
    close = np.zeros(shape, np.uint64) if near else None
    present = where.present.view(np.uint64)
    for at, program in enumerate(plan.programs):
        if program is None:
            no[at] = present
        elif close is None:
            yes[at], no[at] = _two(program.root, known)
        else:
            yes[at], no[at], close[at] = _near(program, known)
    return Judged(where, yes, no, close)


def _two(part: Part, known: Evidence) -> tuple[Words, Words]:
    if isinstance(part, Leaf):
        return _leaf(part, known)
    pairs = (_two(each, known) for each in part.parts)
    first_true, first_false = next(pairs)
    true, false = first_true.copy(), first_false.copy()
    less, more = (np.bitwise_and, np.bitwise_or) if part.every else (np.bitwise_or, np.bitwise_and)
    for holds, fails in pairs:
        less(true, holds, out=true)
        more(false, fails, out=false)
    return true, false


def _leaf(leaf: Leaf, known: Evidence) -> tuple[Words, Words]:
    true, false = known.true[leaf.slot], known.false[leaf.slot]
    return (true, false) if leaf.affirmed else (false, true)


def _near(program: Program, known: Evidence) -> Three:
    true, false, close = _three(program.root, known)
    for atom in program.repeated:
        turned = _turned(program.root, known, atom)[0]
        close = close | (turned & false)
    return true, false, close


def _three(part: Part, known: Evidence) -> Three:
    """A group of which all must hold is one leaf away when one part is and all the others hold; one of which any must
    hold, when one part is and all the others are known to fail (else it would be YES already, or unknown)."""
    if isinstance(part, Leaf):
        true, false = _leaf(part, known)
        return true, false, (false if part.alone else np.zeros_like(false))
    threes = (_three(each, known) for each in part.parts)
    first = next(threes)
    true, false, close = (bits.copy() for bits in first)
    less, more = (np.bitwise_and, np.bitwise_or) if part.every else (np.bitwise_or, np.bitwise_and)
    so_far, scratch = (true if part.every else false), np.empty_like(true)
    for holds, fails, one_off in threes:
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
