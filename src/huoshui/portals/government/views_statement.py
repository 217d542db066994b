"""Payment files and bank statements at the finance bureau, with what is left to be matched by a person."""

from __future__ import annotations

import hashlib
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huoshui.access.guard import requires
from huoshui.access.roles import Permission as P
from huoshui.funds import actions_statement as actions
from huoshui.funds import queries_payment as queries
from huoshui.kernel.errors import DomainError
from huoshui.portals.shared.flow import blame
from huoshui.portals.shared.request import ActingRequest, posted
from huoshui.portals.shared.tables import Action, Column, Empty, Table, table_response
from huoshui.portals.shared.tables_filters import ChoiceFilter, TextFilter
from huoshui.portals.shared.templatetags.huoshui import say

STATES = (("left", gettext_lazy("待核对")), ("matched", gettext_lazy("已核对")), ("explained", gettext_lazy("已说明")))
HOW = {
    "number": gettext_lazy("按支付编号"), "file": gettext_lazy("按支付文件"), "account": gettext_lazy("按账号金额"),
    "name": gettext_lazy("按户名金额"), "sum": gettext_lazy("按合计"), "hand": gettext_lazy("人工"),
}  # fmt: skip
_CSV, _XLSX = "text/csv; charset=utf-8", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class StatementForm(forms.Form):
    """A statement to be taken in."""

    fund_id = forms.TypedChoiceField(label=gettext_lazy("资金"), coerce=int)
    file = forms.FileField(label=gettext_lazy("银行对账单"), help_text=gettext_lazy("CSV、Excel 或 camt.053（XML）。"))

    def __init__(self, *args: Any, funds: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fund_id"].choices = funds  # type: ignore[attr-defined]


@requires(P.READ_FUNDS)
def files(request: ActingRequest) -> HttpResponseBase:
    """List the payment files; a maker makes one of every approved payment of a fund."""
    waiting = []
    if request.actor.may(P.PREPARE_PAYMENTS):
        for fund in queries.funds(request.actor):
            count = queries.payments(request.actor, fund_id=fund.id, state="approved").count()
            waiting += [(fund, count)] if count else []
    rows = queries.payment_files(request.actor)
    listed = Table(
        name="payment-files",
        title=_("支付文件"),
        rows=rows,
        columns=(
            Column("number", _("编号"), sort="number"),
            Column("fund", _("资金"), "fund.name"),
            Column("items", _("笔数"), "items", "count"),
            Column("total", _("合计"), "total", "yuan", sort="total"),
            Column(
                "csv", "CSV", lambda row: _("下载"), link=lambda row: reverse("gov:payment_file", args=[row.pk, "csv"])
            ),
            Column(
                "xlsx",
                "Excel",
                lambda row: _("下载"),
                link=lambda row: reverse("gov:payment_file", args=[row.pk, "xlsx"]),
            ),
            Column("digest", "SHA-256", lambda row: row.digest[:16], export=lambda row: row.digest),
            Column("made", _("生成时间"), "made_at", "minute", sort="made_at"),
        ),
        filters=(TextFilter("q", _("编号"), fields=("number",)),),
        empty=Empty(_("还没有支付文件"), _("批准支付后在这里生成，交专户银行办理。")),
    )
    return table_response(request, listed, template="government/payment_files.html", context={"waiting": waiting})


@require_POST
@requires(P.PREPARE_PAYMENTS)
def make_file(request: ActingRequest, fund: int) -> HttpResponseBase:
    """Put every approved payment of a fund into a file."""
    made = actions.make_payment_file(request.actor, fund_id=fund)
    view = queries.payment_file_view(request.actor, made)
    messages.success(request, _("支付文件 %(number)s 已生成，%(n)s 笔。") % {"number": view.number, "n": view.items})
    return redirect("gov:payment_files")


@requires(P.READ_FUNDS)
def download(request: ActingRequest, pk: int, kind: str) -> HttpResponse:
    """Hand out a payment file as CSV or Excel."""
    view = queries.payment_file_view(request.actor, int(pk))
    body, of = (view.content.encode("utf-8-sig"), _CSV) if kind == "csv" else (queries.excel_of(view), _XLSX)
    answer = HttpResponse(body, content_type=of)
    answer["Content-Disposition"] = f'attachment; filename="{view.number}.{kind}"'
    answer["Digest"] = f"sha-256={hashlib.sha256(body).hexdigest()}"
    return answer


@requires(P.READ_FUNDS)
def statements(request: ActingRequest) -> HttpResponseBase:
    """List the statements that were taken in."""
    makes = request.actor.may(P.PREPARE_PAYMENTS)
    acts = (Action(gettext_lazy("导入对账单"), reverse("gov:bank_statement_new"), "upload"),) if makes else ()
    listed = Table(
        name="bank-statements",
        title=_("银行对账"),
        rows=queries.statements(request.actor),
        columns=(
            Column("name", _("文件"), link=lambda row: reverse("gov:bank_statement", args=[row.pk])),
            Column("fund", _("资金"), "fund.name"),
            Column("lines", _("流水"), "lines_count", "count"),
            Column("first", _("自"), "first_on", "day", sort="first_on"),
            Column("last", _("至"), "last_on", "day"),
            Column("by", _("导入人"), "imported_by.name"),
            Column("at", _("导入时间"), "imported_at", "minute", sort="imported_at"),
        ),
        actions=(*acts, Action(gettext_lazy("待核对流水"), reverse("gov:statement_left"), "list", primary=False)),
        empty=Empty(_("还没有对账单"), _("把专户银行的对账单导入，平台自动核对支付。")),
    )
    return table_response(request, listed)


@requires(P.PREPARE_PAYMENTS)
def take_in(request: ActingRequest) -> HttpResponseBase:
    """Take a statement in; wrong lines come back one by one with what to do."""
    funds = [(one.id, say(one.name)) for one in queries.funds(request.actor)]
    form = StatementForm(posted(request), request.FILES or None, funds=funds)
    wrong: list[tuple[int, str]] = []
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            taken = actions.import_statement(
                request.actor, fund_id=form.cleaned_data["fund_id"], name=file.name, data=file.read()
            )
        except DomainError as refusal:
            blame(form, refusal)
        else:
            if taken.statement_id:
                messages.success(request, _("已导入，核对 %(n)s 行。") % {"n": taken.matched})
                return redirect("gov:bank_statement", taken.statement_id)
            wrong = [(one.row, one.problem.said(get_language() or "zh")) for one in taken.wrong]
    status = 422 if form.errors or wrong else 200
    return render(request, "government/statement_new.html", {"form": form, "wrong": wrong}, status=status)


@requires(P.READ_FUNDS)
def statement_page(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Show a statement's lines with the payments they show."""
    return table_response(
        request, _lines(request, _("对账单明细"), queries.statement_lines(request.actor, statement_id=pk))
    )


@requires(P.READ_FUNDS)
def left(request: ActingRequest) -> HttpResponseBase:
    """Show every line that waits for a person."""
    return table_response(
        request, _lines(request, _("待核对流水"), queries.statement_lines(request.actor, left_only=True))
    )


def _lines(request: ActingRequest, title: Any, rows: Any) -> Table:
    makes = request.actor.may(P.PREPARE_PAYMENTS)

    def link(row: Any) -> str:
        return reverse("gov:statement_line", args=[row.pk]) if makes and row.state == "left" else ""

    return Table(
        name="statement-lines",
        title=title,
        rows=rows,
        columns=(
            Column("ref", _("流水号"), "bank_ref", link=link),
            Column("on", _("日期"), "booked_on", "day", sort="booked_on"),
            Column("out", _("支出"), lambda row: -row.amount if row.amount < 0 else None, "yuan"),
            Column("in", _("收入"), lambda row: row.amount if row.amount > 0 else None, "yuan"),
            Column("party", _("对方"), "party"),
            Column("remark", _("摘要"), "remark", "words"),
            Column("state", _("状态"), _state, "status"),
            Column(
                "orders",
                _("支付"),
                lambda row: "、".join(one.order.number for one in row.matches.all()) or row.note,
                "words",
            ),
        ),
        filters=(
            TextFilter("q", _("流水号、对方、摘要"), fields=("bank_ref", "party", "remark")),
            ChoiceFilter("state", _("状态"), choices=STATES),
        ),
        empty=Empty(_("没有待核对的流水"), _("每一行都已对上支付或有说明。")),
    )


def _state(row: Any) -> tuple[Any, str]:
    if row.state == "matched":
        return HOW.get(row.how, row.how), "green"
    return dict(STATES)[row.state], "yellow" if row.state == "left" else "secondary"


@requires(P.PREPARE_PAYMENTS)
def line(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Match a line that is left by hand, or say what it is."""
    row = queries.statement_lines(request.actor).filter(pk=pk).first()
    if row is None:
        raise Http404
    if request.method == "POST":
        if "words" in request.POST:
            actions.explain_line(request.actor, line_id=pk, words=request.POST["words"][:200])
        else:
            chosen = [int(one) for one in request.POST.getlist("orders") if one.isdecimal()]
            actions.match_by_hand(request.actor, line_id=pk, order_ids=chosen)
        messages.success(request, _("已核对。"))
        return redirect("gov:statement_left")
    context = {"line": row, "size": abs(row.amount), "candidates": queries.candidates(request.actor, row)}
    return render(request, "government/statement_line.html", context)
