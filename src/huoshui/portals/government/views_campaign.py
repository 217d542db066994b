"""Visit campaigns: opened, watched grid by grid, shared out anew, looked at again, closed."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huoshui.access.guard import requires
from huoshui.access.roles import Permission as P
from huoshui.portals.government import lists_campaign
from huoshui.portals.government.forms_campaign import CampaignForm, CheckForm, GridForm, HandOverForm
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import ActingRequest
from huoshui.portals.shared.tables import table_response
from huoshui.service import actions_campaign as actions
from huoshui.service import queries_campaign as queries


@requires(P.PLAN_VISITS, P.READ_STATISTICS)
def campaigns(request: ActingRequest) -> HttpResponseBase:
    """List campaigns."""
    return table_response(request, lists_campaign.campaigns(request.actor))


@requires(P.PLAN_VISITS)
def new(request: ActingRequest) -> HttpResponseBase:
    """Choose whom to visit, see how many that are, and open the campaign."""
    form = CampaignForm(request.POST or None, actor=request.actor)
    count = None
    if request.POST and "count" in request.POST and form.is_valid():
        count = len(actions.chosen(request.actor, form.wanted()))
    elif request.POST:
        outcome = attempt(form, lambda: _open(request, form))
        if outcome.done and outcome.value:
            messages.success(request, _("走访行动已发起，名单已分给走访人员。"))
            return redirect("gov:campaign", outcome.value)
    context = {"form": form, "count": count}
    return render(request, "government/campaign_new.html", context, status=422 if form.errors else 200)


@requires(P.PLAN_VISITS, P.READ_STATISTICS)
def campaign(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Show how far a campaign is: by grid, by visitor, and the visits that are looked at again."""
    return _board(request, pk)


@requires(P.PLAN_VISITS, P.READ_STATISTICS)
def firms(request: ActingRequest, pk: int) -> HttpResponseBase:
    """List the firms of a campaign."""
    return table_response(request, lists_campaign.firms(request.actor, _found(request, pk)))


@require_POST
@requires(P.PLAN_VISITS)
def hand_over(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Give the selected firms to another visitor."""
    form = HandOverForm(request.POST, actor=request.actor)
    ids = [int(text) for text in request.POST.getlist("selected") if text.isascii() and text.isdigit()]
    visitor = request.POST.get("visitor", "")
    if not ids:
        messages.warning(request, _("请先勾选企业。"))
    elif form.is_valid():
        moved = actions.hand_over(request.actor, campaign_id=pk, target_ids=ids, visitor_id=int(visitor))
        messages.success(request, _("已改派 %(n)s 户；已走访的不动。") % {"n": moved})
    else:
        messages.warning(request, _("请选择走访人员。"))
    return redirect("gov:campaign_firms", pk)


@require_POST
@requires(P.PLAN_VISITS)
def close(request: ActingRequest, pk: int) -> HttpResponseBase:
    """End a campaign."""
    actions.close_campaign(request.actor, campaign_id=pk)
    messages.success(request, _("走访行动已结束。"))
    return redirect("gov:campaign", pk)


@require_POST
@requires(P.PLAN_VISITS)
def sample(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Draw visits to look at again."""
    drawn = actions.draw_sample(request.actor, campaign_id=pk)
    messages.success(request, _("新抽到 %(n)s 户，请由没有走访过它的人回访核实。") % {"n": drawn})
    return redirect(f"{reverse('gov:campaign', args=[pk])}#sample")


@require_POST
@requires(P.PLAN_VISITS)
def check(request: ActingRequest, pk: int, check: int) -> HttpResponseBase:
    """Keep what the second look found."""
    form = CheckForm(request.POST)
    outcome = attempt(form, lambda: actions.check_visit(request.actor, check_id=check, **form.cleaned_data))
    if outcome.done:
        messages.success(request, _("抽查结论已保存。"))
        return redirect(f"{reverse('gov:campaign', args=[pk])}#sample")
    return _board(request, pk, refused=(check, form))


@requires(P.PLAN_VISITS, P.READ_STATISTICS)
def grids(request: ActingRequest) -> HttpResponseBase:
    """List grids."""
    return table_response(request, lists_campaign.grids(request.actor))


@requires(P.PLAN_VISITS)
def grid(request: ActingRequest) -> HttpResponseBase:
    """Draw a grid, or change the one named."""
    row = queries.grids(request.actor).filter(code=request.GET.get("code", "")).first()
    given = {"code": row.code, "name": row.name, "street": row.street, "words": "、".join(row.words)} if row else {}
    keeper = str(row.keeper_id or "") if row else ""
    form = GridForm(request.POST or None, actor=request.actor, initial={**given, "keeper": keeper})
    outcome = attempt(form, lambda: _save_grid(request, form.cleaned_data)) if request.POST else None
    if outcome and outcome.done:
        messages.success(request, _("网格已保存。"))
        return redirect("gov:grids")
    context = {"heading": _("划网格"), "form": form, "submit": _("保存"), "back": reverse("gov:grids")}
    return render(request, "officer/form.html", context, status=422 if form.errors else 200)


def _open(request: ActingRequest, form: CampaignForm) -> int:
    data = form.cleaned_data
    return actions.open_campaign(
        request.actor,
        name=data["name"],
        first_day=data["first_day"],
        last_day=data["last_day"],
        wanted=form.wanted(),
    )


def _save_grid(request: ActingRequest, data: dict[str, Any]) -> int:
    keeper = int(data["keeper"]) if data["keeper"] else None
    words = re.split(r"[、，,\s]+", data["words"])
    return actions.save_grid(
        request.actor, code=data["code"], name=data["name"], street=data["street"], words=words, keeper_id=keeper
    )


def _found(request: ActingRequest, pk: int) -> Any:
    row = queries.campaign(request.actor, pk)
    if row is None:
        raise Http404
    return row


def _board(request: ActingRequest, pk: int, *, refused: tuple[int, CheckForm] | None = None) -> HttpResponseBase:
    row = _found(request, pk)
    checks = [(one, _form(one, refused)) for one in queries.checks(request.actor, pk)[:100]]
    context = {
        "board": queries.board(request.actor, row),
        "checks": checks,
        "plans": request.actor.may(P.PLAN_VISITS),
    }
    return render(request, "government/campaign.html", context, status=422 if refused else 200)


def _form(one: Any, refused: tuple[int, CheckForm] | None) -> CheckForm | None:
    if refused and refused[0] == one.pk:
        return refused[1]
    return None if one.checked_at else CheckForm(auto_id=f"id_{one.pk}_%s")
