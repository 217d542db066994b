"""The office's side of events: opened, watched, questions answered, intents declared, results counted."""

from __future__ import annotations

import datetime as dt
from typing import Any

import segno
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from huoshui.access.actor import Actor
from huoshui.access.guard import requires
from huoshui.access.roles import Permission as P
from huoshui.kernel import clock
from huoshui.kernel.clock import ZONE
from huoshui.portals.government.forms import StaffDemandForm
from huoshui.portals.government.forms_campaign import list_choices
from huoshui.portals.shared.choices import bank_choices, text_choices
from huoshui.portals.shared.fields import DayField
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import ActingRequest, posted
from huoshui.portals.shared.tables import Action, Column, Empty, Table, table_response
from huoshui.portals.shared.tables_filters import ChoiceFilter, TextFilter
from huoshui.service import actions_event as actions
from huoshui.service import queries_event as queries
from huoshui.service.actions_campaign import Wanted

_TONES = {"open": "blue", "closed": "green", "cancelled": "secondary"}


class EventForm(forms.Form):
    """An event: when, where, who is invited."""

    use_required_attribute = False

    kind = forms.ChoiceField(label=gettext_lazy("活动类型"))
    title = forms.CharField(label=gettext_lazy("活动名称"), max_length=120)
    place = forms.CharField(label=gettext_lazy("地点"), max_length=160)
    day = DayField(label=gettext_lazy("活动日期"))
    begins = forms.TimeField(label=gettext_lazy("开始时间"), help_text=gettext_lazy("如 14:00"))
    ends = forms.TimeField(label=gettext_lazy("结束时间"), help_text=gettext_lazy("如 16:00"))
    seats = forms.IntegerField(label=gettext_lazy("企业名额"), min_value=1, max_value=2000, initial=60)
    summary = forms.CharField(label=gettext_lazy("内容"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    banks = forms.MultipleChoiceField(
        label=gettext_lazy("参加的机构"), required=False, widget=forms.CheckboxSelectMultiple
    )  # fmt: skip
    industry = forms.CharField(
        label=gettext_lazy("邀请的行业代码（开头即可）"),
        required=False,
        max_length=5,
        help_text=gettext_lazy("如 C、H62。"),
    )
    label = forms.CharField(label=gettext_lazy("邀请的标签"), required=False, max_length=20)
    listed = forms.ChoiceField(
        label=gettext_lazy("邀请的企业名单"), required=False, help_text=gettext_lazy("只邀请名单最新一期里的企业。")
    )
    most = forms.IntegerField(
        label=gettext_lazy("最多邀请"), required=False, min_value=0, max_value=2000, initial=0,
        help_text=gettext_lazy("0 为不定向邀请，企业自行报名。"),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["listed"].choices = list_choices(actor)  # type: ignore[attr-defined]
        self.fields["kind"].choices = text_choices(actions.KINDS)  # type: ignore[attr-defined]
        self.fields["banks"].choices = bank_choices()  # type: ignore[attr-defined]

    def plan(self) -> actions.Plan:
        """Return the event the form means."""
        data = self.cleaned_data
        wanted = Wanted(
            industry=data["industry"].strip().upper(), label=data["label"].strip(), most=data["most"] or 0,
            listed=data["listed"],
        )  # fmt: skip
        return actions.Plan(
            kind=data["kind"], title=data["title"], place=data["place"], summary=data["summary"], seats=data["seats"],
            starts_at=dt.datetime.combine(data["day"], data["begins"], ZONE),
            ends_at=dt.datetime.combine(data["day"], data["ends"], ZONE),
            bank_ids=tuple(map(int, data["banks"])), wanted=wanted if wanted.most else None,
        )  # fmt: skip


@requires(P.MANAGE_EVENTS)
def events(request: ActingRequest) -> HttpResponseBase:
    """List events."""
    return table_response(request, _listed(request.actor))


@requires(P.MANAGE_EVENTS)
def new(request: ActingRequest) -> HttpResponseBase:
    """Plan an event and invite."""
    form = EventForm(posted(request), actor=request.actor)
    if request.method == "POST":
        done = attempt(form, lambda: actions.open_event(request.actor, plan=form.plan()))
        if done.done:
            messages.success(request, _("活动已发布，邀请已发出。"))
            return redirect("gov:event", done.value)
    context = {"heading": _("办一场活动"), "form": form, "submit": _("发布"), "back": reverse("gov:events")}
    return render(request, "officer/form.html", context, status=422 if form.errors else 200)


@requires(P.MANAGE_EVENTS)
def event(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Show an event: what it brought, the code at the door, its firms with their questions."""
    row = queries.event(pk)
    if row is None or not row.district_code.startswith(request.actor.district):
        raise Http404
    firms = queries.as_worked(queries.attendances(request.actor, pk))[:300]
    context = {
        "row": row, "kind": actions.KINDS[row.kind], "state": actions.EVENT_STATES[row.state],
        "outcome": queries.outcome(request.actor, pk), "code": _code(row.token),
        "firms": [(line, actions.STATES[line.state]) for line in firms],
        "enters": request.actor.may(P.ENTER_DEMAND), "today": row.starts_at.astimezone(ZONE).date() == clock.today(),
    }  # fmt: skip
    return render(request, "government/event.html", context)


@require_POST
@requires(P.MANAGE_EVENTS)
def answer(request: ActingRequest, pk: int, line: int) -> HttpResponseBase:
    """Answer a firm's question."""
    form = forms.Form(request.POST)
    said = request.POST.get("answer", "")
    if not attempt(form, lambda: actions.answer_question(request.actor, attendance_id=line, answer=said)).done:
        messages.warning(request, " ".join(map(str, form.non_field_errors())))
    return redirect("gov:event", pk)


@require_POST
@requires(P.MANAGE_EVENTS)
def present(request: ActingRequest, pk: int, line: int) -> HttpResponseBase:
    """Sign a firm in from the list."""
    form = forms.Form(request.POST)
    done = attempt(form, lambda: actions.sign_in_firms(request.actor, event_id=pk, attendance_ids=[line]))
    if done.done:
        messages.success(request, _("已签到。"))
    for error in form.non_field_errors():
        messages.warning(request, str(error))
    return redirect("gov:event", pk)


@requires(P.MANAGE_EVENTS)
def intent(request: ActingRequest, pk: int, line: int) -> HttpResponseBase:
    """Declare what a firm asked for at the event."""
    found = queries.attendances(request.actor, pk).filter(pk=line).first()
    if found is None:
        raise Http404
    form = StaffDemandForm(posted(request), initial={"channel": "event"})
    form.fields.pop("channel", None)
    if request.method == "POST":
        done = attempt(form, lambda: actions.take_intent(request.actor, attendance_id=line, need=form.cleaned_data))
        if done.done:
            messages.success(request, _("需求已申报，后续授信和放款计入本次活动。"))
            return redirect("gov:event", pk)
    context = {
        "heading": found.enterprise.name, "form": form, "submit": _("申报"), "back": reverse("gov:event", args=[pk])
    }  # fmt: skip
    return render(request, "officer/form.html", context, status=422 if form.errors else 200)


@require_POST
@requires(P.MANAGE_EVENTS)
def end(request: ActingRequest, pk: int, how: str) -> HttpResponseBase:
    """Close or cancel an event."""
    actions.end_event(request.actor, event_id=pk, cancel=how == "cancel")
    messages.success(request, _("已办理。"))
    return redirect("gov:event", pk)


def _code(token: str) -> SafeString:
    address = f"{settings.PUBLIC_URL.rstrip('/')}/my/sign-in/{token}/"
    drawing = segno.make(address, error="q", micro=False).svg_inline(scale=1, border=4, omitsize=True, dark="#0b3b45")
    return mark_safe(drawing)  # noqa: S308 - drawn by segno from an address we made


def _listed(actor: Actor) -> Table:
    return Table(
        name="events",
        title=_("对接活动"),
        rows=queries.events(actor),
        columns=(
            Column("title", _("活动名称"), link=lambda row: reverse("gov:event", args=[row.pk]), sort="title"),
            Column("kind", _("活动类型"), lambda row: actions.KINDS[row.kind], sort="kind"),
            Column("starts", _("时间"), "starts_at", "minute", sort="starts_at"),
            Column("place", _("地点"), "place", "words"),
            Column("state", _("状态"), lambda row: (actions.EVENT_STATES[row.state], _TONES[row.state]), "status"),
            Column("firms", _("企业"), "firms", "count", sort="firms"),
            Column("came", _("已签到"), "came", "count", sort="came"),
        ),
        filters=(
            TextFilter("q", _("活动名称"), fields=("title", "place")),
            ChoiceFilter("kind", _("活动类型"), choices=text_choices(actions.KINDS)),
            ChoiceFilter("state", _("状态"), choices=text_choices(actions.EVENT_STATES)),
        ),
        default_sort="-starts",
        actions=(Action(_("办一场活动"), reverse("gov:event_new")),),
        empty=Empty(_("还没有活动"), _("定好时间、地点和邀请条件，系统发邀请、收报名、到场扫码签到。"),
                    reverse("gov:event_new"), _("办一场活动")),
    )  # fmt: skip
