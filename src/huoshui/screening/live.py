"""A file of firms kept ready, so that a rule in the making is counted while it is typed.

Columns are read when a rule first names their fact; the bitmaps of each condition are kept, so that a changed rule costs
only the conditions that are new. For 580,000 firms a column takes about 5 MB, a condition 145 kB.
"""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from huoshui.rules.columns import Column, column
from huoshui.rules.facts import FactDictionary
from huoshui.rules.firm import Rule
from huoshui.rules.layout import Layout, layout
from huoshui.rules.plan import Plan, plan
from huoshui.rules.population import Evidence, Pair, evidence, judge, questions
from huoshui.screening.firms_file import FirmsFile, open_firms
from huoshui.screening.part import PartCounts

_KEPT = 2_000  # conditions; about 290 MB for 580,000 firms

Bits = list[Pair]  # a condition's bitmaps, batch after batch


@dataclass(frozen=True, slots=True)
class Count:
    """Firms that are YES, NO, unknown: in all, and by district (None = unknown district)."""

    yes: int
    no: int
    unknown: int
    districts: dict[str | None, tuple[int, int, int]]


class Live:
    """One snapshot; safe to share between threads. Raises Refused when a rule names a fact that the file lacks."""

    def __init__(self, path: Path, facts: FactDictionary) -> None:
        self.facts = facts
        self.file: FirmsFile = open_firms(path, (), facts)
        self._layouts: list[Layout] = []
        self._columns: dict[str, list[Column]] = {}
        self._known: OrderedDict[tuple[object, ...], Bits] = OrderedDict()
        self._lock = Lock()

    def counts(self, rules: Sequence[Rule], *, as_of: dt.date) -> dict[str, Count]:
        """Return the counts of each rule by its code."""
        ready = plan(rules, as_of=as_of)
        totals = PartCounts(len(ready.codes))
        with self._lock:
            self._load(ready)
            for number, where in enumerate(self._layouts):
                counts = judge(ready, self._evidence(ready, number), where, near=False).counts()
                for at, district in enumerate(where.districts):
                    totals.add({district: counts[:, at]})
            self._forget()
        return {code: _count(totals, at) for at, code in enumerate(ready.codes)}

    def _load(self, ready: Plan) -> None:
        new = [code for code in ready.facts if code not in self._columns]
        if new or not self._layouts:
            file = open_firms(self.file.path, new, self.facts)
            batches = list(file.batches(range(len(file.group_rows))))
            self._layouts = self._layouts or [layout(batch.column("district_code")) for batch in batches]
            for code in new:
                pairs = zip(batches, self._layouts, strict=True)
                self._columns[code] = [column(self.facts[code], b.column(code), where) for b, where in pairs]
        for slot, question in enumerate(questions(ready)):
            if _key(ready, slot) not in self._known:
                columns = self._columns[question.atom.fact.code]
                found = [
                    evidence((question,), {question.atom.fact.code: each}, where).pairs[0]
                    for each, where in zip(columns, self._layouts, strict=True)
                ]
                self._known[_key(ready, slot)] = found

    def _evidence(self, ready: Plan, batch: int) -> Evidence:
        rows = []
        for slot in range(len(ready.slots)):
            self._known.move_to_end(_key(ready, slot))
            rows.append(self._known[_key(ready, slot)][batch])
        return Evidence(tuple(rows))

    def _forget(self) -> None:
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)


def _key(ready: Plan, slot: int) -> tuple[object, ...]:
    """A condition, with the day where it depends on it."""
    atom = ready.slots[slot]
    day: Any = ready.as_of if atom.op.startswith("months_since") else None
    return (atom.fact.code, atom.op, atom.value, day)


def _count(totals: PartCounts, at: int) -> Count:
    ordered = sorted(totals.by_district.items(), key=lambda item: (item[0] is None, item[0]))
    districts = {name: (int(c[at, 0]), int(c[at, 1]), int(c[at, 2])) for name, c in ordered}
    yes, no, unknown = (sum(counts[place] for counts in districts.values()) for place in range(3))
    return Count(yes, no, unknown, districts)
