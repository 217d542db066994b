"""The records behind a figure, and the dictionary of measures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.catalogue import queries as catalogue
from huoshui.kernel.text import Text
from huoshui.portals.shared.choices import said
from huoshui.portals.shared.tables_cells import export_value
from huoshui.registry import queries as registry
from huoshui.statistics import queries, wording
from huoshui.statistics.measures import Measure, Tally, groups
from huoshui.statistics.queries import Drill, Opened
from huoshui.statistics.spans import Span

PER_PAGE = 50
BASES: dict[str, Text] = {
    "visits": Text("走访记录", "visits"),
    "demands": Text("融资需求", "demands"),
    "cases": Text("银行案件", "bank cases"),
    "loans": Text("贷款", "loans"),
    "complaints": Text("投诉", "complaints"),
}


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One record: what it is called, its firm and district, what it adds, and its page ("" where not to be opened)."""

    name: str
    firm: str
    district: Text
    value: str
    link: str
    fen: int | None = None


@dataclass(frozen=True)
class FigurePage:
    """A figure taken apart."""

    measure: Measure
    span: Span
    drill: Drill
    base: Text
    total: str
    counted: str  # what was counted, where it is not what the records below add up to; else ""
    where: list[Text]
    lines: list[RecordLine]
    page: int
    last_page: int
    part: int


def page(actor: Actor, code: str, span: Span, query: Mapping[str, str]) -> FigurePage:
    """Return one page of the records behind the figure *code*, as far as *actor* may see them."""
    measure = queries.measure(code)
    district, bank, part = query.get("district", ""), _number(query.get("institution")), _number(query.get("part"))
    rows = {row.code: row for row in queries.districts(span)}
    codes = rows[district].codes if district in rows else ((district,) if district else ())
    number = max(_number(query.get("page")), 1)
    opened = queries.drill(
        actor, code, span, part=part, districts=codes, institution=bank, start=(number - 1) * PER_PAGE, size=PER_PAGE
    )
    where = [registry.district_name(district)] if district else []
    where += [row.name for row in catalogue.institutions() if row.org_id == bank]
    total = _total(opened, measure)
    counted = _counted(measure, opened, span, part, tuple(codes), bank)
    return FigurePage(
        measure=measure,
        span=span,
        drill=opened,
        base=BASES[opened.tally.base],
        total=total,
        counted="" if counted == total else counted,
        where=where,
        lines=_lines(actor, opened, measure),
        page=number,
        last_page=max(-(-opened.records // PER_PAGE), 1),
        part=min(part, len(measure.takes) - 1),
    )


def head() -> list[str]:
    """Return the heads of the file with the records."""
    return [_("记录"), _("企业"), _("县（市、区）"), _("金额（元）")]


def every_row(actor: Actor, code: str, span: Span, query: Mapping[str, str]) -> Iterator[list[Any]]:
    """Yield every record behind the figure as a file holds it, page by page; each page is recorded as read."""
    number, last = 1, 1
    while number <= last:
        found = page(actor, code, span, {**query, "page": str(number)})
        last = found.last_page
        for line in found.lines:
            yield [line.name, line.firm, said(line.district), export_value(line.fen, "yuan")]
        number += 1


def _counted(measure: Measure, opened: Drill, span: Span, part: int, codes: tuple[str, ...], bank: int) -> str:
    """Return the figure, or a ratio's part, as it was counted for everybody; "" where it was not counted."""
    if len(codes) > 1 and opened.what == "count":
        return ""  # firms of a district and of one joined to it do not add up
    sheet = queries.sheet([span], [measure.code], institutions=bool(bank), pairs=bool(bank and codes))
    found = sheet.part(measure, part, span, districts=codes or ("",), institution=bank)
    if found is None or opened.what == "count":
        return "" if found is None else f"{found:,}"
    return wording.number(found, "fen", "yuan") if _money(measure) else f"{found:,}"


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _total(opened: Drill, measure: Measure) -> str:
    if opened.what == "count":
        return f"{opened.things:,}"
    return wording.number(opened.total, "fen", "yuan") if _money(measure) else f"{opened.total:,}"


def _money(measure: Measure) -> bool:
    return measure.unit == "fen" or measure.code in ("credit_share", "lent_share")


def _lines(actor: Actor, opened: Drill, measure: Measure) -> list[RecordLine]:
    rows = queries.opened_rows(actor, opened.tally.base, [one.record for one in opened.page])
    firms = {row.enterprise_id for row in rows.values() if row.enterprise_id}
    registry.log_list(actor, firms, reason=f"统计指标下钻：{measure.name.zh}")
    return [_line(actor, opened.tally, one, rows[one.record], measure) for one in opened.page if one.record in rows]


def _line(actor: Actor, tally: Tally, one: Opened, row: Any, measure: Measure) -> RecordLine:
    name, link = _NAMES[tally.base](row)
    fen = one.value if _money(measure) and one.value else None
    value = wording.number(fen, "fen", "yuan") if fen else ""
    opens = actor.may(_OPENS.get(tally.base, Permission.READ_DEMANDS))
    return RecordLine(
        name,
        row.enterprise.name if row.enterprise else row.contact,
        registry.district_name(row.district_code),
        value,
        link if opens else "",
        fen,
    )


def _visit(row: Any) -> tuple[str, str]:
    return f"{row.visited_on:%Y-%m-%d}", reverse("gov:enterprise", args=[row.enterprise_id])


def _demand(row: Any) -> tuple[str, str]:
    return row.number, reverse("gov:demand", args=[row.pk])


def _case(row: Any) -> tuple[str, str]:
    return f"{row.demand.number} · {row.bank.name}", reverse("gov:demand", args=[row.demand_id])


def _loan(row: Any) -> tuple[str, str]:
    demand = row.referral.demand_id if row.referral else None
    return f"{row.contract_no} · {row.bank.name}", reverse("gov:demand", args=[demand]) if demand else ""


def _complaint(row: Any) -> tuple[str, str]:
    return row.number, reverse("gov:complaint", args=[row.pk])


_NAMES: dict[str, Any] = {
    "visits": _visit, "demands": _demand, "cases": _case, "loans": _loan, "complaints": _complaint,
}  # fmt: skip
_OPENS = {"visits": Permission.READ_REGISTER, "complaints": Permission.HANDLE_COMPLAINTS}


@dataclass(frozen=True, slots=True)
class Definition:
    """A measure as the dictionary shows it."""

    measure: Measure
    tallies: tuple[Tally, ...]
    versions: int


def dictionary(on: Any) -> list[tuple[Text, list[Definition]]]:
    """Return every measure under its heading with the definitions in force on *on*."""
    book = queries.book()
    found: list[tuple[Text, list[Definition]]] = []
    for code, name in groups():
        rows = [each for each in book.measures.values() if each.group == code]
        found.append((name, [_definition(book, each, on) for each in rows]))
    return found


def _definition(book: Any, measure: Measure, on: Any) -> Definition:
    tallies = tuple(book.tally(take.tally, on) for take in measure.takes)
    return Definition(measure, tallies, max(each.version for each in tallies))
