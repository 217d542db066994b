"""The tables that come with the platform: reference rates, repair table, programmes, the demo city's banks. Pure.

A city's own rows stand over these; nothing here is read where the database knows better.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
RATE_KINDS = ("lpr_1y", "lpr_5y", "benchmark_1y")


@cache
def rates() -> dict[str, tuple[tuple[dt.date, Decimal, str], ...]]:
    """Return by kind the published rates in order: first day, percent a year, source (data/rates.csv)."""
    found: dict[str, list[tuple[dt.date, Decimal, str]]] = {kind: [] for kind in RATE_KINDS}
    with (DATA / "rates.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            day = dt.date.fromisoformat(row["effective_on"])
            found[row["kind"]].append((day, Decimal(row["rate_pct"]), row["source"]))
    return {kind: tuple(sorted(rows)) for kind, rows in found.items()}


@cache
def repair_measures() -> tuple[dict[str, Any], ...]:
    """Return the rows of the shipped repair table (data/repair_measures.json)."""
    return tuple(_read("repair_measures.json")["measures"])


@cache
def programmes() -> tuple[dict[str, Any], ...]:
    """Return the shipped programme presets (data/programmes.json)."""
    return tuple(_read("programmes.json")["programmes"])


@cache
def demo() -> dict[str, list[dict[str, Any]]]:
    """Return the invented institutions and products of the demo city (data/demo_products.json)."""
    found: dict[str, list[dict[str, Any]]] = _read("demo_products.json")
    return found


def _read(name: str) -> Any:
    return json.loads((DATA / name).read_text(encoding="utf-8"))
