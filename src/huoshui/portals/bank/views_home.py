"""The first page of a bank or guarantor."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import render

from huoshui.access.guard import signed_in
from huoshui.access.roles import Permission
from huoshui.funds import queries_guarantee as guarantees
from huoshui.funds.actions_guarantee import guarantor_of
from huoshui.portals.bank import home as work
from huoshui.portals.shared.request import ActingRequest


@signed_in
def home(request: ActingRequest) -> HttpResponseBase:
    """Show what must be done now."""
    actor = request.actor
    context: dict[str, Any] = {"tasks": work.tasks(actor)}
    if actor.may(Permission.READ_CASES):
        context |= {"cases": work.first_due(actor), "maturing": work.maturing(actor), "counts": work.counts(actor)}
    if actor.may(Permission.HANDLE_GUARANTEES):
        context["board"] = guarantees.board(actor, guarantor_of(actor).id)
    return render(request, "bank/home.html", context)
