"""What holds on a day: policy values, working calendar, reference rates, programmes, repair table. All kept in memory."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from huoshui.catalogue import criteria, parameters, shipped
from huoshui.catalogue.freshness import kept
from huoshui.catalogue.models import (
    CalendarDay,
    CalendarYear,
    ParameterValue,
    ProgrammeVersion,
    ReferenceRate,
    RepairMeasure,
)
from huoshui.catalogue.offers import ProgrammeView, RateView, RepairView
from huoshui.kernel import clock, workdays
from huoshui.kernel.rates import from_ppm
from huoshui.kernel.text import Text

# a prime rate is published once a month, on about the 20th; later than this and a publication is missing here
LATE_AFTER = {"lpr_1y": dt.timedelta(days=45), "lpr_5y": dt.timedelta(days=45)}


@dataclass(frozen=True, slots=True)
class ParameterView:
    """A policy value on a day with its meaning, its source and what it was and will be.

    *value* is typed, *raw* as it is stored. *overridden*: set by this city. *history*: (first day, raw value, document).
    """

    path: str
    value: Any
    raw: Any
    unit: str
    type: str
    label: Text
    help: Text
    source: str
    overridden: bool
    valid_from: dt.date | None
    choices: tuple[str, ...]
    history: tuple[tuple[dt.date, Any, str], ...]


def parameter(path: str, on: dt.date | None = None) -> Any:
    """Return the policy value *path* in force on *on* (today): int, Decimal, fen, text or a list of ints.

    Raises UnknownParameter. The document it comes from is in ``parameter_view(path, on).source``.
    """
    spec = parameters.specification(path)
    found = _in_force(path, on or clock.today())
    return parameters.read(spec, spec.default if found is None else found[1])


def parameter_view(path: str, on: dt.date | None = None) -> ParameterView:
    """Return the policy value *path* with its meaning and source. Raises UnknownParameter."""
    spec = parameters.specification(path)
    found = _in_force(path, on or clock.today())
    raw = spec.default if found is None else found[1]
    return ParameterView(
        path=path,
        value=parameters.read(spec, raw),
        raw=raw,
        unit=spec.unit,
        type=spec.type,
        label=spec.label,
        help=spec.help,
        source=spec.source if found is None else found[2],
        overridden=found is not None,
        valid_from=None if found is None else found[0],
        choices=spec.choices,
        history=_overrides().get(path, ()),
    )


def parameters_on(on: dt.date | None = None) -> tuple[ParameterView, ...]:
    """Return every policy value in force on *on* (today), in the order of the shipped file."""
    return tuple(parameter_view(path, on) for path in parameters.shipped())


def calendar() -> workdays.Calendar:
    """Return the working calendar: the city's own table, or the shipped one where nobody touched it."""
    return kept(("calendar",), "calendar", _calendar)


def calendar_days(year: int) -> tuple[workdays.CalendarDay, ...]:
    """Return the special days of *year* in order."""
    rows = CalendarDay.objects.filter(day__year=year).order_by("day")
    if rows or CalendarYear.objects.exists():
        return tuple(map(_special_day, rows))
    return tuple(row for row in workdays.shipped_days() if row.day.year == year)


def reference_rate(kind: str, on: dt.date | None = None) -> Decimal | None:
    """Return the reference rate *kind* in force on *on* (today), percent a year; None before the first publication."""
    found = reference_rate_view(kind, on)
    return None if found is None else found.rate_pct


def reference_rate_view(kind: str, on: dt.date | None = None) -> RateView | None:
    """Return the same with the day it was published and whether newer ones are missing."""
    day = on or clock.today()
    rows = _rates().get(kind, ())
    at = bisect_right([row[0] for row in rows], day)
    if not at:
        return None
    first, rate, source = rows[at - 1]
    late = kind in LATE_AFTER and at == len(rows) and day - first > LATE_AFTER[kind]
    return RateView(kind, rate, first, source, late)


def reference_rates(kind: str) -> tuple[RateView, ...]:
    """Return every publication of *kind*, newest first."""
    return tuple(RateView(kind, rate, day, source, late=False) for day, rate, source in reversed(_rates()[kind]))


