"""The computed tables of docs/algorithms: read, run, and with ``python -m tests.config.calc_pages`` written again.

A comment ``<!-- calc: NAME {shared} -->`` stands before a table whose columns are fields of the case or, behind an arrow,
of the result; ``<!-- calc-rows: NAME LIST {case} -->`` before one that is a list of the result.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from huoshui.config.calc import compute

PAGES = Path(__file__).resolve().parents[2] / "docs" / "algorithms"
ARROW = "→ "
_MARK = re.compile(r"<!-- calc(?P<rows>-rows)?: (?P<name>[a-z-]+) (?:(?P<list>[a-z_]+) )?(?P<case>\{.*\}) -->")


@dataclass(frozen=True)
class Table:
    """One table: the page, the line its header is on, and what its comment says."""

    page: Path
    line: int
    name: str
    rows_of: str | None
    shared: dict[str, Any]
    header: list[str]
    rows: list[list[str]]

    def __str__(self) -> str:
        return f"{self.page.stem}:{self.line}"

    def computed(self) -> list[list[str]]:
        """Return the rows as the calculator gives them."""
        if self.rows_of:
            return [
                [_cell(row[column]) for column in self.header] for row in compute(self.name, self.shared)[self.rows_of]
            ]
        return [self._row(row) for row in self.rows]

    def _row(self, row: list[str]) -> list[str]:
        given = dict(zip(self.header, row, strict=True))
        case = {name: _value(cell) for name, cell in given.items() if not name.startswith(ARROW) and cell}
        result = compute(self.name, {**self.shared, **case})
        return [
            _found(result, name.removeprefix(ARROW)) if name.startswith(ARROW) else given[name] for name in self.header
        ]


def _value(cell: str) -> Any:
    """Return a cell as JSON where it is JSON of a list, object, null or flag; figures stay text."""
    return json.loads(cell, parse_float=Decimal) if cell[0] in "[{" or cell in ("null", "true", "false") else cell


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _found(result: dict[str, Any], path: str) -> str:
    found: Any = result
    for name in path.split("."):
        if name not in found:
            return ""
        found = found[name]
    return _cell(found)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def tables(page: Path) -> Iterator[Table]:
    """Yield the computed tables of *page*."""
    lines = page.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        if (mark := _MARK.fullmatch(line)) and lines[number + 1].startswith("|"):
            end = number + 1
            while end < len(lines) and lines[end].startswith("|"):
                end += 1
            body = [_cells(row) for row in lines[number + 3 : end]]
            case = json.loads(mark["case"])
            yield Table(page, number + 2, mark["name"], mark["list"], case, _cells(lines[number + 1]), body)


def write(page: Path) -> None:
    """Write the computed tables of *page* again."""
    lines = page.read_text(encoding="utf-8").splitlines()
    for table in reversed(list(tables(page))):
        rows = ["|" + "|".join(f" {cell} " if cell else " " for cell in row) + "|" for row in table.computed()]
        lines[table.line + 1 : table.line + 1 + len(table.rows)] = rows
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    for each in sorted(PAGES.glob("*.md")):
        write(each)
