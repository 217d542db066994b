"""Which firms of a snapshot a few rules hold for, as arrays: what lists and leads are made from. Pure."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from huoshui.rules.facts import FactDictionary
from huoshui.rules.firm import Rule
from huoshui.rules.layout import Layout, ranked
from huoshui.rules.plan import plan
from huoshui.rules.population import Judge
from huoshui.screening.firms_file import open_firms

Ids = NDArray[np.int64]
Flags = NDArray[np.bool_]
_SHOWN = ("industry_code", "size_class")
_KEY = "enterprise_id"


@dataclass(frozen=True, slots=True)
class Population:
    """Every firm of a file: its number and place, trade and size (as places in *names*), and the verdicts on it.

    *yes* and *unknown*: bool[rules, firms], the rules in the order of *codes*.
    """

    codes: tuple[str, ...]
    ids: Ids
    names: dict[str, tuple[str, ...]]
    places: dict[str, NDArray[np.int32]]
    yes: Flags
    unknown: Flags

    def holds(self, code: str) -> Flags:
        """Return for each firm whether the rule *code* holds."""
        found: Flags = self.yes[self.codes.index(code)]
        return found

    def any_of(self, codes: Collection[str]) -> Flags:
        """Return for each firm whether one of the rules holds."""
        rows = self.yes[[self.codes.index(code) for code in codes]]
        return np.asarray(rows.any(axis=0), np.bool_)

    def how_many(self, codes: Collection[str]) -> Ids:
        """Return for each firm how many of the rules hold."""
        rows = self.yes[[self.codes.index(code) for code in codes]]
        return np.asarray(rows.sum(axis=0), np.int64)

    def texts(self, what: str, chosen: Flags | NDArray[np.int64]) -> list[str]:
        """Return district_code, industry_code or size_class of the chosen firms; "" where it is not known."""
        table = np.array(self.names[what], object)
        return list(table[self.places[what][chosen]])

    def tally(self, what: str, chosen: Flags, *, first: int | None = None) -> dict[str, int]:
        """Return how many of the chosen firms have each district, trade (its *first* characters) or size."""
        counted = np.bincount(self.places[what][chosen], minlength=len(self.names[what]))
        told: dict[str, int] = {}
        for name, count in zip(self.names[what], counted.tolist(), strict=True):
            if count:
                told[name[:first]] = told.get(name[:first], 0) + count
        return dict(sorted(told.items()))


def judge_file(path: Path, rules: Sequence[Rule], facts: FactDictionary, *, as_of: dt.date) -> Population:
    """Return every firm of the file with the verdicts of *rules*. Raises Refused for missing or mistyped columns.

    Memory: two octets a firm and rule, and some 30 a firm.
    """
    ready = plan(rules, as_of=as_of)
    file = open_firms(path, sorted({*ready.facts, *_SHOWN}), facts)
    judge, names = Judge(ready, facts, near=False), _Names()
    rows, at = file.rows, 0
    ids, shape = np.empty(rows, np.int64), (len(ready.codes), rows)
    yes, unknown = np.empty(shape, np.bool_), np.empty(shape, np.bool_)
    for batch in file.batches(range(len(file.group_rows)), columns=[*file.needed, _KEY]):
        judged, upto = judge(batch), at + batch.num_rows
        ids[at:upto] = batch.column(_KEY).to_numpy()
        yes[:, at:upto] = _by_firm(judged.yes, judged.layout)
        unknown[:, at:upto] = ~(yes[:, at:upto] | _by_firm(judged.no, judged.layout))
        names.take(batch)
        at = upto
    return Population(ready.codes, ids, names.names(), names.places(), yes, unknown)


def fingerprint(ids: Ids) -> str:
    """Return the hash of a list's members: their numbers ascending, eight octets each, lowest first."""
    return hashlib.sha256(np.sort(ids).astype("<i8").tobytes()).hexdigest()


def facts_in(
    path: Path, ids: Collection[int], reads: Collection[str], facts: FactDictionary
) -> dict[int, dict[str, Any]]:
    """Return the facts *reads* of the firms *ids* as they stand in the file; what is not known is left out."""
    file = open_firms(path, sorted(reads), facts)
    wanted, found = pa.array(sorted(ids), pa.int64()), {}
    for batch in file.batches(range(len(file.group_rows)), columns=[*file.needed, _KEY]):
        for row in batch.filter(pc.is_in(batch.column(_KEY), wanted)).to_pylist():
            found[row[_KEY]] = {code: row[code] for code in file.needed[1:] if row[code] is not None}
    return found


def _by_firm(bits: NDArray[np.uint64], where: Layout) -> Flags:
    flags = np.unpackbits(bits.view(np.uint8), axis=1, bitorder="little").view(np.bool_)
    return flags[:, : where.rows] if where.place is None else flags[:, where.place]


class _Names:
    """District, trade and size of every firm, as places in one table of names for all batches."""

    def __init__(self) -> None:
        columns = ("district_code", *_SHOWN)
        self.known: dict[str, dict[str, int]] = {name: {"": 0} for name in columns}
        self.parts: dict[str, list[NDArray[np.int32]]] = {name: [] for name in columns}

    def take(self, batch: pa.RecordBatch) -> None:
        for name, known in self.known.items():
            given = batch.column(name)
            values, ranks = ranked(given)
            table = np.array([known.setdefault(value, len(known)) for value in values] or [0], np.int32)
            places = np.take(table, ranks, mode="clip")
            self.parts[name].append(np.where(np.asarray(pc.is_valid(given)), places, 0).astype(np.int32))

    def names(self) -> dict[str, tuple[str, ...]]:
        return {name: tuple(known) for name, known in self.known.items()}

    def places(self) -> dict[str, NDArray[np.int32]]:
        empty = np.zeros(0, np.int32)
        return {name: np.concatenate(parts) if parts else empty for name, parts in self.parts.items()}
