"""Lists of guarantees and of credits that still need one, declared once for every portal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.funds import queries_guarantee as queries
from huoshui.funds.guarantee_lifecycle import LIABLE_STATES, STATE_NAMES, State
from huoshui.portals.shared.firm_names import Names
from huoshui.portals.shared.guarantee_page import TONES
from huoshui.portals.shared.tables import Action, Column, Empty, Table
from huoshui.portals.shared.tables_filters import AmountFilter, ChoiceFilter, DateFilter, TextFilter

_DESK = [State.SUBMITTED, State.REVIEWING, State.APPROVED, State.ISSUED, State.CLAIMED, State.ACCEPTED]
_BANK = [State.REQUESTED, State.IN_FORCE]
STATES = [(state.value, words) for state, words in STATE_NAMES.items()]


def guarantees(actor: Actor, link: Callable[[Any], str], *, actions: tuple[Action, ...] = (), lead: Any = "") -> Table:
    """Return every guarantee *actor* may see, newest first."""
    names = Names(actor)
    other = "bank" if actor.org_kind == "guarantor" else "guarantor"
    return Table(
        name="guarantees",
        title=_("融资担保"),
        rows=queries.guarantees(actor),
        see=names.see,
        columns=(
            Column("number", _("编号"), sort="number", link=link),
            Column("firm", _("企业"), names, "words"),
            Column("other", _("贷款银行") if other == "bank" else _("担保机构"), f"{other}.name", sort=f"{other}__name"),
            Column("amount", _("担保金额"), "amount", "money", sort="amount"),
            Column("balance", _("担保余额"), _balance, "money"),
            Column("state", _("状态"), lambda row: (STATE_NAMES[State(row.state)], TONES[State(row.state)]), "status"),
            Column("fee", _("担保费"), lambda row: row.fee, "yuan", shown=False),
            Column("requested", _("申请日"), "requested_at", "day", sort="requested_at"),
            Column("in_force", _("生效日"), "in_force_on", "day", shown=False),
            Column("payout", _("已代偿"), lambda row: row.payout if row.paid_on else None, "money", sort="payout"),
            Column("returned", _("净追回"), lambda row: row.returned or None, "money", shown=False),
        ),
        filters=(
            TextFilter("q", _("编号或担保函"), fields=("number", "letter_no")),
            ChoiceFilter("state", _("状态"), choices=STATES),
            ChoiceFilter("todo", _("待我方办理"), choices=(("1", _("是")),), narrow=lambda rows, _v: _todo(actor, rows)),
            AmountFilter("amount", _("担保金额"), "amount"),
            DateFilter("requested", _("申请日"), "requested_at", moment=True),
        ),
        default_sort="-requested",
        actions=actions,
        lead=lead,
        empty=Empty(_("还没有担保"), _("银行对以保证方式授信的贷款申请担保后出现在这里。")),
    )  # fmt: skip


def _balance(row: Any) -> int | None:
    return row.balance if State(row.state) in LIABLE_STATES else None


def _todo(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(state__in=_DESK if actor.may(Permission.HANDLE_GUARANTEES) else _BANK)


def to_ask(actor: Actor, link: Callable[[Any], str]) -> Table:
    """Return the bank's credits that a guarantee secures and for which none is under way."""
    names = Names(actor)
    return Table(
        name="guarantee-to-ask",
        title=_("待申请担保的授信"),
        rows=queries.to_ask(actor),
        see=names.see,
        columns=(
            Column("number", _("需求编号"), "demand.number", sort="demand__number", link=link),
            Column("firm", _("企业"), names),
            Column("amount", _("授信金额"), "decision.amount", "money", sort="decision__amount"),
            Column("term", _("期限"), "decision.term_months", "months", sort="decision__term_months"),
        ),
        lead=_("以保证方式授信的贷款，担保生效前不能放款。点编号申请担保。"),
        empty=Empty(_("没有待申请担保的授信"), _("以“保证”方式授信后出现在这里。")),
    )  # fmt: skip
