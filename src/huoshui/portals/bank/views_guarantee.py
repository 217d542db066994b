"""Guarantees at a bank and at a guarantor: the queue, one guarantee with its acts, asking for one, the exposure board."""

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
from django.views.decorators.http import require_POST

from huoshui.access.guard import requires
from huoshui.access.roles import Permission as P
from huoshui.funds import actions_guarantee as actions
from huoshui.funds import queries_guarantee as queries
from huoshui.kernel import clock
from huoshui.kernel.money import human
from huoshui.portals.shared import guarantee_page as shared
from huoshui.portals.shared import guarantee_table as tables
from huoshui.portals.shared.choices import said
from huoshui.portals.shared.fields import DayField, WanField
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import ActingRequest, posted
from huoshui.portals.shared.tables import Action, table_response
from huoshui.registry import queries as registry

READERS = requires(P.HANDLE_GUARANTEES, P.READ_CASES)


class AskForm(forms.Form):
    """Which guarantor, and the firm's group if it has one."""

    guarantor_id = forms.TypedChoiceField(label=gettext_lazy("担保机构"), coerce=int)
    group_code = forms.CharField(
        label=gettext_lazy("所属集团（统一社会信用代码）"), max_length=60, required=False,
        help_text=gettext_lazy("没有关联企业的不填。"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(view.org_id, said(view.name)) for view in queries.guarantors()]
        self.fields["guarantor_id"].choices = offered  # type: ignore[attr-defined]


class StandingForm(forms.Form):
    """Net assets by a document."""

    net_assets = WanField(label=gettext_lazy("净资产"))
    as_of = DayField(label=gettext_lazy("截至日期"))
    document_no = forms.CharField(label=gettext_lazy("审计报告或证明文号"), max_length=60)
    mainly_small = forms.BooleanField(label=gettext_lazy("主要服务小微企业和“三农”"), required=False)


@READERS
def guarantees(request: ActingRequest) -> HttpResponseBase:
    """List the guarantees of the bank or guarantor."""
    acts: tuple[Action, ...] = ()
    if request.actor.may(P.MANAGE_LOANS):
        acts = (Action(gettext_lazy("申请担保"), reverse("bank:guarantee_to_ask"), "plus"),)
    if request.actor.may(P.HANDLE_GUARANTEES):
        acts = (Action(gettext_lazy("担保责任"), reverse("bank:guarantee_exposure"), "scale", primary=False),)
    link = lambda row: reverse("bank:guarantee", args=[row.pk])  # noqa: E731
    return table_response(request, tables.guarantees(request.actor, link, actions=acts))


@requires(P.MANAGE_LOANS)
def to_ask(request: ActingRequest) -> HttpResponseBase:
    """List the credits that still need a guarantee."""
    link = lambda row: reverse("bank:guarantee_ask", args=[row.pk])  # noqa: E731
    return table_response(request, tables.to_ask(request.actor, link))


@requires(P.MANAGE_LOANS)
def ask(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Ask a guarantor for a granted credit."""
    case = queries.amount_of(request.actor, pk)
    if case is None or not hasattr(case, "decision"):
        raise Http404
    form = AskForm(posted(request))
    if request.method == "POST":
        outcome = attempt(
            form, lambda: actions.request_guarantee(request.actor, referral_id=pk, **form.cleaned_data)
        )  # fmt: skip
        if outcome.done:
            messages.success(request, _("申请已送出。企业同意担保机构查看资料后进入审查。"))
            return redirect("bank:guarantee", outcome.value)
    lead = _("授信 %(sum)s，%(n)s 个月，担保方式为保证。担保生效前不能放款。") % {
        "sum": said(human(case.decision.amount or 0)), "n": case.decision.term_months,
    }  # fmt: skip
    context = {
        "heading": _("申请担保"), "form": form, "submit": _("提交申请"), "lead": lead,
        "back": reverse("bank:guarantee_to_ask"),
    }  # fmt: skip
    return render(request, "officer/form.html", context, status=422 if form.errors else 200)


def _urls(request: ActingRequest) -> dict[str, str]:
    loan = "bank:loan" if request.actor.may(P.READ_CASES) else ""
    letter = "bank:payment_letter" if request.actor.may(P.SUBMIT_CLAIMS) else ""
    return {
        "page": "bank:guarantee", "act": "bank:guarantee_act", "loan": loan, "paper": "bank:guarantee_paper", "letter": letter,
    }  # fmt: skip


@READERS
def guarantee(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Show one guarantee."""
    return shared.show(request, pk, urls=_urls(request))


@require_POST
@requires(P.HANDLE_GUARANTEES, P.MANAGE_LOANS, P.SUBMIT_CLAIMS)
def act(request: ActingRequest, pk: int, code: str) -> HttpResponseBase:
    """Do one step of a guarantee."""
    return shared.act(request, pk, code, urls=_urls(request))


@READERS
def paper(request: ActingRequest, pk: int, paper_id: int) -> HttpResponseBase:
    """Give a paper of the claim as it was uploaded."""
    return shared.paper_response(request.actor, pk, paper_id)


@requires(P.HANDLE_GUARANTEES)
def exposure(request: ActingRequest) -> HttpResponseBase:
    """Show what the guarantor stands in for against every limit; who approves records its net assets."""
    home = actions.guarantor_of(request.actor)
    form = StandingForm(posted(request), initial={"as_of": clock.today()})
    if request.method == "POST":
        outcome = attempt(form, lambda: actions.record_standing(request.actor, **form.cleaned_data))
        if outcome.done:
            messages.success(request, _("净资产已登记，限额按新的净资产计算。"))
            return redirect("bank:guarantee_exposure")
    board = queries.board(request.actor, home.id)
    names = registry.names_of(request.actor, [firm for firm, _amount in board.customers])
    context = {
        "board": board, "form": form if request.actor.may(P.APPROVE_GUARANTEES) else None, "home": home,
        "customers": [(names.get(firm, "—"), amount) for firm, amount in board.customers],
    }  # fmt: skip
    return render(request, "bank/guarantee_exposure.html", context, status=422 if form.errors else 200)
