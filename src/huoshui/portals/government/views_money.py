"""The public money in one view, and down to every posting: funds, books, statements, journal, a yuan traced."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language

from huoshui.access.guard import requires
from huoshui.access.roles import Permission
from huoshui.funds import queries_overview as money
from huoshui.kernel import clock
from huoshui.ledger import queries as ledger
from huoshui.portals.government import money_tables as tables
from huoshui.portals.shared.charts import Bars, bars
from huoshui.portals.shared.request import ActingRequest
from huoshui.portals.shared.tables import table_response
from huoshui.portals.shared.templatetags.huoshui import money_words
from huoshui.registry import queries as registry

READS = requires(Permission.READ_FUNDS)
MONTHS = 12


@READS
def overview(request: ActingRequest) -> HttpResponseBase:
    """Show every fund: in, held, promised, paid, back, left, leverage, when it is used up."""
    lines = [(line, money.used_up(line)) for line in money.funds()]
    names = ("paid_in", "cash", "held", "promised", "paid", "recovered", "out", "left")
    totals = {name: sum(getattr(line, name) for line, _ in lines) for name in names}
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
    }
    return render(request, "government/book.html", context)


@READS
def trial(request: ActingRequest, code: str) -> HttpResponseBase:
    """List the trial balance of a day, also as a file."""
    return table_response(request, tables.trial(_book(code), _day(request, "on", clock.today())))


@READS
def journal(request: ActingRequest, code: str) -> HttpResponseBase:
    """List every leg of every posting between two days, also as a file."""
    first, last = _span(request)
    return table_response(request, tables.journal(_book(code), first, last))


@READS
def statement(request: ActingRequest, code: str, account: str) -> HttpResponseBase:
    """List an account's lines with the running balance, also as a file."""
    view = next((one for one in ledger.accounts(_book(code).code) if one.code == account), None)
    if view is None:
        raise Http404
    first, last = _span(request)
    return table_response(request, tables.statement(view, first, last))


@READS
def posting(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Show a posting: its legs, what it is about, the firm, and every other posting of the same money."""
    view = ledger.posting(pk)
    if view is None:
        raise Http404
    subject = money.about(request.actor, view.source)
    firm = subject.enterprise_id if subject else None
    others = [one for number in (subject.postings if subject else ()) if (one := ledger.posting(number))]
    context: dict[str, Any] = {
        "posting": view,
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


def _book(code: str) -> ledger.BookView:
    view = ledger.book(code)
    if view is None:
        raise Http404
    return view


def _day(request: ActingRequest, name: str, otherwise: dt.date) -> dt.date:
    try:
        return dt.date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return otherwise


def _span(request: ActingRequest) -> tuple[dt.date, dt.date]:
    today = clock.today()
    return _day(request, "since", today - dt.timedelta(days=364)), _day(request, "until", today)


def _chart(flows: list[ledger.MonthLine]) -> Bars:
    words = [(f"{one.first:%Y-%m}", one.balance, _said(one.balance), "") for one in flows]
    return bars(words)


def _said(fen: int) -> str:
    assert get_language(), "a page has a language"
    return money_words(fen)
