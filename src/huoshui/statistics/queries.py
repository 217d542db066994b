"""What can be asked of statistics: one door. Values are frozen; lists are scoped."""

from huoshui.statistics.queries_bulletin import (
    BulletinView,
    bulletin,
    bulletins,
    may_write,
    published_bulletin,
    published_bulletins,
)
from huoshui.statistics.queries_evaluation import ItemLine, ResultView, RoundView, evaluation, recomputed, rounds
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
from huoshui.statistics.subjects import bank_subjects, district_subjects

__all__ = [
    "BulletinView", "Drill", "ItemLine", "Opened", "ResultView", "RoundView", "bank_subjects", "book", "bulletin",
    "bulletins", "counted_to", "district_subjects", "districts", "drawing", "drill", "evaluation", "may_write",
    "measure", "opened_rows", "published_bulletin", "published_bulletins", "recomputed", "rounds", "sheet", "span_of",
]  # fmt: skip
