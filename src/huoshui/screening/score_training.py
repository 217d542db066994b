"""How a scorecard is made from firms whose outcome is known: monotone bands, evidence of each, plain logistic. Pure numpy.

Bands are thirds of the firms in the training part. The evidence of a band is the smoothed log odds of default in it,
pooled with its neighbours until it moves one way only (pool adjacent violators). A ridge-penalised logistic regression
weighs the features; a weight that would turn a feature round is held at zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SMOOTH = 1.0  # pseudo-firms of the average risk in each band
RIDGE = 1.0


@dataclass(frozen=True, slots=True)
class Cut:
    """A feature's bands: *limits* ascending and the *evidence* (log odds against the average) of each band."""

    limits: tuple[float, ...]
    evidence: tuple[float, ...]

    def of(self, values: Floats) -> Floats:
        """Return the evidence of each value; 0 where it is not known."""
        table = np.array(self.evidence)
        found = table[np.searchsorted(np.array(self.limits), np.nan_to_num(values), side="right")]
        return np.where(np.isnan(values), 0.0, found)


@dataclass(frozen=True, slots=True)
class Model:
    """Cuts and weights: log odds of default = intercept + Σ weight × evidence."""

    cuts: tuple[Cut, ...]
    weights: tuple[float, ...]
    intercept: float

    def log_odds(self, features: Floats) -> Floats:
        """Return the log odds of default of each row of *features* [firms, features]."""
        parts = [
            weight * cut.of(column) for weight, cut, column in zip(self.weights, self.cuts, features.T, strict=True)
        ]
        return np.asarray(self.intercept + np.sum(parts, axis=0), np.float64)

    def risk(self, features: Floats) -> Floats:
        """Return the default probability of each row."""
        odds = np.exp(-self.log_odds(features))
        return np.asarray(1 / (1 + odds), np.float64)


def train(features: Floats, bad: NDArray[np.bool_], rising: Sequence[bool], *, bands: int = 3) -> Model:
    """Return the model of firms with *features* [firms, features; nan = not known] of which *bad* defaulted.

    *rising*: of each feature, whether more of it means less risk.
    """
    cuts = [cut(column, bad, less_risk=up, bands=bands) for column, up in zip(features.T, rising, strict=True)]
    evidence = np.stack([each.of(column) for each, column in zip(cuts, features.T, strict=True)], axis=1)
    weights, intercept = fit(evidence, bad)
    return Model(tuple(cuts), tuple(weights.tolist()), intercept)


def cut(values: Floats, bad: NDArray[np.bool_], *, less_risk: bool, bands: int) -> Cut:
    """Return monotone bands of one feature; bands of equal evidence are one band."""
    known = ~np.isnan(values)
    limits = np.unique(np.quantile(values[known], np.arange(1, bands) / bands)) if known.any() else np.zeros(0)
    limits = limits[limits > values[known].min()] if len(limits) else limits
    place = np.searchsorted(limits, values[known], side="right")
    firms = np.bincount(place, minlength=len(limits) + 1).astype(float)
    bads = np.bincount(place, weights=bad[known].astype(float), minlength=len(limits) + 1)
    average = (bad.sum() + 0.5) / (len(bad) + 1)
    risk = (bads + SMOOTH * average) / (firms + SMOOTH)
    risk = _monotone(risk, firms + SMOOTH, down=less_risk)
    evidence = np.log(risk / (1 - risk)) - np.log(average / (1 - average))
    keep = np.flatnonzero(np.diff(evidence) != 0)
    return Cut(tuple(limits[keep].tolist()), tuple(evidence[[*keep, len(evidence) - 1]].tolist()))


def _monotone(risk: Floats, weight: Floats, *, down: bool) -> Floats:
    """Pool adjacent violators: the nearest values that only fall (*down*) or only rise."""
    blocks: list[list[float]] = []
    for value, mass in zip(-risk if down else risk, weight, strict=True):
        blocks.append([value, mass, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            last = blocks.pop()
            before = blocks[-1]
            mass_of_both = before[1] + last[1]
            blocks[-1] = [(before[0] * before[1] + last[0] * last[1]) / mass_of_both, mass_of_both, before[2] + last[2]]
    flat = np.concatenate([np.full(int(count), value) for value, _mass, count in blocks])
    return -flat if down else flat


def fit(evidence: Floats, bad: NDArray[np.bool_]) -> tuple[Floats, float]:
    """Return weights, none below 0, and intercept of the ridge-penalised logistic regression, by Newton's method."""
    free = np.ones(evidence.shape[1], np.bool_)
    while True:
        weights, intercept = _newton(evidence[:, free], bad.astype(float))
        if (weights >= 0).all():
            whole = np.zeros(len(free))
            whole[free] = weights
            return whole, intercept
        free[np.flatnonzero(free)[weights < 0]] = False


def _newton(columns: Floats, bad: Floats) -> tuple[Floats, float]:
    design = np.column_stack([np.ones(len(bad)), columns])
    penalty = np.diag([0.0, *[RIDGE] * columns.shape[1]])
    solution = np.zeros(design.shape[1])
    for _ in range(50):
        risk = 1 / (1 + np.exp(-design @ solution))
        slope = design.T @ (bad - risk) - penalty @ solution
        curve = design.T @ (design * (risk * (1 - risk))[:, None]) + penalty
        step = np.linalg.solve(curve, slope)
        solution += step
        if np.abs(step).max() < 1e-9:
            break
    return solution[1:], float(solution[0])


def auc(risk: Floats, bad: NDArray[np.bool_]) -> float:
    """Return the share of (bad, good) pairs in which the bad one has the higher risk; ties count half."""
    order = np.argsort(risk, kind="stable")
    ordered = risk[order]
    first = np.searchsorted(ordered, risk, side="left")
    last = np.searchsorted(ordered, risk, side="right")
    ranks = (first + last + 1) / 2
    goods, bads = int((~bad).sum()), int(bad.sum())
    return float((ranks[bad].sum() - bads * (bads + 1) / 2) / (goods * bads))
