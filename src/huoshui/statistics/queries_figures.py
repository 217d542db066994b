"""What can be asked of the counted figures: a sheet of many cells in one question, and the records behind one cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q

from huoshui.access.actor import Actor
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text
from huoshui.registry import queries as registry
from huoshui.statistics import maps, measures, places
from huoshui.statistics.counting import DOORS, records
from huoshui.statistics.figures import Cell, Sheet
from huoshui.statistics.measures import Book, Measure, Tally
from huoshui.statistics.models import Boundary, Counted, DistrictChange, Fact, TallyVersion
from huoshui.statistics.spans import KINDS, Span, span_to


def book() -> Book:
    """Return every definition in force or to come: the shipped ones and the city's own versions."""
    own = []
    for row in TallyVersion.objects.order_by("tally", "version"):
        first = measures.shipped().tallies[row.tally][0]
        own.append(
            Tally(
                code=row.tally, version=row.version, base=first.base, count=first.count, parts=first.parts,
                filter=row.filter, stock=first.stock, valid_from=row.valid_from, source=row.document_no,
                words=Text(row.words, row.words_en),
            )
        )  # fmt: skip
    return measures.shipped().with_versions(own) if own else measures.shipped()


def measure(code: str) -> Measure:
    """Return a measure. Raises DomainError (measure_unknown)."""
    found = measures.shipped().measures.get(code)
    if found is None:
        said = Text("没有这个指标。", "There is no such measure.")
        raise DomainError("measure_unknown", said, field="measure", value=code)
    return found


def counted_to() -> tuple[dt.date, dt.datetime] | None:
    """Return the last day that figures were counted for, and when; None before the first count."""
    return Counted.objects.order_by("-last", "-counted_at").values_list("last", "counted_at").first()


def sheet(spans: Iterable[Span], codes: Collection[str], *, institutions: bool = False, pairs: bool = False) -> Sheet:
    """Return the cells of the measures *codes* over *spans*: the whole city and every district; with *institutions*
    every institution too, with *pairs* every institution in every district."""
    wanted = {take.tally for code in codes for take in measure(code).takes}
    chosen = sorted(set(spans))
    if not chosen:
        return Sheet(book(), {}, frozenset())
    where = Q(tally__in=wanted, last__in={span.last for span in chosen}, start__in={span.start for span in chosen})
    by_days = {(span.start, span.last): span for span in reversed(chosen)}
    counted = {
        (tally, version, by_days[start, last])
        for tally, version, start, last in Counted.objects.filter(where).values_list(
            "tally", "version", "start", "last"
        )
        if (start, last) in by_days
    }
    return Sheet(book(), _cells(where, by_days, institutions, pairs), frozenset(counted))


def _cells(
    where: Q, by_days: dict[tuple[dt.date, dt.date], Span], institutions: bool, pairs: bool
) -> dict[Cell, tuple[int, int]]:
    if not institutions:
        where &= Q(institution_id=0)
    elif not pairs:
        where &= Q(institution_id=0) | Q(district_code="")
    rows = Fact.objects.filter(where).values_list(
        "tally", "version", "start", "last", "district_code", "institution_id", "count", "amount"
    )
    return {
        (tally, version, by_days[start, last], place, whose): (count, int(amount))
        for tally, version, start, last, place, whose, count, amount in rows
        if (start, last) in by_days
    }


def districts(span: Span) -> list[places.Row]:
    """Return the districts of the city as a table over *span* has them."""
    split = {row.district_code: tuple(row.parts) for row in DistrictChange.objects.all() if len(row.parts) > 1}
    ever = [
        places.District(
            each.code, each.text, each.valid_from, each.valid_to, each.successor, each.abolished,
            split.get(each.code, ()),
        )
        for each in registry.districts_ever(settings.CITY["code"])
    ]  # fmt: skip
    return places.table_rows(ever, start=span.start, last=span.last)


def drawing(codes: Collection[str]) -> tuple[maps.Drawing, str]:
    """Return the map of the districts *codes* and its source: outlines where all were taken in, else tiles ("")."""
    known = Boundary.objects.filter(district_code__in=codes).values_list("district_code", "rings", "source")
    rows = {code: (rings, source) for code, rings, source in known}
    if codes and set(codes) <= rows.keys():
        return maps.outlines({code: rings for code, (rings, _source) in rows.items()}), next(iter(rows.values()))[1]
    return maps.tiles(settings.CITY["code"], codes), ""


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A district that was dissolved: from when, by which document, into what; firms moved, and still under its code."""

    name: Text
    code: str
    on: dt.date
    document_no: str
    parts: tuple[tuple[str, Text], ...]
    moved: int
    still: int


def district_changes(actor: Actor) -> list[ChangeView]:
    """Return the registered changes, the latest first; *still* counts the firms that *actor* may see."""
    return [
        ChangeView(
            registry.district_name(row.district_code),
            row.district_code,
            row.on,
            row.document_no,
            tuple((code, registry.district_name(code)) for code in row.parts),
            row.moved,
            registry.enterprises(actor).filter(district_code=row.district_code).count(),
        )
        for row in DistrictChange.objects.order_by("-on", "-pk")
    ]


def outlined() -> frozenset[str]:
    """Return the codes of the districts whose outline was taken in."""
    return frozenset(Boundary.objects.values_list("district_code", flat=True))


@dataclass(frozen=True, slots=True)
class Opened:
    """A record that a figure counts: its id, the thing counted once (a firm or itself), what it adds."""

    record: int
    thing: int
    value: int


@dataclass(frozen=True, slots=True)
class Drill:
    """What stands behind a cell: how many records, the sum of what they add, and one page of them."""

    tally: Tally
    what: str
    records: int
    things: int
    total: int
    page: tuple[Opened, ...]


def drill(
    actor: Actor, code: str, span: Span, *, part: int = 0, districts: Sequence[str] = (), institution: int = 0,
    start: int = 0, size: int = 50,
) -> Drill:  # fmt: skip
    """Return the records behind a figure as far as *actor* may see them; *part* 1 opens a ratio's base."""
    shown = measure(code)
    take = shown.takes[min(part, len(shown.takes) - 1)]
    tally = book().tally(take.tally, span.last)
    text, values = records(tally, span, actor, districts=tuple(districts), institution=institution)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), count(DISTINCT thing), coalesce(sum(value), 0) FROM ({text}) all_", values)  # noqa: S608
        count, things, total = cursor.fetchone()
        order = "cell_record DESC" if not tally.parts[0].value else "value DESC, cell_record DESC"
        page = f"{text} ORDER BY {order} LIMIT {int(size)} OFFSET {int(start)}"
        cursor.execute(page, values)
        opened = tuple(Opened(int(row[0]), int(row[1]), int(row[2])) for row in cursor.fetchall())
    return Drill(tally, take.what, int(count), int(things), int(total), opened)


def opened_rows(actor: Actor, base: str, ids: Collection[int]) -> dict[int, Any]:
    """Return the rows behind *ids* that *actor* may see, by id, with their firms."""
    rows = DOORS[base](actor).filter(pk__in=ids).select_related("enterprise")
    return {row.pk: row for row in rows}


def span_of(kind: str, last: dt.date | None) -> Span:
    """Return the span that a page asks for; the newest counted day where *last* is None."""
    newest = counted_to()
    day = last or (newest[0] if newest else dt.date(2000, 1, 1))
    return span_to(kind if kind in KINDS else "year", day)
