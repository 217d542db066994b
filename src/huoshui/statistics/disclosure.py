"""What may be shown to everybody: small counts are hidden, others with them so that a total does not reveal them.

A count from 1 to the threshold less one is hidden (primary). Where a column has a total, hidden cells must be at least two
and together reach the threshold, else the smallest other cell is hidden with them (secondary). Amounts and growth are hidden
with the count behind them. Ratios are computed from the numbers as published, and hidden with either of them. Zero is
shown: that nothing happened tells nothing of anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from huoshui.kernel.money import round_half_up
from huoshui.statistics import wording
from huoshui.statistics.measures import Measure, Take
from huoshui.statistics.tables import Cell, Head, Line, Table

HIDDEN = "＊"
Counts = Mapping[str, Mapping[str, int]]  # tally → row → count


def hidden_rows(counts: Mapping[str, int], *, threshold: int) -> set[str]:
    """Return the rows whose count is hidden, those hidden for the others' sake included."""
    hidden = {row for row, count in counts.items() if 0 < count < threshold}
    if not hidden:
        return hidden
    # the smallest others first, shown zeros last: they hide nothing that is worth hiding
    others = sorted((row for row in counts if row not in hidden), key=lambda row: (counts[row] == 0, counts[row], row))
    while others and (len(hidden) < 2 or sum(counts[row] for row in hidden) < threshold):
        hidden.add(others.pop(0))
    return hidden


def protect(table: Table, counts: Counts, measures: Mapping[str, Measure], *, threshold: int) -> Table:
    """Return *table* as everybody may see it. *counts*: of every tally its columns are made of, by row.

    A total is hidden only where its own count is small.
    """
    hidden = {tally: hidden_rows(rows, threshold=threshold) for tally, rows in counts.items()}
    shown = [_line(line, table.heads, measures, hidden) for line in table.lines]
    total = table.total
    if total is not None:
        small = {tally for tally, rows in counts.items() if 0 < sum(rows.values()) < threshold}
        total = _line(total, table.heads, measures, {tally: {total.key} for tally in small})
    lines = [_with_ratios(line, table.heads, measures) for line in shown]
    return Table(table.heads, tuple(lines), _with_ratios(total, table.heads, measures) if total else None)


def _line(line: Line, heads: tuple[Head, ...], measures: Mapping[str, Measure], hidden: Mapping[str, set[str]]) -> Line:
    cells = []
    for head, cell in zip(heads, line.cells, strict=True):
        tallies = {take.tally for take in measures[head.code].takes}
        concealed = any(line.key in hidden.get(tally, set()) for tally in tallies)
        cells.append(Cell(HIDDEN) if concealed and cell.text else cell)
    return replace(line, cells=tuple(cells))


def _with_ratios(line: Line, heads: tuple[Head, ...], measures: Mapping[str, Measure]) -> Line:
    published = {
        measures[head.code].top: cell
        for head, cell in zip(heads, line.cells, strict=True)
        if head.show == "now" and not measures[head.code].ratio
    }
    cells = [
        _ratio(measures[head.code], cell, published) if head.show == "now" else cell
        for head, cell in zip(heads, line.cells, strict=True)
    ]
    return replace(line, cells=tuple(cells))


def _ratio(measure: Measure, cell: Cell, published: Mapping[Take, Cell]) -> Cell:
    top, by = published.get(measure.top), published.get(measure.by) if measure.by else None
    if top is None or by is None or cell.text in ("", HIDDEN):
        return cell
    above, below = _printed(top), _printed(by)
    if above is None or not below:
        return replace(cell, text=wording.NOTHING, value=None)
    value = Decimal(round_half_up(above / below * measure.times * 100)).scaleb(-2)
    return replace(cell, text=wording.number(value, measure.unit), value=value)


def _printed(cell: Cell) -> Fraction | None:
    """Return the number as it is printed, not as it is known."""
    return None if cell.value is None else Fraction(cell.text.replace(",", ""))
