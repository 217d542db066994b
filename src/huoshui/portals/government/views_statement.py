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
from huoshui.kernel.text import Text
from huoshui.portals.government import payment_tables
from huoshui.portals.shared.flow import blame
from huoshui.portals.shared.request import ActingRequest, posted
from huoshui.portals.shared.tables import Action, Column, Empty, Table, table_response
from huoshui.portals.shared.templatetags.huoshui import say

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
    listed = payment_tables.files(request.actor)
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
    file = queries.statements(request.actor).filter(pk=pk).select_related("fund").first()
    if file is None:
        raise Http404
    lead = f"{say(Text(file.fund.name, file.fund.name_en or file.fund.name))} · {file.name}"
    rows = queries.statement_lines(request.actor, statement_id=pk)
    return table_response(request, payment_tables.lines(request.actor, _("对账单明细"), rows, lead=lead))


@requires(P.READ_FUNDS)
def left(request: ActingRequest) -> HttpResponseBase:
    """Show every line that waits for a person."""
    return table_response(
        request,
        payment_tables.lines(request.actor, _("待核对流水"), queries.statement_lines(request.actor, left_only=True)),
    )


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
