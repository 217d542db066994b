"""Events anybody may look up."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huoshui.access.guard import public
from huoshui.service import queries_event as queries
from huoshui.service.actions_event import KINDS


@public
def events(request: HttpRequest) -> HttpResponse:
    """List the events that are coming."""
    rows = [(row, KINDS[row.kind]) for row in queries.coming()[:60]]
    return render(request, "public/events.html", {"rows": rows})
