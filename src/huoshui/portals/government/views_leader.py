"""The leader's page, the records behind every figure, and the dictionary of measures."""

from __future__ import annotations

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render

from huoshui.access.guard import requires
from huoshui.access.roles import Permission
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.portals.government import figures_page, leader
from huoshui.portals.government.opened_table import opened
from huoshui.portals.shared.request import ActingRequest


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
    wanted = leader.asked(request.GET.dict())
    try:
        page = figures_page.page(request.actor, code, wanted.span, request.GET.dict())
    except DomainError as unknown:
        raise Http404 from unknown
    return render(request, "government/figure.html", {"page": page})


@requires(Permission.READ_STATISTICS)
def dictionary(request: ActingRequest) -> HttpResponseBase:
    """Show what every measure counts: base, filter, source, version."""
    groups = figures_page.dictionary(clock.today())
    return render(
        request, "government/measures.html", {"groups": groups, "may": request.actor.may(Permission.MANAGE_EVALUATION)}
    )
