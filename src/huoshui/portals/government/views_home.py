"""The first page of every office."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.shortcuts import render

from huoshui.access.guard import signed_in
from huoshui.portals.government import home as work
from huoshui.portals.shared.request import ActingRequest


@signed_in
def home(request: ActingRequest) -> HttpResponseBase:
    """Show what must be done now, then how the work stands."""
    context = {"tasks": work.tasks(request.actor), "quick": work.quick(request.actor)}
    return render(request, "government/home.html", context)
