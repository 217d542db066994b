"""A batch's verdicts as the rows of verdicts.parquet: credit code, rules passed, rules one atom away, best few."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from huoshui.rules.layout import Layout
from huoshui.rules.members import Lists, lists
from huoshui.rules.plan import Plan
from huoshui.rules.population import Judged

_CODES = pa.list_(pa.dictionary(pa.uint16(), pa.string()))
SCHEMA = pa.schema([("uscc", pa.string()), ("yes", _CODES), ("near", _CODES), ("best", _CODES)])


@dataclass(frozen=True, slots=True)
class Listing:
    """How lists are made: rules' codes in order, their order of preference, how many best ones."""

    codes: pa.Array
    ranking: tuple[int, ...]
    top: int


def listing(plan: Plan, *, top: int) -> Listing:
    """Return how the verdicts of *plan* are listed, with the first *top* rules as best."""
    return Listing(pa.array(plan.codes, pa.string()), plan.ranking, top)


def rows(judged: Judged, uscc: pa.Array, how: Listing) -> pa.RecordBatch:
    """Return one row a firm, in the batch's order."""
    assert judged.near is not None, "lists need near misses"
    passed = lists(judged.yes, judged.layout)
    near = lists(judged.near, judged.layout)
    best = passed.first(how.top, how.ranking)
    columns = [uscc.cast(pa.string()), *(_named(each, how.codes) for each in (passed, near, best))]
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


def _named(found: Lists, codes: pa.Array) -> pa.Array:
    numbers = pa.array(found.numbers, pa.uint16())
    return pa.ListArray.from_arrays(pa.array(found.offsets), pa.DictionaryArray.from_arrays(numbers, codes))


def by_district(judged: Judged) -> dict[str | None, np.ndarray]:
    """Return int64[rules, 3] of each district in the batch: firms that are YES, NO, unknown."""
    found: dict[str | None, np.ndarray] = {}
    counts = judged.counts()
    where: Layout = judged.layout
    for at, district in enumerate(where.districts):
        found[district] = found[district] + counts[:, at] if district in found else counts[:, at]
    return found
