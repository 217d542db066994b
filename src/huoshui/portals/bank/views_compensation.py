"""Risk compensation at a bank: loans to register, registered loans, a claim from the loan record, recoveries."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from huoshui.access.guard import requires
from huoshui.access.roles import Permission
from huoshui.funds import actions_compensation as actions
from huoshui.funds import queries_compensation as queries
from huoshui.kernel.money import human
from huoshui.portals.shared import compensation_page as shared
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import ActingRequest
from huoshui.portals.shared.tables import Action, Batch, Column, Empty, Table, table_response
from huoshui.portals.shared.templatetags.huoshui import say

CLAIMS = requires(Permission.SUBMIT_CLAIMS)


@CLAIMS
def claims(request: ActingRequest) -> HttpResponseBase:
    """List the bank's claims."""
    acts = (
        Action(gettext_lazy("备案贷款"), reverse("bank:compensation_register"), "plus"),
        Action(gettext_lazy("已备案贷款"), reverse("bank:compensation_loans"), "list", primary=False),
    )
    link = lambda row: reverse("bank:compensation_claim", args=[row.pk])  # noqa: E731
    return table_response(request, shared.claims(request.actor, link, actions=acts))


@CLAIMS
def register(request: ActingRequest) -> HttpResponseBase:
    """List the loans that may be registered; register many at once in the pool."""
    pool = next(iter(queries.pools(request.actor)), None)
    if request.method == "POST" and pool:
        chosen = [int(one) for one in request.POST.getlist("selected") if one.isdecimal()]
        actions.register_loans(request.actor, fund_id=pool.fund_id, loan_ids=chosen)
        messages.success(request, _("已备案 %(n)s 笔贷款。") % {"n": len(chosen)})
        return redirect("bank:compensation_loans")
    batch = Batch("register", gettext_lazy("备案所选贷款"), reverse("bank:compensation_register"), tone="primary")
    table = Table(
        name="compensation-register",
        title=gettext_lazy("备案贷款"),
        rows=queries.registrable(request.actor),
        columns=(
            Column("contract", gettext_lazy("合同号"), "contract_no", sort="contract_no"),
            Column("principal", gettext_lazy("贷款本金"), "principal", "money", sort="principal"),
            Column("starts", gettext_lazy("放款日"), "starts_on", "day", sort="starts_on"),
        ),
        batches=(batch,) if pool else (),
        lead=gettext_lazy("只列正常、未逾期且未备案的贷款；出险后不能补备案。"),
        empty=Empty(gettext_lazy("没有可备案的贷款"), gettext_lazy("新贷款放款后出现在这里。")),
    )
    return table_response(request, table)


@CLAIMS
def loans(request: ActingRequest) -> HttpResponseBase:
    """List registered loans; each leads to its claim."""
    table = Table(
        name="compensation-loans",
        title=gettext_lazy("已备案贷款"),
        rows=queries.registrations(request.actor),
        columns=(
            Column(
                "contract", gettext_lazy("合同号"), "loan.contract_no",
                link=lambda row: reverse("bank:compensation_file", args=[row.loan_id]),
            ),
            Column("principal", gettext_lazy("贷款本金"), "principal", "money", sort="principal"),
            Column("registered", gettext_lazy("备案日"), "registered_on", "day", sort="registered_on"),
            Column("overdue", gettext_lazy("逾期天数"), "loan.overdue_days", "count", sort="loan__overdue_days"),
        ),
        default_sort="-overdue",
        lead=gettext_lazy("逾期最久的在前；点合同号提交补偿申请。"),
        empty=Empty(gettext_lazy("还没有备案贷款"), gettext_lazy("先在“备案贷款”中选择。")),
    )  # fmt: skip
    return table_response(request, table)


@CLAIMS
def file_claim(request: ActingRequest, pk: int) -> HttpResponseBase:
    """File the claim for a registered loan; its figures come from the loan record."""
    row = queries.registrations(request.actor).filter(loan_id=pk).first()
    if row is None:
        raise Http404
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = shared.PaperForm(*given, codes=tuple(row.terms.get("papers", ())), required=False)
    if request.method == "POST":
        outcome = attempt(form, lambda: actions.file_claim(request.actor, loan_id=pk, papers=form.papers()))
        if outcome.done:
            return redirect("bank:compensation_claim", outcome.value)
    unpaid = human(row.loan.drawn - row.loan.repaid)
    lead = _("合同 %(no)s：未还本金 %(unpaid)s，逾期 %(days)s 天。请上传每一份材料。") % {
        "no": row.loan.contract_no, "unpaid": say(unpaid), "days": row.loan.overdue_days,
    }  # fmt: skip
    context = {
        "heading": _("提交补偿申请"), "form": form, "submit": _("提交申请"), "lead": lead,
        "back": reverse("bank:compensation_loans"),
    }  # fmt: skip
    return render(request, "officer/form.html", context, status=422 if form.errors else 200)


@CLAIMS
def claim(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Show one claim."""
    return shared.show(
        request,
        pk,
        act_url="bank:compensation_act",
        paper_url="bank:compensation_paper",
        letter_url="bank:payment_letter",
    )


@require_POST
@CLAIMS
def claim_act(request: ActingRequest, pk: int, code: str) -> HttpResponseBase:
    """File again, report a recovery."""
    return shared.act(
        request,
        pk,
        code,
        page_url="bank:compensation_claim",
        act_url="bank:compensation_act",
        paper_url="bank:compensation_paper",
    )


@CLAIMS
def paper(request: ActingRequest, pk: int, code: str) -> HttpResponseBase:
    """Hand out a paper of a claim."""
    return shared.paper(request, pk, code)
