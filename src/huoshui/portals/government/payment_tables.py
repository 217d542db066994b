"""Lists of payments, payment files and statement lines at the finance bureau."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission as P
from huoshui.funds import payment_lifecycle as lifecycle
from huoshui.funds import queries_payment as queries
from huoshui.kernel.text import Text
from huoshui.portals.shared.tables import Batch, Column, Empty, Table
from huoshui.portals.shared.tables_filters import AmountFilter, ChoiceFilter, TextFilter

BY_SLIP = "slip"  # money that came in: its posting stands in the line's note
TONES = {
    "computed": "blue", "checked": "cyan", "in_notice": "purple", "approved": "yellow", "in_file": "orange",
    "paid": "green", "returned": "red", "cancelled": "secondary",
}  # fmt: skip
STATES = (("left", gettext_lazy("待核对")), ("matched", gettext_lazy("已核对")), ("explained", gettext_lazy("已说明")))
HOW = {
    "number": gettext_lazy("按支付编号"), "file": gettext_lazy("按支付文件"), "account": gettext_lazy("按账号金额"),
    "name": gettext_lazy("按户名金额"), "sum": gettext_lazy("按合计"), "hand": gettext_lazy("人工"), "slip": gettext_lazy("按凭证号"),
}  # fmt: skip


def payments(actor: Actor, batches: tuple[Batch, ...]) -> Table:
    """Return every payment the actor may see, newest first, with acts on many."""
    states = [(state.value, words) for state, words in lifecycle.STATE_NAMES.items()]
    return Table(
        name="payments",
        title=_("支付"),
        rows=queries.payments(actor),
        columns=_payment_columns(),
        filters=(
            TextFilter("q", _("编号或收款人"), fields=("number", "payee_name")),
            ChoiceFilter("state", _("状态"), choices=states),
            AmountFilter("amount", _("金额"), "amount"),
        ),
        batches=batches,
        empty=Empty(_("还没有支付"), _("受理贴息申报、补偿申请，预留周转资金或收到代偿后出现在这里。")),
    )


def _payment_columns() -> tuple[Column, ...]:
    return (
        Column("number", _("编号"), sort="number", link=lambda row: reverse("gov:payment", args=[row.pk])),
        Column("payee", _("收款人"), "payee_name", "words", sort="payee_name"),
        Column("text", _("用途"), "text", "words"),
        Column("fund", _("资金"), _fund, "words"),
        Column("amount", _("金额"), "amount", "yuan", sort="amount"),
        Column("state", _("状态"), _state, "status", sort="state"),
        Column("notice", _("公示至"), lambda row: row.notice.ends_on if row.notice else None, "day"),
        Column("file", _("支付文件"), lambda row: row.file.number if row.file else ""),
        Column("paid", _("支付日"), "paid_on", "day", sort="paid_on"),
    )


def _fund(row: Any) -> Text:
    return Text(row.fund.name, row.fund.name_en or row.fund.name)


def _state(row: Any) -> tuple[Any, str]:
    return lifecycle.STATE_NAMES[lifecycle.State(row.state)], TONES[row.state]


def files(actor: Actor) -> Table:
    """Return every payment file the actor may see, with both forms to download."""
    return Table(
        name="payment-files",
        title=_("支付文件"),
        rows=queries.payment_files(actor),
        columns=_file_columns(),
        filters=(TextFilter("q", _("编号"), fields=("number",)),),
        empty=Empty(_("还没有支付文件"), _("批准支付后在这里生成，交专户银行办理。")),
    )


def _file_columns() -> tuple[Column, ...]:
    return (
        Column("number", _("编号"), sort="number"),
        Column("fund", _("资金"), _fund),
        Column("items", _("笔数"), "items", "count"),
        Column("total", _("合计"), "total", "yuan", sort="total"),
        Column("csv", "CSV", lambda row: _("下载"), link=lambda row: reverse("gov:payment_file", args=[row.pk, "csv"])),
        Column(
            "xlsx",
            "Excel",
            lambda row: _("下载"),
            link=lambda row: reverse("gov:payment_file", args=[row.pk, "xlsx"]),
        ),
        Column("digest", "SHA-256", lambda row: row.digest[:16], export=lambda row: row.digest),
        Column("made", _("生成时间"), "made_at", "minute", sort="made_at"),
    )


def lines(actor: Actor, title: Any, rows: Any, *, lead: str = "") -> Table:
    """Return lines of statements; one that is left opens its page for who may settle it."""
    makes = actor.may(P.PREPARE_PAYMENTS)

    def link(row: Any) -> str:
        return reverse("gov:statement_line", args=[row.pk]) if makes and row.state == "left" else ""

    return Table(
        name="statement-lines",
        title=title,
        rows=rows,
        lead=lead,
        columns=_line_columns(link),
        filters=(
            TextFilter("q", _("流水号、对方、摘要"), fields=("bank_ref", "party", "remark")),
            ChoiceFilter("state", _("状态"), choices=STATES),
        ),
        empty=Empty(_("没有待核对的流水"), _("每一行都已对上支付或有说明。")),
    )


def _line_columns(link: Callable[[Any], str]) -> tuple[Column, ...]:
    return (
        Column("ref", _("流水号"), "bank_ref", link=link),
        Column("on", _("日期"), "booked_on", "day", sort="booked_on"),
        Column("out", _("支出"), lambda row: -row.amount if row.amount < 0 else None, "yuan"),
        Column("in", _("收入"), lambda row: row.amount if row.amount > 0 else None, "yuan"),
        Column("party", _("对方"), "party"),
        Column("remark", _("摘要"), "remark", "words"),
        Column("state", _("状态"), _line_state, "status"),
        Column("orders", _("支付或分录"), _shows, "words", link=_opens),
    )


def _shows(row: Any) -> str:
    if row.how == BY_SLIP:
        return _("分录 %(n)s") % {"n": row.note}
    return "、".join(one.order.number for one in row.matches.all()) or row.note


def _opens(row: Any) -> str:
    """Return the page of what the line shows, where that is one thing."""
    if row.how == BY_SLIP:
        return reverse("gov:posting", args=[row.note]) if row.note.isdecimal() else ""
    shown = list(row.matches.all())
    return reverse("gov:payment", args=[shown[0].order_id]) if len(shown) == 1 else ""


def _line_state(row: Any) -> tuple[Any, str]:
    if row.state == "matched":
        return HOW.get(row.how, row.how), "green"
    return dict(STATES)[row.state], "yellow" if row.state == "left" else "secondary"
