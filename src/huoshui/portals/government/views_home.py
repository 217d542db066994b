"""The first page of every office."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from huoshui.access.guard import signed_in
from huoshui.access.roles import Permission, Role
from huoshui.portals.government import home as work
from huoshui.portals.government.funnel import stages
from huoshui.portals.shared.request import ActingRequest


@signed_in
def home(request: ActingRequest) -> HttpResponseBase:
    """Show what must be done now, then how the work stands."""
    actor = request.actor
    if actor.roles == {Role.LEADER}:
        return redirect("gov:board")  # a leader's work is to see how the city stands
    shown = stages(actor) if actor.may(Permission.READ_STATISTICS) else []
    context = {"tasks": work.tasks(actor), "quick": work.quick(actor), "funnel": shown}
    return render(request, "government/home.html", context)
