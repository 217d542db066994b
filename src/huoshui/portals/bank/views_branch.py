"""Branches: what each can carry, pause; the people of the bank."""

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
from huoshui.portals.bank import lists
from huoshui.portals.bank.forms import CapacityForm
from huoshui.portals.shared.choices import said
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import ActingRequest
from huoshui.portals.shared.tables import table_response


@requires(Permission.MANAGE_CAPACITY)
def branches(request: ActingRequest) -> HttpResponseBase:
    """List the bank's branches with what they can carry."""
    return table_response(request, lists.branches(request.actor))


@requires(Permission.MANAGE_CAPACITY)
def branch(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Set what a branch can carry, or pause it."""
    view = queries.branch(pk)
    if view is None or not view.path.startswith(request.actor.org_path):
        raise Http404
    initial = {"weekly_capacity": view.weekly_capacity, "paused_until": view.paused_until}
    form = CapacityForm(request.POST or None, initial=initial)
    if (
        request.method == "POST"
        and attempt(form, lambda: actions.set_capacity(request.actor, branch_id=pk, **form.cleaned_data)).done
    ):
        messages.success(request, _("接单能力已更新，下一次派单起生效。"))
        return redirect("bank:branches")
    context = {"heading": said(view.name), "form": form, "submit": _("保存"), "back": reverse("bank:branches")}
    return render(request, "officer/form.html", context, status=422 if form.errors else 200)


@requires(Permission.READ_CASES)
def team(request: ActingRequest) -> HttpResponseBase:
    """List the people of the bank."""
    return table_response(request, lists.team(request.actor))
