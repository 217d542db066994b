"""Every firm of a batch against every rule, three-valued, as bitmaps. The fast twin of ``firm``; tests keep them equal.

A bitmap is uint64[words], one bit a place of the layout. Each condition has a pair of them, uint64[2, words]: true, and
possible (true or unknown). ``all`` is one AND of pairs a reference and ``any`` one OR; ``not`` turns a pair round.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from math import prod
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

    pairs: Sequence[Pair] | NDArray[np.uint64]


# what is found of a part: its pair, and the firms where turning at most one of its leaves makes it true (None: all)
_Found = tuple[Pair, Words | None]


@dataclass(frozen=True, slots=True)
class Judged:
    """Verdicts of one batch. *told*: uint64[rules, 2, words], true and possible; firms that are possible and not true are
    unknown. *near*: NO with one known failing atom that alone makes it so; None where it was not asked for.
    """

    layout: Layout
    told: NDArray[np.uint64]
    near: NDArray[np.uint64] | None

    @property
    def yes(self) -> NDArray[np.uint64]:
        """Return uint64[rules, words]: the firms that are YES."""
        return self.told[:, 0]

    @property
    def no(self) -> NDArray[np.uint64]:
        """Return uint64[rules, words]: the firms that are NO."""
        found: NDArray[np.uint64] = self.told[:, 1] ^ self.layout.present.view(np.uint64)
        return found

    def counts(self) -> NDArray[np.int64]:
        """Return int64[rules, stretches of the layout, 3]: firms that are YES, NO, unknown."""
        rules, two, words = self.told.shape
        both = self.layout.per_stretch(self.told.reshape(rules * two, words)).reshape(rules, two, -1)
        yes, possible = both[:, 0], both[:, 1]
        return np.stack([yes, self.layout.sizes - possible, possible - yes], axis=-1)


class Room:
    """Memory that batches of like size use one after another: fresh pages cost more than what is computed in them."""

    def __init__(self) -> None:
        self._kept: dict[object, NDArray[np.uint64]] = {}

    def array(self, name: object, *shape: int) -> NDArray[np.uint64]:
        """Return uint64[*shape*] under *name*, whatever stood there before."""
        size, kept = prod(shape), self._kept.get(name)
        if kept is None or len(kept) < size:
            kept = self._kept[name] = np.empty(size, np.uint64)
        return kept[:size].reshape(shape)


class Judge:
    """Judges batch after batch by one plan. What it returned for a batch stands until *rooms* more have been judged."""

    def __init__(self, plan: Plan, facts: Mapping[str, Any], *, near: bool = True, rooms: int = 1) -> None:
        self._plan, self._facts, self._near = plan, facts, near
        self._asked, self._own = questions(plan), Room()
        self._rooms = cycle([Room() for _ in range(rooms)])

    def __call__(self, batch: pa.RecordBatch) -> Judged:
        """Return the verdicts of every rule on *batch*, which has ``district_code`` and a column a fact."""
        where = layout(batch.column("district_code"))
        columns = {code: column(self._facts[code], batch.column(code), where) for code in self._plan.facts}
        known = evidence(self._asked, columns, where, room=self._own)
        return judge(self._plan, known, where, near=self._near, room=next(self._rooms))


def questions(plan: Plan) -> tuple[Question, ...]:
    """Return what the plan asks of every batch, worked out once."""
    return tuple(Question(atom, plan.as_of) for atom in plan.slots)


def evidence(
    asked: Sequence[Question], columns: Mapping[str, Column], where: Layout, *, room: Room | None = None
) -> Evidence:
    """Return the bitmaps of the plan's atoms, each computed once."""
    pairs = (room or Room()).array("pairs", len(asked), 2, where.width // 64)
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
    return Evidence(pairs)


def judge(plan: Plan, known: Evidence, where: Layout, *, near: bool = True, room: Room | None = None) -> Judged:
    """Return the verdicts of the plan's rules from the atoms' bitmaps."""
    room, present = room or Room(), where.present.view(np.uint64)
    rules, words = len(plan.programs), len(present)
    told = room.array("told", rules, 2, words)
    close = room.array("near", rules, words) if near else None
    for at, program in enumerate(plan.programs):
        if program is None:
            told[at] = 0
            if close is not None:
                close[at] = 0
    chain = _Chain(known, present, room, near=near)
    following = (*(shared for _, shared in plan.order[1:]), 0)
    for (at, shared), keep in zip(plan.order, following, strict=False):
        program = plan.programs[at]
        assert program is not None, "the order holds rules with a program"
        chain.follow(program.chain, shared, keep, told[at], None if close is None else close[at])
        if close is not None:
            chain.only_known_failing(program, told[at], close[at])
    return Judged(where, told, close)


class _Chain:
    """Parts that must all hold, one after another; what the next rule shares with this one is kept."""

    def __init__(self, known: Evidence, present: Words, room: Room, *, near: bool) -> None:
        self.known, self.present, self.room, self.near = known, present, room, near
        self.levels: list[_Found] = []  # what the first part, the first two, … come to
        self.turned: list[Pair | None] = [None] * len(known.pairs)
        self.scratch = np.empty_like(present)

    def follow(self, parts: Sequence[Part], shared: int, keep: int, told: Pair, close: Words | None) -> None:
        """Write what is found of all of *parts* together to *told* and *close*. The first *shared* are those of the rule
        before, the first *keep* those of the rule after."""
        del self.levels[shared:]
        found = self.levels[-1] if self.levels else None
        for depth, part in enumerate(parts[shared:], shared):
            stays = depth < keep
            if found is None:
                found = self._part(part)
            else:
                last = depth == len(parts) - 1
                words = len(self.present)
                pair = self.room.array(depth, 2, words) if stays and not last else told
                one_off = close if not stays or close is None else self.room.array((depth, "near"), words)
                found = self._both(found, self._part(part), pair, one_off)
            if stays:
                self.levels.append(found)
        assert found is not None, "a rule has at least one part"
        if found[0] is not told:
            told[:] = found[0]
        if close is not None and found[1] is not close:
            close[:] = self.present if found[1] is None else found[1]

    def only_known_failing(self, program: Program, told: Pair, close: Words) -> None:
        """Narrow *close* to firms that are NO; add those that one repeated atom alone keeps from YES, wherever in the
        rule it stands."""
        for atom in program.repeated:
            np.bitwise_or(close, self._turned(program.root, atom)[0], close)
        np.bitwise_xor(self.present, told[1], self.scratch)
        np.bitwise_and(close, self.scratch, close)

    def _part(self, part: Part) -> _Found:
        return self._leaf(part) if type(part) is Leaf else self._group(part)  # type: ignore[arg-type]

    def _leaf(self, leaf: Leaf) -> _Found:
        pair = self.known.pairs[leaf.slot] if leaf.affirmed else self._denied(leaf.slot)
        return pair, None if leaf.alone else pair[0]

    def _denied(self, slot: int) -> Pair:
        found = self.turned[slot]
        if found is None:  # false where it was not possible, and so on
            found = self.turned[slot] = np.bitwise_xor(self.known.pairs[slot][::-1], self.present)
        return found

    def _both(self, one: _Found, other: _Found, pair: Pair, close: Words | None) -> _Found:
        """Both must hold: at most one leaf away where one is and the other holds. Writes to *pair* and *close*, which may
        be those of *one*."""
        if close is not None:
            held, also = one[0][0], other[0][0]
            if other[1] is not None:
                np.bitwise_and(held, other[1], self.scratch)
                held = self.scratch
            if one[1] is None:
                np.bitwise_or(also, held, close)
            else:
                np.bitwise_and(one[1], also, close)
                np.bitwise_or(close, held, close)
        np.bitwise_and(one[0], other[0], pair)
        return pair, close

    def _either(self, one: _Found, other: _Found) -> _Found:
        """One of the two must hold: at most one leaf away where either is."""
        pair = np.bitwise_or(one[0], other[0])
        return pair, None if one[1] is None or other[1] is None or not self.near else one[1] | other[1]

    def _group(self, group: Group) -> _Found:
        found, *parts = (self._part(each) for each in group.parts)
        for part in parts:
            if group.every:
                close = np.empty_like(self.present) if self.near else None
                found = self._both(found, part, np.empty((2, len(self.present)), np.uint64), close)
            else:
                found = self._either(found, part)
        return found

    def _turned(self, part: Part, atom: int) -> Pair:
        """The pair if *atom*, wherever it stands in the rule and is known, came out the other way."""
        if isinstance(part, Leaf):
            return self._leaf(Leaf(part.slot, part.affirmed != (part.atom == atom), part.atom))[0]
        join = np.bitwise_and if part.every else np.bitwise_or
        turned: Pair = join.reduce([self._turned(each, atom) for each in part.parts])
        return turned
