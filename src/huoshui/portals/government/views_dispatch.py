"""The day's dispatch: plan everything at once, look at it, confirm or put it aside."""

from __future__ import annotations

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huoshui.access.guard import requires
from huoshui.access.roles import Permission
from huoshui.financing import actions, queries
from huoshui.kernel.errors import DomainError
from huoshui.portals.government import lists_dispatch
from huoshui.portals.shared.request import ActingRequest
from huoshui.portals.shared.tables import table_response

DISPATCH = requires(Permission.DISPATCH_DEMANDS)


@DISPATCH
def runs(request: ActingRequest) -> HttpResponseBase:
    """List the plans."""
    return table_response(request, lists_dispatch.runs(request.actor), template="government/dispatch_runs.html")


@require_POST
@DISPATCH
def plan(request: ActingRequest) -> HttpResponseBase:
    """Plan every recommended demand; nothing goes out yet."""
    try:
        return redirect("gov:dispatch_run", actions.plan_run(request.actor))
    except DomainError as refusal:
        messages.warning(request, " ".join(refusal.lines(get_language() or "zh")))
        return redirect("gov:dispatch_runs")


@DISPATCH
def run(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Show a plan: who gets what and why, who gets nothing and why."""
    return render(request, "government/dispatch_run.html", {"run": queries.run(request.actor, pk)})


@require_POST
@DISPATCH
def confirm(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Dispatch what was planned."""
    try:
        done, left = actions.confirm_run(request.actor, run_id=pk, seen_version=_seen(request))
        messages.success(request, _("已派出 %(done)s 笔，%(left)s 笔因情况变化未派。") % {"done": done, "left": left})
    except DomainError as refusal:
        messages.error(request, " ".join(refusal.lines(get_language() or "zh")))
    return redirect("gov:dispatch_run", pk)


@require_POST
@DISPATCH
def drop(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Put a plan aside."""
    try:
        actions.drop_run(request.actor, run_id=pk, seen_version=_seen(request))
        messages.success(request, _("方案已放弃，没有派出任何需求。"))
    except DomainError as refusal:
        messages.error(request, " ".join(refusal.lines(get_language() or "zh")))
    return redirect("gov:dispatch_runs")


def _seen(request: ActingRequest) -> int | None:
    text = request.POST.get("seen_version", "")
    return int(text) if text.isascii() and text.isdigit() else None
