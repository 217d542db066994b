"""Tables of figures: districts or institutions down, measures across, with ranks and colours. Knows no database.

The same table stands on the leader's page, in a bulletin and on the public page; a bulletin keeps it as plain data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from huoshui.kernel.text import Text
from huoshui.statistics import wording
from huoshui.statistics.figures import Sheet
from huoshui.statistics.measures import Figure, Measure
from huoshui.statistics.places import Row
from huoshui.statistics.ranks import Limit, Mark, Rule, marks
from huoshui.statistics.readings import Reading, reading
from huoshui.statistics.spans import Span

SHOWS: dict[str, Text] = {
    "now": Text("", ""),
    "on_year": Text("同比", "on the year"),
    "on_start": Text("较年初", "on year start"),
    "on_before": Text("环比", "on the period before"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """What a column shows: a measure now, or its growth; *rule* ranks and colours it, None leaves it plain."""

    measure: Measure
    show: str = "now"
    rule: Rule | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What a row is about: a district, or an institution; *excluded* rows are shown blank and unranked."""

    key: str
    name: Text
    place: Row | None = None
    institution: int = 0
    note: Text | None = None
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure as it is shown: *text* without unit, its *value* behind it, rank and colour."""

    text: str
    value: Figure = None
    rank: int | None = None
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """A column's heading and unit; *code* and *show* say what it is, *scale* how amounts are written."""

    code: str
    show: str
    name: Text
    unit: Text
    scale: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table."""

    key: str
    name: Text
    cells: tuple[Cell, ...]
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Heads, rows in order, and the total of everything (not a sum: firms count once)."""

    heads: tuple[Head, ...]
    lines: tuple[Line, ...]
    total: Line | None = None


ALL = Subject("", Text("全市", "The city"))


def build(
    sheet: Sheet, columns: Sequence[Column], span: Span, subjects: Sequence[Subject], *, total: Subject | None = ALL
) -> Table:
    """Return the table of *subjects* over *span*; the rank of a column is among rows that are not excluded."""
    shown = [*subjects, *([total] if total else [])]
    read = {subject.key: _readings(sheet, columns, span, subject) for subject in shown}
    out = [subject.key for subject in subjects if subject.excluded]
    heads, by_column = [], []
    for at, column in enumerate(columns):
        values = {subject.key: _figure(read[subject.key][at], column.show) for subject in shown}
        scale = _scale(column, values.values())
        heads.append(_head(column, scale))
        ranked = {key: value for key, value in values.items() if not total or key != total.key}
        found = marks(ranked, column.rule, excluded=out) if column.rule else {}
        by_column.append(
            {key: _cell(column, value, scale, found.get(key), key in out) for key, value in values.items()}
        )
    lines = [Line(each.key, each.name, tuple(cells[each.key] for cells in by_column), each.note) for each in shown]
    return Table(tuple(heads), tuple(lines[: len(subjects)]), lines[-1] if total else None)


def _readings(sheet: Sheet, columns: Sequence[Column], span: Span, subject: Subject) -> list[Reading]:
    return [
        reading(sheet, column.measure, span, row=subject.place, institution=subject.institution) for column in columns
    ]


def _figure(found: Reading, show: str) -> Figure:
    return {"now": found.now, "on_year": found.on_year, "on_start": found.on_start, "on_before": found.on_before}[show]


def _scale(column: Column, values: Any) -> str:
    return wording.scale_for(values) if column.show == "now" and column.measure.unit == "fen" else ""


def _head(column: Column, scale: str) -> Head:
    measure, show = column.measure, column.show
    if show == "now":
        return Head(measure.code, show, measure.name, wording.unit_of(measure.unit, scale or "wan"), scale)
    joined = Text(f"{measure.name.zh}{SHOWS[show].zh}", f"{measure.name.en} {SHOWS[show].en}")
    unit = Text("百分点", "points") if measure.ratio else Text("%", "%")
    return Head(measure.code, show, joined, unit)


