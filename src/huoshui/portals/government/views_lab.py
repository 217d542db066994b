"""The policy lab: drafts, the editor with its live panel, two versions side by side, a fresh snapshot."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huoshui.access.guard import requires
from huoshui.access.roles import Permission
from huoshui.kernel.errors import DomainError
from huoshui.portals.government import lab_bases, lab_compare, lab_lists, lists_policy
from huoshui.portals.government.lab_page import LabEditor
from huoshui.portals.shared import tables_export
from huoshui.portals.shared.choices import said
from huoshui.portals.shared.request import ActingRequest, posted
from huoshui.portals.shared.tables import table_response
from huoshui.portals.shared.trial import answer_edit
from huoshui.screening import actions_lab, lab_snapshot, queries_lab

LAB = requires(Permission.USE_POLICY_LAB)


@LAB
def drafts(request: ActingRequest) -> HttpResponseBase:
    """List drafts, and start one."""
    found = queries_lab.drafts(request.actor)
    context = {
        "bases": lab_bases.choices(request.actor),
        "versions": lab_lists.version_choices(found),
        "ground": lab_snapshot.ground(),
    }
    return table_response(request, lists_policy.drafts(found), template="government/lab.html", context=context)


@LAB
def draft_new(request: ActingRequest) -> HttpResponseBase:
    """Start a rule from nothing or from one that stands."""
    base = lab_bases.base(request.actor, request.GET.get("from", ""))
    return _edit(request, LabEditor(request.actor, posted(request), base=base))


@LAB
def draft(request: ActingRequest, pk: int, number: int | None = None) -> HttpResponseBase:
    """Go on with a draft at its newest version or another."""
    found = _found(request, pk)
    version = found.version(number) if number else found.newest
    base = lab_bases.base(request.actor, found.base)
    return _edit(request, LabEditor(request.actor, posted(request), base=base, draft=found, version=version))


def _found(request: ActingRequest, pk: int) -> queries_lab.Draft:
    try:
        return queries_lab.draft(request.actor, pk)
    except DomainError as problem:
        raise Http404(problem.text.zh) from None


def _edit(request: ActingRequest, editor: LabEditor) -> HttpResponseBase:
    if editor.command:
        return answer_edit(request, editor.command, "government/lab_edit.html", editor)
    if request.method == "POST" and (kept := editor.save()):
        messages.success(request, _("已保存为第 %(number)s 版。") % {"number": kept[1]})
        return redirect("gov:lab_draft", kept[0])
    return render(request, "government/lab_edit.html", editor.context(), status=422 if editor.refused else 200)


@LAB
def compare(request: ActingRequest) -> HttpResponseBase:
    """Put two rules side by side."""
    page = lab_compare.compare_page(request.actor, request.GET.get("a", ""), request.GET.get("b", ""))
    if (kind := request.GET.get("export", "")) in tables_export.KINDS:
        return tables_export.response(kind, "lab-compare", lab_compare.head(), lab_compare.rows(page))
    return render(request, "government/lab_compare.html", {"page": page, "bases": lab_bases.choices(request.actor)})


@require_POST
@LAB
def snapshot(request: ActingRequest) -> HttpResponseBase:
    """Have the register written anew."""
    actions_lab.ask_for_snapshot(request.actor)
    messages.success(request, _("已开始更新登记库快照，完成后测算自动使用新快照。"))
    return redirect(reverse("gov:lab"))


@require_POST
@LAB
def drop(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Take a draft off the list."""
    try:
        actions_lab.drop_draft(request.actor, draft_id=pk)
        messages.success(request, _("草稿已删除。"))
    except DomainError as refusal:
        messages.error(request, said(refusal.text))
    return redirect(reverse("gov:lab"))
