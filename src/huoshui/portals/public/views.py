"""Pages anybody may open: what the platform is, products, programmes, loan codes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huoshui.access.guard import public


@public
def home(request: HttpRequest) -> HttpResponse:
    """Say what the platform is and where to begin."""
    return render(request, "public/home.html")


@public
def products(request: HttpRequest) -> HttpResponse:
    """List what may be had today."""
    return render(request, "public/products.html")
