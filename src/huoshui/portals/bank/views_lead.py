"""Leads from lists: what was handed to the bank, and what it reports back."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huoshui.access.guard import requires
from huoshui.access.roles import Permission
from huoshui.portals.bank import lists_lead
from huoshui.portals.shared.request import ActingRequest
from huoshui.portals.shared.tables import table_response
from huoshui.screening import actions_lead
from huoshui.screening.lead_lifecycle import Act

_REPORTED = {act.value: act for act in (Act.INVITE, Act.CONTACT, Act.APPLY, Act.REFUSE)}


@requires(Permission.READ_LISTS)
def leads(request: ActingRequest) -> HttpResponseBase:
    """List the bank's leads, best fit first."""
    return table_response(request, lists_lead.leads(request.actor))


@require_POST
@requires(Permission.HANDLE_CASES)
def report(request: ActingRequest, act: str) -> HttpResponseBase:
    """Report the same of the selected leads."""
    if act not in _REPORTED:
        raise Http404
    chosen = [
        int(text) for text in request.POST.getlist("selected") if text.isascii() and text.isdigit() and len(text) < 18
    ]
    if not chosen:
        messages.warning(request, _("请先勾选企业。"))
        return redirect("bank:leads")
    reason = request.POST.get(f"{act}-reason_code", "")
    note = request.POST.get(f"{act}-note", "").replace("\x00", "")[:300]
    done, problems = actions_lead.report(
        request.actor, lead_ids=chosen, act=_REPORTED[act], reason_code=reason, note=note
    )
    if done:
        messages.success(request, _("已反馈 %(n)s 户。") % {"n": done})
    for line in problems[:5]:
        messages.error(request, line)
    return redirect("bank:leads")
