"""A figure with what it is compared with: a year ago, the year's start, the period before. Knows no database."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from huoshui.statistics import measures, spans
from huoshui.statistics.figures import Sheet
from huoshui.statistics.measures import Figure, Measure
from huoshui.statistics.places import Row
from huoshui.statistics.spans import Span

COMPARED = ("year_ago", "year_start", "before")


@dataclass(frozen=True, slots=True)
class Reading:
    """*now* and its growth: percent of an amount, points of a ratio; None where nothing is comparable."""

    measure: Measure
    now: Figure
    on_year: Decimal | None
    on_start: Decimal | None
    on_before: Decimal | None


def compared_spans(span: Span) -> list[Span]:
    """Return *span* and every span that its readings need."""
    earlier = [spans.year_ago(span), spans.year_start(span), spans.before(span)]
    return [span, *(each for each in earlier if each is not None)]


def reading(sheet: Sheet, measure: Measure, span: Span, *, row: Row | None = None, institution: int = 0) -> Reading:
    """Return the figure of the city, of the district *row*, of an institution, or of both, with its growth."""
    codes = row.codes if row else ("",)

    def figure(over: Span | None) -> Figure:
        if over is None or (row is not None and over is not span and not row.comparable(over.start)):
            return None
        return sheet.figure(measure, over, defined=span, districts=codes, institution=institution)

    now = figure(span)
    stock = is_stock(sheet, measure, span)
    start = spans.year_start(span)
    return Reading(
        measure,
        now,
        measures.growth(measure, now, figure(spans.year_ago(span))),
        # a stock of the year's start is all that stood then, whatever span is shown
        measures.growth(measure, now, _stock_figure(sheet, measure, start, span, codes, institution, row))
        if stock
        else None,
        measures.growth(measure, now, figure(spans.before(span))),
    )


def is_stock(sheet: Sheet, measure: Measure, span: Span) -> bool:
    """Return whether the measure stands on a day rather than happens in a span."""
    return sheet.book.tally(measure.top.tally, span.last).stock


def _stock_figure(
    sheet: Sheet, measure: Measure, start: Span, span: Span, codes: tuple[str, ...], institution: int, row: Row | None
) -> Figure:
    if row is not None and row.comparable_from is not None and row.comparable_from > start.last:
        return None
    return sheet.figure(measure, start, defined=span, districts=codes, institution=institution)
