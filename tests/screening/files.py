"""Files of firms and rules for screening tests."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.rules import generated as g

SCHEMA_TYPES = {code: g.arrow_type(Random(1), g.FACTS[code]) for code in g.USED}
SHIPPED = tuple(code for code in g.USED if code not in ("motto", "share", "licence_until"))


def table(firms: list[dict[str, Any]]) -> pa.Table:
    """Firms as a table with a credit code each."""
    columns = {"uscc": pa.array([f"91140100MA{number:08d}" for number in range(len(firms))], pa.string())}
    for code in SHIPPED:
        kind = pa.string() if pa.types.is_dictionary(SCHEMA_TYPES[code]) else SCHEMA_TYPES[code]
        columns[code] = pa.array([firm.get(code) for firm in firms], kind)
    return pa.table(columns)


def write_firms(path: Path, firms: list[dict[str, Any]], *, group: int = 300) -> Path:
    """Write *firms* as Parquet with small row groups."""
    pq.write_table(table(firms), path, row_group_size=group)
    return path


def write_rules(path: Path, rules: list[dict[str, Any]]) -> Path:
    """Write *rules* as a rules file; code and validity are filled in where a rule leaves them out."""
    whole = [{"code": f"R{at:03d}", "name": f"rule {at}", **rule} for at, rule in enumerate(rules)]
    path.write_text(json.dumps({"rules": whole}, ensure_ascii=False), "utf-8")
    return path


def shipped_trees(random: Random, number: int) -> list[dict[str, Any]]:
    """Criteria over the shipped facts only."""
    made: list[dict[str, Any]] = []
    while len(made) < number:
        tree = g.tree(random, [])
        if not any(f'"{code}"' in json.dumps(tree) for code in ("motto", "share", "licence_until")):
            made.append(tree)
    return made
