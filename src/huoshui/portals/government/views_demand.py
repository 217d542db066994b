"""The taskforce's lists and the page of one demand: judge, recommend, mend, decline, dispatch."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huoshui.access.guard import requires
from huoshui.access.roles import Permission
from huoshui.financing import actions
from huoshui.financing.demand_lifecycle import Act
from huoshui.portals.government import demand_page, lists_demand
from huoshui.portals.government.batches import BATCHES, batch_context
from huoshui.portals.government.demand_acts import DEMAND_ACTS, form_of
from huoshui.portals.government.forms import JudgementForm, RecallForm
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import ActingRequest
from huoshui.portals.shared.tables import table_response


@requires(Permission.JUDGE_DEMANDS, Permission.READ_DEMANDS)
def declared(request: ActingRequest) -> HttpResponseBase:
    """List what firms declared and nobody judged to the end."""
    return table_response(request, lists_demand.declared(request.actor))


@requires(Permission.DISPATCH_DEMANDS, Permission.READ_DEMANDS)
def recommended(request: ActingRequest) -> HttpResponseBase:
    """List what is recommended and at no bank yet."""
    return table_response(request, lists_demand.recommended(request.actor))


@requires(Permission.DISPATCH_DEMANDS, Permission.READ_DEMANDS)
def stuck(request: ActingRequest) -> HttpResponseBase:
    """List what does not move, with the reason."""
    return table_response(request, lists_demand.stuck(request.actor))


@requires(Permission.JUDGE_DEMANDS, Permission.READ_DEMANDS)
def repairing(request: ActingRequest) -> HttpResponseBase:
    """List what is being mended."""
    return table_response(request, lists_demand.repairing(request.actor))


@requires(Permission.READ_DEMANDS)
def demands(request: ActingRequest) -> HttpResponseBase:
    """List every demand."""
    return table_response(request, lists_demand.demands(request.actor))


@requires(Permission.READ_DEMANDS)
def demand(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Show everything about one demand."""
    return render(request, "government/demand.html", {"page": demand_page.page(request.actor, pk)})


@require_POST
@requires(Permission.JUDGE_DEMANDS)
def judge(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Keep the verdicts on the five standards, and recommend where asked."""
    form = JudgementForm(request.POST)
    outcome = attempt(form, lambda: demand_page.judge(request.actor, pk, form, then=request.POST.get("then", "")))
    if outcome.done:
        messages.success(request, str(outcome.value))
        return redirect("gov:demand", pk)
    page = demand_page.page(request.actor, pk, judged=form, stale=outcome.stale)
    return render(request, "government/demand.html", {"page": page}, status=422)


@require_POST
@requires(Permission.JUDGE_DEMANDS, Permission.DISPATCH_DEMANDS, Permission.ENTER_DEMAND)
def act(request: ActingRequest, pk: int, code: str) -> HttpResponseBase:
    """Do one act on a demand."""
    if code not in DEMAND_ACTS:
        raise Http404
    chosen = DEMAND_ACTS[Act(code)]
    form = form_of(Act(code), data=request.POST)
    outcome = attempt(form, lambda: chosen.run(request.actor, pk, form.cleaned_data))
    if outcome.done:
        messages.success(request, str(chosen.done))
        return redirect("gov:demand", pk)
    page = demand_page.page(request.actor, pk, bound={code: form}, stale=outcome.stale)
    return render(request, "government/demand.html", {"page": page}, status=422)


@require_POST
@requires(Permission.DISPATCH_DEMANDS)
def recall(request: ActingRequest, pk: int, case: int) -> HttpResponseBase:
    """Take a late bank's case back and offer the demand to the next bank."""
    form = RecallForm(request.POST)
    outcome = attempt(form, lambda: actions.recall_case(request.actor, referral_id=case, **form.cleaned_data))
    if outcome.done:
        messages.success(
            request, _("已收回并转派下一家。") if outcome.value else _("已收回，暂时没有下一家，需求回到推荐清单。")
        )
    for errors in form.errors.values():
        for error in errors:
            messages.error(request, str(error))
    return redirect("gov:demand", pk)


@require_POST
@requires(Permission.JUDGE_DEMANDS)
def resolve_repair(request: ActingRequest, pk: int, repair: int) -> HttpResponseBase:
    """Confirm that one problem is mended."""
    actions.resolve_repair(request.actor, repair_id=repair)
    messages.success(request, _("已标记修复；全部修复后需求自动回到申报清单。"))
    return redirect("gov:demand", pk)


@require_POST
@requires(Permission.JUDGE_DEMANDS, Permission.DISPATCH_DEMANDS)
def batch(request: ActingRequest, name: str) -> HttpResponseBase:
    """Do one act on every selected demand; say of each whether it was done."""
    if name not in BATCHES:
        raise Http404
    return render(request, "government/batch_result.html", batch_context(request.actor, BATCHES[name], request.POST))
