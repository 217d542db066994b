"""A batch's verdicts as the rows of verdicts.parquet: rules passed, rules one atom away, best few."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from huoshui.rules.layout import Layout
from huoshui.rules.members import Lists, lists
from huoshui.rules.plan import Plan
from huoshui.rules.population import Judged


@dataclass(frozen=True, slots=True)
class Listing:
    """How lists are made: the rules' order of preference, how many best ones."""

    ranking: tuple[int, ...]
    top: int


def listing(plan: Plan, *, top: int) -> Listing:
    """Return how the verdicts of *plan* are listed, with the first *top* rules as best."""
    return Listing(plan.ranking, top)


def rows(judged: Judged, how: Listing) -> tuple[Lists, Lists, Lists]:
    """Return what each firm of the batch, in its order, passes, is one atom away from, and does best to take."""
    assert judged.near is not None, "lists need near misses"
    passed = lists(judged.yes, judged.layout)
    return passed, lists(judged.near, judged.layout), passed.first(how.top, how.ranking)


def by_district(judged: Judged) -> dict[str | None, np.ndarray]:
    """Return int64[rules, 3] of each district in the batch: firms that are YES, NO, unknown."""
    found: dict[str | None, np.ndarray] = {}
    counts = judged.counts()
    where: Layout = judged.layout
    for at, district in enumerate(where.districts):
        found[district] = found[district] + counts[:, at] if district in found else counts[:, at]
    return found
