"""The facts that may be known of a firm: the shipped dictionary and what this city has added; typing and freshness."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.conf import settings

from huoshui.kernel.errors import Problem, Refused
from huoshui.kernel.text import Text
from huoshui.registry.divisions import district_name, districts
from huoshui.registry.imports.fields import BY_CODE, MONEY_LIMIT_YUAN, Field
from huoshui.registry.models import FactDefinition
from huoshui.rules.facts import Fact, FactDictionary, Kind, read_fact, shipped

_CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")
_FIELD_KINDS = {
    Kind.MONEY: "money",
    Kind.NUMBER: "decimal",
    Kind.FLAG: "flag",
    Kind.DATE: "date",
    Kind.CODE: "text",
    Kind.GRADE: "text",
    Kind.LABELS: "labels",
    Kind.TEXT: "text",
}
# columns of the register that are facts too; a size class is computed here and never taken from a file
REGISTER_FACTS = frozenset(BY_CODE) | {"size_class"}


@lru_cache(maxsize=1)
def dictionary() -> FactDictionary:
    """Return the dictionary with the city's own facts (kept until `forget`)."""
    own = (read_fact(row.definition) for row in FactDefinition.objects.order_by("code"))
    return shipped().extended([replace(shipped()["district_code"], names=_places()), *own])


def _places() -> dict[str, Text]:
    """Return what the city and its districts are called, by code and by the city's prefix: no reader knows the codes."""
    city = district_name(settings.CITY["code"])
    named = {each.code: Text(each.name, each.name_en or each.name) for each in districts()}
    return {settings.CITY["code"]: city, settings.CITY["code"][:4]: city} | named


def definitions() -> Mapping[str, Fact]:
    """Return every fact by code."""
    return dictionary()


def forget() -> None:
    """Drop what was kept after the city's facts changed."""
    dictionary.cache_clear()


def parse(definition: Mapping[str, Any]) -> Fact:
    """Return the fact of an entry (keys as in the shipped file). Raises Refused with everything wrong."""
    problems = []
    code = str(definition.get("code", ""))
    if not _CODE.fullmatch(code):
        problems.append(
            _wrong("code", code, "代码应为小写字母、数字和下划线。", "A code has small letters, digits and _.")
        )
    if code in shipped() or code in REGISTER_FACTS:
        problems.append(_wrong("code", code, "这个代码属于标准字典。", "This code belongs to the shipped dictionary."))
    for key in ("zh", "en"):
        if not str(definition.get(key, "")).strip():
            problems.append(_wrong(key, "", "请填写中英文名称。", "Give a name in both languages."))
    if definition.get("kind") not in set(Kind):
        problems.append(_wrong("kind", definition.get("kind"), "没有这种类型。", "There is no such kind."))
    if not str(definition.get("source", "")):
        problems.append(_wrong("source", "", "请写明提供部门。", "Name the department."))
    if problems:
        raise Refused(problems)
    return read_fact(definition)


def _wrong(field: str, value: object, zh: str, en: str) -> Problem:
    return Problem(f"fact_{field}", Text(zh, en), field=field, value=value)


def fields() -> tuple[Field, ...]:
    """Return the facts as fields that a file's columns can be, those of the register itself left out."""
    return tuple(_field(fact) for fact in dictionary().values() if fact.code not in REGISTER_FACTS)


def _field(fact: Fact) -> Field:
    kind = _FIELD_KINDS[fact.kind]
    limits: tuple[int | None, int | None] = (None, None)
    if fact.kind is Kind.MONEY:
        limits = (-MONEY_LIMIT_YUAN, MONEY_LIMIT_YUAN)  # profit and equity may be negative
    choices = {value: value for value in fact.values} if fact.kind in (Kind.CODE, Kind.GRADE) else {}
    return Field(
        fact.code,
        fact.label,
        "choice" if choices else kind,
        limits=limits,
        length=40,
        choices=choices,
        source=fact.source,
    )


def is_stale(fact: Fact, as_of: dt.date, on: dt.date) -> bool:
    """Return whether a value of day *as_of* is no longer current on day *on*."""
    return (on - as_of).days > fact.fresh_days


def source_of(code: str, source: str) -> str:
    """Return the department that answers for a fact; *source*, which delivered it, for an unknown one."""
    known = dictionary().get(code)
    return known.source if known and known.source else source


def money_codes() -> frozenset[str]:
    """Return the facts that are amounts of money."""
    return frozenset(code for code, fact in dictionary().items() if fact.kind is Kind.MONEY)


def stored(fact: Fact, value: object) -> object:
    """Return *value* as a fact sheet keeps it: fen and whole numbers as numbers, decimals and dates as text.

    Raises TypeError or ValueError for a value of another type than the fact's.
    """
    if fact.kind is Kind.MONEY:
        return _whole(value)
    if fact.kind is Kind.NUMBER:
        return _number(value)
    if fact.kind is Kind.FLAG:
        if not isinstance(value, bool):
            raise TypeError(value)
        return value
    if fact.kind is Kind.DATE:
        return (value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))).isoformat()
    if fact.kind is Kind.LABELS:
        if isinstance(value, str) or not isinstance(value, list | tuple | set | frozenset):
            raise TypeError(value)
        return sorted(map(str, value))
    return _known_text(fact, value)


def _number(value: object) -> int | str:
    if isinstance(value, bool):
        raise TypeError(value)
    exact = Decimal(str(value))
    return int(exact) if exact == exact.to_integral_value() else format(exact.normalize(), "f")


def _known_text(fact: Fact, value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    if fact.values and value not in fact.values:
        raise ValueError(value)
    return value


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(value)
    return value


def typed(fact: Fact, value: Any) -> object:
    """Return a stored value as rules compare it: int or Decimal, date, frozenset of labels, else as it is."""
    if fact.kind is Kind.NUMBER:
        return value if isinstance(value, int) else Decimal(str(value))
    if fact.kind is Kind.DATE:
        return dt.date.fromisoformat(value)
    if fact.kind is Kind.LABELS:
        return frozenset(value)
    return value
