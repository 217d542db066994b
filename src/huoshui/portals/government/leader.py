"""The leader's page: headline figures, the funnel, the map, league tables, the trend and what asks for attention."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.catalogue import queries as catalogue
from huoshui.kernel import clock
from huoshui.kernel.text import Text
from huoshui.portals.shared import charts
from huoshui.statistics import actions, queries, spans, wording
from huoshui.statistics.figures import Sheet
from huoshui.statistics.measures import Measure
from huoshui.statistics.public_money import Performance
from huoshui.statistics.ranks import Rule
from huoshui.statistics.readings import Reading, compared_spans, is_stock, reading
from huoshui.statistics.spans import KINDS, Span
from huoshui.statistics.tables import Column, Subject, Table, build

HEADLINE = (
    *("visited", "granted_amount", "lent_amount", "lent", "first_firms", "credit_share"),
    *("average_rate", "balance_small", "decide_in_time", "stars"),
)
STAGES = (
    ("visited", "", ""), ("with_need", "", "visited"), ("declared", "", ""), ("recommended", "", "declared"),
    ("granted", "granted_amount", "recommended"), ("lent", "lent_amount", "granted"), ("first_firms", "first_amount", "lent"),
)  # fmt: skip
THEMES = ("balance_technology", "balance_green", "balance_inclusive", "balance_pension", "balance_digital")
BALANCES = ("balance", "balance_small", "balance_npr", *THEMES, "balance_themed")
DISTRICTS = ("visited", "declared", "granted_amount", "lent_amount", "first_firms", "credit_share", "decide_in_time")
BANKS = ("offered", "granted_amount", "lent_amount", "average_rate", "accept_in_time", "decide_in_time", "recalled")
MAPPED = ("lent_amount", "granted_amount", "lent", "visited", "first_firms", "credit_share", "decide_in_time")
TREND_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page shows: the span, and the measure on map, trend and order of the tables."""

    span: Span
    measure: str
    counted_at: dt.datetime | None


def asked(query: Mapping[str, str]) -> Asked:
    """Return what the address asks for; what is unknown becomes the year so far and the money lent."""
    newest = queries.counted_to()
    span = queries.span_of(query.get("kind", "year"), _day(query.get("last", "")))
    code = query.get("measure", "")
    return Asked(span, code if code in MAPPED else MAPPED[0], newest[1] if newest else None)


def _day(text: str) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if dt.date(2000, 1, 31) <= day <= clock.today() else None


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its name, text, growth in words with direction (up, down or ""), and the page of its records."""

    name: Text
    text: str
    change: str
    trend: str
    link: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the funnel."""

    label: Text
    count: str
    amount: str
    share: str
    width: int
    link: str
    amount_link: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that asks for attention."""

    text: str
    link: str


@dataclass(frozen=True)
class Page:
    """Everything on the leader's page."""

    asked: Asked
    headline: list[Figure]
    stages: list[Stage]
    balances: list[Figure]
    map: charts.Map
    districts: Table
    banks: Table
    trend: charts.Bars
    trend_name: Text
    alerts: list[Alert]
    money: list[Performance]


def page(actor: Actor, wanted: Asked) -> Page:
    """Return the page as of what was counted; what a new choice needs is counted now, once."""
    span, chosen = wanted.span, queries.measure(wanted.measure)
    codes = {*HEADLINE, *BALANCES, *DISTRICTS, *BANKS, *(code for row in STAGES for code in row if code), chosen.code}
    months = _months(span)
    actions.ensure(compared_spans(span), codes=codes, defined=span.last)
    actions.ensure(months, codes=[chosen.code], defined=span.last)
    sheet = queries.sheet(compared_spans(span), codes, institutions=True)
    trend = queries.sheet(months, [chosen.code])
    places, banks = _districts(span), _banks()
    table = build(sheet, _columns(DISTRICTS), span, places)
    return Page(
        asked=wanted,
        headline=[_figure(sheet, code, span) for code in HEADLINE],
        stages=_stages(sheet, span),
        balances=[_figure(sheet, code, span) for code in BALANCES],
        map=_map(sheet, chosen, span, places),
        districts=_ordered(table, chosen.code),
        banks=_ordered(build(sheet, _columns(BANKS), span, banks), "lent_amount"),
        trend=_trend(trend, chosen, months, span),
        trend_name=chosen.name,
        alerts=_alerts(actor, sheet, span, places, banks, wanted.counted_at),
        money=queries.money(actor, span),
    )


def _months(span: Span) -> list[Span]:
    return spans.months_back(span.last, TREND_MONTHS)


def _columns(codes: Sequence[str]) -> list[Column]:
    found = [queries.measure(code) for code in codes]
    return [Column(each, rule=Rule(each.better) if each.better else None) for each in found]


def _districts(span: Span) -> list[Subject]:
    return [Subject(row.code, row.name, row, note=row.note) for row in queries.districts(span)]


def _banks() -> list[Subject]:
    rows = [row for row in catalogue.institutions() if row.kind != "guarantor"]
    return [Subject(str(row.org_id), row.name, institution=row.org_id) for row in rows]


def _ordered(table: Table, code: str) -> Table:
    """Return the table with its best row first by the column *code*; rows without a figure come last."""
    at = next((place for place, head in enumerate(table.heads) if head.code == code), None)
    if at is None:
        return table
    lines = sorted(table.lines, key=lambda line: line.cells[at].rank or len(table.lines) + 1)
    return Table(table.heads, tuple(lines), table.total)


