"""Policy as data: parameters with history, the working calendar, the repair table."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from huoshui.access.guard import requires
from huoshui.access.roles import Permission
from huoshui.catalogue import actions, queries
from huoshui.kernel import clock
from huoshui.portals.government import lists_policy, policy, year
from huoshui.portals.government.forms_policy import AnnounceForm, CalendarDayForm, ParameterForm, RepairMeasureForm
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import ActingRequest
from huoshui.portals.shared.tables import table_response

REPAIR_WORDS = ("problem", "problem_en", "department", "department_en", "measure", "measure_en")


@requires(Permission.EDIT_PARAMETERS)
def parameters(request: ActingRequest) -> HttpResponseBase:
    """Show every policy value in force, by subject."""
    return table_response(request, lists_policy.parameters())


@requires(Permission.EDIT_PARAMETERS)
def parameter(request: ActingRequest, path: str) -> HttpResponseBase:
    """Show one policy value with its history; set a new one."""
    form = ParameterForm(request.POST or None, initial={"valid_from": clock.today() + dt.timedelta(days=1)})
    if request.method == "POST":
        done = attempt(form, lambda: actions.set_parameter(request.actor, path=path, **form.cleaned_data)).done
        if done:
            messages.success(request, _("新值已保存，到生效日期自动启用。"))
            return redirect("gov:parameter", path)
    view = queries.parameter_view(path)
    context = {
        "line": policy.line(view, on=clock.today()),
        "history": policy.history(view, on=clock.today()),
        "form": form,
    }
    return render(request, "government/parameter.html", context, status=422 if form.errors else 200)


@requires(Permission.EDIT_PARAMETERS)
def calendar(request: ActingRequest) -> HttpResponseBase:
    """Show a year of working days; change one day."""
    form = CalendarDayForm(request.POST or None, initial={"day": request.GET.get("day"), "kind": "holiday"})
    if (
        request.method == "POST"
        and attempt(form, lambda: actions.edit_calendar_day(request.actor, **form.cleaned_data)).done
    ):
        messages.success(request, _("工作日历已更新，之后起算的时限按新日历计算。"))
        return redirect(f"{reverse('gov:calendar')}?year={form.cleaned_data['day'].year}")
    shown = _year(request.GET.get("year", ""))
    return render(
        request, "government/calendar.html", _calendar(shown) | {"form": form}, status=422 if form.errors else 200
    )


def _year(text: str) -> int:
    wanted = int(text) if text.isdecimal() else 0
    return wanted if 2004 <= wanted <= 2099 else clock.today().year


def _calendar(shown: int) -> dict[str, Any]:
    special = {view.day: (view.kind, view.name) for view in queries.calendar_days(shown)}
    return {
        "year": shown,
        "previous": shown - 1,
        "next": shown + 1,
        "announced": shown in queries.calendar().years,
        "months": year.months(shown, special=special),
        "weekdays": year.weekdays(),
        "may_edit": True,
    }


@requires(Permission.EDIT_PARAMETERS)
def announce_year(request: ActingRequest) -> HttpResponseBase:
    """Say that a year's holidays are all entered."""
    form = AnnounceForm(request.POST or None, initial={"year": clock.today().year + 1})
    if (
        request.method == "POST"
        and attempt(form, lambda: actions.announce_year(request.actor, **form.cleaned_data)).done
    ):
        messages.success(request, _("已确认，该年度的时限不再注明“待确认”。"))
        return redirect(f"{reverse('gov:calendar')}?year={form.cleaned_data['year']}")
    context = {"heading": _("确认年度放假安排"), "form": form, "submit": _("确认"), "back": reverse("gov:calendar")}
    return render(request, "officer/form.html", context, status=422 if form.errors else 200)


@requires(Permission.READ_DEMANDS)
def repair_table(request: ActingRequest) -> HttpResponseBase:
    """Show the repair table: problem, department, measure."""
    return table_response(request, lists_policy.repair(request.actor))


@requires(Permission.EDIT_PARAMETERS)
def repair_measure(request: ActingRequest, code: str = "") -> HttpResponseBase:
    """Add or change a row of the repair table."""
    known = next((view for view in queries.repair_measures() if view.code == code), None)
    form = RepairMeasureForm(request.POST or None, initial=_row(known) if known else None)
    form.fields["code"].disabled = known is not None
    if request.method == "POST" and attempt(form, lambda: _save(request, form.cleaned_data, known)).done:
        messages.success(request, _("修复表已更新。"))
        return redirect("gov:repair_table")
    context = {"heading": _("修复措施"), "form": form, "submit": _("保存"), "back": reverse("gov:repair_table")}
    return render(request, "officer/form.html", context, status=422 if form.errors else 200)


def _row(view: Any) -> dict[str, Any]:
    words = {name: getattr(view, name.removesuffix("_en")) for name in REPAIR_WORDS}
    said = {name: text.en if name.endswith("_en") else text.zh for name, text in words.items()}
    return said | {"code": view.code, "standard": view.standard, "repairable": view.repairable}


def _save(request: ActingRequest, data: dict[str, Any], known: Any) -> None:
    words = {name: data[name] for name in REPAIR_WORDS}
    actions.save_repair_measure(
        request.actor,
        code=data["code"],
        words=words,
        standard=data["standard"],
        fact=known.fact if known else "",
        repairable=data["repairable"],
    )
