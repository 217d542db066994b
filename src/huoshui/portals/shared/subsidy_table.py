"""The list of subsidy claims; bank and finance bureau share it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from huoshui.access.actor import Actor
from huoshui.funds import queries_subsidy as queries
from huoshui.funds.subsidy_cases import ANOMALIES
from huoshui.kernel.text import Text
from huoshui.portals.shared.tables import Action, Batch, Column, Empty, Table
from huoshui.portals.shared.tables_filters import AmountFilter, ChoiceFilter, DateFilter, Filter, TextFilter

DAY = dt.timedelta(days=1)
TONES = {"filed": "blue", "accepted": "yellow", "paid": "green", "rejected": "secondary"}


def claims(
    actor: Actor,
    link: Callable[[Any], str],
    *,
    actions: tuple[Action, ...] = (),
    batches: tuple[Batch, ...] = (),
    lead: Any = "",
) -> Table:
    """Return every claim *actor* may see, newest first."""
    return Table(
        name="subsidy-claims",
        title=_("贴息申报"),
        rows=queries.claims(actor),
        columns=_columns(link),
        filters=_filters(actor),
        actions=actions,
        batches=batches,
        lead=lead,
        empty=Empty(_("还没有贴息申报"), _("银行按季申报，或由财政按贷款记录计算。")),
    )


def _columns(link: Callable[[Any], str]) -> tuple[Column, ...]:
    return (
        Column("number", _("编号"), sort="number", link=link),
        Column("payee", _("申报方"), _payee),
        Column("programme", _("政策"), _fund, sort="programme_code"),
        Column("flow", _("方式"), lambda row: queries.FLOWS[row.flow]),
        Column("first", _("自"), "first_day", "day", sort="first_day"),
        Column("end", _("至"), lambda row: row.end_day - DAY, "day"),
        Column("loans", _("笔数"), "loans", "count"),
        Column("amount", _("核定贴息"), "amount", "money", sort="amount"),
        Column("marked", _("异常"), lambda row: row.marked or None, "count"),
        Column("queued", _("排队"), lambda row: row.queued or None, "money"),
        Column("state", _("状态"), lambda row: (queries.STATES[row.state], TONES[row.state]), "status", sort="state"),
    )


def _filters(actor: Actor) -> tuple[Filter, ...]:
    return (
        TextFilter("q", _("编号或申报方"), fields=("number", "bank__name", "enterprise__name")),
        ChoiceFilter("state", _("状态"), choices=list(queries.STATES.items())),
        ChoiceFilter("programme", _("政策"), "programme_code", choices=lambda: _programmes(actor)),
        ChoiceFilter("bank", _("银行"), "bank_id", choices=lambda: _banks(actor)),
        ChoiceFilter("marked", _("异常"), choices=_anomalies(), narrow=queries.marked_with),
        DateFilter("days", _("期间"), "first_day"),
        AmountFilter("amount", _("金额"), "amount"),
    )


def _fund(row: Any) -> Text:
    return Text(row.fund.name, row.fund.name_en or row.fund.name)


def _payee(row: Any) -> str:
    owner = row.bank or row.enterprise
    return owner.name if owner else "—"


def _programmes(actor: Actor) -> list[tuple[str, Any]]:
    rows = queries.claims(actor).order_by("programme_code").distinct()
    named = rows.values_list("programme_code", "fund__name", "fund__name_en")
    return [(code, Text(name, english or name)) for code, name, english in named]


def _banks(actor: Actor) -> list[tuple[str, Any]]:
    rows = queries.claims(actor).filter(bank__isnull=False).order_by("bank__name")
    return [(str(pk), name) for pk, name in rows.values_list("bank_id", "bank__name").distinct()]


def _anomalies() -> list[tuple[str, Any]]:
    return [("any", _("任何异常")), *ANOMALIES.items()]
