"""What everybody may see: the city's figures up to the last finished quarter, protected, and what was published.

Only quarters' ends are shown: the difference of two cumulative tables is then a whole quarter, not a few firms of a month.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

from huoshui.catalogue import queries as catalogue
from huoshui.kernel.text import Text
from huoshui.statistics import cards, disclosure, issues, prose, spans, tables
from huoshui.statistics.actions_count import ensure
from huoshui.statistics.models import EvaluationResult, EvaluationRound
from huoshui.statistics.queries_bulletin import BulletinView, published_bulletin, published_bulletins
from huoshui.statistics.queries_figures import counted_to, measure, sheet
from huoshui.statistics.readings import compared_spans
from huoshui.statistics.spans import Span
from huoshui.statistics.subjects import district_subjects
from huoshui.statistics.tables import Column, Table

COLUMNS = (
    *("visited", "declared", "granted", "granted_amount", "lent", "lent_amount"),
    *("credit_amount", "credit_share", "first_firms", "first_amount"),
)


@dataclass(frozen=True)
class PublicFigures:
    """The protected table over *span*, with the threshold that it was protected by."""

    span: Span
    table: Table
    threshold: int


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of the open data; *value* None where it is hidden or unknown, *hidden* says which."""

    period: str
    start: dt.date
    last: dt.date
    district: str
    name: Text
    measure: str
    measure_name: Text
    unit: Text
    value: str | None
    hidden: bool


def public_spans() -> list[Span]:
    """Return the spans that are shown, the newest first: the year up to the last finished quarter, and the year before."""
    newest = counted_to()
    if newest is None:
        return []
    return spans.public_spans(newest[0])


def public_figures(span: Span) -> PublicFigures:
    """Return the figures of the city and its districts over *span* as everybody may see them."""
    threshold = catalogue.parameter("statistics.small_cell")
    ensure(compared_spans(span), codes=COLUMNS, defined=span.last)
    read, subjects = sheet(compared_spans(span), COLUMNS), district_subjects(span)
    built = tables.build(read, [Column(measure(code)) for code in COLUMNS], span, subjects)
    counts = issues.counts(COLUMNS, read, span, subjects)
    shown = disclosure.protect(built, counts, read.book.measures, threshold=threshold)
    return PublicFigures(span, shown, threshold)


def open_rows(figures: PublicFigures) -> Iterator[Row]:
    """Yield the figures one by one, for files that machines read; amounts in the table's own unit."""
    table, span = figures.table, figures.span
    for line in [*table.lines, *([table.total] if table.total else [])]:
        for head, cell in zip(table.heads, line.cells, strict=True):
            known = cell.value is not None
            yield Row(
                span.kind, span.start, span.last, line.key, line.name, head.code, head.name, head.unit,
                cell.text.replace(",", "") if known else None, cell.text == disclosure.HIDDEN,
            )  # fmt: skip


def public_bulletins() -> list[BulletinView]:
    """Return the published bulletins as everybody may see them, the newest first."""
    return [_protected(view) for view in published_bulletins()]


def public_bulletin(bulletin_id: int) -> BulletinView | None:
    """Return one published bulletin as everybody may see it."""
    view = published_bulletin(bulletin_id)
    return _protected(view) if view else None


def _protected(view: BulletinView) -> BulletinView:
    threshold = catalogue.parameter("statistics.small_cell")
    template = issues.templates()[view.template]
    measures = {code: measure(code) for code in template.codes}
    table = disclosure.protect(view.table, view.content.get("counts", {}), measures, threshold=threshold)
    # the sentences are written anew, from what is shown
    text = tuple(prose.sentences(table, view.span.name, template.sentences))
    return replace(view, table=table, text=text, differences=(), drift=(), acts=(), timeline=())


@dataclass(frozen=True, slots=True)
class PublishedGrade:
    """A bank's grade in a published evaluation."""

    institution: Text
    grade: str


def published_grades() -> list[tuple[Text, Text, list[PublishedGrade]]]:
    """Return (card, span, grades in order of rank) of every published evaluation, the newest first."""
    found = []
    for row in EvaluationRound.objects.filter(state="published").order_by("-last", "-id"):
        results = EvaluationResult.objects.filter(round=row).exclude(grade="").select_related("institution")
        grades = [
            PublishedGrade(Text(each.institution.name, each.institution.name_en or each.institution.name), each.grade)
            for each in results.order_by("rank")
        ]
        found.append((cards.card_of(row.card).name, spans.span_to(row.kind, row.last).name, grades))
    return found