def drill_link(code: str, span: Span, **cell: Any) -> str:
    """Return the page of the records behind a figure."""
    query = {"kind": span.kind, "last": span.last.isoformat()} | {name: value for name, value in cell.items() if value}
    return f"{reverse('gov:figure', args=[code])}?{urlencode(query)}"


def _figure(sheet: Sheet, code: str, span: Span) -> Figure:
    measure = queries.measure(code)
    found = reading(sheet, measure, span)
    against, growth = (wording.YEAR_START, found.on_start) if is_stock(sheet, measure, span) else _year(found)
    scale = wording.scale_for([found.now]) if measure.unit == "fen" else "wan"
    change = wording.change_said(growth, ratio=measure.ratio, against=against)
    trend = "" if not growth else "up" if growth > 0 else "down"
    text = _say(wording.said(found.now, measure.unit, scale))
    return Figure(measure.name, text, _say(change), trend, drill_link(code, span))


def _year(found: Reading) -> tuple[Text, Decimal | None]:
    return wording.YEAR_AGO, found.on_year


def _stages(sheet: Sheet, span: Span) -> list[Stage]:
    read = {code: reading(sheet, queries.measure(code), span).now for row in STAGES for code in row if code}
    widest = max((int(read[code] or 0) for code, _amount, _before in STAGES), default=0)
    found = []
    for code, amount, before in STAGES:
        count, base = int(read[code] or 0), int(read[before] or 0) if before else 0
        money = read[amount] if amount else None
        found.append(
            Stage(
                queries.measure(code).name,
                f"{count:,}",
                _say(wording.said(money, "fen", wording.scale_for([money]))),
                f"{count * 100 / base:.1f}%" if base else wording.NOTHING,
                round(count * 100 / widest) if widest else 0,
                drill_link(code, span),
                drill_link(amount, span) if amount else "",
            )
        )
    return found


def _map(sheet: Sheet, measure: Measure, span: Span, places: list[Subject]) -> charts.Map:
    values = {each.key: reading(sheet, measure, span, row=each.place).now for each in places}
    drawing, source = queries.drawing([each.key for each in places])
    scale = wording.scale_for(values.values()) if measure.unit == "fen" else "wan"
    return charts.district_map(
        drawing, source, values=values, names={each.key: each.name for each in places},
        told={key: _short(value, measure, scale) for key, value in values.items()},
        links={each.key: drill_link(measure.code, span, district=each.key) for each in places},
    )  # fmt: skip


def _short(value: Any, measure: Measure, scale: str) -> str:
    told = wording.number(value, measure.unit, scale)
    return f"{told}%" if measure.unit == "pct" and value is not None else told


def _trend(sheet: Sheet, measure: Measure, months: list[Span], span: Span) -> charts.Bars:
    values = [sheet.figure(measure, month, defined=span) for month in months]
    scale = wording.scale_for(values) if measure.unit == "fen" else "wan"
    return charts.bars(
        [
            (
                f"{month.last:%Y-%m}",
                value,
                _say(wording.said(value, measure.unit, scale)),
                drill_link(measure.code, month),
            )
            for month, value in zip(months, values, strict=True)
        ]
    )


def _alerts(
    actor: Actor, sheet: Sheet, span: Span, places: list[Subject], banks: list[Subject], counted_at: dt.datetime | None
) -> list[Alert]:
    found = []
    if counted_at and clock.now() - counted_at > dt.timedelta(days=2):
        day = f"{counted_at.astimezone(clock.ZONE):%Y-%m-%d}"
        found.append(Alert(_("统计数据停在 %(day)s，请系统管理员检查后台任务。") % {"day": day}, ""))
    floor = catalogue.parameter("statistics.in_time_floor_pct")
    measure = queries.measure("decide_in_time")
    for bank in banks:
        share = reading(sheet, measure, span, institution=bank.institution).now
        if share is not None and share < floor:
            said = _("%(bank)s授信决定及时率 %(share)s%%，低于 %(floor)s%%") % {
                "bank": _say(bank.name),
                "share": share,
                "floor": floor,
            }
            found.append(Alert(said, drill_link("decide_in_time", span, institution=bank.institution, part=1)))
    lent = queries.measure("lent_amount")
    for place in places:
        if place.note is None and not reading(sheet, lent, span, row=place.place).now:
            found.append(Alert(_("%(place)s在此期间没有放款") % {"place": _say(place.name)}, ""))
    if actor.may(Permission.DISPATCH_DEMANDS):
        found.append(Alert(_("查看卡点案件"), reverse("gov:stuck")))
    return found


def _say(text: Text) -> str:
    return text.in_(get_language() or "zh")


def kinds() -> list[tuple[str, Text]]:
    """Return the kinds of span that the page offers."""
    return list(KINDS.items())


def last_days() -> list[tuple[str, str]]:
    """Return the last days that the page offers: the newest counted, then the ends of twelve months."""
    newest = queries.counted_to()
    if newest is None:
        return []
    finished = spans.last_whole("month", newest[0])
    ends = [span.last for span in reversed(spans.months_back(finished.last, TREND_MONTHS))]
    days = [newest[0], *(end for end in ends if end != newest[0])]
    return [(day.isoformat(), day.isoformat()) for day in days]


def measures() -> list[tuple[str, Text]]:
    """Return the measures that map and trend can show."""
    return [(code, queries.measure(code).name) for code in MAPPED]
