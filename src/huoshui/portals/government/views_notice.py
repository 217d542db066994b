"""The operator's side of notices: their words in both languages, quiet hours, and what became of each message."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huoshui.access import wordings
from huoshui.access.guard import requires
from huoshui.access.roles import Permission as P
from huoshui.kernel.errors import DomainError
from huoshui.portals.government import lists_policy
from huoshui.portals.government.lists_notice import deliveries
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import ActingRequest, posted
from huoshui.portals.shared.tables import table_response


class WordingForm(forms.Form):
    """A template's words."""

    use_required_attribute = False

    zh = forms.CharField(label=gettext_lazy("中文"), max_length=600, widget=forms.Textarea(attrs={"rows": 3}))
    en = forms.CharField(label=gettext_lazy("英文"), max_length=900, widget=forms.Textarea(attrs={"rows": 3}))
    seen_version = forms.IntegerField(widget=forms.HiddenInput)


class QuietForm(forms.Form):
    """From when to when no message rings a phone."""

    use_required_attribute = False

    begins = forms.TimeField(
        label=gettext_lazy("开始"), help_text=gettext_lazy("如 21:00；与结束相同表示不设。"),
        widget=forms.TimeInput(format="%H:%M"),
    )  # fmt: skip
    ends = forms.TimeField(
        label=gettext_lazy("结束"), help_text=gettext_lazy("如 08:00；可以跨过半夜。"),
        widget=forms.TimeInput(format="%H:%M"),
    )  # fmt: skip


@requires(P.ADMINISTER_SYSTEM)
def templates(request: ActingRequest) -> HttpResponseBase:
    """Show every template's words and the quiet hours."""
    begins, ends = wordings.quiet_hours()
    context = {"begins": begins, "ends": ends}
    table = lists_policy.messages()
    return table_response(request, table, template="government/notice_templates.html", context=context)


@requires(P.ADMINISTER_SYSTEM)
def template(request: ActingRequest, code: str) -> HttpResponseBase:
    """Give a template new words."""
    try:
        held = wordings.wording(code)
    except DomainError as unknown:
        raise Http404 from unknown
    first: dict[str, Any] = {"zh": held.words.zh, "en": held.words.en, "seen_version": held.version}
    form = WordingForm(posted(request), initial=first)
    if request.method == "POST":
        done = attempt(form, lambda: wordings.reword(request.actor, template=code, **form.cleaned_data))
        if done.done:
            messages.success(request, _("已保存，新发出的通知用新的文字。"))
            return redirect("gov:notice_templates")
    context = {"held": held, "form": form, "names": [f"{{{one}}}" for one in held.facts]}
    return render(request, "government/notice_template.html", context, status=422 if form.errors else 200)


@requires(P.ADMINISTER_SYSTEM)
def quiet(request: ActingRequest) -> HttpResponseBase:
    """Set the quiet hours."""
    begins, ends = wordings.quiet_hours()
    form = QuietForm(posted(request), initial={"begins": begins, "ends": ends})
    if request.method == "POST":
        done = attempt(form, lambda: wordings.set_quiet_hours(request.actor, **form.cleaned_data))
        if done.done:
            messages.success(request, _("已保存。"))
            return redirect("gov:notice_templates")
    context = {"heading": _("免打扰时段"), "form": form, "submit": _("保存"), "back": reverse("gov:notice_templates")}
    return render(request, "officer/form.html", context, status=422 if form.errors else 200)


@requires(P.ADMINISTER_SYSTEM)
def log(request: ActingRequest) -> HttpResponseBase:
    """List messages by channel with what became of them."""
    return table_response(request, deliveries(request.actor))
