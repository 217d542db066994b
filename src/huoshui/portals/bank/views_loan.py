"""Loans: list, schedule, money out and back, repayments by file."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from huoshui.access.guard import requires
from huoshui.access.roles import Permission
from huoshui.catalogue.queries import parameter
from huoshui.portals.bank import guaranteeing, lists_case, repayment_page
from huoshui.portals.bank.forms import UploadForm
from huoshui.portals.bank.loan_acts import LOAN_ACTS
from huoshui.portals.bank.loan_page import loan_page
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import ActingRequest
from huoshui.portals.shared.tables import table_response


@requires(Permission.READ_CASES)
def loans(request: ActingRequest) -> HttpResponseBase:
    """List the bank's loans."""
    return table_response(request, lists_case.loans(request.actor))


@requires(Permission.READ_CASES)
def maturing(request: ActingRequest) -> HttpResponseBase:
    """List the loans that mature within the days that renewal begins with, or the days asked for."""
    warn = parameter("renewal.warn_days")
    asked = request.GET.get("days", "")
    within = int(asked) if asked in {str(days) for days in warn} else max(warn)
    return table_response(request, lists_case.loans(request.actor, within=within))


@requires(Permission.READ_CASES)
def loan(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Show a loan with its schedule and money."""
    page = loan_page(request.actor, pk)
    guarantee = guaranteeing.link(request.actor, page.loan.referral_id)
    return render(request, "bank/loan.html", {"page": page, "guarantee": guarantee})


@require_POST
@requires(Permission.MANAGE_LOANS)
def loan_act(request: ActingRequest, pk: int, act: str) -> HttpResponseBase:
    """Record money out or back; the same slip counts once however often it is sent."""
    if act not in LOAN_ACTS:
        raise Http404
    chosen = LOAN_ACTS[act]
    form = chosen.form(request.POST)
    outcome = attempt(form, lambda: chosen.run(request.actor, loan_id=pk, **form.cleaned_data))
    if outcome.done:
        messages.success(request, str(chosen.done))
        return redirect("bank:loan", pk)
    return render(request, "bank/loan.html", {"page": loan_page(request.actor, pk, bound={act: form})}, status=422)


@requires(Permission.MANAGE_LOANS)
def repayments(request: ActingRequest) -> HttpResponseBase:
    """Take in a file of repayments: all of it, or nothing with every error."""
    form = UploadForm(request.POST or None, request.FILES or None)
    outcome = (
        attempt(form, lambda: repayment_page.take_in(request.actor, form.cleaned_data["file"]))
        if request.POST
        else None
    )
    context = {"form": form, "result": outcome.value if outcome else None}
    refused = bool(form.errors) or bool(outcome and outcome.value and outcome.value.problems)
    return render(request, "bank/repayments.html", context, status=422 if refused else 200)


@requires(Permission.MANAGE_LOANS)
def repayments_template(request: ActingRequest) -> HttpResponseBase:
    """Give the empty sheet with the right head and one example."""
    return repayment_page.template()
