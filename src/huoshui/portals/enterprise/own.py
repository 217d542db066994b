"""Which firm an owner's pages are about, where a person acts for several."""

from __future__ import annotations

from django.http import HttpRequest

from huoshui.access.guard import actor_of


def chosen_firm(request: HttpRequest) -> int | None:
    """Return the firm chosen last in this session, else the first the person acts for."""
    firms = actor_of(request).enterprise_ids
    kept = request.session.get("firm")
    return kept if kept in firms else firms[-1] if firms else None
