"""Pages of a firm."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huoshui.access.guard import public, requires
from huoshui.access.roles import Permission


@requires(Permission.APPLY)
def home(request: HttpRequest) -> HttpResponse:
    """Say what the firm must do now."""
    return render(request, "enterprise/home.html")


@public
def sign_in(request: HttpRequest) -> HttpResponse:
    """Let the owner in by phone and code."""
    return render(request, "enterprise/home.html")
