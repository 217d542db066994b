"""Banks and guarantors with their branches and the districts these serve."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from huoshui.access.guard import requires
from huoshui.access.roles import Permission
from huoshui.catalogue import actions, queries
from huoshui.portals.government import lists
from huoshui.portals.government.forms_policy import BranchForm
from huoshui.portals.shared.choices import district_choices, said
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import ActingRequest
from huoshui.portals.shared.tables import table_response
from huoshui.registry import queries as registry


@requires(Permission.APPROVE_PRODUCTS)
def institutions(request: ActingRequest) -> HttpResponseBase:
    """List banks and guarantors."""
    return table_response(request, lists.institutions(request.actor))


@requires(Permission.APPROVE_PRODUCTS)
def institution(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Show an institution with its branches and products."""
    view = next((found for found in queries.institutions() if found.org_id == pk), None)
    if view is None:
        raise Http404
    names = {code: said(registry.district_name(code)) for code, _label in district_choices()}
    context = {
        "institution": view,
        "branches": [
            (found, [names.get(code, code) for code in found.districts]) for found in queries.branches_serving(pk, "")
        ],
        "offers": [offer for offer in queries.offered_products() if offer.bank_id == pk],
    }
    return render(request, "government/institution.html", context)


@requires(Permission.APPROVE_PRODUCTS)
def branch(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Change the districts and contact of a branch."""
    view = queries.branch(pk)
    if view is None:
        raise Http404
    initial = {"districts": list(view.districts), "address": view.address, "contact": view.contact}
    form = BranchForm(request.POST or None, initial=initial, districts=district_choices())
    back = reverse("gov:institution", args=[view.bank_id])
    if (
        request.method == "POST"
        and attempt(
            form,
            lambda: actions.register_branch(
                request.actor,
                organisation_id=pk,
                institution_id=view.bank_id,
                weekly_capacity=view.weekly_capacity,
                **form.cleaned_data,
            ),
        ).done
    ):
        messages.success(request, _("网点已更新。"))
        return redirect(back)
    context = {"heading": said(view.name), "form": form, "submit": _("保存"), "back": back}
    return render(request, "officer/form.html", context, status=422 if form.errors else 200)
