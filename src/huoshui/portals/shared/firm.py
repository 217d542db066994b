"""A firm on an officer's page: register lines and facts with source, day and stale mark."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huoshui.kernel import money
from huoshui.portals.shared.choices import said
from huoshui.portals.shared.lines import Line
from huoshui.portals.shared.sectors import sector_named
from huoshui.registry import queries
from huoshui.registry.masking import BANDS
from huoshui.registry.queries import EnterpriseView
from huoshui.rules import words
from huoshui.rules.facts import Kind

NOTHING = "—"


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact in words."""

    label: str
    value: str
    source: str
    as_of: dt.date
    stale: bool


def register_lines(view: EnterpriseView) -> tuple[Line, ...]:
    """Return what the register knows of the firm, as far as this reader may see it."""
    capital = money.human(view.registered_capital).in_(get_language() or "zh") if view.registered_capital else ""
    lines = (
        Line(_("统一社会信用代码"), view.uscc),
        Line(_("类型"), said(view.kind_text)),
        Line(_("登记状态"), said(view.status_text)),
        Line(_("区县"), said(view.district)),
        Line(_("地址"), view.address),
        Line(_("行业代码"), sector_named(view.industry_code)),
        Line(_("成立日期"), view.established_on.isoformat() if view.established_on else ""),
        Line(_("注册资本"), capital or _band(view.capital_band)),
        Line(_("规模"), said(view.size_text) if view.size_text else ""),
        Line(_("标签"), "、".join(view.labels)),
    )
    return tuple(Line(line.label, line.value or NOTHING) for line in lines)


def fact_lines(view: EnterpriseView) -> tuple[FactLine, ...]:
    """Return the facts this reader may see, in the dictionary's order; a fact nobody described comes last."""
    known = queries.dictionary()
    order = {code: number for number, code in enumerate(known)}
    codes = sorted(view.facts, key=lambda code: order.get(code, len(order)))
    return tuple(_fact(code, view) for code in codes)


def _fact(code: str, view: EnterpriseView) -> FactLine:
    fact, definition = view.facts[code], queries.dictionary().get(code)
    label = said(definition.label) if definition else code
    return FactLine(label, shown(code, fact.value), source_name(fact.source), fact.as_of, fact.stale)


def source_name(code: str) -> str:
    """Return the department of the dictionary in words; a code nobody named stays as it is."""
    names = queries.dictionary().sources
    return said(names[code]) if code in names else code


def shown(code: str, value: object) -> str:
    """Return a fact's value in words: money in 万元, flags as yes and no, figures with their unit."""
    definition = queries.dictionary().get(code)
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list | tuple | frozenset):
        return "、".join(str(item) for item in value) or NOTHING
    if definition and definition.kind == Kind.MONEY and isinstance(value, int):
        return money.human(value).in_(get_language() or "zh")
    if isinstance(value, str) and definition and definition.kind in (Kind.MONEY, Kind.NUMBER):
        return _band(value)  # in words, where the figure itself is not shown
    if isinstance(value, str) and definition and value in definition.names:
        return said(definition.names[value])
    unit = f" {said(words.unit(definition))}" if definition and definition.unit else ""
    return (f"{value:,}" if isinstance(value, int | Decimal) else str(value)) + unit


def _band(written: str) -> str:
    return said(BANDS[written]) if written in BANDS else written
