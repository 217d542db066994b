"""The first page of a bank or guarantor."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.shortcuts import render

from huoshui.access.guard import signed_in
from huoshui.portals.bank import home as work
from huoshui.portals.shared.request import ActingRequest


@signed_in
def home(request: ActingRequest) -> HttpResponseBase:
    """Show what must be done now."""
    return render(request, "bank/home.html", {"tasks": work.tasks(request.actor)})
