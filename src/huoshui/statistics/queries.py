"""What can be asked of statistics: one door. Values are frozen; lists are scoped."""

from huoshui.statistics.queries_bulletin import (
    BulletinView,
    bulletin,
    bulletins,
    may_write,
    published_bulletin,
    published_bulletins,
)
from huoshui.statistics.queries_evaluation import (
    ItemLine,
    ResultView,
    RoundView,
    evaluation,
    evaluations_waiting,
    own_evaluations,
    recomputed,
    rounds,
)
from huoshui.statistics.queries_figures import (
    ChangeView,
    Drill,
    Opened,
    book,
    counted_to,
    district_changes,
    districts,
    drawing,
    drill,
    measure,
    opened_rows,
    outlined,
    sheet,
    span_of,
)
from huoshui.statistics.queries_money import money
from huoshui.statistics.queries_public import (
    PublicFigures,
    open_rows,
    public_bulletin,
    public_bulletins,
    public_figures,
    public_spans,
    published_grades,
)
from huoshui.statistics.subjects import bank_subjects, district_subjects

__all__ = [
    "BulletinView", "ChangeView", "Drill", "ItemLine", "Opened", "PublicFigures", "ResultView", "RoundView", "bank_subjects", "book",
    "bulletin", "bulletins", "counted_to", "district_subjects", "district_changes", "districts", "drawing", "drill", "evaluation",
    "evaluations_waiting", "own_evaluations",
    "may_write", "measure", "money", "open_rows", "opened_rows", "outlined", "public_bulletin", "public_bulletins", "public_figures",
    "public_spans", "published_bulletin", "published_bulletins", "published_grades", "recomputed", "rounds", "sheet",
    "span_of",
]  # fmt: skip
