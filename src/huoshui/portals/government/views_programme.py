"""Public schemes: list, versions, a draft with its criteria, publication by another hand."""

from __future__ import annotations

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huoshui.access.guard import requires
from huoshui.access.roles import Permission
from huoshui.catalogue import actions
from huoshui.catalogue import queries_schemes as queries
from huoshui.portals.government import lab_bases, lists
from huoshui.portals.government.forms_policy import PublishForm
from huoshui.portals.government.programme_page import ProgrammeEditor, programme_page
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import ActingRequest, posted
from huoshui.portals.shared.tables import table_response
from huoshui.portals.shared.trial import answer_edit

READS = (Permission.EDIT_PROGRAMMES, Permission.PUBLISH_PROGRAMMES, Permission.READ_AUDIT)


@requires(*READS)
def programmes(request: ActingRequest) -> HttpResponseBase:
    """List schemes."""
    return table_response(request, lists.programmes(request.actor))


@requires(*READS)
def programme(request: ActingRequest, code: str, number: int | None = None) -> HttpResponseBase:
    """Show one version of a scheme."""
    page = programme_page(request.actor, queries.scheme(request.actor, code), number)
    return render(request, "government/programme.html", {"page": page})


@requires(Permission.EDIT_PROGRAMMES)
def programme_new(request: ActingRequest) -> HttpResponseBase:
    """Draft a scheme that does not exist yet."""
    like = lab_bases.base(request.actor, request.GET.get("lab", ""))
    return _edit(request, ProgrammeEditor.new(request.actor, posted(request), like=like))


@requires(Permission.EDIT_PROGRAMMES)
def programme_edit(request: ActingRequest, code: str) -> HttpResponseBase:
    """Change the draft of a scheme, or draft its next version."""
    like = lab_bases.base(request.actor, request.GET.get("lab", ""))
    file = queries.scheme(request.actor, code)
    return _edit(request, ProgrammeEditor.of(request.actor, file, posted(request), like=like))


def _edit(request: ActingRequest, editor: ProgrammeEditor) -> HttpResponseBase:
    if editor.command:
        return answer_edit(request, editor.command, "government/programme_edit.html", editor)
    if request.method == "POST" and (code := editor.save()):
        messages.success(request, _("草稿已保存，请由另一位同事发布。"))
        return redirect("gov:programme", code)
    return render(request, "government/programme_edit.html", editor.context(), status=422 if editor.refused else 200)


@require_POST
@requires(Permission.PUBLISH_PROGRAMMES)
def programme_publish(request: ActingRequest, code: str, version: int) -> HttpResponseBase:
    """Put a draft into force; not by who drafted it."""
    form = PublishForm(request.POST)
    if attempt(form, lambda: actions.publish_programme(request.actor, version_id=version, **form.cleaned_data)).done:
        messages.success(request, _("已发布，自生效日起执行；已办事项沿用原版本。"))
        return redirect("gov:programme", code)
    page = programme_page(request.actor, queries.scheme(request.actor, code), None, publish=form)
    return render(request, "government/programme.html", {"page": page}, status=422)
