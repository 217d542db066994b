"""The two views of an advance that bank and finance bureau share: the page, and an act on it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from huoshui.funds.bridge_lifecycle import Act
from huoshui.portals.shared.bridge_page import ACTS, bridge_page, form_of
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import ActingRequest


def show(
    request: ActingRequest, pk: int, *, act_url: str, loan_url: str = "", payment_url: str = ""
) -> HttpResponseBase:
    """Show an advance; acts are posted to the address named *act_url*."""
    page = bridge_page(request.actor, pk)
    context = {"page": page, "act_url": act_url, "loan_url": loan_url, "payment_url": payment_url}
    return render(request, "officer/bridge.html", context)


def act(request: ActingRequest, pk: int, code: str, *, page_url: str, act_url: str) -> HttpResponseBase:
    """Do one act by its form; what is refused comes back on the page."""
    chosen = next((one for one in ACTS if one == code), None)
    if chosen is None:
        raise Http404
    form = form_of(request.actor, chosen, pk, request.POST)
    outcome = attempt(form, lambda: ACTS[chosen].run(request.actor, advance_id=pk, **_given(form.cleaned_data)))
    if outcome.done:
        messages.success(request, str(ACTS[chosen].done))
        return redirect(page_url, pk)
    page = bridge_page(request.actor, pk, bound={Act(code): form})
    return render(request, "officer/bridge.html", {"page": page, "act_url": act_url, "loan_url": ""}, status=422)


def _given(data: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in data.items() if value is not None}
