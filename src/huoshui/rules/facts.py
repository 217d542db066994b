"""The fact dictionary: what may be known of a firm, by whom, in which unit, how long it stays fresh. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from huoshui.kernel.text import Text


class Kind(StrEnum):
    """How a fact is stored and compared."""

    MONEY = "money"  # int64 fen; 元 as text in rules
    NUMBER = "number"  # whole or decimal
    FLAG = "flag"
    DATE = "date"
    CODE = "code"  # one of many, in a hierarchy by its first characters
    GRADE = "grade"  # one of few, in an order
    LABELS = "labels"  # a set
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Fact:
    """One entry: *source* is the department's code, *fresh_days* how long a value stays current, *values* the known
    ones of a code or (from lowest to highest) of a grade, *names* what they are called, *remedy* what a firm can do."""

    code: str
    label: Text
    kind: Kind
    unit: str = ""
    source: str = ""
    sensitivity: str = "business"
    fresh_days: int = 400
    values: tuple[str, ...] = ()
    remedy: Text | None = None
    names: Mapping[str, Text] = field(default_factory=dict, hash=False)


class FactDictionary(Mapping[str, Fact]):
    """Facts by code, and the names of their departments."""

    def __init__(self, facts: Iterable[Fact], sources: Mapping[str, Text]) -> None:
        self._facts = {fact.code: fact for fact in facts}
        self.sources = dict(sources)

    def __getitem__(self, code: str) -> Fact:
        return self._facts[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)

    def by_source(self) -> dict[str, list[Fact]]:
        """Return the facts of each department, in the order of the dictionary."""
        found: dict[str, list[Fact]] = {}
        for fact in self._facts.values():
            found.setdefault(fact.source, []).append(fact)
        return found

    def extended(self, facts: Iterable[Fact]) -> FactDictionary:
        """Return the dictionary with *facts* that a city added; a code that exists already is replaced."""
        return FactDictionary([*self._facts.values(), *facts], self.sources)


def read_fact(entry: Mapping[str, Any]) -> Fact:
    """Return the fact of a dictionary entry as it stands in a file. Raises KeyError or ValueError for a broken one."""
    remedy = entry.get("remedy")
    return Fact(
        code=entry["code"],
        label=Text(entry["zh"], entry["en"]),
        kind=Kind(entry["kind"]),
        unit=entry.get("unit", ""),
        source=entry.get("source", ""),
        sensitivity=entry.get("sensitivity", "business"),
        fresh_days=int(entry.get("fresh_days", 400)),
        values=tuple(entry.get("values", ())),
        remedy=Text(*remedy) if remedy else None,
        names={code: Text(*words) for code, words in entry.get("names", {}).items()},
    )


@cache
def shipped() -> FactDictionary:
    """Return the dictionary that comes with the release."""
    content = json.loads(files("huoshui.rules").joinpath("data/facts.json").read_text(encoding="utf-8"))
    sources = {code: Text(*names) for code, names in content["sources"].items()}
    return FactDictionary(map(read_fact, content["facts"]), sources)
