"""Ratings to answer, and firms without a loan to look after."""

from __future__ import annotations

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huoshui.access.guard import requires
from huoshui.access.roles import Permission
from huoshui.financing import actions
from huoshui.portals.government import demand_page, lists_care
from huoshui.portals.government.forms import AnswerForm, CareForm
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import ActingRequest
from huoshui.portals.shared.tables import table_response


@requires(Permission.JUDGE_DEMANDS, Permission.READ_DEMANDS)
def care(request: ActingRequest) -> HttpResponseBase:
    """List firms without a loan that somebody should look at or call."""
    return table_response(request, lists_care.care(request.actor))


@requires(Permission.JUDGE_DEMANDS, Permission.READ_DEMANDS)
def ratings(request: ActingRequest) -> HttpResponseBase:
    """List low ratings that wait for an answer."""
    return table_response(request, lists_care.ratings(request.actor))


@require_POST
@requires(Permission.JUDGE_DEMANDS)
def rating_answer(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Answer a low rating."""
    form = AnswerForm(request.POST)
    outcome = attempt(form, lambda: actions.answer_rating(request.actor, demand_id=pk, **form.cleaned_data))
    if outcome.done:
        messages.success(request, _("已答复企业。"))
        return redirect("gov:demand", pk)
    page = demand_page.page(request.actor, pk, bound={"answer": form}, stale=outcome.stale)
    return render(request, "government/demand.html", {"page": page}, status=422)


@require_POST
@requires(Permission.JUDGE_DEMANDS)
def care_done(request: ActingRequest, pk: int, step: int) -> HttpResponseBase:
    """Record a second look or a call."""
    form = CareForm(request.POST)
    outcome = attempt(form, lambda: actions.do_aftercare(request.actor, aftercare_id=step, **form.cleaned_data))
    if outcome.done:
        messages.success(request, _("跟进结果已记录。"))
    for errors in form.errors.values():
        for error in errors:
            messages.error(request, str(error))
    return redirect("gov:demand", pk)
