"""The list of products, for a bank's own and for the office."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from huoshui.catalogue.lifecycle import STATE_NAMES, State
from huoshui.catalogue.terms import COLLATERAL
from huoshui.kernel.text import Text
from huoshui.portals.shared.tables import Column
from huoshui.portals.shared.tables_filters import ChoiceFilter, Filter, TextFilter

TONES = {
    State.DRAFT: "secondary",
    State.SUBMITTED: "yellow",
    State.APPROVED: "green",
    State.REJECTED: "red",
    State.WITHDRAWN: "secondary",
}


def newest(product: Any) -> Any:
    """Return the newest version of a product whose versions are loaded."""
    return max(product.versions.all(), key=lambda version: version.number, default=None)


def name_of(named: Any) -> Text | None:
    """Return the name of a product, or of an organisation, in both languages."""
    return Text(named.name, named.name_en or named.name) if named else None


def rate_words(version: Any) -> str:
    """Return a version's rate in short: a figure, or the prime rate and its spread."""
    if version is None:
        return ""
    if version.rate_ppm is not None:
        return f"{version.rate_ppm / 10_000:g}%"
    return f"LPR{version.rate_kind[4]}Y {version.spread_bp or 0:+d}bp"


def product_columns(link: Callable[[Any], str], *, bank: bool) -> tuple[Column, ...]:
    """Return the columns; *bank* adds whose product it is."""
    whose = (Column("bank", _("银行"), "institution.organisation.name", sort="institution__organisation__name"),)
    return (
        Column("name", _("产品"), name_of, sort="name", link=link),
        Column("code", _("代码"), sort="code"),
        *(whose if bank else ()),
        Column("state", _("最新版本"), lambda row: _state(newest(row)), "status"),
        Column("amount", _("最高额度"), lambda row: getattr(newest(row), "amount_max", None), "money"),
        Column("term", _("最长期限"), lambda row: getattr(newest(row), "term_max_months", None), "months"),
        Column("rate", _("利率"), lambda row: rate_words(newest(row))),
        Column("exclusive", _("专属对象"), lambda row: getattr(newest(row), "exclusive_to", "")),
        Column("from", _("生效日期"), lambda row: getattr(newest(row), "valid_from", None), "day"),
    )


def _state(version: Any) -> Any:
    if version is None:
        return None
    return STATE_NAMES[State(version.state)], TONES[State(version.state)]


def product_filters(*, banks: Any = None) -> tuple[Filter, ...]:
    """Return the filters; *banks* gives the choices of whose product it is."""
    states = {state.value: words for state, words in STATE_NAMES.items()}
    whose = (ChoiceFilter("bank", _("银行"), "institution_id", choices=banks),) if banks else ()
    return (
        TextFilter("q", _("名称或代码"), fields=("name", "code")),
        *whose,
        ChoiceFilter("state", _("状态"), choices=tuple(states.items()), narrow=_in_state),
        ChoiceFilter("collateral", _("担保方式"), choices=tuple(COLLATERAL.items()), narrow=_with_collateral),
    )


def _in_state(rows: QuerySet[Any], state: str) -> QuerySet[Any]:
    return rows.filter(versions__state=state).distinct()


def _with_collateral(rows: QuerySet[Any], code: str) -> QuerySet[Any]:
    return rows.filter(versions__collateral__contains=[code]).distinct()
