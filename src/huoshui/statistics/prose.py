"""Sentences in the house style about a table: every figure in them is a cell of the table, written as it stands there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from huoshui.kernel.text import Text
from huoshui.statistics import wording
from huoshui.statistics.tables import Cell, Head, Line, Table

_STOP, _COMMA = Text("。", "."), Text("，", ", ")
_AGAINST = {"on_year": wording.YEAR_AGO, "on_start": wording.YEAR_START, "on_before": wording.BEFORE}


def sentences(table: Table, span: Text, told: Sequence[Mapping[str, Any]]) -> list[Text]:
    """Return the sentences that *told* asks for (kind: totals, growth, extremes; of: measure codes), in order.

    A measure without a column in the table has no sentence; a table without a total says nothing of totals.
    """
    written = [_KINDS[each["kind"]](table, span, each["of"]) for each in told]
    return [text for text in written if text is not None]


def _totals(table: Table, span: Text, codes: Sequence[str]) -> Text | None:
    if table.total is None:
        return None
    parts = [_named(head, cell) for head, cell in _columns(table, table.total, codes, ("now",))]
    if not parts:
        return None
    opening = Text(f"{span.zh}，{table.total.name.zh}", f"{table.total.name.en}, {span.en}: ")
    return _joined(opening, parts)


def _named(head: Head, cell: Cell) -> Text:
    if cell.value is None:
        return Text(f"{head.name.zh}无数据", f"{head.name.en}: no data")
    unit = head.unit
    return Text(f"{head.name.zh}{cell.text}{unit.zh}", f"{head.name.en} {cell.text} {unit.en}")


def _growth(table: Table, span: Text, codes: Sequence[str]) -> Text | None:
    if table.total is None:
        return None
    parts = []
    for head, cell in _columns(table, table.total, codes, tuple(_AGAINST)):
        name = _name_of(table, head.code)
        ratio = head.unit.zh != "%"
        value = None if cell.value is None else Decimal(cell.value)
        said = wording.change_said(value, ratio=ratio, against=_AGAINST[head.show])
        parts.append(Text(f"{name.zh}{said.zh}", f"{name.en} {said.en}"))
    return _joined(Text("其中，", "Of these, "), parts) if parts else None


def _extremes(table: Table, span: Text, codes: Sequence[str]) -> Text | None:
    parts = []
    for code in codes:
        at = next((at for at, head in enumerate(table.heads) if head.code == code and head.show == "now"), None)
        if at is None:
            continue
        green, red = _coloured(table, at, "green"), _coloured(table, at, "red")
        if not green and not red:
            continue
        parts.append(_best_and_worst(table.heads[at], at, green, red))
    return _joined(Text("", ""), parts) if parts else None


def _best_and_worst(head: Head, at: int, green: list[Line], red: list[Line]) -> Text:
    zh, en = [], []
    if green:
        zh.append(f"{head.name.zh}居前的是{'、'.join(_with(line, head, at) for line in green)}")
        en.append(f"{head.name.en}: best {', '.join(_with(line, head, at, english=True) for line in green)}")
    if red:
        zh.append(f"居后的是{'、'.join(_with(line, head, at) for line in red)}")
        en.append(f"last {', '.join(_with(line, head, at, english=True) for line in red)}")
    return Text("，".join(zh), "; ".join(en))


def _with(line: Line, head: Head, at: int, *, english: bool = False) -> str:
    if english:
        return f"{line.name.en} ({line.cells[at].text} {head.unit.en})"
    return f"{line.name.zh}（{line.cells[at].text}{head.unit.zh}）"


def _coloured(table: Table, at: int, colour: str) -> list[Line]:
    rows = [line for line in table.lines if line.cells[at].colour == colour and line.cells[at].rank]
    return sorted(rows, key=lambda line: line.cells[at].rank or 0, reverse=colour == "red")


def _columns(
    table: Table, line: Line, codes: Sequence[str], shows: tuple[str, ...]
) -> list[tuple[Head, Cell]]:  # fmt: skip
    pairs = list(zip(table.heads, line.cells, strict=True))
    return [(head, cell) for code in codes for head, cell in pairs if head.code == code and head.show in shows]


def _name_of(table: Table, code: str) -> Text:
    now = next((head.name for head in table.heads if head.code == code and head.show == "now"), None)
    return now or Text(code, code)


def _joined(opening: Text, parts: Sequence[Text]) -> Text:
    zh = opening.zh + _COMMA.zh.join(part.zh for part in parts) + _STOP.zh
    return Text(zh, opening.en + "; ".join(part.en for part in parts) + _STOP.en)


_KINDS: dict[str, Any] = {"totals": _totals, "growth": _growth, "extremes": _extremes}
