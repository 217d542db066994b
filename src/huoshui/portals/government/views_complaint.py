"""The office's side of complaints: what waits by its day, taking up, asking, answering, and counts by institution."""

from __future__ import annotations

import datetime as dt
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

from huoshui.access.guard import requires
from huoshui.access.roles import Permission as P
from huoshui.audit import queries as audit
from huoshui.kernel import clock
from huoshui.portals.government.lists_service import complaints_of
from huoshui.portals.shared.choices import text_choices
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import ActingRequest, posted
from huoshui.portals.shared.tables import Column, Empty, Table, table_response
from huoshui.service import actions_complaint as actions
from huoshui.service import complaints
from huoshui.service import queries_complaint as queries

YEAR = dt.timedelta(days=365)


class WordsForm(forms.Form):
    """What the office says."""

    words = forms.CharField(
        label=gettext_lazy("内容"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )


class DeskForm(forms.Form):
    """A matter that somebody brought by phone or at the desk."""

    use_required_attribute = False

    kind = forms.ChoiceField(label=gettext_lazy("类型"))
    subject = forms.ChoiceField(label=gettext_lazy("关于谁"))
    contact = forms.CharField(label=gettext_lazy("来电人和电话"), max_length=120)
    reference = forms.CharField(label=gettext_lazy("公示或合同编号"), required=False, max_length=80)
    words = forms.CharField(label=gettext_lazy("事情经过"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = text_choices(complaints.KINDS)  # type: ignore[attr-defined]
        kept = {code: words for code, words in complaints.SUBJECTS.items() if code != "bank"}
        self.fields["subject"].choices = text_choices(kept)  # type: ignore[attr-defined]


@requires(P.HANDLE_COMPLAINTS)
def matters(request: ActingRequest) -> HttpResponseBase:
    """List matters, what waits first."""
    return table_response(request, complaints_of(request.actor))


@requires(P.HANDLE_COMPLAINTS)
def new(request: ActingRequest) -> HttpResponseBase:
    """Write down what somebody said on the phone."""
    form = DeskForm(posted(request))
    if request.method == "POST":
        done = attempt(form, lambda: actions.file_complaint(request.actor, **form.cleaned_data))
        if done.done and done.value:
            return redirect("gov:complaint", done.value.id)
    context = {"heading": _("登记来电"), "form": form, "submit": _("保存"), "back": reverse("gov:complaints")}
    return render(request, "officer/form.html", context, status=422 if form.errors else 200)


@requires(P.HANDLE_COMPLAINTS)
def matter(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Show one matter with its trail."""
    return _page(request, pk, WordsForm())


@require_POST
@requires(P.HANDLE_COMPLAINTS)
def act(request: ActingRequest, pk: int, act: str) -> HttpResponseBase:
    """Take it up, ask, answer or refuse."""
    form = WordsForm(request.POST)
    done = attempt(
        form,
        lambda: actions.act_on_complaint(request.actor, complaint_id=pk, act=act, words=form.cleaned_data["words"]),
    )
    if not done.done:
        return _page(request, pk, form)
    messages.success(request, _("已办理。"))
    return redirect("gov:complaint", pk)


@requires(P.HANDLE_COMPLAINTS, P.READ_STATISTICS)
def counts(request: ActingRequest) -> HttpResponseBase:
    """Count complaints by institution over a year."""
    today = clock.today()
    table = Table(
        name="complaint-counts",
        title=_("投诉统计（近一年，按机构）"),
        rows=queries.by_institution(request.actor, first=today - YEAR, last=today),
        columns=(
            Column("name", _("机构")),
            Column("received", _("收到"), "received", "count", sort="received"),
            Column("effective", _("有效"), "effective", "count", sort="effective"),
            Column("answered", _("已答复"), "answered", "count", sort="answered"),
            Column("late", _("逾期"), "late", "count", sort="late"),
            Column("satisfied", _("平均满意度"), lambda row: f"{row.satisfied:.1f}" if row.satisfied else None),
        ),
        key="org_id",
        lead=_("有效：已受理的。平台上没有往来、也没有依据的投诉，受理前不计入机构。"),
        empty=Empty(_("近一年没有针对机构的投诉"), _("企业提出后按机构统计在这里。")),
    )
    return table_response(request, table)


def _page(request: ActingRequest, pk: int, form: WordsForm) -> HttpResponseBase:
    row = queries.matter(request.actor, pk)
    if row is None:
        raise Http404
    context = {
        "row": row, "form": form, "state": complaints.STATES[row.state], "kind": complaints.KINDS[row.kind],
        "acts": [(act, complaints.ACTS[act]) for act in queries.acts(request.actor, row)],
        "timeline": audit.timeline(f"complaint:{row.pk}", audience="staff"),
    }  # fmt: skip
    return render(request, "government/complaint.html", context, status=422 if form.errors else 200)
