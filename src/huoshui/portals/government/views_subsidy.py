"""Interest subsidies at the finance bureau: the queue of claims, a claim with its lines, the automatic run."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from huoshui.access.guard import requires
from huoshui.access.roles import Permission
from huoshui.funds import actions_subsidy as actions
from huoshui.funds import queries_payment as money
from huoshui.funds import queries_subsidy as queries
from huoshui.portals.shared.fields import DayField
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.quarters import last_quarter
from huoshui.portals.shared.request import ActingRequest, posted
from huoshui.portals.shared.subsidy_table import claims as table
from huoshui.portals.shared.tables import Action, Batch, table_response
from huoshui.portals.shared.templatetags.huoshui import say


class RunForm(forms.Form):
    """The fund and the days of an automatic run."""

    fund_id = forms.TypedChoiceField(label=gettext_lazy("资金"), coerce=int)
    first_day = DayField(label=gettext_lazy("自"))
    end_day = DayField(label=gettext_lazy("至（不含）"))

    def __init__(self, *args: object, funds: list[tuple[int, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["fund_id"].choices = funds  # type: ignore[attr-defined]


@requires(Permission.READ_FUNDS)
def claims(request: ActingRequest) -> HttpResponseBase:
    """List the claims; those to be checked may be accepted many at once."""
    makes = request.actor.may(Permission.PREPARE_PAYMENTS)
    run = (Action(gettext_lazy("免申即享计算"), reverse("gov:subsidy_run"), "coins"),) if makes else ()
    acts = (*run, Action(gettext_lazy("预拨与清算"), reverse("gov:settlements"), "table", primary=False))
    batches = (
        (Batch("accept", gettext_lazy("受理并转入支付"), reverse("gov:subsidy_accept_many"), tone="primary"),)
        if makes
        else ()
    )
    listed = table(
        request.actor, lambda row: reverse("gov:subsidy_claim", args=[row.pk]), actions=acts, batches=batches
    )
    return table_response(request, listed)


@requires(Permission.READ_FUNDS)
def claim(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Show a claim with every line and cut."""
    view = queries.claim(request.actor, pk)
    makes = request.actor.may(Permission.PREPARE_PAYMENTS)
    strike = "gov:subsidy_strike" if makes and view.state == "filed" else ""
    recall = "gov:subsidy_recall" if makes else ""
    context = {"claim": view, "acts": makes, "strike": strike, "recall": recall, "payment_url": "gov:payment"}
    return render(request, "officer/subsidy_claim.html", context)


@require_POST
@requires(Permission.PREPARE_PAYMENTS)
def accept(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Accept a claim and ask for its payment."""
    actions.accept_claim(request.actor, claim_id=pk)
    messages.success(request, _("已转入支付，请另一位复核人员复核。"))
    return redirect("gov:subsidy_claim", pk)


@require_POST
@requires(Permission.PREPARE_PAYMENTS)
def accept_many(request: ActingRequest) -> HttpResponseBase:
    """Accept the chosen claims, all or none."""
    chosen = [int(one) for one in request.POST.getlist("selected") if one.isdecimal()]
    made = actions.accept_claims(request.actor, claim_ids=chosen)
    messages.success(request, _("已生成 %(n)s 笔支付。") % {"n": len(made)})
    return redirect("gov:subsidy_claims")


@require_POST
@requires(Permission.PREPARE_PAYMENTS)
def reject(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Reject a claim with words."""
    actions.reject_claim(request.actor, claim_id=pk, reason=request.POST.get("reason", "")[:200])
    messages.success(request, _("申报已退回，占用的预算已释放。"))
    return redirect("gov:subsidy_claim", pk)


@require_POST
@requires(Permission.PREPARE_PAYMENTS)
def strike(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Take a line out of a claim."""
    done = actions.strike_subsidy(request.actor, line_id=pk, reason=request.POST.get("reason", "")[:200])
    messages.success(request, _("这笔贴息已剔除。"))
    return redirect("gov:subsidy_claim", done)


@requires(Permission.PREPARE_PAYMENTS)
def run(request: ActingRequest) -> HttpResponseBase:
    """Compute every firm's subsidy of a quarter from the loan record."""
    first, end = last_quarter()
    funds = [(one.id, say(one.name)) for one in money.funds(request.actor, kind="subsidy")]
    form = RunForm(posted(request), funds=funds, initial={"first_day": first, "end_day": end})
    if request.method == "POST":
        outcome = attempt(form, lambda: actions.run_automatic(request.actor, **form.cleaned_data))
        if outcome.done:
            messages.success(request, _("已为 %(n)s 户企业算出贴息。") % {"n": len(outcome.value or ())})
            return redirect("gov:subsidy_claims")
    lead = _("平台按贷款记录逐日计算，企业不用申请；已算过的天数不会重复。")
    context = {
        "heading": _("免申即享计算"),
        "form": form,
        "submit": _("计算"),
        "lead": lead,
        "back": reverse("gov:subsidy_claims"),
    }
    return render(request, "officer/form.html", context, status=422 if form.errors else 200)
