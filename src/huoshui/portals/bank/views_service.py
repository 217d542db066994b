"""What the office passes on to a bank: complaints about it, to which it states its case; and the events it takes part in."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huoshui.access.guard import requires
from huoshui.access.roles import Permission as P
from huoshui.audit import queries as audit
from huoshui.portals.bank.lists_service import complaints_of, events_of
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import ActingRequest, posted
from huoshui.portals.shared.tables import table_response
from huoshui.service import actions_complaint as actions
from huoshui.service import complaints as words
from huoshui.service import queries_complaint as queries


class StatementForm(forms.Form):
    """What the bank says to it."""

    use_required_attribute = False

    words = forms.CharField(
        label=gettext_lazy("情况说明"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("承办人会看到，并据此答复企业。"),
    )  # fmt: skip


@requires(P.READ_CASES, P.HANDLE_GUARANTEES)
def complaints(request: ActingRequest) -> HttpResponseBase:
    """List complaints about the bank that somebody took up."""
    return table_response(request, complaints_of(request.actor))


@requires(P.READ_CASES, P.HANDLE_GUARANTEES)
def complaint(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Show one complaint and take the bank's statement."""
    row = queries.matter(request.actor, pk)
    if row is None:
        raise Http404
    form = StatementForm(posted(request))
    if request.method == "POST":
        done = attempt(form, lambda: actions.state_case(request.actor, complaint_id=pk, **form.cleaned_data))
        if done.done:
            messages.success(request, _("已提交，承办人会收到通知。"))
            return redirect("bank:complaint", pk)
    context = {
        "row": row, "form": form, "state": words.STATES[row.state], "open": row.state in words.OPEN,
        "timeline": audit.timeline(f"complaint:{row.pk}", audience="staff"),
    }  # fmt: skip
    return render(request, "bank/complaint.html", context, status=422 if form.errors else 200)


@requires(P.READ_CASES, P.HANDLE_GUARANTEES)
def events(request: ActingRequest) -> HttpResponseBase:
    """List the events that the bank takes part in."""
    return table_response(request, events_of(request.actor))
