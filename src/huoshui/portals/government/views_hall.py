"""The hall's windows: who waits, who is called, numbers drawn; and districts' needs of a quarter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from huoshui.access.actor import Actor
from huoshui.access.guard import requires
from huoshui.access.roles import Permission as P
from huoshui.catalogue import queries as catalogue
from huoshui.kernel import clock
from huoshui.portals.government.lists_service import stages_of
from huoshui.portals.shared.choices import bank_choices, text_choices
from huoshui.portals.shared.fields import WanField
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import ActingRequest, posted
from huoshui.portals.shared.tables import Action, Column, Empty, Table, table_response
from huoshui.registry import queries as registry
from huoshui.service import actions_hall as actions
from huoshui.service import hall as turns
from huoshui.service import queries_hall as queries


class NeedForm(forms.Form):
    """What a district's firms will need in a quarter."""

    use_required_attribute = False

    year = forms.IntegerField(label=gettext_lazy("年份"), min_value=2000, max_value=2100)
    quarter = forms.TypedChoiceField(
        label=gettext_lazy("季度"), choices=[(str(n), str(n)) for n in range(1, 5)], coerce=int
    )
    firms = forms.IntegerField(label=gettext_lazy("有需求企业（户）"), min_value=0)
    amount = WanField(label=gettext_lazy("需求金额"), minimum=0)
    words = forms.CharField(
        label=gettext_lazy("主要行业和用途"), required=False, max_length=600, widget=forms.Textarea(attrs={"rows": 3})
    )


class StageForm(forms.Form):
    """Where a firm stands."""

    use_required_attribute = False

    firm = forms.CharField(
        label=gettext_lazy("企业名称或代码"), max_length=200, help_text=gettext_lazy("填写完整名称或统一社会信用代码。")
    )
    stage = forms.ChoiceField(label=gettext_lazy("办到哪一步"))
    bank_id = forms.TypedChoiceField(label=gettext_lazy("银行"), required=False, coerce=int, empty_value=None)
    note = forms.CharField(label=gettext_lazy("说明（企业看得到）"), required=False, max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stage"].choices = text_choices(turns.STAGES)  # type: ignore[attr-defined]
        self.fields["bank_id"].choices = [("", _("尚未选定")), *bank_choices()]  # type: ignore[attr-defined]

    def clean_firm(self) -> int:
        """Return the id of the one firm that is meant."""
        text = self.cleaned_data["firm"].strip()
        hits = [hit for hit in registry.search(None, text, limit=5) if text in (hit.name, hit.uscc)]
        if len(hits) != 1:
            said = _("登记册里没有名称或代码正好是“%(text)s”的企业，请核对后重填。")
            raise forms.ValidationError(said, params={"text": text})
        return hits[0].id


@requires(P.WORK_HALL)
def hall(request: ActingRequest) -> HttpResponseBase:
    """Show today's queue, and the buttons of the clerk's window."""
    rows = list(queries.queue(request.actor))
    shown = [
        (row, turns.said(row.topic, row.number), turns.TOPICS[row.topic][1], turns.STATES[row.state]) for row in rows
    ]
    context = {
        "shown": shown, "windows": range(1, catalogue.parameter("hall.windows") + 1),
        "window": request.session.get("window", 1),
        "topics": [(code, name) for code, (_letter, name) in turns.TOPICS.items()],
        "waiting": sum(row.state in ("booked", "waiting") for row in rows),
    }  # fmt: skip
    return render(request, "government/hall.html", context)


@require_POST
@requires(P.WORK_HALL)
def act(request: ActingRequest, act: str) -> HttpResponseBase:
    """Draw a number, call the next, or end a turn."""
    form = forms.Form(request.POST)
    done = attempt(form, lambda: _act(request, act))
    if done.done and done.value:
        messages.success(request, done.value)
    for error in form.non_field_errors():
        messages.warning(request, str(error))
    return redirect("gov:hall")


@requires(P.WORK_HALL, P.HANDLE_COMPLAINTS)
def stages(request: ActingRequest) -> HttpResponseBase:
    """List where firms stand as the hall reported."""
    return table_response(request, stages_of(request.actor))


@requires(P.WORK_HALL)
def stage(request: ActingRequest) -> HttpResponseBase:
    """Report where a firm stands."""
    form = StageForm(posted(request), initial={"firm": request.GET.get("firm", "")})
    if request.method == "POST":
        done = attempt(form, lambda: _report(request.actor, dict(form.cleaned_data)))
        if done.done:
            messages.success(request, _("已登记，企业会收到通知。"))
            return redirect("gov:hall_stages")
    context = {"heading": _("登记办理进度"), "form": form, "submit": _("登记"), "back": reverse("gov:hall_stages")}
    return render(request, "officer/form.html", context, status=422 if form.errors else 200)


@requires(P.PLAN_VISITS, P.READ_STATISTICS)
def needs(request: ActingRequest) -> HttpResponseBase:
    """List what districts reported."""
    reports = request.actor.may(P.PLAN_VISITS) and len(request.actor.district) == 6
    table = Table(
        name="quarter-needs",
        title=_("区县季度需求"),
        rows=queries.needs(request.actor),
        columns=(
            Column("district", _("区县"), lambda row: registry.district_name(row.district_code), sort="district_code"),
            Column("quarter", _("季度"), lambda row: f"{row.year} Q{row.quarter}"),
            Column("firms", _("有需求企业（户）"), "firms", "count", sort="firms"),
            Column("amount", _("需求金额"), "amount", "money", sort="amount"),
            Column("words", _("主要行业和用途"), "words", "words"),
            Column("at", _("上报时间"), "reported_at", "minute", sort="reported_at"),
        ),
        actions=(Action(_("上报"), reverse("gov:quarter_need")),) if reports else (),
        empty=Empty(_("还没有上报"), _("每季度由区县上报本区企业的融资需求。")),
    )
    return table_response(request, table)


@requires(P.PLAN_VISITS)
def need(request: ActingRequest) -> HttpResponseBase:
    """Report a quarter's needs, or correct them."""
    today = clock.today()
    form = NeedForm(posted(request), initial={"year": today.year, "quarter": (today.month + 2) // 3})
    if request.method == "POST" and attempt(form, lambda: actions.report_need(request.actor, **form.cleaned_data)).done:
        messages.success(request, _("已上报；同一季度再次上报即为更正。"))
        return redirect("gov:quarter_needs")
    context = {"heading": _("上报季度需求"), "form": form, "submit": _("上报"), "back": reverse("gov:quarter_needs")}
    return render(request, "officer/form.html", context, status=422 if form.errors else 200)


def _report(actor: Actor, data: dict[str, Any]) -> int:
    return actions.report_stage(actor, enterprise_id=data.pop("firm"), **data)


def _act(request: ActingRequest, act: str) -> str:
    data: Any = request.POST
    if act == "draw":
        return _("已取号 %(number)s") % {"number": actions.draw(request.actor, topic=data.get("topic", ""))}
    if act == "call":
        text = data.get("window", "")
        window = int(text) if text.isascii() and text.isdigit() else 0
        number = actions.call_next(request.actor, window=window)
        request.session["window"] = window
        return (
            _("请 %(number)s 到 %(window)s 号窗口") % {"number": number, "window": window}
            if number
            else _("没有等候的号。")
        )
    ticket = data.get("ticket", "")
    actions.finish(request.actor, ticket_id=int(ticket) if ticket.isdigit() else 0, missed=act == "miss")
    return _("已办理。")
