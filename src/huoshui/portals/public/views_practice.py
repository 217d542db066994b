"""The practice page: every role one tap away."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from huoshui.access import practice
from huoshui.access.guard import public


@require_http_methods(["GET", "POST"])
@public
def roles(request: HttpRequest) -> HttpResponse:
    """Show the people of the invented city; POST signs in as one of them. Not found outside practice mode."""
    if request.method == "POST":
        practice.enter(request, request.POST.get("username", ""))
        return redirect("shared:home")
    return render(request, "public/practice.html", {"people": practice.everyone()})