def published_programmes(kind: str | None = None, on: dt.date | None = None) -> tuple[ProgrammeView, ...]:
    """Return the programmes in force on *on* (today), of *kind* where given, by code."""
    day = on or clock.today()
    found = kept(("programmes",), ("programmes", day), lambda: _programmes(day))
    return tuple(view for view in found if kind is None or view.kind == kind)


def repair_measures(standard: int | None = None) -> tuple[RepairView, ...]:
    """Return the repair table, of one of the five standards where given, by standard and code."""
    found = kept(("repairs",), "repairs", _repairs)
    return tuple(view for view in found if standard is None or view.standard == standard)


def remedies() -> Mapping[str, Text]:
    """Return by fact what a firm can do about it, where the repair table has exactly one measure for the fact."""
    return kept(("repairs",), "remedies", _remedies)


def _remedies() -> Mapping[str, Text]:
    found: dict[str, list[Text]] = {}
    for view in repair_measures():
        if view.fact and view.repairable:
            found.setdefault(view.fact, []).append(view.measure)
    return {fact: measures[0] for fact, measures in found.items() if len(measures) == 1}


def _overrides() -> Mapping[str, tuple[tuple[dt.date, Any, str], ...]]:
    return kept(("parameters",), "overrides", _load_overrides)


def _load_overrides() -> dict[str, tuple[tuple[dt.date, Any, str], ...]]:
    found: dict[str, list[tuple[dt.date, Any, str]]] = {}
    for row in ParameterValue.objects.order_by("path", "valid_from"):
        found.setdefault(row.path, []).append((row.valid_from, row.value, row.document_no))
    return {path: tuple(rows) for path, rows in found.items()}


def _in_force(path: str, on: dt.date) -> tuple[dt.date, Any, str] | None:
    rows = _overrides().get(path, ())
    at = bisect_right([row[0] for row in rows], on)
    return rows[at - 1] if at else None


def _calendar() -> workdays.Calendar:
    years = frozenset(CalendarYear.objects.values_list("year", flat=True))
    if not years:
        return workdays.shipped()
    rows = CalendarDay.objects.all()
    return workdays.calendar_of(map(_special_day, rows), years=years)


def _special_day(row: CalendarDay) -> workdays.CalendarDay:
    return workdays.CalendarDay(row.day, row.kind, row.name, row.source)


def _rates() -> Mapping[str, tuple[tuple[dt.date, Decimal, str], ...]]:
    return kept(("rates",), "rates", _load_rates)


def _load_rates() -> dict[str, tuple[tuple[dt.date, Decimal, str], ...]]:
    found = {kind: {row[0]: row for row in rows} for kind, rows in shipped.rates().items()}
    for row in ReferenceRate.objects.all():
        found[row.kind][row.effective_on] = (row.effective_on, from_ppm(row.rate_ppm), row.source)
    return {kind: tuple(rows[day] for day in sorted(rows)) for kind, rows in found.items()}


def _programmes(day: dt.date) -> tuple[ProgrammeView, ...]:
    rows = ProgrammeVersion.objects.filter(state__in=["published", "ended"], valid_from__lte=day)
    rows = rows.exclude(valid_to__lt=day).select_related("programme").order_by("programme__code")
    return tuple(_programme(row) for row in rows)


def _programme(row: ProgrammeVersion) -> ProgrammeView:
    programme = row.programme
    return ProgrammeView(
        programme_id=programme.pk,
        version_id=row.pk,
        code=programme.code,
        kind=programme.kind,
        name=Text(programme.name, programme.name_en or programme.name),
        summary=Text(row.summary, row.summary_en or row.summary),
        terms=row.terms,
        criteria=criteria.read(row.criteria),
        document_no=row.document_no,
        issued_by=row.issued_by,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


def _repairs() -> tuple[RepairView, ...]:
    rows = sorted(RepairMeasure.objects.all(), key=lambda row: (row.standard or 9, row.code))
    return tuple(
        RepairView(
            code=row.code,
            problem=Text(row.problem, row.problem_en),
            department=Text(row.department, row.department_en),
            measure=Text(row.measure, row.measure_en),
            fact=row.fact,
            standard=row.standard,
            repairable=row.repairable,
        )
        for row in rows
    )
