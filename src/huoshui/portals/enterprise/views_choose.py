"""Choosing: what the firm may have, which banks it wants, consent to each of them, and the demand is sent."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huoshui.kernel.errors import DomainError
from huoshui.portals.enterprise import matches, near, sending
from huoshui.portals.enterprise.gate import Visit, step


@step("matches")
def choose(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Show what the firm may have, and take up to three products or the wish that the platform chooses."""
    problems: list[str] = []
    if request.method == "POST":
        problems = sending.choice(visit.typed, request.POST)
        if not problems:
            return redirect("enterprise:send")
    found = matches.found(visit.actor, visit.typed)
    standing = near.stand(matches.ask_of(visit.typed), found)
    context = {
        "visit": visit,
        "found": found,
        "cards": matches.cards(found, visit.typed.product_ids),
        "near": found.near,
        "standing": standing,
        "openings": standing.openings,
        "schemes": matches.scheme_cards(found),
        "purpose": matches.purpose_name(visit.typed),
        "problems": problems,
    }
    return render(request, "enterprise/matches.html", context, status=422 if problems else 200)


@step("send")
def send(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Ask for consent to each bank, then send: the same form sent twice makes one demand."""
    asked = sending.asked(visit.actor, visit.typed)
    ticked = {int(number) for number in request.POST.getlist("consent") if number.isdigit()}
    problems: list[str] = []
    if request.method == "POST":
        problems = sending.missing_consents(asked, ticked)
        if not problems:
            try:
                demand_id = sending.send(visit.actor, visit.typed, asked)
                messages.success(request, _("需求已发送。下面可以看到它到了哪里。"))
                return redirect("enterprise:demand", demand_id)
            except DomainError as refusal:
                problems = refusal.lines(get_language() or "zh")
    purpose = matches.purpose_name(visit.typed)
    context = {"visit": visit, "asked": asked, "ticked": ticked, "problems": problems, "purpose": purpose}
    return render(request, "enterprise/send.html", context, status=422 if problems else 200)
