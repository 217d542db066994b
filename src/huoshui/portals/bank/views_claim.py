"""Demands laid open to be claimed by branches."""

from __future__ import annotations

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huoshui.access.guard import requires
from huoshui.access.roles import Permission
from huoshui.catalogue.queries import parameter
from huoshui.financing import actions
from huoshui.kernel.errors import DomainError
from huoshui.portals.bank import lists_case
from huoshui.portals.shared.request import ActingRequest
from huoshui.portals.shared.tables import table_response


@requires(Permission.HANDLE_CASES)
def claims(request: ActingRequest) -> HttpResponseBase:
    """List what may be claimed now; who asks is not shown."""
    lines = actions.claimable(request.actor)
    if request.GET.get("export"):
        return table_response(request, lists_case.to_claim(lines))
    context = {"lines": lines, "quota": parameter("dispatch.grab_quota")}
    return render(request, "bank/claims.html", context)


@require_POST
@requires(Permission.HANDLE_CASES)
def claim(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Take a demand for a branch."""
    text = request.POST.get("branch", "")
    branch = int(text) if text.isascii() and text.isdigit() else 0
    try:
        case = actions.claim(request.actor, demand_id=pk, branch_id=branch)
    except DomainError as refusal:
        messages.error(request, " ".join(refusal.lines(get_language() or "zh")))
        return redirect("bank:claims")
    messages.success(request, _("抢单成功，请按时受理。"))
    return redirect("bank:case", case)
