"""The facts that may be known of a firm: the shipped dictionary (`rules.facts`) and what this city has added."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from huoshui.kernel.text import Text
from huoshui.registry.imports.fields import Field


@dataclass(frozen=True, slots=True)
class Definition:
    code: str
    label: Text
    type: str
    unit: str = ""
    source: str = ""
    freshness_days: int | None = None
    values: Mapping[str, Text] = field(default_factory=dict)


@lru_cache(maxsize=1)
def definitions() -> Mapping[str, Definition]:
    """Return every fact by code."""
    return {}


def dictionary() -> Mapping[str, Definition]:
    return definitions()


def forget() -> None:
    definitions.cache_clear()


def parse(definition: Mapping[str, Any]) -> Definition:
    raise NotImplementedError


def fields() -> tuple[Field, ...]:
    return ()


def is_stale(definition: Definition, as_of: dt.date, on: dt.date) -> bool:
    """Return whether a fact of day *as_of* is too old on day *on*."""
    return definition.freshness_days is not None and (on - as_of).days > definition.freshness_days


def source_of(code: str, source: str) -> str:
    known = definitions().get(code)
    return known.source if known else source


def money_codes() -> frozenset[str]:
    return frozenset(code for code, each in definitions().items() if each.type == "money")


def stored(definition: Definition, value: object) -> object:
    return value


def typed(definition: Definition, value: object) -> object:
    return value
