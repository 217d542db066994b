"""A bank's own evaluation: its figures, its own score, the result, an appeal."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from huoshui.access.guard import requires
from huoshui.access.roles import Permission
from huoshui.kernel.errors import DomainError
from huoshui.portals.bank import lists_service
from huoshui.portals.shared.evaluation_forms import AppealForm, PointsForm
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import ActingRequest
from huoshui.portals.shared.tables import table_response
from huoshui.statistics import actions, queries
from huoshui.statistics.evaluation_lifecycle import Act
from huoshui.statistics.queries import ResultView, RoundView


@requires(Permission.READ_EVALUATION)
def evaluations(request: ActingRequest) -> HttpResponseBase:
    """List the evaluations that the bank takes part in."""
    return table_response(request, lists_service.evaluations(request.actor))


@requires(Permission.READ_EVALUATION)
def evaluation(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Show the bank's own result; score itself, or appeal."""
    view = _found(request, pk)
    if not view.results:
        raise Http404
    one = view.results[0]
    forms = _forms(view, one, request.POST if request.method == "POST" else None)
    if request.method == "POST" and _saved(request, one, forms):
        messages.success(request, _("已提交。"))
        return redirect("bank:evaluation", pk)
    wrong = any(form.errors for form in forms.values())
    return render(request, "bank/evaluation.html", {"view": view, "one": one, **forms}, status=422 if wrong else 200)


def _forms(view: RoundView, one: ResultView, data: Any) -> dict[str, Any]:
    if Act.SELF_SCORE in one.acts:
        return {"own": PointsForm(data, card=view.card, view=one)}
    if Act.APPEAL in one.acts:
        return {"appeal": AppealForm(data, initial={"seen_version": one.version})}
    return {}


def _saved(request: ActingRequest, one: ResultView, forms: dict[str, Any]) -> bool:
    if "own" in forms:
        form = forms["own"]
        return attempt(
            form,
            lambda: actions.submit_self_score(
                request.actor, result_id=one.id, seen_version=form.cleaned_data["seen_version"], points=form.points(),
                note=form.cleaned_data["note"],
            ),
        ).done  # fmt: skip
    if "appeal" in forms:
        form = forms["appeal"]
        return attempt(form, lambda: actions.appeal(request.actor, result_id=one.id, **form.cleaned_data)).done
    return False


def _found(request: ActingRequest, pk: int) -> RoundView:
    try:
        return queries.evaluation(request.actor, pk)
    except DomainError as unknown:
        raise Http404 from unknown
