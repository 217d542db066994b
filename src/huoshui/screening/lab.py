"""The policy lab: what a rule in the making does to the whole register, beside the rule it would replace.

Counts come from the bitmaps of `live`, so a changed condition costs only itself. A rule's validity is left aside: the lab
asks what it would do, not whether it holds today.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from huoshui.rules.facts import FactDictionary
from huoshui.rules.firm import Rule
from huoshui.rules.layout import Layout, Words, ranked
from huoshui.rules.plan import Plan, plan
from huoshui.rules.population import Judged, judge
from huoshui.rules.tree import All, Any_, Atom, Node, Not, facts_of
from huoshui.screening.firms_file import open_firms
from huoshui.screening.live import Live

Three = tuple[int, int, int]  # YES, NO, unknown
Members = dict[str | None, Words]  # group → its firms
DISTRICT, SECTOR, SIZE = "district_code", "industry_code", "size_class"
_BEFORE, _AFTER = "a", "b"


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One district, sector (first letter of its GB/T 4754 code) or size class; *name* None: not known of the firm."""

    name: str | None
    before: int
    after: int
    gain: int
    lose: int
    become_unknown: int


@dataclass(frozen=True, slots=True)
class Lacking:
    """A fact that is missing: for how many firms whose verdict is unknown, and how many of these it would make YES by
    itself, were it known and in the rule's favour."""

    fact: str
    unknown: int
    opens: int


@dataclass(frozen=True, slots=True)
class Effect:
    """What a rule does. *before*: the base's counts; None without one, and then everybody who qualifies is a gain."""

    rows: int
    before: Three | None
    after: Three
    gain: int
    lose: int
    become_unknown: int
    districts: tuple[GroupLine, ...]
    sectors: tuple[GroupLine, ...]
    sizes: tuple[GroupLine, ...]
    lacking: tuple[Lacking, ...]


def favoured(node: Node, fact: str) -> Node:
    """Return *node* as it would stand if *fact*, where it is missing, spoke for the rule in every condition."""
    return _favoured(node, fact, affirmed=True)


def _favoured(node: Node, fact: str, *, affirmed: bool) -> Node:
    if isinstance(node, Not):
        return Not(_favoured(node.child, fact, affirmed=not affirmed))
    if isinstance(node, All | Any_):
        return replace(node, children=tuple(_favoured(child, fact, affirmed=affirmed) for child in node.children))
    if node.fact.code != fact or node.op in ("known", "missing"):
        return node
    # unknown or true is true, unknown and false is false: only firms that lack the fact change
    return Any_((node, Atom(node.fact, "missing"))) if affirmed else All((node, Atom(node.fact, "known")))


class Lab(Live):
    """One snapshot with the groups that its firms belong to; safe to share between threads."""

    def __init__(self, path: Path, facts: FactDictionary) -> None:
        super().__init__(path, facts)
        self._groups: dict[str, list[Members]] = {}

    def effect(self, after: Node, before: Node | None = None, *, as_of: dt.date) -> Effect:
        """Return what *after* does, beside *before*. Raises Refused where the snapshot lacks a fact."""
        asked = sorted(facts_of(after))
        ready = plan(self._rules(after, before, asked), as_of=as_of)
        tally = _Tally(len(asked))
        with self._lock:
            self._load(ready)
            for number, where in enumerate(self._layouts):
                judged = judge(ready, self._evidence(ready, number), where, near=False)
                tally.add(_verdicts(ready, judged), where, self._members(number))
            self._forget()
        return tally.effect(asked, has_base=before is not None)

    def _rules(self, after: Node, before: Node | None, asked: Sequence[str]) -> Iterator[Rule]:
        """The base and the draft, then for each fact the draft with it known, and whether it is missing."""
        yield Rule(_AFTER, "", after)
        if before is not None:
            yield Rule(_BEFORE, "", before)
        for at, fact in enumerate(asked):
            yield Rule(f"{at:04d}f", "", favoured(after, fact))
            yield Rule(f"{at:04d}m", "", Atom(self.facts[fact], "missing"))

    def _members(self, number: int) -> dict[str, Members]:
        for code in (SECTOR, SIZE):
            if code not in self._groups:
                file = open_firms(self.file.path, (code,), self.facts)
                batches = file.batches(range(len(file.group_rows)), columns=["district_code", code])
                pairs = zip(batches, self._layouts, strict=True)
                self._groups[code] = [_bitmaps(_names(batch.column(code), code), where) for batch, where in pairs]
        return {code: batches[number] for code, batches in self._groups.items()}


