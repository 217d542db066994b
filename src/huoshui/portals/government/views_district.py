"""A district dissolved or split: registered with day, document and what follows it; its firms placed by street."""

from __future__ import annotations

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
from huoshui.portals.shared.choices import district_choices
from huoshui.portals.shared.fields import DayField
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import ActingRequest, posted
from huoshui.registry.actions import Moved, Part
from huoshui.statistics import actions, queries

ROWS = (1, 2, 3, 4)  # parts that the form has room for


class ChangeForm(forms.Form):
    """A change of districts."""

    use_required_attribute = False

    district = forms.ChoiceField(label=gettext_lazy("撤销的区县"))
    on = DayField(label=gettext_lazy("自哪天起"), help_text=gettext_lazy("新区县的第一天；最晚为今天。"))
    document_no = forms.CharField(label=gettext_lazy("依据文号"), max_length=80)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["district"].choices = [("", "—"), *district_choices()]  # type: ignore[attr-defined]
        for number in ROWS:
            self.fields |= _part_fields(number)

    def rows(self) -> list[list[forms.BoundField]]:
        """Return the fields of the parts, a row each."""
        return [[self[f"{name}_{number}"] for name in ("code", "name", "name_en", "words")] for number in ROWS]

    def parts(self) -> list[Part]:
        """Return what was typed, empty rows left out."""
        data = self.cleaned_data
        return [
            Part(data[f"code_{n}"], data[f"name_{n}"], data[f"name_en_{n}"], _words(data[f"words_{n}"]))
            for n in ROWS
            if data[f"code_{n}"]
        ]


class PlaceForm(forms.Form):
    """Streets of firms that are still under a dissolved district."""

    use_required_attribute = False

    def __init__(self, *args: Any, into: tuple[tuple[str, Any], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.into = into
        for code, name in into:
            label = _("%(place)s的街道、乡镇或道路") % {"place": name}
            self.fields[f"words_{code}"] = forms.CharField(label=label, required=False, max_length=600)

    def parts(self) -> list[Part]:
        """Return each part with its streets."""
        return [Part(code, words=_words(self.cleaned_data[f"words_{code}"])) for code, _name in self.into]


def _part_fields(number: int) -> dict[str, forms.Field]:
    return {
        f"code_{number}": forms.CharField(label=_("区县代码"), required=False, max_length=6),
        f"name_{number}": forms.CharField(label=_("名称（新设时填）"), required=False, max_length=60),
        f"name_en_{number}": forms.CharField(label=_("英文名称"), required=False, max_length=80),
        f"words_{number}": forms.CharField(label=_("划入的街道、乡镇或道路"), required=False, max_length=600),
    }


def _words(text: str) -> tuple[str, ...]:
    for mark in "、，,;；":
        text = text.replace(mark, " ")
    return tuple(text.split())


@requires(P.MANAGE_EVALUATION)
def change(request: ActingRequest) -> HttpResponseBase:
    """Register that a district was dissolved, and into what."""
    form = ChangeForm(posted(request))
    if request.method == "POST":
        done = attempt(form, lambda: _register(request, form))
        if done.value:
            _say(request, done.value)
            return redirect("gov:district_map")
    return render(request, "government/district_change.html", {"form": form}, status=422 if form.errors else 200)


@requires(P.MANAGE_EVALUATION)
def place(request: ActingRequest, code: str) -> HttpResponseBase:
    """Place the firms that are still under a dissolved district by more street names."""
    found = next((one for one in queries.district_changes(request.actor) if one.code == code), None)
    if found is None:
        raise Http404
    language = request.LANGUAGE_CODE[:2]
    form = PlaceForm(posted(request), into=tuple((part, name.in_(language)) for part, name in found.parts))
    if request.method == "POST":
        done = attempt(form, lambda: actions.place_firms(request.actor, district=code, parts=form.parts()))
        if done.value:
            _say(request, done.value)
            return redirect("gov:district_map")
    context = {"form": form, "found": found}
    return render(request, "government/district_place.html", context, status=422 if form.errors else 200)


def _register(request: ActingRequest, form: ChangeForm) -> Moved:
    data = form.cleaned_data
    return actions.change_district(
        request.actor, district=data["district"], on=data["on"], document_no=data["document_no"], parts=form.parts()
    )


def _say(request: ActingRequest, done: Moved) -> None:
    said = _("%(moved)s 户企业已改登记到新的区县，%(stay)s 户按街道判断不了，暂留原代码。")
    messages.success(request, said % {"moved": f"{done.moved:,}", "stay": f"{done.stay:,}"})
