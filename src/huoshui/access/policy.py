"""The figures of sign-in and notices: shipped in data/policy.json, overridden by ``settings.ACCESS_POLICY``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from huoshui.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its unit, the shipped value, what it is for and where it comes from."""

    path: str
    unit: str
    default: int
    label: Text
    source: str


@cache
def figures() -> dict[str, Figure]:
    """Return every figure by path."""
    rows = json.loads((Path(__file__).parent / "data" / "policy.json").read_text())
    return {row["path"]: Figure(**{**row, "label": Text(**row["label"])}) for row in rows}


def value(path: str) -> int:
    """Return the figure in force in this installation; KeyError for an unknown path."""
    shipped = figures()[path].default
    return int(getattr(settings, "ACCESS_POLICY", {}).get(path, shipped))
