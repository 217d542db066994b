"""How figures are defined: a tally given a later definition, and the districts with their outlines."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huoshui.access.guard import requires
from huoshui.access.roles import Permission as P
from huoshui.kernel.text import Text
from huoshui.portals.government import definition_page as pages
from huoshui.portals.shared.fields import DayField
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import ActingRequest, posted
from huoshui.statistics import actions, queries

LARGEST = 8 * 2**20


class DefinitionForm(forms.Form):
    """A tally's later definition."""

    use_required_attribute = False

    filter = forms.CharField(
        label=gettext_lazy("筛选条件"), required=False, widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        help_text=gettext_lazy("一行一个条件：字段 = 值。值是文字、数字、true/false 或列表，写法同现行口径。"),
    )  # fmt: skip
    words = forms.CharField(
        label=gettext_lazy("口径说明（中文）"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    words_en = forms.CharField(
        label=gettext_lazy("口径说明（英文）"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    document_no = forms.CharField(label=gettext_lazy("依据文号"), max_length=80)
    valid_from = DayField(label=gettext_lazy("自哪天起"), help_text=gettext_lazy("某月 1 日，本月或以后。"))

    def clean_filter(self) -> dict[str, Any]:
        """Return the conditions typed."""
        found: dict[str, Any] = {}
        for line in filter(None, (one.strip() for one in self.cleaned_data["filter"].splitlines())):
            name, sign, value = line.partition("=")
            try:
                found[name.strip()] = json.loads(value)
            except ValueError:
                said = _("这一行读不懂：%(line)s。请写成 字段 = 值，文字加双引号。")
                raise forms.ValidationError(said, params={"line": line}) from None
        return found


class OutlineForm(forms.Form):
    """A file of outlines."""

    use_required_attribute = False

    file = forms.FileField(
        label=gettext_lazy("边界文件（GeoJSON）"), help_text=gettext_lazy("区县代码写在属性 adcode、code 或 id 中。")
    )
    source = forms.CharField(label=gettext_lazy("来源和审图号"), max_length=120)


@requires(P.MANAGE_EVALUATION)
def definition(request: ActingRequest, code: str) -> HttpResponseBase:
    """Show a tally's definitions; try a later one on this month, or set it."""
    page = pages.definition(code)
    if page is None:
        raise Http404
    form = DefinitionForm(posted(request), initial=page.initial())
    tried = None
    if request.method == "POST":
        if "try" in request.POST:
            done = attempt(
                form, lambda: actions.try_tally(request.actor, tally=code, filter=form.cleaned_data["filter"])
            )
            tried = done.value
        elif attempt(form, lambda: _revise(request, code, dict(form.cleaned_data))).done:
            messages.success(request, _("新口径已登记，到日生效。"))
            return redirect("gov:definition", code)
    context = {"page": page, "form": form, "tried": tried}
    return render(request, "government/definition.html", context, status=422 if form.errors else 200)


@requires(P.MANAGE_EVALUATION, P.READ_STATISTICS)
def districts(request: ActingRequest) -> HttpResponseBase:
    """Show the districts as tables have them, with their outlines; take in a file of outlines."""
    form = OutlineForm(posted(request), request.FILES or None)
    if request.method == "POST":
        done = attempt(form, lambda: _take_in(request, form.cleaned_data))
        if done.done:
            messages.success(request, _("已导入 %(n)s 个区县的边界。") % {"n": done.value})
            return redirect("gov:district_map")
    context = {"page": pages.districts(), "form": form, "may": request.actor.may(P.MANAGE_EVALUATION)}
    context["changes"] = queries.district_changes(request.actor)
    return render(request, "government/district_map.html", context, status=422 if form.errors else 200)


def _revise(request: ActingRequest, code: str, data: dict[str, Any]) -> int:
    words = Text(data.pop("words"), data.pop("words_en"))
    return actions.revise_tally(request.actor, tally=code, words=words, **data)


def _take_in(request: ActingRequest, data: dict[str, Any]) -> int:
    text = data["file"].read(LARGEST).decode("utf-8", "replace")
    return actions.take_in_boundaries(request.actor, text=text, source=data["source"])
