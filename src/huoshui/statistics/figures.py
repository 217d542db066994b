"""A sheet of counted cells, and the figures read off it. Knows no database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from huoshui.statistics.measures import Book, Figure, Measure, Take, value
from huoshui.statistics.spans import Span

Cell = tuple[str, int, Span, str, int]  # tally, version, span, district or "", institution or 0


@dataclass(frozen=True)
class Sheet:
    """Counted cells: (count, amount) by cell. A cell that was counted and had no row is (0, 0); others are unknown."""

    book: Book
    cells: Mapping[Cell, tuple[int, int]]
    counted: frozenset[tuple[str, int, Span]]

    def figure(
        self, measure: Measure, span: Span, *, defined: Span | None = None, districts: Iterable[str] = ("",),
        institution: int = 0,
    ) -> Figure:  # fmt: skip
        """Return the figure of a cell; several *districts* (one joined to another) are added.

        *defined*: the span whose definitions apply: what a figure is compared with is counted as the figure itself was.
        None where a part was never counted, or where a ratio has no base.
        """
        amounts = {
            take: self._sum(take, span, defined or span, tuple(districts), institution) for take in measure.takes
        }
        return value(measure, amounts)

    def part(
        self, measure: Measure, number: int, span: Span, *, districts: Iterable[str] = ("",), institution: int = 0
    ) -> int | None:
        """Return one part of a figure as it was counted: 0 the figure or a ratio's top, 1 a ratio's base; None unknown."""
        take = measure.takes[min(number, len(measure.takes) - 1)]
        return self._sum(take, span, span, tuple(districts), institution)

    def _sum(self, take: Take, span: Span, defined: Span, districts: tuple[str, ...], institution: int) -> int | None:
        version = self.book.tally(take.tally, defined.last).version
        if (take.tally, version, span) not in self.counted:
            return None
        found = [self.cells.get((take.tally, version, span, each, institution), (0, 0)) for each in districts]
        return sum(cell[0 if take.what == "count" else 1] for cell in found)
