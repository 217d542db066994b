"""Turns a tally into a question to the database: counted for every cell at once, or its records one by one.

Both come from the same rows, so the records that a figure opens are the ones it counted. Rows come through the doors of
the packages that own them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import BigIntegerField, Case, CharField, DateField, ExpressionWrapper, F, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce, Extract
from django.db.models.lookups import Exact, LessThan

from huoshui.access.actor import Actor
from huoshui.financing import queries as financing
from huoshui.kernel import clock
from huoshui.registry import queries as registry
from huoshui.service import queries_complaint
from huoshui.statistics.measures import INSTITUTIONS, Part, Tally
from huoshui.statistics.spans import FIRST, Span

DOORS: dict[str, Callable[[Actor], QuerySet[Any]]] = {
    "visits": financing.visits,
    "demands": financing.demands,
    "cases": financing.cases,
    "loans": financing.loans,
    "complaints": queries_complaint.told,
}
FOLLOWING = ("demands", "cases")  # what goes on in another district when its own is dissolved
ANY = "any"
NOBODY = -1  # institution of a matter that is about none: apart from 0, which stands for all of them


def days_of(tally: Tally, span: Span) -> tuple[dt.date, dt.date]:
    """Return the first and last day that the tally looks at: a stock looks at everything up to the last day."""
    return (FIRST if tally.stock else span.start), span.last


def rows(tally: Tally, part: Part, span: Span, actor: Actor) -> QuerySet[Any, dict[str, Any]]:
    """Return one row a counted happening: record, thing counted once, value, district, institution."""
    wanted = _within(part.moment, *days_of(tally, span))
    wanted |= {name: _side(to) for name, to in tally.filter.items() if name != ANY}
    # one call of filter(): conditions on the same related rows must hold for one of them together
    found = DOORS[tally.base](actor).order_by().filter(_any(tally.filter), **wanted)
    counted_rows: QuerySet[Any, dict[str, Any]] = found.annotate(
        cell_record=F("pk"),
        cell_thing=F(tally.count),
        cell_value=_value(part),
        cell_district=_district(tally.base, part.moment),
        cell_institution=_institution(tally.base),
    ).values("cell_record", "cell_thing", "cell_value", "cell_district", "cell_institution")
    return counted_rows


def _district(base: str, moment: str) -> Any:
    """Return where a row counts: in the district that it was under at that *moment*, or the one this went to whole.

    So a firm counts there once, and a dissolved district keeps what happened in its days though the case went on.
    """
    place: Any = F("district_code")
    if base in FOLLOWING:
        since = Cast(F("district_since"), DateField()) if moment.endswith("_on") else F("district_since")
        then = When(LessThan(F(moment), since), then=F("district_before"))  # null: never moved
        place = Case(then, default=place, output_field=CharField())
    went = registry.gone_whole(settings.CITY["code"])
    cases = [When(Exact(place, Value(old)), then=Value(heir)) for old, heir in went.items()]
    return Case(*cases, default=place, output_field=CharField()) if cases else place


def _any(filter_: Mapping[str, Any]) -> Q:
    """Return the alternatives of a filter: under "any" a list of conditions of which one must hold."""
    found = Q()
    for each in filter_.get(ANY, ()):
        found |= Q(**{name: _side(to) for name, to in each.items()})
    return found


def _institution(base: str) -> Any:
    if base not in INSTITUTIONS:
        return Value(0, output_field=BigIntegerField())
    return Coalesce(F(INSTITUTIONS[base]), Value(NOBODY), output_field=BigIntegerField())


def _within(moment: str, first: dt.date, last: dt.date) -> dict[str, Any]:
    if moment.endswith("_on"):
        return {f"{moment}__gte": first, f"{moment}__lte": last}
    start, end = (dt.datetime.combine(day, dt.time(), clock.ZONE) for day in (first, last + dt.timedelta(days=1)))
    return {f"{moment}__gte": start, f"{moment}__lt": end}


def _side(to: Any) -> Any:
    """Return the other side of a comparison: "@path" means another column of the same row."""
    return F(to[1:]) if isinstance(to, str) and to.startswith("@") else to


def _value(part: Part) -> Any:
    if not part.value:
        return Value(0, output_field=BigIntegerField())
    product: Any = None
    for name in part.value:
        factor = _factor(name)
        product = factor if product is None else product * factor
    signed = product if part.sign > 0 else product * Value(part.sign)
    return ExpressionWrapper(Coalesce(signed, Value(0)), output_field=BigIntegerField())


def _factor(name: str) -> Any:
    later, minus, earlier = name.partition("-")
    if not minus:
        return F(name)
    # a stretch of time between two moments, in whole seconds
    return Cast(Extract(F(later) - F(earlier), "epoch"), BigIntegerField())


def _union(tally: Tally, span: Span, actor: Actor, where: Mapping[str, Any]) -> tuple[str, list[Any]]:
    texts: list[str] = []
    values: list[Any] = []
    for part in tally.parts:
        text, given = rows(tally, part, span, actor).filter(**where).query.sql_with_params()
        texts.append(text)
        values += given
    return " UNION ALL ".join(f"({text})" for text in texts), values


def counted(tally: Tally, span: Span, actor: Actor) -> list[tuple[str, int, int, int]]:
    """Return (district or "", institution or 0, count, amount) of every cell that has a row, all-cells included."""
    inner, values = _union(tally, span, actor, {})
    sets = "(), (cell_district)"
    if tally.base in INSTITUTIONS:
        sets += ", (cell_institution), (cell_district, cell_institution)"
    question = (
        "SELECT coalesce(cell_district, ''), coalesce(cell_institution, 0),"  # noqa: S608 - only our own text
        " count(DISTINCT cell_thing), coalesce(sum(cell_value), 0)"
        f" FROM ({inner}) AS happening GROUP BY GROUPING SETS ({sets})"
    )
    if tally.base not in INSTITUTIONS:
        question = question.replace("coalesce(cell_institution, 0)", "0")
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return [(str(place), int(whose), int(count), int(amount)) for place, whose, count, amount in cursor.fetchall()]


def records(
    tally: Tally, span: Span, actor: Actor, *, districts: tuple[str, ...] = (), institution: int = 0
) -> tuple[str, list[Any]]:
    """Return SQL (record, thing, value) of the cell's records and its values; what cancels out to nothing is left out.

    Of a stock only records with something left are counted; of a flow every record.
    """
    where: dict[str, Any] = {"cell_district__in": districts} if districts else {}
    if institution:
        where["cell_institution"] = institution
    inner, values = _union(tally, span, actor, where)
    if len(tally.parts) == 1 and not tally.parts[0].value:  # nothing to add up: each row is a record already
        return f"SELECT cell_record, cell_thing AS thing, 0 AS value FROM ({inner}) AS happening", values  # noqa: S608
    left = " HAVING sum(cell_value) <> 0" if tally.stock else ""
    return (
        "SELECT cell_record, min(cell_thing) AS thing, coalesce(sum(cell_value), 0) AS value"  # noqa: S608
        f" FROM ({inner}) AS happening GROUP BY cell_record{left}",
        values,
    )
