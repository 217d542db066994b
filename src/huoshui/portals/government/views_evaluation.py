"""Evaluations of the banks: opened, closed, reviewed, fed back, appeals answered, published."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huoshui.access.guard import requires
from huoshui.access.roles import Permission
from huoshui.kernel.errors import DomainError
from huoshui.portals.government.bulletin_page import last_month_end
from huoshui.portals.government.lists_evaluation import results, rounds
from huoshui.portals.shared.evaluation_forms import AnswerForm, OpenForm, ValuesForm
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import ActingRequest
from huoshui.portals.shared.tables import table_response
from huoshui.statistics import actions, queries
from huoshui.statistics import evaluation_lifecycle as lifecycle
from huoshui.statistics.evaluation_lifecycle import Act
from huoshui.statistics.queries import ResultView, RoundView

_READS = (Permission.READ_STATISTICS, Permission.MANAGE_EVALUATION, Permission.READ_AUDIT)
_PLAIN: dict[str, Any] = {
    Act.CLOSE: actions.close_self_scoring,
    Act.FEED_BACK: actions.feed_back,
    Act.PUBLISH: actions.publish_round,
    Act.CANCEL: actions.cancel_round,
}


@requires(*_READS)
def evaluations(request: ActingRequest) -> HttpResponseBase:
    """List the evaluations."""
    return table_response(request, rounds(request.actor))


@requires(Permission.MANAGE_EVALUATION)
def new(request: ActingRequest) -> HttpResponseBase:
    """Open an evaluation."""
    initial = {"card": "platform", "kind": "year", "last": last_month_end()}
    form = OpenForm(request.POST or None, initial=initial)
    if request.method == "POST":
        done = attempt(form, lambda: actions.open_round(request.actor, **form.cleaned_data))
        if done.done:
            return redirect("gov:evaluation", done.value)
    context = {
        "heading": _("发起评价"),
        "form": form,
        "submit": _("发起并通知各银行"),
        "back": reverse("gov:evaluations"),
    }
    return render(request, "officer/form.html", context, status=422 if form.errors else 200)


@requires(*_READS)
def evaluation(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Show a round with every bank's points."""
    view = _found(request, pk)
    if request.GET.get("export"):
        return table_response(request, results(view))
    buttons = [(act.value, lifecycle.ACT_NAMES[act]) for act in view.acts if act in _PLAIN]
    wrong = queries.recomputed(pk) if view.results and view.results[0].points is not None else None
    context = {"view": view, "buttons": buttons, "wrong": wrong}
    return render(request, "government/evaluation.html", context)


@requires(Permission.MANAGE_EVALUATION)
@require_POST
def act(request: ActingRequest, pk: int, code: str) -> HttpResponseBase:
    """Close self-scoring, feed back, publish or cancel."""
    if code not in _PLAIN:
        raise Http404
    seen = request.POST.get("seen_version", "")
    try:
        _PLAIN[code](request.actor, round_id=pk, seen_version=int(seen) if seen.isdecimal() else 0)
        messages.success(request, _("已完成。"))
    except DomainError as refusal:
        messages.error(request, " ".join(refusal.lines(get_language() or "zh")))
    return redirect("gov:evaluation", pk)


@requires(*_READS)
def result(request: ActingRequest, pk: int, bank: int) -> HttpResponseBase:
    """Show one bank's items; review it, or answer its appeal."""
    view = _found(request, pk)
    one = _one(view, bank)
    forms = _forms(view, one, request.POST if request.method == "POST" else None)
    if request.method == "POST" and request.actor.may(Permission.MANAGE_EVALUATION) and _saved(request, one, forms):
        messages.success(request, _("已保存。"))
        return redirect("gov:evaluation", pk)
    wrong = any(form.errors for form in forms.values())
    context = {"view": view, "one": one, **forms}
    return render(request, "government/evaluation_result.html", context, status=422 if wrong else 200)


def _forms(view: RoundView, one: ResultView, data: Any) -> dict[str, Any]:
    if Act.REVIEW in one.acts and view.card.manual:
        return {"review": ValuesForm(data, card=view.card, view=one)}
    if Act.ANSWER in one.acts:
        return {"answer": AnswerForm(data, card=view.card, view=one)}
    return {}


def _saved(request: ActingRequest, one: ResultView, forms: dict[str, Any]) -> bool:
    if "review" in forms:
        form = forms["review"]
        return attempt(
            form,
            lambda: actions.review_result(
                request.actor, result_id=one.id, seen_version=form.cleaned_data["seen_version"], values=form.values(),
                note=form.cleaned_data["note"],
            ),
        ).done  # fmt: skip
    if "answer" in forms:
        form = forms["answer"]
        return attempt(
            form,
            lambda: actions.answer_appeal(
                request.actor, result_id=one.id, seen_version=form.cleaned_data["seen_version"], values=form.values(),
                upheld=form.cleaned_data["upheld"], words=form.cleaned_data["words"],
            ),
        ).done  # fmt: skip
    return False


def _found(request: ActingRequest, pk: int) -> RoundView:
    try:
        return queries.evaluation(request.actor, pk)
    except DomainError as unknown:
        raise Http404 from unknown


def _one(view: RoundView, bank: int) -> ResultView:
    found = next((each for each in view.results if each.institution_id == bank), None)
    if found is None:
        raise Http404
    return found
