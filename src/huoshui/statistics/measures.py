"""What is counted: every figure has one definition, read from data/measures.json, from which its records open too.

A *tally* says which records count (base, moment, filter) and what of them (distinct things, a sum). A *measure* is what
people read: a tally's count or amount, a balance, or a ratio of two. Definitions have versions, and a version begins
on a month's first day; a figure and what it is compared with are always counted by the same version.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from huoshui.kernel.errors import Problem, Refused
from huoshui.kernel.growth import growth_pct
from huoshui.kernel.money import round_half_up
from huoshui.kernel.text import Text

_DATA = Path(__file__).parent / "data" / "measures.json"
BASES = ("visits", "demands", "cases", "loans", "complaints")
# where a base names its institution; a matter may be about nobody's bank
INSTITUTIONS = {"cases": "bank_id", "loans": "bank_id", "complaints": "target_id"}
UNITS: dict[str, Text] = {
    "visits": Text("次", "visits"),
    "firms": Text("户", "firms"),
    "demands": Text("笔", "demands"),
    "cases": Text("件", "cases"),
    "loans": Text("笔", "loans"),
    "fen": Text("元", "CNY"),
    "pct": Text("%", "%"),
    "days": Text("天", "days"),
    "stars": Text("分", "stars"),
    "matters": Text("件", "matters"),
    "per_hundred": Text("件/百件", "per 100 cases"),
    "multiple": Text("倍", "times"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A stream of records: *moment* is the path of the day that decides, *value* what is added (factors, multiplied)."""

    moment: str
    value: tuple[str, ...] = ()
    sign: int = 1


@dataclass(frozen=True, slots=True)
class Tally:
    """Records of *base* under *filter*; distinct *count* of them, and the sum of their parts' values.

    *stock*: what stands on the last day (everything since the beginning) rather than what happened in the span.
    """

    code: str
    version: int
    base: str
    count: str
    parts: tuple[Part, ...]
    filter: Mapping[str, Any] = field(default_factory=dict)
    stock: bool = False
    valid_from: dt.date | None = None
    source: str = ""
    words: Text = field(default_factory=lambda: Text("", ""))


@dataclass(frozen=True, slots=True)
class Take:
    """A tally's *what*: count or amount."""

    tally: str
    what: str


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure as people read it. *by* None: the take itself; otherwise top / by × *times*.

    *better*: more, less or "" (neither): the direction of ranks and colours. *group* gathers the dictionary's page.
    """

    code: str
    name: Text
    unit: str
    group: str
    top: Take
    by: Take | None = None
    times: Fraction = Fraction(1)
    better: str = ""

    @property
    def takes(self) -> tuple[Take, ...]:
        """Return what the figure is made of."""
        return (self.top,) if self.by is None else (self.top, self.by)

    @property
    def ratio(self) -> bool:
        """Return whether the figure is one number over another."""
        return self.by is not None


Amounts = Mapping[Take, int | None]
Figure = int | Decimal | None


def value(measure: Measure, amounts: Amounts) -> Figure:
    """Return the figure: a whole number, or for ratios two decimals, half up; None for a missing part or a zero base."""
    top = amounts.get(measure.top)
    if measure.by is None:
        return top
    base = amounts.get(measure.by)
    if top is None or not base:
        return None
    return Decimal(round_half_up(Fraction(top, base) * measure.times * 100)).scaleb(-2)


def growth(measure: Measure, now: Figure, then: Figure) -> Decimal | None:
    """Return the growth of an amount in percent, or of a ratio in points (now − then); None without a base."""
    if measure.ratio:
        return None if now is None or then is None else Decimal(now) - Decimal(then)
    return growth_pct(now, then)


@dataclass(frozen=True, slots=True)
class Book:
    """Every definition: measures by code, and each tally's versions, oldest first."""

    measures: Mapping[str, Measure]
    tallies: Mapping[str, tuple[Tally, ...]]

    def tally(self, code: str, on: dt.date) -> Tally:
        """Return the version of the tally in force on *on*; the first one for days before any."""
        versions = self.tallies[code]
        held = [each for each in versions if each.valid_from is None or each.valid_from <= on]
        return held[-1] if held else versions[0]

    def tallies_on(self, on: dt.date) -> list[Tally]:
        """Return every tally as defined on *on*."""
        return [self.tally(code, on) for code in self.tallies]

    def with_versions(self, versions: Iterable[Tally]) -> Book:
        """Return the book with the city's own versions behind the shipped ones."""
        grown = {code: list(known) for code, known in self.tallies.items()}
        for each in versions:
            grown[each.code].append(each)
        in_order = {code: tuple(sorted(known, key=lambda one: one.version)) for code, known in grown.items()}
        return Book(self.measures, in_order)


@lru_cache(maxsize=1)
def shipped() -> Book:
    """Return the definitions that come with the platform. Raises Refused where the file does not hold together."""
    told = json.loads(_DATA.read_text(encoding="utf-8"))
    tallies = {row["code"]: (tally_of(row),) for row in told["tallies"]}
    measures = {row["code"]: _measure(row) for row in told["measures"]}
    problems = [problem for measure in measures.values() for problem in _unknown(measure, tallies)]
    if problems:
        raise Refused(problems)
    return Book(measures, tallies)


def groups() -> list[tuple[str, Text]]:
    """Return the headings under which measures are listed, in order."""
    told = json.loads(_DATA.read_text(encoding="utf-8"))
    return [(row["code"], Text(row["zh"], row["en"])) for row in told["groups"]]


def tally_of(row: Mapping[str, Any]) -> Tally:
    """Return a tally from its data. Raises Refused with what is wrong."""
    wrong = []
    if row["base"] not in BASES:
        wrong.append(_problem("base", row["base"], "统计口径的来源不存在。", "There is no such base."))
    since = dt.date.fromisoformat(row["valid_from"]) if row.get("valid_from") else None
    if since and since.day != 1:
        said = "口径只能从某月 1 日起变更。", "A definition changes only on a month's first day."
        wrong.append(_problem("valid_from", since, *said))
    if wrong:
        raise Refused(wrong)
    return Tally(
        code=row["code"],
        version=row.get("version", 1),
        base=row["base"],
        count=row.get("count", "pk"),
        parts=tuple(_part(part) for part in row["parts"]),
        filter=row.get("filter", {}),
        stock=row.get("stock", False),
        valid_from=since,
        source=row.get("source", ""),
        words=Text(row["words"]["zh"], row["words"]["en"]),
    )


def _part(row: Mapping[str, Any]) -> Part:
    return Part(row["moment"], tuple(row.get("value", ())), row.get("sign", 1))


def _measure(row: Mapping[str, Any]) -> Measure:
    by = Take(*row["by"].split(".")) if "by" in row else None
    return Measure(
        code=row["code"],
        name=Text(row["zh"], row["en"]),
        unit=row["unit"],
        group=row["group"],
        top=Take(*row["top"].split(".")),
        by=by,
        times=Fraction(row.get("times", "1")),
        better=row.get("better", ""),
    )


def _unknown(measure: Measure, tallies: Mapping[str, object]) -> list[Problem]:
    wrong = [take for take in measure.takes if take.tally not in tallies or take.what not in ("count", "amount")]
    if measure.unit not in UNITS:
        wrong.append(Take(measure.unit, "unit"))
    said = "指标引用的统计口径不存在。", "The measure names a tally that does not exist."
    return [_problem(measure.code, str(take), *said) for take in wrong]


def _problem(field_: str, value_: object, zh: str, en: str) -> Problem:
    return Problem("measure_invalid", Text(zh, en), field=field_, value=value_)
