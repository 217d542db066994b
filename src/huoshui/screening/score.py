"""The thin-file score: points that anybody can add up, with reasons, a suggested limit and a rate band. Pure.

A scorecard is a table: each feature has bands with points, and points say how likely a default is. It is trained
elsewhere (bench/score.py) and applied here as data. A feature that is not known gets the points of the average firm and
is named, so that a gap neither helps nor harms. For officers; whether banks see it is the city's parameter.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from math import exp
from pathlib import Path
from typing import Any

from huoshui.kernel.money import Fen
from huoshui.kernel.text import Text
from huoshui.screening.score_features import FEATURES, Feature

_DATA = Path(__file__).parent / "data" / "scorecard.json"
_BY_CODE = {each.code: each for each in FEATURES}


@dataclass(frozen=True, slots=True)
class Bands:
    """A feature's bands: below the first of *limits*, between two of them, from the last up; *points* of each."""

    feature: Feature
    limits: tuple[float, ...]
    points: tuple[int, ...]

    def at(self, value: float) -> int:
        """Return the points of *value*; a limit belongs to the band above it."""
        return self.points[bisect_right(self.limits, value)]


@dataclass(frozen=True, slots=True)
class Grade:
    """A class of risk: default probability up to *most_pd*; *share* of yearly sales as limit; rates in percent."""

    code: str
    most_pd: Decimal
    share: Decimal
    rate_low: Decimal | None
    rate_high: Decimal | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How good the card is on the firms it was trained on, by cross-validation: an AUC with the ends of its interval,
    and a plain logistic regression's beside it."""

    firms: int
    defaults: int
    auc: tuple[Decimal, ...]
    plain: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The whole table. *offset* and *factor*: log odds of default = (offset − points) / factor."""

    version: str
    base: int
    offset: float
    factor: float
    bands: tuple[Bands, ...]
    grades: tuple[Grade, ...]
    limit_most: Fen
    needed: int  # features that must be known for a score
    source: str = ""
    evaluation: Evaluation | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """What one feature added: *points* against the average firm (0 where it is *missing*), *best* it could have added."""

    feature: Feature
    value: float | None
    points: int
    best: int

    @property
    def missing(self) -> bool:
        """Return whether the feature was not known."""
        return self.value is None


@dataclass(frozen=True, slots=True)
class Assessment:
    """A firm's score: reasons with the largest loss first. *limit* in fen, None where sales are not known."""

    version: str
    points: int
    default_pct: Decimal
    grade: Grade
    reasons: tuple[Reason, ...]
    limit: Fen | None


def assess(features: Mapping[str, float], card: Scorecard) -> Assessment | None:
    """Return the score of a firm with *features* (by code), None where fewer are known than the card needs."""
    known = {code: value for code, value in features.items() if code in _BY_CODE and value == value}
    if len(known) < card.needed:
        return None
    reasons = [_reason(bands, known.get(bands.feature.code)) for bands in card.bands]
    points = card.base + sum(reason.points for reason in reasons)
    pd = Decimal(str(round(100 / (1 + exp((points - card.offset) / card.factor)), 1)))
    grade = next((each for each in card.grades if pd <= each.most_pd), card.grades[-1])
    ordered = tuple(sorted(reasons, key=lambda reason: reason.points - reason.best))
    return Assessment(card.version, points, pd, grade, ordered, _limit(known.get("sales"), grade, card))


def _reason(bands: Bands, value: float | None) -> Reason:
    return Reason(bands.feature, value, 0 if value is None else bands.at(value), max(bands.points))


def _limit(sales: float | None, grade: Grade, card: Scorecard) -> Fen | None:
    """A share of yearly sales, whole 万元, never above the card's most."""
    if sales is None:
        return None
    wan = int(Decimal(str(max(sales, 0))) * grade.share / 10_000)
    return Fen(min(wan * 1_000_000, card.limit_most))


@cache
def shipped() -> Scorecard:
    """Return the scorecard that comes with the release."""
    return read(json.loads(_DATA.read_text(encoding="utf-8")))


def read(given: Mapping[str, object]) -> Scorecard:
    """Return the scorecard in a file's content. Raises KeyError or ValueError for a broken or not monotone one."""
    told: dict[str, object] = dict(given)
    bands = tuple(_bands(each) for each in told["bands"])  # type: ignore[attr-defined]
    grades = tuple(_grade(each) for each in told["grades"])  # type: ignore[attr-defined]
    numbers = {name: float(str(told[name])) for name in ("offset", "factor")}
    whole = {name: int(str(told[name])) for name in ("base", "needed")}
    texts = {"source": str(told.get("source", "")), "evaluation": _evaluation(told.get("evaluation"))}
    most = Fen(int(str(told["limit_most_yuan"])) * 100)
    return Scorecard(str(told["version"]), bands=bands, grades=grades, limit_most=most, **numbers, **whole, **texts)  # type: ignore[arg-type]


def _evaluation(given: Any) -> Evaluation | None:
    if not given:
        return None
    judged = [tuple(Decimal(each) for each in given[name]) for name in ("auc", "plain")]
    return Evaluation(int(given["firms"]), int(given["defaults"]), judged[0], judged[1])


def _bands(given: Mapping[str, object]) -> Bands:
    feature = _BY_CODE[str(given["feature"])]
    limits = tuple(float(each) for each in given["limits"])  # type: ignore[attr-defined]
    points = tuple(int(each) for each in given["points"])  # type: ignore[attr-defined]
    if len(points) != len(limits) + 1 or list(limits) != sorted(set(limits)):
        raise ValueError(f"{feature.code}: one band more than limits, and limits ascending")
    if list(points) != sorted(points, reverse=not feature.rising):
        raise ValueError(f"{feature.code}: points are not monotone")
    return Bands(feature, limits, points)


def _grade(given: Mapping[str, object]) -> Grade:
    rates = [Decimal(str(given[name])) if given.get(name) is not None else None for name in ("rate_low", "rate_high")]
    return Grade(str(given["code"]), Decimal(str(given["most_pd"])), Decimal(str(given["share"])), rates[0], rates[1])


def missing_words(assessment: Assessment) -> tuple[Text, ...]:
    """Return the names of the features that were not known."""
    return tuple(reason.feature.name for reason in assessment.reasons if reason.missing)
