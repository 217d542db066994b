"""The leader's page, the records behind every figure, and the dictionary of measures."""

from __future__ import annotations

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render

from huoshui.access.guard import requires
from huoshui.access.roles import Permission
from huoshui.kernel.errors import DomainError
from huoshui.portals.government import figures_page, leader, lists_policy
from huoshui.portals.government.opened_table import opened
from huoshui.portals.shared import tables_export
from huoshui.portals.shared.request import ActingRequest
from huoshui.portals.shared.tables import table_response


@requires(Permission.READ_STATISTICS)
def board(request: ActingRequest) -> HttpResponseBase:
    """Show how the city stands on one page."""
    wanted = leader.asked(request.GET.dict())
    if wanted.counted_at is None:
        return render(request, "government/leader_empty.html")
    page = leader.page(request.actor, wanted)
    context = {
        "page": page,
        "districts": opened(page.districts, wanted.span, by="district"),
        "banks": opened(page.banks, wanted.span, by="institution"),
        "kinds": leader.kinds(),
        "days": leader.last_days(),
        "measures": leader.measures(),
    }
    return render(request, "government/leader.html", context)


@requires(Permission.READ_STATISTICS)
def figure(request: ActingRequest, code: str) -> HttpResponseBase:
    """Show the records that a figure counts."""
    wanted, kind = leader.asked(request.GET.dict()), request.GET.get("export", "")
    try:
        page = figures_page.page(request.actor, code, wanted.span, request.GET.dict())
    except DomainError as unknown:
        raise Http404 from unknown
    if kind in tables_export.KINDS:
        rows = figures_page.every_row(request.actor, code, wanted.span, request.GET.dict())
        return tables_export.response(kind, code, figures_page.head(), rows)
    return render(request, "government/figure.html", {"page": page})


@requires(Permission.READ_STATISTICS)
def dictionary(request: ActingRequest) -> HttpResponseBase:
    """Show what every measure counts: base, filter, source, version."""
    return table_response(request, lists_policy.measures(request.actor))
