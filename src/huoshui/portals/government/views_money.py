"""The public money in one view, and down to every posting: funds, books, statements, journal, a yuan traced."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huoshui.access.guard import requires
from huoshui.access.roles import Permission
from huoshui.funds import actions_period as periods
from huoshui.funds import queries_overview as money
from huoshui.kernel import clock
from huoshui.ledger import queries as ledger
from huoshui.portals.government import money_tables as tables
from huoshui.portals.shared.charts import Bars, bars
from huoshui.portals.shared.fields import DayField
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import ActingRequest
from huoshui.portals.shared.tables import table_response
from huoshui.portals.shared.templatetags.huoshui import money_words
from huoshui.registry import queries as registry

READS = requires(Permission.READ_FUNDS)
MONTHS = 12
SHOWN = 100  # uses of an appropriation on its page; the journal has them all


@READS
def overview(request: ActingRequest) -> HttpResponseBase:
    """Show every fund: in, held, promised, paid, back, left, leverage, when it is used up."""
    lines = [(line, money.used_up(line)) for line in money.funds()]
    if request.GET.get("export"):
        return table_response(request, tables.overview(lines))
    names = ("paid_in", "cash", "bound", "paid", "recovered", "out", "left")
    totals = {name: sum(getattr(line, name) for line, _forecast in lines) for name in names}
    return render(request, "government/money.html", {"lines": lines, "totals": totals})


@READS
def book(request: ActingRequest, code: str) -> HttpResponseBase:
    """Show one fund's books: figures, months, trial balance."""
    view, line = _book(code), money.fund(code)
    flows = money.flows(code)[-MONTHS:]
    today = clock.today()
    trial = ledger.trial_balance(code, as_of=today)
    context = {
        "book": view,
        "line": line,
        "forecast": money.used_up(line) if line else None,
        "chart": _chart(flows) if flows else None,
        "flows": list(reversed(flows)),
        "accounts": [(account, row) for account, row in zip(ledger.accounts(code), trial, strict=True)],
        "debit": sum(row.debit for row in trial),
        "credit": sum(row.credit for row in trial),
        "today": today,
        "asked": periods.open_close(request.actor, book=code),
        "close_form": _close_form(request),
    }
    return render(request, "government/book.html", context)


class CloseForm(forms.Form):
    """The last day of the period to close."""

    through = DayField(label=gettext_lazy("结账至"), help_text=gettext_lazy("这一天和以前的日期不再记账，不能撤销。"))


@require_POST
@requires(Permission.PREPARE_PAYMENTS)
def ask_close(request: ActingRequest, code: str) -> HttpResponseBase:
    """Ask to close the book through a day; another person confirms."""
    form = CloseForm(request.POST)
    if attempt(form, lambda: periods.ask_close(request.actor, book=code, through=form.cleaned_data["through"])).done:
        messages.success(request, _("已提交，等待另一人复核结账。"))
        return redirect("gov:book", code)
    context = {"heading": _("结账"), "form": form, "submit": _("申请结账"), "back": reverse("gov:book", args=[code])}
    return render(request, "officer/form.html", context, status=422)


@require_POST
@requires(Permission.PREPARE_PAYMENTS, Permission.APPROVE_PAYMENTS)
def end_close(request: ActingRequest, code: str, pk: int, act: str) -> HttpResponseBase:
    """Confirm a close, or drop it."""
    if act == "confirm":
        periods.confirm_close(request.actor, close_id=pk)
        messages.success(request, _("已结账。"))
    else:
        periods.drop_close(request.actor, close_id=pk)
        messages.success(request, _("结账申请已撤下。"))
    return redirect("gov:book", code)


@READS
def trial(request: ActingRequest, code: str) -> HttpResponseBase:
    """List the trial balance of a day, also as a file."""
    return table_response(request, tables.trial(_book(code), tables.UNTIL.view(request.GET).value or clock.today()))


@READS
def journal(request: ActingRequest, code: str) -> HttpResponseBase:
    """List every leg of every posting between two days, also as a file."""
    first, last = tables.span_of(request.GET, clock.today())
    return table_response(request, tables.journal(_book(code), first, last))


@READS
def statement(request: ActingRequest, code: str, account: str) -> HttpResponseBase:
    """List an account's lines with the balance as of a day, as it was known on a day; also as a file."""
    book = _book(code)
    view = next((one for one in ledger.accounts(book.code) if one.code == account), None)
    if view is None:
        raise Http404
    first, last = tables.span_of(request.GET, clock.today())
    known = tables.KNOWN.view(request.GET).value
    return table_response(request, tables.statement(book, view, first, last, known))


@READS
def posting(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Show a posting: its legs, what it is about, the firm, and every other posting of the same money."""
    view = ledger.posting(pk)
    if view is None:
        raise Http404
    subject = money.about(request.actor, view.source)
    firm = subject.enterprise_id if subject else None
    others = [one for number in (subject.postings if subject else ()) if (one := ledger.posting(number))]
    came, went = money.money_of(view.book, pk)
    context: dict[str, Any] = {
        "posting": view,
        "came": came,
        "went": went[:SHOWN],
        "went_more": max(len(went) - SHOWN, 0),
        "book": ledger.book(view.book),
        "subject": subject,
        "subject_url": reverse(subject.page, args=[subject.id]) if subject else "",
        "firm_id": firm,
        "firm": registry.names_of(request.actor, [firm]).get(firm, "") if firm else "",
        "others": others,
    }
    return render(request, "government/posting.html", context)


@READS
def firm_money(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Show everything a firm had of public money, each with its postings."""
    name = registry.names_of(request.actor, [pk]).get(pk)
    if name is None:
        raise Http404
    had = [
        (subject, reverse(subject.page, args=[subject.id]), [ledger.posting(number) for number in subject.postings])
        for subject in money.firm_money(request.actor, pk)
    ]
    return render(request, "government/firm_money.html", {"name": name, "had": had})


def _close_form(request: ActingRequest) -> CloseForm | None:
    last = clock.today().replace(day=1) - dt.timedelta(days=1)  # the month before is what is usually closed
    return CloseForm(initial={"through": last}) if request.actor.may(Permission.PREPARE_PAYMENTS) else None


def _book(code: str) -> ledger.BookView:
    view = ledger.book(code)
    if view is None:
        raise Http404
    return view


def _chart(flows: list[ledger.MonthLine]) -> Bars:
    words = [(f"{one.first:%Y-%m}", one.balance, _said(one.balance), "") for one in flows]
    return bars(words)


def _said(fen: int) -> str:
    assert get_language(), "a page has a language"
    return money_words(fen)
