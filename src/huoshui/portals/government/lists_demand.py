"""Demands, declared as lists: declared, recommended, stuck, being mended, all; visits, codes and firms."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huoshui.catalogue.purposes import PURPOSES
from huoshui.financing.demand_lifecycle import STATE_NAMES, State
from huoshui.kernel.text import Text
from huoshui.portals.shared.choices import district_choices
from huoshui.portals.shared.tables import Column
from huoshui.portals.shared.tables_filters import AmountFilter, ChoiceFilter, Filter, TextFilter
from huoshui.registry import queries as registry

TONES = {
    State.DRAFT: "secondary",
    State.DECLARED: "blue",
    State.REPAIRING: "yellow",
    State.RECOMMENDED: "azure",
    State.DISPATCHED: "blue",
    State.GRANTED: "green",
    State.LENT: "green",
    State.CLOSED: "secondary",
}
CHANNELS: dict[str, Text] = {
    "code": Text("扫码", "Loan code"),
    "web": Text("网上申请", "Online"),
    "staff": Text("工作人员代填", "Entered by staff"),
    "visit": Text("走访", "Visit"),
    "event": Text("对接活动", "Event"),
    "hall": Text("服务大厅", "Hall"),
    "list": Text("清单推送", "List"),
}


def demand_columns(*extra: Column) -> tuple[Column, ...]:
    """Return the columns that every list of demands has, then *extra*."""
    return (
        Column("number", _("编号"), sort="number", link=lambda row: reverse("gov:demand", args=[row.pk])),
        Column("firm", _("企业"), "enterprise.name", sort="enterprise__name_pinyin"),
        Column("district", _("区县"), lambda row: registry.district_name(row.district_code), sort="district_code"),
        Column("amount", _("金额"), "amount", "money", sort="amount"),
        Column("term", _("期限"), "term_months", "months", sort="term_months"),
        Column(
            "purpose", _("用途"), lambda row: PURPOSES[row.purpose].name if row.purpose in PURPOSES else row.purpose
        ),
        *extra,
    )


def _state_column() -> Column:
    return Column(
        "state", _("状态"), lambda row: (STATE_NAMES[State(row.state)], TONES[State(row.state)]), "status", sort="state"
    )


def demand_filters(*extra: Filter) -> tuple[Filter, ...]:
    """Return the filters that every list of demands has, then *extra*."""
    return (
        TextFilter("q", _("企业或编号"), fields=("enterprise__name", "number", "enterprise__uscc")),
        ChoiceFilter("district", _("区县"), "district_code", choices=district_choices),
        ChoiceFilter("channel", _("来源"), choices=tuple(CHANNELS.items())),
        AmountFilter("amount", _("金额")),
        *extra,
    )
