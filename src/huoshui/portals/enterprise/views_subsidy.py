"""What subsidies a firm got, gets and did not get, and why; the account it is paid to."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huoshui.access.guard import actor_of, requires
from huoshui.access.roles import Permission
from huoshui.funds import actions_fund, actions_subsidy
from huoshui.funds import queries_payment as money
from huoshui.funds import queries_subsidy as queries
from huoshui.funds.queries_letter import letters_of_firm
from huoshui.portals.enterprise.own import chosen_firm
from huoshui.portals.shared.fields import DayField
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.letters import letter_response
from huoshui.portals.shared.payee_form import AccountForm
from huoshui.portals.shared.quarters import last_quarter
from huoshui.portals.shared.request import posted

FIRM = requires(Permission.APPLY)
DAY = dt.timedelta(days=1)


class ClaimForm(forms.Form):
    """The days that the firm claims for, both counted."""

    first_day = DayField(label=gettext_lazy("自"))
    last_day = DayField(label=gettext_lazy("至（含）"))


@FIRM
def subsidies(request: HttpRequest) -> HttpResponseBase:
    """Show every line of the firm with its days and cuts."""
    firm = chosen_firm(request)
    lines = queries.lines_of_firm(actor_of(request), firm) if firm else ()
    first, end = last_quarter()
    context = {
        "ahead": _ahead(request, firm, first, end) if firm else [],
        "first": first,
        "last": end - DAY,
        "lines": lines,
        "paid": sum(line.paid - line.clawed for line in lines),
        "coming": sum(line.amount - line.paid for line in lines if line.state == "open"),
        "letters": letters_of_firm(actor_of(request), firm) if firm else (),
        "account": money.account_of(enterprise_id=firm) if firm else None,
    }
    return render(request, "enterprise/subsidies.html", context)


@FIRM
def letter(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the letter about a payment to the firm, with its own part only."""
    return letter_response(actor_of(request), pk)


def _ahead(request: HttpRequest, firm: int, first: dt.date, end: dt.date) -> list[queries.Ahead]:
    """Return what the firm could claim of each fund that pays firms who paid first."""
    actor = actor_of(request)
    funds = queries.claimed_by(actor, "firm_first")
    found = [queries.ahead(actor, fund=one, first_day=first, end_day=end, enterprise_id=firm) for one in funds]
    return [one for one in found if one.loans or one.later]


@FIRM
def claim(request: HttpRequest, fund: int) -> HttpResponseBase:
    """Claim the subsidy on interest that the firm has paid, for the days it names."""
    firm, (first, end) = chosen_firm(request), last_quarter()
    form = ClaimForm(posted(request), initial={"first_day": first, "last_day": end - DAY})
    if request.method == "POST" and firm:
        outcome = attempt(form, lambda: _claimed(request, fund, firm, form))
        if outcome.done:
            messages.success(request, _("申请已提交，审核公示后直接打到您的收款账户。"))
            return redirect("enterprise:subsidies")
    return render(request, "enterprise/subsidy_claim.html", {"form": form}, status=422 if form.errors else 200)


def _claimed(request: HttpRequest, fund: int, firm: int, form: ClaimForm) -> int:
    first, last = form.cleaned_data["first_day"], form.cleaned_data["last_day"]
    return actions_subsidy.claim_for_firm(
        actor_of(request), fund_id=fund, enterprise_id=firm, first_day=first, end_day=last + DAY
    )


@FIRM
def account(request: HttpRequest) -> HttpResponseBase:
    """Record the account that the firm is paid to."""
    form = AccountForm(posted(request))
    firm = chosen_firm(request)
    if request.method == "POST":
        outcome = attempt(
            form, lambda: actions_fund.set_account(actor_of(request), enterprise_id=firm, **form.cleaned_data)
        )
        if outcome.done:
            messages.success(request, _("收款账户已登记。"))
            return redirect("enterprise:subsidies")
    return render(request, "enterprise/subsidy_account.html", {"form": form}, status=422 if form.errors else 200)
