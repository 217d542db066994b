"""The page that gives back what was typed before the session ended."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from huoshui.access import parked
from huoshui.access.guard import signed_in


@require_http_methods(["GET", "POST"])
@signed_in
def resume(request: HttpRequest) -> HttpResponseBase:
    """Show what is parked with the way to send it again; POST throws it away."""
    kept = parked.waiting(request)
    if request.method == "POST" or kept is None:
        response: HttpResponseBase = redirect(kept.page if kept else "/home/")
        parked.forget(request, response)
        return response
    shown = [(name, value) for name, value in kept.values if value.strip()]
    return render(request, "access/resume.html", {"kept": kept, "shown": shown})
