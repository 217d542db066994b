"""A visitor's day on the phone: the firms in walking order, each visit recorded in place, also without network.

The page works as plain forms. Where the browser can, a worker keeps the page for places without network, visits wait on
the phone and are sent when the network is back; each carries a number made on the phone, so that none counts twice.
"""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huoshui.access.guard import requires
from huoshui.access.roles import Permission as P
from huoshui.kernel.errors import DomainError
from huoshui.portals.government.forms_campaign import CallForm
from huoshui.portals.government.round_page import round_page
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import ActingRequest
from huoshui.service import actions_campaign as actions

MOST_AT_ONCE = 200


@requires(P.RECORD_VISIT)
def day(request: ActingRequest) -> HttpResponseBase:
    """Show the firms of today in walking order, on a list and a plan of the streets."""
    return render(request, "government/round.html", {"page": round_page(request.actor)})


@requires(P.RECORD_VISIT)
def visit(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Record one visit from a plain form."""
    page = round_page(request.actor)
    call = next((one for one in page.calls if one.id == pk), None)
    if call is None:
        raise Http404
    form = CallForm(request.POST or None)
    outcome = attempt(form, lambda: _record(request, pk, form)) if request.POST else None
    if outcome and outcome.done and outcome.value:
        made = outcome.value.demand_id
        messages.success(request, _("走访已记录，需求已申报。") if made else _("走访已记录。"))
        return redirect("gov:round")
    context = {"firm": call, "form": form, "uscc": "", "heading": call.name}
    return render(request, "government/round_visit.html", context, status=422 if form.errors else 200)


@requires(P.RECORD_VISIT)
def sync(request: ActingRequest) -> HttpResponseBase:
    """Take in the visits that waited on a phone; answer each with done, again or refused with the reasons.

    A GET answers with a fresh token for the POST: the page on the phone may be older than the session.
    """
    if request.method != "POST":
        return JsonResponse({"token": get_token(request)})
    try:
        waiting = json.loads(request.body or b"[]")
    except ValueError:
        waiting = None
    if not isinstance(waiting, list) or len(waiting) > MOST_AT_ONCE:
        said = _("要同步的内容不是走访记录，或一次超过 %(n)s 条。") % {"n": MOST_AT_ONCE}
        return JsonResponse({"problem": said}, status=400)
    return JsonResponse({"answers": [_taken(request, one) for one in waiting]})


@requires(P.RECORD_VISIT)
def worker(request: ActingRequest) -> HttpResponseBase:
    """Return the worker's script, whose reach is the addresses below its own."""
    script = f"importScripts({json.dumps(static('huoshui/round-worker.js'))});"
    return HttpResponse(script, content_type="text/javascript", headers={"Cache-Control": "no-cache"})


def _record(request: ActingRequest, pk: int, form: CallForm) -> Any:
    data = form.cleaned_data
    need = None
    if data.get("amount"):
        need = {"amount": data["amount"], "term_months": data["term_months"], "purpose": data["purpose"] or "other"}
    return actions.visit_target(
        request.actor,
        target_id=pk,
        client_id=data["client_id"],
        visited_on=data["visited_on"],
        outcome=data["outcome"],
        note=data["note"],
        follow_up_on=data["follow_up_on"],
        need=need,
    )


def _taken(request: ActingRequest, one: Any) -> dict[str, Any]:
    given = {key: str(value) for key, value in one.items()} if isinstance(one, dict) else {}
    answer: dict[str, Any] = {"client_id": given.get("client_id", ""), "state": "refused", "problems": []}
    if not given.get("target", "").isdigit() or len(given["target"]) > 15:
        return {**answer, "problems": [_("没有写明是哪一户。")]}
    form = CallForm(given)
    if not form.is_valid():
        return {**answer, "problems": [str(line) for lines in form.errors.values() for line in lines]}
    try:
        made = _record(request, int(given["target"]), form)
    except DomainError as refusal:
        return {**answer, "problems": refusal.lines(get_language() or "zh")}
    return {**answer, "state": "again" if made.again else "done", "demand": bool(made.demand_id)}
