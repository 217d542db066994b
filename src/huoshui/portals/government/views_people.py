"""Security administration: organisations, people, roles, passwords, locks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from huoshui.access import actions, queries
from huoshui.access.actor import Actor
from huoshui.access.guard import requires
from huoshui.access.queries import PersonView
from huoshui.access.roles import Permission
from huoshui.portals.government import lists
from huoshui.portals.government.forms_people import OrganisationForm, PasswordForm, PersonForm, ReasonForm, RoleForm
from huoshui.portals.shared.choices import district_choices, said
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.lines import Line
from huoshui.portals.shared.request import ActingRequest
from huoshui.portals.shared.tables import table_response
from huoshui.portals.shared.templatetags.huoshui import minute

ADMIN = requires(Permission.ADMINISTER_PEOPLE)


@dataclass(frozen=True, slots=True)
class PersonAct:
    """An act on an account: its form, the action, and what is said afterwards."""

    form: type[forms.Form]
    run: Callable[..., object]
    label: Any
    done: Any
    danger: bool = False


PERSON_ACTS: dict[str, PersonAct] = {
    "grant_role": PersonAct(RoleForm, actions.grant_role, gettext_lazy("授予角色"), gettext_lazy("角色已授予。")),
    "end_role": PersonAct(
        RoleForm, actions.end_role, gettext_lazy("收回角色"), gettext_lazy("角色已收回。"), danger=True
    ),
    "password": PersonAct(
        PasswordForm, actions.set_password, gettext_lazy("重设密码"), gettext_lazy("密码已重设，本人下次登录须更换。")
    ),
    "unlock": PersonAct(forms.Form, actions.unlock, gettext_lazy("解除锁定"), gettext_lazy("已解除锁定。")),
    "reset_factor": PersonAct(
        ReasonForm,
        actions.reset_factor,
        gettext_lazy("重置第二因素"),
        gettext_lazy("第二因素已清除，本人下次登录重新绑定。"),
    ),
    "close": PersonAct(
        ReasonForm, actions.close_person, gettext_lazy("停用账号"), gettext_lazy("账号已停用。"), danger=True
    ),
    "reopen": PersonAct(ReasonForm, actions.reopen_person, gettext_lazy("恢复账号"), gettext_lazy("账号已恢复。")),
}


@ADMIN
def organisations(request: ActingRequest) -> HttpResponseBase:
    """List organisations."""
    return table_response(request, lists.organisations(request.actor))


@ADMIN
def organisation_new(request: ActingRequest) -> HttpResponseBase:
    """Add an organisation."""
    parents = [(view.id, said(view.name)) for view in queries.organisations()]
    form = OrganisationForm(request.POST or None, parents=parents, districts=district_choices())
    if (
        request.method == "POST"
        and attempt(form, lambda: actions.create_organisation(request.actor, **form.cleaned_data)).done
    ):
        messages.success(request, _("机构已添加。"))
        return redirect("gov:organisations")
    context = {"heading": _("添加机构"), "form": form, "submit": _("添加"), "back": reverse("gov:organisations")}
    return render(request, "officer/form.html", context, status=422 if form.errors else 200)


@ADMIN
def people(request: ActingRequest) -> HttpResponseBase:
    """List members of staff."""
    return table_response(request, lists.people(request.actor))


@ADMIN
def person_new(request: ActingRequest) -> HttpResponseBase:
    """Add a member of staff; roles are given on the person's page."""
    choices = [(view.id, said(view.name)) for view in queries.organisations()]
    form = PersonForm(request.POST or None, organisations=choices)
    outcome = attempt(form, lambda: actions.create_person(request.actor, **form.cleaned_data)) if request.POST else None
    if outcome and outcome.done:
        messages.success(request, _("人员已添加，请授予角色。"))
        return redirect("gov:person", outcome.value)
    context = {"heading": _("添加人员"), "form": form, "submit": _("添加"), "back": reverse("gov:people")}
    return render(request, "officer/form.html", context, status=422 if form.errors else 200)


@ADMIN
def person(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Show a member of staff with roles."""
    return render(request, "government/person.html", _person(request.actor, pk))


@require_POST
@ADMIN
def person_act(request: ActingRequest, pk: int, act: str) -> HttpResponseBase:
    """Do one act on an account."""
    if act not in PERSON_ACTS:
        raise Http404
    chosen = PERSON_ACTS[act]
    form = chosen.form(request.POST)
    if attempt(form, lambda: chosen.run(request.actor, person_id=pk, **form.cleaned_data)).done:
        messages.success(request, str(chosen.done))
        return redirect("gov:person", pk)
    return render(request, "government/person.html", _person(request.actor, pk, {act: form}), status=422)


def _person(actor: Actor, pk: int, bound: dict[str, forms.Form] | None = None) -> dict[str, Any]:
    view = queries.person(actor, pk)
    wanted = ["grant_role", "password", "reset_factor", "close" if view.active else "reopen"]
    wanted += ["unlock"] if view.locked_until else []
    given = bound or {}
    acts = [
        {
            "code": code,
            "act": PERSON_ACTS[code],
            "form": given.get(code) or PERSON_ACTS[code].form(),
            "open": code in given,
        }
        for code in wanted
    ]
    refused = given["end_role"].non_field_errors() if "end_role" in given else ()
    return {"person": view, "lines": _lines(view), "acts": acts, "refused": refused}


def _lines(view: PersonView) -> tuple[Line, ...]:
    last = view.last_sign_in
    return (
        Line(_("用户名"), view.username),
        Line(_("所在机构"), view.organisation_name),
        Line(_("电子邮箱"), view.email or "—"),
        Line(_("手机号"), view.phone or "—"),
        Line(_("第二因素"), str(view.factors) if view.factors else _("未绑定")),
        Line(_("最近登录"), minute(last)),
        Line(_("状态"), _("锁定中") if view.locked_until else _("正常") if view.active else _("已停用")),
    )
