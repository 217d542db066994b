"""The firm's way after sending: home, a demand like a parcel, papers, withdrawal, another bank, a rating, a loan."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huoshui.access.guard import actor_of, requires
from huoshui.access.roles import Permission
from huoshui.financing import actions as financing
from huoshui.financing.papers import PAPERS
from huoshui.funds import queries_guarantee as guarantees
from huoshui.kernel.errors import DomainError
from huoshui.portals.enterprise import bridging, moving
from huoshui.portals.enterprise.forms import PaperForm, RateForm
from huoshui.portals.enterprise.own import chosen_firm
from huoshui.portals.enterprise.pages import demand_page, home_page, loan_page
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import posted
from huoshui.service import actions_complaint as serving

FIRM = requires(Permission.APPLY)


@FIRM
def home(request: HttpRequest) -> HttpResponseBase:
    """Say what the firm must do now."""
    page = home_page(actor_of(request), chosen_firm(request))
    asked = guarantees.to_agree(actor_of(request), chosen_firm(request))
    return render(request, "enterprise/home.html", {"page": page, "to_agree": asked})


@FIRM
def demand(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show where a demand is."""
    page = demand_page(actor_of(request), pk)
    form = RateForm() if page.may_rate else None
    return render(request, "enterprise/demand.html", {"page": page, "rate_form": form})


@require_POST
@FIRM
def withdraw(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take the demand back from everybody."""
    financing.withdraw_demand(actor_of(request), demand_id=pk, reason=request.POST.get("reason", "")[:200])
    messages.success(request, _("需求已撤回，银行停止办理，相关授权已收回。"))
    return redirect("enterprise:demand", pk)


@require_POST
@FIRM
def rate(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Keep what the firm thought of the service."""
    form = RateForm(request.POST)
    outcome = attempt(form, lambda: serving.rate_service(actor_of(request), demand_id=pk, **form.cleaned_data))
    if outcome.done:
        messages.success(request, _("谢谢您的评价。"))
        return redirect("enterprise:demand", pk)
    page = demand_page(actor_of(request), pk)
    return render(request, "enterprise/demand.html", {"page": page, "rate_form": form}, status=422)


@FIRM
def move(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Move the demand to another bank, or add one."""
    page = moving.move_page(actor_of(request), pk, request.POST)
    problems: list[str] = []
    if request.method == "POST":
        problems = moving.missing(page)
        if not problems:
            try:
                moving.move(actor_of(request), page)
                messages.success(request, _("已转给新的银行。"))
                return redirect("enterprise:demand", pk)
            except DomainError as refusal:
                problems = refusal.lines(get_language() or "zh")
    context = {**page.context(), "problems": problems, "back": reverse("enterprise:demand", args=[pk])}
    return render(request, "enterprise/move.html", context, status=422 if problems else 200)


@FIRM
def paper(request: HttpRequest, case: int, kind: str) -> HttpResponseBase:
    """Take a photo or file of one paper that a bank asked for."""
    known, firm = PAPERS.get(kind), moving.firm_of_case(actor_of(request), case)
    if known is None:
        raise Http404
    back = reverse("enterprise:demand", args=[firm.demand_id])
    form = PaperForm(posted(request), request.FILES or None)
    outcome = attempt(form, lambda: moving.keep_paper(actor_of(request), firm, kind, form.cleaned_data["file"]))
    if request.method == "POST" and outcome.done:
        messages.success(request, _("已收到。"))
        return redirect(back)
    context = {"form": form, "kind": known, "back": back}
    return render(request, "enterprise/paper.html", context, status=422 if form.errors else 200)


@require_POST
@FIRM
def papers_done(request: HttpRequest, case: int) -> HttpResponseBase:
    """Tell the bank that its papers are in; its clock runs again."""
    firm = moving.firm_of_case(actor_of(request), case)
    financing.papers_arrived(actor_of(request), referral_id=case)
    messages.success(request, _("已通知银行，它的答复时限重新开始计算。"))
    return redirect("enterprise:demand", firm.demand_id)


@FIRM
def loan(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show a loan with its schedule."""
    actor = actor_of(request)
    context = {
        "page": loan_page(actor, pk), "page_id": pk, "bridge": bridging.offer(actor, pk),
        "guarantee": guarantees.of_loan(actor, pk),
    }  # fmt: skip
    return render(request, "enterprise/loan.html", context)
