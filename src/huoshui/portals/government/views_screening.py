"""Runs over the whole register: started, looked into rule by rule, taken away as files."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from huoshui.access.guard import requires
from huoshui.access.roles import Permission
from huoshui.kernel.errors import DomainError
from huoshui.portals.government import screening_tables
from huoshui.portals.shared.choices import district_choices
from huoshui.portals.shared.request import ActingRequest
from huoshui.portals.shared.tables import table_response
from huoshui.screening import queries_run as queries
from huoshui.screening import tasks


@requires(Permission.MANAGE_LISTS)
def runs(request: ActingRequest) -> HttpResponseBase:
    """List the runs over the whole register; start one."""
    if request.method == "POST":
        tasks.screen.defer(person_id=request.actor.person_id or 0)
        messages.success(request, _("已安排全库筛查，进度见下表。"))
        return redirect("gov:runs")
    return table_response(request, screening_tables.runs(request.actor), template="government/runs.html")


@requires(Permission.MANAGE_LISTS)
def run(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Show what each rule of a run found."""
    district = request.GET.get("district", "")
    known = {code for code, _name in district_choices()}
    try:
        held = queries.run(request.actor, pk)
    except DomainError as unknown:
        raise Http404 from unknown
    table = screening_tables.rule_counts(request.actor, held, district if district in known else "")
    return table_response(request, table, template="government/run.html", context={"run": held, "files": queries.FILES})


@requires(Permission.MANAGE_LISTS)
def result(request: ActingRequest, pk: int, name: str) -> HttpResponseBase:
    """Send one of a run's files."""
    try:
        path = queries.result_file(request.actor, pk, name)
    except DomainError as unknown:
        raise Http404 from unknown
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"screening-{pk}-{name}")
