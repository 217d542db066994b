"""What the bank was paid of public money, and what was paid about its loans, each with its letter."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from huoshui.access.guard import requires
from huoshui.access.roles import Permission as P
from huoshui.funds import payment_lifecycle as lifecycle
from huoshui.funds import queries_payment as queries
from huoshui.kernel.text import Text
from huoshui.portals.shared.letters import letter_response
from huoshui.portals.shared.request import ActingRequest
from huoshui.portals.shared.tables import Column, Empty, Table, table_response
from huoshui.portals.shared.tables_filters import AmountFilter, DateFilter, TextFilter

PAID = requires(P.SUBMIT_CLAIMS)


@PAID
def payments(request: ActingRequest) -> HttpResponseBase:
    """List the payments to the bank or about its loans, newest first, each with its letter once it is paid."""
    table = Table(
        name="public-money",
        title=_("财政资金到账"),
        rows=queries.payments(request.actor),
        columns=(
            Column("number", _("编号"), sort="number"),
            Column("fund", _("资金"), lambda row: Text(row.fund.name, row.fund.name_en or row.fund.name)),
            Column("payee", _("收款人"), "payee_name", sort="payee_name"),
            Column("text", _("用途"), "text", "words"),
            Column("amount", _("金额"), "amount", "yuan", sort="amount"),
            Column("state", _("进度"), _state, "status"),
            Column("paid", _("支付日"), "paid_on", "day", sort="paid_on"),
            Column("letter", _("告知书"), lambda row: "PDF" if row.state == "paid" else "", link=_letter),
        ),
        filters=(
            TextFilter("q", _("编号或收款人"), fields=("number", "payee_name")),
            DateFilter("paid", _("支付日"), "paid_on"),
            AmountFilter("amount", _("金额"), "amount"),
        ),
        empty=Empty(_("还没有财政资金到账"), _("贴息、补偿、周转或代偿的申请受理后出现在这里，支付后可下载告知书。")),
    )
    return table_response(request, table)


@PAID
def letter(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Hand out the letter about a payment to the bank."""
    return letter_response(request.actor, pk)


def _state(row: Any) -> tuple[Text, str]:
    return lifecycle.STATE_NAMES[lifecycle.State(row.state)], "green" if row.state == "paid" else "yellow"


def _letter(row: Any) -> str:
    return reverse("bank:payment_letter", args=[row.pk]) if row.state == "paid" else ""
