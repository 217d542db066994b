"""What subsidies a firm got, gets and did not get, and why; the account it is paid to."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from huoshui.access.guard import actor_of, requires
from huoshui.access.roles import Permission
from huoshui.funds import actions_fund
from huoshui.funds import queries_payment as money
from huoshui.funds import queries_subsidy as queries
from huoshui.portals.enterprise.own import chosen_firm
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.payee_form import AccountForm
from huoshui.portals.shared.request import posted

FIRM = requires(Permission.APPLY)


@FIRM
def subsidies(request: HttpRequest) -> HttpResponseBase:
    """Show every line of the firm with its days and cuts."""
    firm = chosen_firm(request)
    lines = queries.lines_of_firm(actor_of(request), firm) if firm else ()
    context = {
        "lines": lines,
        "paid": sum(line.paid - line.clawed for line in lines),
        "coming": sum(line.amount - line.paid for line in lines if line.state == "open"),
        "account": money.account_of(enterprise_id=firm) if firm else None,
    }
    return render(request, "enterprise/subsidies.html", context)


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
