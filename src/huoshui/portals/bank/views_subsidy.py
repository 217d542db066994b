"""Interest subsidies at a bank: what the quarter brings from its loan book, claims filed, the account to be paid to."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huoshui.access.guard import requires
from huoshui.access.roles import Permission
from huoshui.funds import actions_fund
from huoshui.funds import actions_subsidy as actions
from huoshui.funds import queries_payment as money
from huoshui.funds import queries_subsidy as queries
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.payee_form import AccountForm
from huoshui.portals.shared.quarters import last_quarter
from huoshui.portals.shared.request import ActingRequest, posted
from huoshui.portals.shared.subsidy_table import claims as table
from huoshui.portals.shared.tables import table_response

CLAIMS = requires(Permission.SUBMIT_CLAIMS)


@CLAIMS
def subsidies(request: ActingRequest) -> HttpResponseBase:
    """List the bank's claims under what the last quarter would bring."""
    first, end = last_quarter()
    office = request.actor.organisation_id
    context = {
        "ahead": [
            queries.ahead(request.actor, fund=fund, first_day=first, end_day=end)
            for fund in queries.claimed_by(request.actor, "bank_first")
        ],
        "first": first,
        "last": end - dt.timedelta(days=1),
        "account": money.account_of(organisation_id=office) if office else None,
    }
    listed = table(request.actor, lambda row: reverse("bank:subsidy_claim", args=[row.pk]))
    return table_response(request, listed, template="bank/subsidies.html", context=context)


@require_POST
@CLAIMS
def file_claim(request: ActingRequest) -> HttpResponseBase:
    """File the claim of the last quarter on a fund; sent twice it is one claim."""
    first, end = last_quarter()
    fund = request.POST.get("fund", "0")
    made = actions.claim_for_bank(
        request.actor, fund_id=int(fund) if fund.isdecimal() else 0, first_day=first, end_day=end
    )
    messages.success(request, _("申报已提交，财政部门审核后支付。"))
    return redirect("bank:subsidy_claim", made)


@CLAIMS
def claim(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Show a claim with every line and cut."""
    context = {"claim": queries.claim(request.actor, pk), "letter_url": "bank:payment_letter"}
    return render(request, "officer/subsidy_claim.html", context)


@CLAIMS
def account(request: ActingRequest) -> HttpResponseBase:
    """Record the account that claims are paid to."""
    office = request.actor.organisation_id or 0
    form = AccountForm(posted(request), initial={"holder": request.actor.organisation_name})
    if request.method == "POST":
        outcome = attempt(
            form, lambda: actions_fund.set_account(request.actor, organisation_id=office, **form.cleaned_data)
        )
        if outcome.done:
            messages.success(request, _("收款账户已登记。"))
            return redirect("bank:subsidies")
    context = {"heading": _("收款账户"), "form": form, "submit": _("登记"), "back": reverse("bank:subsidies")}
    return render(request, "officer/form.html", context, status=422 if form.errors else 200)
