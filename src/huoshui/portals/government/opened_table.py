"""A table of figures in which every figure opens the records it counts."""

from __future__ import annotations

from dataclasses import dataclass

from huoshui.kernel.text import Text
from huoshui.portals.government.leader import drill_link
from huoshui.statistics.spans import Span
from huoshui.statistics.tables import Cell, Head, Line, Table
from huoshui.statistics.wording import NOTHING


@dataclass(frozen=True, slots=True)
class OpenedCell:
    """A cell and the page of its records, "" where there is nothing to open."""

    text: str
    rank: int | None
    colour: str
    link: str


@dataclass(frozen=True, slots=True)
class OpenedLine:
    """A row of such cells."""

    key: str
    name: Text
    note: Text | None
    cells: tuple[OpenedCell, ...]


@dataclass(frozen=True, slots=True)
class OpenedTable:
    """The table with its links, of the same shape as the one without."""

    heads: tuple[Head, ...]
    lines: tuple[OpenedLine, ...]
    total: OpenedLine | None


def opened(table: Table, span: Span, *, by: str) -> OpenedTable:
    """Return *table* over *span* with a link in each cell; *by*: what its rows are, ``district`` or ``institution``."""
    lines = tuple(_line(table.heads, line, span, {by: line.key}) for line in table.lines)
    return OpenedTable(table.heads, lines, _line(table.heads, table.total, span, {}) if table.total else None)


def _line(heads: tuple[Head, ...], line: Line, span: Span, place: dict[str, str]) -> OpenedLine:
    cells = tuple(_cell(head, cell, span, place) for head, cell in zip(heads, line.cells, strict=True))
    return OpenedLine(line.key, line.name, line.note, cells)


def _cell(head: Head, cell: Cell, span: Span, place: dict[str, str]) -> OpenedCell:
    link = drill_link(head.code, span, **place) if cell.text not in ("", NOTHING) else ""
    return OpenedCell(cell.text, cell.rank, cell.colour, link)