def _names(column: pa.Array, code: str) -> pa.Array:
    return pc.utf8_slice_codeunits(column.cast(pa.string()), 0, 1) if code == SECTOR else column


def _bitmaps(column: pa.Array, where: Layout) -> Members:
    names, ranks = ranked(column)
    known = np.asarray(pc.is_valid(column))
    found: Members = {name: where.bits(known & (ranks == rank)).view(np.uint64) for rank, name in enumerate(names)}
    found[None] = where.bits(~known).view(np.uint64)
    return found


@dataclass(frozen=True, slots=True)
class _Verdicts:
    """One batch. *yes*, *no*: bitmaps by rule's code; *unknown* likewise for the base and the draft."""

    yes: dict[str, Words]
    no: dict[str, Words]
    present: Words

    def unknown(self, code: str) -> Words:
        return self.present & ~(self.yes[code] | self.no[code])


def _verdicts(ready: Plan, judged: Judged) -> _Verdicts:
    yes, no = (dict(zip(ready.codes, bits, strict=True)) for bits in (judged.yes, judged.no))
    present = judged.layout.present.view(np.uint64)
    if _BEFORE not in yes:
        yes[_BEFORE], no[_BEFORE] = np.zeros_like(present), present
    return _Verdicts(yes, no, present)


class _Tally:
    """Adds up batches: by group the firms that are YES before and after, gain, lose and become unknown."""

    def __init__(self, asked: int) -> None:
        self.before, self.after = np.zeros(3, np.int64), np.zeros(3, np.int64)
        self.lines: dict[str, dict[str | None, NDArray[np.int64]]] = {DISTRICT: {}, SECTOR: {}, SIZE: {}}
        self.lacking = np.zeros((asked, 2), np.int64)

    def add(self, found: _Verdicts, where: Layout, members: dict[str, Members]) -> None:
        self.before += _three(found, _BEFORE)
        self.after += _three(found, _AFTER)
        unknown = found.unknown(_AFTER)
        moved = np.stack(
            [
                found.yes[_BEFORE],
                found.yes[_AFTER],
                found.yes[_AFTER] & ~found.yes[_BEFORE],
                found.yes[_BEFORE] & found.no[_AFTER],
                unknown & ~found.unknown(_BEFORE),
            ]
        )
        for district, counts in zip(where.districts, where.per_stretch(moved).T, strict=True):
            self._line(DISTRICT, district, counts)
        for code, groups in members.items():
            for name, bits in groups.items():
                self._line(code, name, np.bitwise_count(moved & bits).sum(axis=1, dtype=np.int64))
        for at in range(len(self.lacking)):
            missing = unknown & found.yes[f"{at:04d}m"]
            opens = missing & found.yes[f"{at:04d}f"]
            self.lacking[at] += [_size(missing), _size(opens)]

    def effect(self, asked: Sequence[str], *, has_base: bool) -> Effect:
        """Return what was added up."""
        districts, sectors, sizes = (self._lines(code) for code in (DISTRICT, SECTOR, SIZE))
        _, _, gain, lose, become = sum(self.lines[DISTRICT].values(), np.zeros(5, np.int64))
        lacking = [Lacking(fact, int(n), int(k)) for fact, (n, k) in zip(asked, self.lacking, strict=True) if n]
        return Effect(
            rows=int(self.after.sum()),
            before=_ints(self.before) if has_base else None,
            after=_ints(self.after),
            gain=int(gain),
            lose=int(lose),
            become_unknown=int(become),
            districts=districts,
            sectors=sectors,
            sizes=sizes,
            lacking=tuple(sorted(lacking, key=lambda each: (-each.opens, -each.unknown, each.fact))),
        )

    def _line(self, code: str, name: str | None, counts: NDArray[np.int64]) -> None:
        known = self.lines[code].get(name)
        self.lines[code][name] = counts if known is None else known + counts

    def _lines(self, code: str) -> tuple[GroupLine, ...]:
        ordered = sorted(self.lines[code].items(), key=lambda item: (item[0] is None, item[0]))
        return tuple(GroupLine(name, *map(int, counts)) for name, counts in ordered if counts.any())


def _three(found: _Verdicts, code: str) -> list[int]:
    return [_size(found.yes[code]), _size(found.no[code]), _size(found.unknown(code))]


def _size(bits: Words) -> int:
    return int(np.bitwise_count(bits).sum(dtype=np.int64))


def _ints(counts: NDArray[np.int64]) -> Three:
    yes, no, unknown = (int(count) for count in counts)
    return (yes, no, unknown)
