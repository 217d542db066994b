"""Firms: found, shown, visited, a demand entered for them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from huoshui.access.guard import requires
from huoshui.access.roles import Permission
from huoshui.financing import actions
from huoshui.kernel.errors import DomainError
from huoshui.portals.government import lists_demand
from huoshui.portals.government.enterprise_page import enterprise_page
from huoshui.portals.government.firm_acts import visit_values
from huoshui.portals.government.forms import StaffDemandForm, VisitForm
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import ActingRequest
from huoshui.portals.shared.tables import table_response
from huoshui.registry import queries

HITS = 12


@requires(Permission.READ_REGISTER)
def enterprises(request: ActingRequest) -> HttpResponseBase:
    """List the firms of the actor's area."""
    return table_response(request, lists_demand.enterprises(request.actor))


@requires(Permission.READ_REGISTER)
def enterprise(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Show one firm; the read is recorded."""
    return render(request, "government/enterprise.html", {"page": enterprise_page(request.actor, pk)})


@requires(Permission.RECORD_VISIT, Permission.READ_DEMANDS)
def visits(request: ActingRequest) -> HttpResponseBase:
    """List visits, follow-ups due first when asked."""
    return table_response(request, lists_demand.visits(request.actor))


@requires(Permission.RECORD_VISIT)
def visit_new(request: ActingRequest) -> HttpResponseBase:
    """Record a visit in under a minute; a need becomes a demand in the same step."""
    firm = _firm(request)
    if firm is None:
        return _find(request, _("记走访"))
    form = VisitForm(request.POST or None)
    outcome = attempt(form, lambda: _record(request, firm.id, form)) if request.POST else None
    if outcome and outcome.done and outcome.value:
        made = outcome.value.demand_id
        messages.success(request, _("走访已记录，需求已申报。") if made else _("走访已记录。"))
        return redirect("gov:visits")
    return render(request, "government/visit.html", {"firm": firm, "form": form}, status=422 if form.errors else 200)


@requires(Permission.ENTER_DEMAND)
def demand_new(request: ActingRequest) -> HttpResponseBase:
    """Enter a demand for a firm."""
    firm = _firm(request)
    if firm is None:
        return _find(request, _("代填需求"))
    form = StaffDemandForm(request.POST or None)
    outcome = attempt(form, lambda: _enter(request, firm.id, form)) if request.POST else None
    if outcome and outcome.done and outcome.value:
        messages.success(request, _("需求 %(number)s 已申报。") % {"number": outcome.value.number})
        return redirect(_after(request, outcome.value.id))
    context = {
        "heading": firm.name,
        "lead": firm.uscc,
        "form": form,
        "submit": _("申报"),
        "back": reverse("gov:demand_new"),
    }
    return render(request, "officer/form.html", context, status=422 if form.errors else 200)


def _record(request: ActingRequest, enterprise_id: int, form: VisitForm) -> actions.Visited:
    return actions.record_visit(request.actor, enterprise_id=enterprise_id, **visit_values(form.cleaned_data))


def _enter(request: ActingRequest, enterprise_id: int, form: StaffDemandForm) -> actions.Submitted:
    return actions.enter_demand(request.actor, enterprise_id=enterprise_id, **form.cleaned_data)


def _after(request: ActingRequest, demand_id: int) -> str:
    """Return where an entered demand is shown: its page, for those who may read it."""
    if request.actor.may(Permission.READ_DEMANDS):
        return reverse("gov:demand", args=[demand_id])
    return reverse("gov:home")


def _firm(request: ActingRequest) -> Any:
    text = request.GET.get("enterprise", "")
    if not (text.isascii() and text.isdigit() and len(text) < 18):
        return None
    try:
        return queries.enterprise(request.actor, int(text), reason="case_work")
    except DomainError:
        return None


def _find(request: ActingRequest, heading: str) -> HttpResponseBase:
    words = request.GET.get("q", "").replace("\x00", "").strip()
    hits = queries.search(request.actor, words, limit=HITS) if words else []
    return render(request, "government/find_firm.html", {"heading": heading, "query": words, "hits": hits})
