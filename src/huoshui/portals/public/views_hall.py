"""The screen above the hall's windows: numbers only, renewed by itself, readable from the last row."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huoshui.access.guard import public
from huoshui.service import actions_hall


@public
def screen(request: HttpRequest) -> HttpResponse:
    """Show who is called to which window and who comes next."""
    called, waiting = actions_hall.screen()
    return render(request, "public/hall_screen.html", {"called": called, "waiting": waiting})
