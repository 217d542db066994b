"""The bank's cases: inbox by deadline, one case with every act, its papers."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from huoshui.access.guard import requires
from huoshui.access.roles import Permission
from huoshui.financing import queries
from huoshui.financing.referral_lifecycle import Act
from huoshui.portals.bank import guaranteeing, lists_case
from huoshui.portals.bank.assigning import assign_selected
from huoshui.portals.bank.case_acts import CASE_ACTS, form_of
from huoshui.portals.bank.case_page import case_page, paper_file
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import ActingRequest
from huoshui.portals.shared.tables import table_response


@requires(Permission.READ_CASES)
def inbox(request: ActingRequest) -> HttpResponseBase:
    """List the cases that wait for the bank, the first due first."""
    return table_response(request, lists_case.inbox(request.actor))


@requires(Permission.READ_CASES)
def cases(request: ActingRequest) -> HttpResponseBase:
    """List every case, closed ones included."""
    return table_response(request, lists_case.cases(request.actor))


@require_POST
@requires(Permission.ASSIGN_CASES)
def assign(request: ActingRequest) -> HttpResponseBase:
    """Hand the selected cases to an officer."""
    for level, line in assign_selected(request.actor, request.POST):
        messages.add_message(request, level, line)
    return redirect("bank:inbox")


@requires(Permission.READ_CASES)
def case(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Show a case: the ask, the firm as far as it agreed, deadlines, papers, every act possible now."""
    return render(
        request,
        "bank/case.html",
        {"page": case_page(request.actor, pk), "guarantee": guaranteeing.link(request.actor, pk)},
    )


@require_POST
@requires(Permission.HANDLE_CASES)
def case_act(request: ActingRequest, pk: int, act: str) -> HttpResponseBase:
    """Do one act on a case; when somebody was faster, show the case as it is now with what was typed."""
    if act not in CASE_ACTS:
        raise Http404
    chosen = CASE_ACTS[Act(act)]
    form = form_of(request.actor, Act(act), queries.case(request.actor, pk), request.POST)
    outcome = attempt(form, lambda: chosen.run(request.actor, pk, form.cleaned_data))
    if outcome.done:
        messages.success(request, str(chosen.done))
        return redirect("bank:case", pk)
    page = case_page(request.actor, pk, bound={act: form}, stale=outcome.stale)
    return render(request, "bank/case.html", {"page": page}, status=422)


@requires(Permission.READ_CASES)
def paper(request: ActingRequest, pk: int, paper_id: int) -> HttpResponseBase:
    """Give one paper of the firm, as far as it agreed; the read is recorded."""
    return paper_file(request.actor, pk, paper_id)