def _cell(column: Column, value: Figure, scale: str, mark: Mark | None, blank: bool) -> Cell:
    if blank:
        return Cell("")
    if column.show == "now":
        text = wording.number(value, column.measure.unit, scale or "wan")
    else:
        text = wording.NOTHING if value is None else f"{value:+,.2f}"
    return Cell(text, value, mark.rank if mark else None, mark.colour if mark else "")


def as_data(table: Table) -> dict[str, Any]:
    """Return the table as plain data that JSON keeps without loss."""
    return {
        "heads": [
            {
                "code": head.code,
                "show": head.show,
                "name": _two(head.name),
                "unit": _two(head.unit),
                "scale": head.scale,
            }
            for head in table.heads
        ],
        "lines": [_line_data(line) for line in table.lines],
        "total": _line_data(table.total) if table.total else None,
    }


def _line_data(line: Line) -> dict[str, Any]:
    cells = [
        {"text": cell.text, "value": None if cell.value is None else str(cell.value)}
        | ({"rank": cell.rank} if cell.rank else {})
        | ({"colour": cell.colour} if cell.colour else {})
        for cell in line.cells
    ]
    return {"key": line.key, "name": _two(line.name), "cells": cells, "note": _two(line.note) if line.note else None}


def from_data(told: dict[str, Any]) -> Table:
    """Return the table that `as_data` wrote."""
    heads = [
        Head(head["code"], head["show"], _text(head["name"]), _text(head["unit"]), head["scale"])
        for head in told["heads"]
    ]
    total = _line(told["total"]) if told["total"] else None
    return Table(tuple(heads), tuple(_line(line) for line in told["lines"]), total)


def _line(told: dict[str, Any]) -> Line:
    cells = [
        Cell(cell["text"], _value(cell["value"]), cell.get("rank"), cell.get("colour", "")) for cell in told["cells"]
    ]
    return Line(told["key"], _text(told["name"]), tuple(cells), _text(told["note"]) if told["note"] else None)


def _value(text: str | None) -> Figure:
    if text is None:
        return None
    return Decimal(text) if "." in text else int(text)


def _two(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _text(told: dict[str, str]) -> Text:
    return Text(told["zh"], told["en"])


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell that is another than before: the row's and column's names, and both texts ("" = was not there)."""

    row: Text
    column: Text
    before: str
    after: str


@dataclass
class _Cells:
    rows: dict[str, Text] = field(default_factory=dict)
    columns: dict[tuple[str, str], Text] = field(default_factory=dict)
    texts: dict[tuple[str, tuple[str, str]], str] = field(default_factory=dict)


def differences(before: Table, after: Table) -> list[Difference]:
    """Return every cell that differs between two tables, rows and columns that came or went included.

    A column whose unit changed is written anew, so figures are compared as they are written: number and unit.
    """
    old, new = _cells(before), _cells(after)
    keys = [*new.texts, *(key for key in old.texts if key not in new.texts)]
    found = []
    for key in keys:
        was, now = old.texts.get(key, ""), new.texts.get(key, "")
        if was != now:
            row, column = key
            name = new.rows.get(row) or old.rows[row]
            found.append(Difference(name, new.columns.get(column) or old.columns[column], was, now))
    return found


def _cells(table: Table) -> _Cells:
    found = _Cells()
    for line in [*table.lines, *([table.total] if table.total else [])]:
        found.rows[line.key] = line.name
        for head, cell in zip(table.heads, line.cells, strict=True):
            found.columns[head.code, head.show] = head.name
            unit = head.unit.zh if cell.text not in ("", wording.NOTHING) else ""
            found.texts[line.key, (head.code, head.show)] = f"{cell.text}{unit}"
    return found


def rule_of(told: dict[str, Any] | None, better: str) -> Rule | None:
    """Return the colour rule that a template's data tells; *better* is the measure's own direction unless it says."""
    if told is None:
        return None
    limits = tuple(Limit(Decimal(limit["from"]), limit["colour"]) for limit in told.get("limits", ()))
    return Rule(told.get("better", better or "more"), told.get("best", 2), told.get("worst", 2), limits)
