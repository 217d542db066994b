"""Bulletins: the list, a draft's counting, freezing, publishing, revising, and the files."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huoshui.access.guard import requires
from huoshui.access.roles import Permission
from huoshui.kernel.errors import DomainError
from huoshui.portals.government import bulletin_page
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import ActingRequest
from huoshui.portals.shared.tables import table_response
from huoshui.portals.shared.tables_export import KINDS
from huoshui.statistics import actions, papers, queries
from huoshui.statistics.bulletin_lifecycle import Act
from huoshui.statistics.queries import BulletinView

_READS = (Permission.READ_STATISTICS, Permission.MANAGE_BULLETINS)
_PLAIN: dict[str, Any] = {
    Act.FREEZE: actions.freeze_bulletin,
    Act.PUBLISH: actions.publish_bulletin,
    Act.DROP: actions.drop_bulletin,
}


@requires(*_READS)
def bulletins(request: ActingRequest) -> HttpResponseBase:
    """List bulletins."""
    return table_response(request, bulletin_page.bulletins(request.actor))


@requires(Permission.MANAGE_BULLETINS)
def new(request: ActingRequest) -> HttpResponseBase:
    """Draft a bulletin."""
    form = bulletin_page.DraftForm(request.POST or None, initial=bulletin_page.draft_initial())
    if request.method == "POST":
        done = attempt(form, lambda: actions.draft_bulletin(request.actor, **form.cleaned_data))
        if done.done:
            return redirect("gov:bulletin", done.value)
    context = {"heading": _("起草通报"), "form": form, "submit": _("统计并起草"), "back": reverse("gov:bulletins")}
    return render(request, "officer/form.html", context, status=422 if form.errors else 200)


@requires(*_READS)
def bulletin(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Show a bulletin: table, sentences, chart, what moved since, and what can be done."""
    return _page(request, _found(request, pk))


def _page(request: ActingRequest, view: BulletinView, **forms: Any) -> HttpResponseBase:
    shown = {
        "view": view,
        "table": bulletin_page.table(view),
        "chart": bulletin_page.chart(view),
        "buttons": bulletin_page.buttons(view),
        "edit": bulletin_page.edit_form(view) if Act.EDIT in view.acts else None,
        "revise": bulletin_page.ReviseForm() if Act.REVISE in view.acts else None,
    }
    return render(request, "government/bulletin.html", shown | forms, status=422 if forms else 200)


@requires(Permission.MANAGE_BULLETINS)
@require_POST
def act(request: ActingRequest, pk: int, code: str) -> HttpResponseBase:
    """Freeze, publish or drop."""
    if code not in _PLAIN:
        raise Http404
    seen = request.POST.get("seen_version", "")
    try:
        _PLAIN[code](request.actor, bulletin_id=pk, seen_version=int(seen) if seen.isdecimal() else 0)
        messages.success(request, _("已完成。"))
    except DomainError as refusal:
        messages.error(request, " ".join(refusal.lines(get_language() or "zh")))
    return redirect("gov:bulletin", pk)


@requires(Permission.MANAGE_BULLETINS)
@require_POST
def edit(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Count a draft anew with other rows left out or another note."""
    view = _found(request, pk)
    form = bulletin_page.edit_form(view, request.POST)
    if attempt(form, lambda: actions.edit_bulletin(request.actor, bulletin_id=pk, **form.cleaned_data)).done:
        messages.success(request, _("已重新统计。"))
        return redirect("gov:bulletin", pk)
    return _page(request, view, edit=form)


@requires(Permission.MANAGE_BULLETINS)
@require_POST
def revise(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Draft a revision."""
    view = _found(request, pk)
    form = bulletin_page.ReviseForm(request.POST)
    done = attempt(form, lambda: actions.revise_bulletin(request.actor, bulletin_id=pk, **form.cleaned_data))
    if done.done:
        return redirect("gov:bulletin", done.value)
    return _page(request, view, revise=form)


@requires(*_READS)
def file(request: ActingRequest, pk: int, kind: str) -> HttpResponseBase:
    """Hand out the bulletin as PDF or Excel."""
    return file_response(_found(request, pk), kind)


def file_response(view: BulletinView, kind: str) -> HttpResponse:
    """Return the bulletin as a file of *kind* (pdf or xlsx) in the reader's language."""
    language = get_language() or "zh"
    made = papers.pdf(view, language=language) if kind == "pdf" else papers.excel(view, language=language)
    answer = HttpResponse(made, content_type="application/pdf" if kind == "pdf" else KINDS["xlsx"])
    name = f"{view.title.in_(language)}-{view.number.in_(language)}.{kind}"
    answer["Content-Disposition"] = f"attachment; filename*=utf-8''{quote(name)}"
    return answer


def _found(request: ActingRequest, pk: int) -> BulletinView:
    try:
        return queries.bulletin(request.actor, pk)
    except DomainError as unknown:
        raise Http404 from unknown
