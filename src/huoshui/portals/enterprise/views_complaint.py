"""A firm complains, objects or asks, adds evidence, and says whether the answer helped."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huoshui.access import queries as offices
from huoshui.access.guard import actor_of, requires
from huoshui.access.roles import Permission
from huoshui.portals.enterprise.own import chosen_firm
from huoshui.portals.shared.choices import text_choices
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import posted
from huoshui.service import actions_complaint as actions
from huoshui.service import complaints
from huoshui.service import queries_complaint as queries

STARS = (("5", gettext_lazy("很满意")), ("4", gettext_lazy("满意")), ("3", gettext_lazy("一般")),
         ("2", gettext_lazy("不满意")), ("1", gettext_lazy("很不满意")))  # fmt: skip


class ComplaintForm(forms.Form):
    """What happened, with whom."""

    use_required_attribute = False

    kind = forms.ChoiceField(label=gettext_lazy("类型"))
    subject = forms.ChoiceField(label=gettext_lazy("关于谁"))
    target = forms.ChoiceField(label=gettext_lazy("机构名称"), required=False)
    words = forms.CharField(
        label=gettext_lazy("事情经过"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5})
    )  # fmt: skip
    evidence = forms.CharField(
        label=gettext_lazy("依据"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("合同号、网点、日期、经办人等，有助于尽快办理。"),
    )  # fmt: skip
    reference = forms.CharField(label=gettext_lazy("公示或合同编号"), required=False, max_length=80)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = text_choices(complaints.KINDS)  # type: ignore[attr-defined]
        self.fields["subject"].choices = text_choices(complaints.SUBJECTS)  # type: ignore[attr-defined]
        lenders = (
            one for one in offices.organisations() if one.kind in ("bank", "guarantor") and one.level != "branch"
        )
        listed = [(str(one.id), one.name.in_(get_language() or "zh")) for one in lenders]
        self.fields["target"].choices = [("", _("不针对某家机构")), *listed]  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """What the firm adds, or how it marks the answer."""

    use_required_attribute = False

    words = forms.CharField(
        label=gettext_lazy("补充说明"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    stars = forms.TypedChoiceField(
        label=gettext_lazy("是否满意"), choices=STARS, coerce=int, required=False, empty_value="0"
    )


@requires(Permission.APPLY)
def mine(request: HttpRequest) -> HttpResponseBase:
    """List the firm's matters."""
    rows = [
        (row, complaints.STATES[row.state], complaints.KINDS[row.kind]) for row in queries.matters(actor_of(request))
    ]
    return render(request, "enterprise/complaints.html", {"rows": rows})


@requires(Permission.APPLY)
def new(request: HttpRequest) -> HttpResponseBase:
    """Take a complaint, objection or question."""
    asked = {name: request.GET.get(name, "") for name in ("kind", "subject", "reference", "target")}
    form = ComplaintForm(posted(request), initial=asked)
    if request.method == "POST":
        done = attempt(form, lambda: _file(request, dict(form.cleaned_data)))
        if done.done and done.value:
            messages.success(request, done.value.told.in_(get_language() or "zh"))
            return redirect("enterprise:complaint", done.value.id)
    return render(request, "enterprise/complaint_new.html", {"form": form}, status=422 if form.errors else 200)


@requires(Permission.APPLY)
def complaint(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show one matter and what the firm may do next."""
    return _page(request, pk, AnswerForm())


@require_POST
@requires(Permission.APPLY)
def act(request: HttpRequest, pk: int, act: str) -> HttpResponseBase:
    """Add evidence, mark the answer, or withdraw."""
    form = AnswerForm(request.POST)
    done = attempt(
        form,
        lambda: actions.act_on_complaint(
            actor_of(request), complaint_id=pk, act=act,
            words=form.cleaned_data["words"], stars=int(form.cleaned_data["stars"]),
        ),
    )  # fmt: skip
    if not done.done:
        return _page(request, pk, form)
    reopened = act in ("rate", "reopen") and done.value in ("accepted", "received")
    messages.success(request, _("抱歉没有解决，已重新办理。") if reopened else _("已收到。"))
    return redirect("enterprise:complaint", pk)


def _file(request: HttpRequest, data: dict[str, Any]) -> actions.Filed:
    target = int(data.pop("target") or 0) or None
    return actions.file_complaint(actor_of(request), enterprise_id=chosen_firm(request), target_id=target, **data)


def _page(request: HttpRequest, pk: int, form: AnswerForm) -> HttpResponseBase:
    row = queries.matter(actor_of(request), pk)
    if row is None:
        raise Http404
    context = {
        "row": row, "form": form, "acts": queries.acts(actor_of(request), row),
        "state": complaints.STATES[row.state], "kind": complaints.KINDS[row.kind],
    }  # fmt: skip
    return render(request, "enterprise/complaint.html", context, status=422 if form.errors else 200)
