"""The editors' side of the policy library: documents written, explained, published, repealed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from huoshui.access.guard import requires
from huoshui.access.roles import Permission as P
from huoshui.catalogue import queries as catalogue
from huoshui.portals.government.lists_service import policies
from huoshui.portals.shared.choices import said
from huoshui.portals.shared.fields import DayField
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import ActingRequest, posted
from huoshui.portals.shared.tables import table_response
from huoshui.service import actions_policy as actions
from huoshui.service import queries_policy as queries

_ASK, _ANSWER = "问：", "答："


class DocumentForm(forms.Form):
    """A document and what it means. *questions*: lines beginning 问： and 答：."""

    use_required_attribute = False

    title = forms.CharField(label=gettext_lazy("文件名称"), max_length=300)
    number = forms.CharField(label=gettext_lazy("文号"), required=False, max_length=80)
    issuer = forms.CharField(label=gettext_lazy("发布单位"), required=False, max_length=120)
    issued_on = DayField(label=gettext_lazy("发布日期"), required=False)
    valid_from = DayField(label=gettext_lazy("生效日"), required=False)
    valid_to = DayField(label=gettext_lazy("失效日"), required=False)
    url = forms.URLField(label=gettext_lazy("原文地址"), required=False, max_length=300, assume_scheme="https")
    programme_code = forms.ChoiceField(label=gettext_lazy("谁符合（政策项目）"), required=False)
    summary = forms.CharField(label=gettext_lazy("通俗说明"), required=False, widget=forms.Textarea(attrs={"rows": 4}))
    papers = forms.CharField(
        label=gettext_lazy("要准备的材料"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("一行一项。"),
    )  # fmt: skip
    questions = forms.CharField(
        label=gettext_lazy("问与答"), required=False, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("每问以“问：”开头，回答以“答：”开头。"),
    )  # fmt: skip
    body = forms.CharField(label=gettext_lazy("原文"), required=False, widget=forms.Textarea(attrs={"rows": 8}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        schemes = [(view.code, said(view.name)) for view in catalogue.published_programmes()]
        self.fields["programme_code"].choices = [("", _("不关联")), *schemes]  # type: ignore[attr-defined]

    def written(self) -> actions.Written:
        """Return the document the form means."""
        data = dict(self.cleaned_data)
        data["papers"] = tuple(filter(None, (line.strip() for line in data["papers"].splitlines())))
        data["questions"] = pairs(data["questions"])
        return actions.Written(**data)


def pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Return (question, answer) read from lines that begin 问： and 答：; lines without a mark go on."""
    found: list[list[str]] = []
    for line in filter(None, (one.strip() for one in text.splitlines())):
        if line.startswith(_ASK) or not found:
            found.append([line.removeprefix(_ASK), ""])
        elif line.startswith(_ANSWER):
            found[-1][1] = line.removeprefix(_ANSWER)
        else:
            at = 1 if found[-1][1] else 0
            found[-1][at] = f"{found[-1][at]}\n{line}"
    return tuple((ask.strip(), answer.strip()) for ask, answer in found)


@requires(P.EDIT_POLICY_LIBRARY)
def library(request: ActingRequest) -> HttpResponseBase:
    """List documents."""
    return table_response(request, policies())


@requires(P.EDIT_POLICY_LIBRARY)
def edit(request: ActingRequest, pk: int | None = None) -> HttpResponseBase:
    """Write a document, or change the one named."""
    view = queries.document(pk, drafts=True) if pk else None
    if pk and view is None:
        raise Http404
    form = DocumentForm(posted(request), initial=_initial(view) if view else {})
    if request.method == "POST":
        done = attempt(form, lambda: actions.save_document(request.actor, written=form.written(), document_id=pk))
        if done.done:
            messages.success(request, _("已保存。"))
            return redirect("gov:policy", done.value)
    context = {"form": form, "view": view}
    return render(request, "government/policy_edit.html", context, status=422 if form.errors else 200)


@require_POST
@requires(P.EDIT_POLICY_LIBRARY)
def move(request: ActingRequest, pk: int, act: str) -> HttpResponseBase:
    """Publish a document, or mark it as repealed."""
    form = forms.Form(request.POST)
    chosen = {"publish": actions.publish_document, "repeal": actions.repeal_document}[act]
    if attempt(form, lambda: chosen(request.actor, document_id=pk)).done:
        messages.success(request, _("已办理。"))
    for error in form.non_field_errors():
        messages.warning(request, str(error))
    return redirect("gov:policy", pk)


def _initial(view: queries.PolicyView) -> dict[str, Any]:
    names = (
        "title",
        "number",
        "issuer",
        "issued_on",
        "valid_from",
        "valid_to",
        "url",
        "programme_code",
        "summary",
        "body",
    )
    given = {name: getattr(view.row, name) for name in names}
    asked = "\n".join(f"{_ASK}{one.ask.zh}\n{_ANSWER}{one.answer.zh}" for one in view.questions)
    return {**given, "papers": "\n".join(view.row.papers), "questions": asked}
