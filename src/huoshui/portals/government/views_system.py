"""The state of the installation."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.shortcuts import render

from huoshui.access.guard import requires
from huoshui.access.roles import Permission
from huoshui.portals.government import system
from huoshui.portals.shared.request import ActingRequest


@requires(Permission.ADMINISTER_SYSTEM)
def status(request: ActingRequest) -> HttpResponseBase:
    """Show findings, background work and what to do about them."""
    return render(request, "government/system.html", {"findings": system.examined(), "jobs": system.jobs()})
