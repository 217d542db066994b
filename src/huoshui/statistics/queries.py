"""What can be asked of statistics: one door. Values are frozen; lists are scoped."""

from huoshui.statistics.queries_figures import (
    Drill,
    Opened,
    book,
    counted_to,
    districts,
    drawing,
    drill,
    measure,
    opened_rows,
    sheet,
    span_of,
)

__all__ = [
    "Drill",
    "Opened",
    "book",
    "counted_to",
    "districts",
    "drawing",
    "drill",
    "measure",
    "opened_rows",
    "sheet",
    "span_of",
]
