"""Lists of bridge advances with days and fee as of today; bank and finance bureau share them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _said
from django.utils.translation import gettext_lazy as _

from huoshui.access.actor import Actor
from huoshui.funds import queries_bridge as queries
from huoshui.funds.bridge_lifecycle import STATE_NAMES, State
from huoshui.portals.shared.bridge_page import TONES
from huoshui.portals.shared.tables import Action, Column, Empty, Table
from huoshui.portals.shared.tables_filters import AmountFilter, ChoiceFilter, TextFilter
from huoshui.registry import queries as registry


def bridges(actor: Actor, link: Callable[[Any], str], *, actions: tuple[Action, ...] = (), lead: Any = "") -> Table:
    """Return every advance *actor* may see, those due first on top; *link* gives the address of a row's page."""
    names: dict[int, str] = {}

    def see(rows: Any) -> None:
        names.update(registry.names_of(actor, {row.enterprise_id for row in rows}))

    def firm(row: Any) -> str:
        if row.enterprise_id not in names:  # an export has rows that no page has shown
            see([row])
        return names.get(row.enterprise_id, "—")

    return Table(
        name="bridge",
        title=_("应急周转"),
        rows=queries.advances(actor),
        see=see,
        columns=(
            Column("number", _("编号"), sort="number", link=link),
            Column("firm", _("企业"), firm, "words"),
            Column("bank", _("贷款银行"), "bank.name", sort="bank__name"),
            Column("amount", _("金额"), "amount", "money", sort="amount"),
            Column("state", _("状态"), _state, "status", sort="state"),
            Column("advanced", _("拨付日"), "advanced_on", "day", sort="advanced_on"),
            Column("days", _("天数"), _days, "count"),
            Column("fee", _("占用费"), _fee, "yuan"),
            Column("due", _("应归还日"), _due, "deadline", sort="due_on"),
        ),
        filters=(
            TextFilter("q", _("编号"), fields=("number", "old_loan__contract_no")),
            ChoiceFilter("state", _("状态"), choices=[(state.value, words) for state, words in STATE_NAMES.items()]),
            ChoiceFilter("out", _("资金在外"), choices=(("1", _("是")),), narrow=_out),
            AmountFilter("amount", _("金额"), "amount"),
        ),
        default_sort="due",
        actions=actions,
        lead=lead,
        empty=Empty(_("还没有应急周转"), _("企业从即将到期的贷款页申请，银行承诺续贷后出现在这里。")),
    )


def _out(rows: QuerySet[Any], _value: str) -> QuerySet[Any]:
    return rows.filter(state__in=[State.ADVANCED, State.REPAID, State.RENEWED])


def _state(row: Any) -> Any:
    live = queries.live(row)
    if live and live.left < 0:
        return _said("逾期 %(n)s 天") % {"n": -live.left}, "red"
    return STATE_NAMES[State(row.state)], TONES[State(row.state)]


def _days(row: Any) -> int | None:
    live = queries.live(row)
    return live.days if live else None


def _fee(row: Any) -> int | None:
    live = queries.live(row)
    return live.fee if live else row.fee_paid or None


def _due(row: Any) -> Any:
    return row.due_on if row.closed_at is None else None
