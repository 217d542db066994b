"""The auditors' pages: events with filters and export, the chain verified, the trail of one case."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.shortcuts import render

from huoshui.access.guard import requires
from huoshui.access.roles import Permission
from huoshui.audit import queries, verify
from huoshui.financing import queries as financing
from huoshui.portals.government import lists_audit
from huoshui.portals.shared.request import ActingRequest
from huoshui.portals.shared.tables import table_response

LONGEST_TOPIC = 60


@requires(Permission.READ_AUDIT)
def events(request: ActingRequest) -> HttpResponseBase:
    """List events, newest first."""
    return table_response(request, lists_audit.events(request.actor))


@requires(Permission.READ_AUDIT)
def verify_chain(request: ActingRequest) -> HttpResponseBase:
    """Walk the whole chain when asked, and say what was found."""
    report = verify.verify() if request.method == "POST" else None
    return render(request, "government/audit_verify.html", {"report": report, "anchor": verify.anchor()})


@requires(Permission.READ_AUDIT)
def trail(request: ActingRequest) -> HttpResponseBase:
    """Show everything that happened to one case."""
    asked = request.GET.get("topic", "").replace("\x00", "").strip()[:LONGEST_TOPIC]
    topic = _topic_of(request, asked)
    entries = queries.timeline(topic, audience="staff") if topic else []
    return render(request, "government/trail.html", {"topic": asked, "entries": entries})


def _topic_of(request: ActingRequest, asked: str) -> str:
    """Return the topic that *asked* means: itself, or the demand whose number people read."""
    if ":" in asked or not asked:
        return asked
    found = financing.demands(request.actor).filter(number=asked.upper()).values_list("pk", flat=True).first()
    return f"demand:{found}" if found else asked
