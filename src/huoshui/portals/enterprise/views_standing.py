"""What the firm qualifies for and which step opens more: a page of its own, and the line on its home."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from huoshui.access.guard import actor_of, requires
from huoshui.access.roles import Permission
from huoshui.portals.enterprise import near
from huoshui.portals.enterprise.own import chosen_firm
from huoshui.registry import queries as register
from huoshui.rules.firm import Verdict


@requires(Permission.APPLY)
def standing(request: HttpRequest) -> HttpResponseBase:
    """Show how the firm stands to every product and scheme."""
    firm = chosen_firm(request)
    taken_back = firm is not None and register.matching_taken_back(firm)
    found = near.standing(actor_of(request), firm) if firm and not taken_back else None
    fits = found.matches.schemes if found else ()
    fitting = [fit for fit in fits if fit.verdict is Verdict.YES and fit.applies]
    context = {"standing": found, "fitting": fitting, "taken_back": taken_back}
    return render(request, "enterprise/standing.html", context)
