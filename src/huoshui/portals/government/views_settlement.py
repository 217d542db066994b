"""Advances and the yearly settlement of subsidy funds at the finance bureau, and subsidies called back."""

from __future__ import annotations

from collections.abc import Callable
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
from huoshui.funds import actions_fund, actions_subsidy
from huoshui.funds import queries_payment as payments
from huoshui.funds import queries_settlement as queries
from huoshui.funds import queries_subsidy as subsidies
from huoshui.kernel import clock
from huoshui.kernel.money import yuan_text
from huoshui.portals.government.forms_settlement import AdvanceForm, GiveBackForm, RecallForm
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import ActingRequest, posted
from huoshui.portals.shared.tables import Action, Column, Empty, Table, table_response
from huoshui.portals.shared.templatetags.huoshui import say


@requires(P.READ_FUNDS)
def chosen(request: ActingRequest) -> HttpResponseBase:
    """Lead to this year's settlement of the subsidy fund that has paid most."""
    paid = ((payments.position(one.id).paid, one) for one in queries.subsidy_funds(request.actor))
    fund = max(paid, key=lambda pair: pair[0], default=(0, None))[1]
    if fund is None:
        messages.info(request, _("还没有贴息资金。"))
        return redirect("gov:subsidy_claims")
    return redirect("gov:settlement", fund.id, clock.today().year)


@requires(P.READ_FUNDS)
def settlement(request: ActingRequest, fund: int, year: int) -> HttpResponseBase:
    """Show a fund's year: advances and claims of each bank, what waits for money, what was overpaid."""
    if not 2000 <= year <= clock.today().year:
        raise Http404
    view = queries.settlement(request.actor, fund, year=year)
    context = {
        "view": view,
        "funds": queries.subsidy_funds(request.actor),
        "years": range(clock.today().year, clock.today().year - 3, -1),
        "makes": request.actor.may(P.PREPARE_PAYMENTS),
    }
    return table_response(request, _table(request, view), template="government/settlement.html", context=context)


def _table(request: ActingRequest, view: queries.Settlement) -> Table:
    """Return the banks' year as a list."""
    back = Action(gettext_lazy("登记清算退回"), reverse("gov:subsidy_give_back", args=[view.fund.id]), "arrow-back-up")
    given = Action(gettext_lazy("预拨给银行"), reverse("gov:subsidy_advance", args=[view.fund.id]), "send")
    acts = (given, back) if request.actor.may(P.APPROVE_PAYMENTS) else (back,)
    money = ("granted", _("核定贴息")), ("paid", _("已支付")), ("clawed", _("已追回")), ("advanced", _("本年预拨")), \
        ("used", _("申报抵扣")), ("given_back", _("清算退回")), ("left", _("预拨余额"))  # fmt: skip
    return Table(
        name=f"settlement-{view.fund.code}-{view.year}",
        title=_("%(fund)s %(year)s 年清算") % {"fund": say(view.fund.name), "year": view.year},
        rows=list(view.banks),
        columns=(
            Column("bank", _("银行"), lambda row: say(row.bank)),
            Column("claims", _("申报笔数"), "claims", "count"),
            *(Column(name, words, name, "yuan") for name, words in money),
        ),
        key="organisation_id",
        actions=acts if request.actor.may(P.PREPARE_PAYMENTS) or request.actor.may(P.APPROVE_PAYMENTS) else (),
        empty=Empty(_("这一年没有银行申报或预拨"), _("企业先付后贴和免申即享直接付给企业，不经银行预拨。")),
    )


def _form_page(
    request: ActingRequest, form: forms.Form, act: Callable[[], Any], *, heading: str, lead: str, back: str
) -> HttpResponseBase:
    """Show *form*; where it is sent and right, do *act* and go *back*."""
    if request.method == "POST" and attempt(form, act).done:
        messages.success(request, _("已办理。"))
        return redirect(back)
    context = {"heading": heading, "form": form, "submit": _("登记"), "lead": lead, "back": back}
    return render(request, "officer/form.html", context, status=422 if form.errors else 200)


@requires(P.APPROVE_PAYMENTS)
def advance(request: ActingRequest, fund: int) -> HttpResponseBase:
    """Give a bank cash in advance of its quarterly claims."""
    form = AdvanceForm(posted(request), initial={"on": clock.today()})
    back = reverse("gov:settlement", args=[fund, clock.today().year])
    act = lambda: actions_fund.advance_to(request.actor, fund_id=fund, **form.cleaned_data)  # noqa: E731
    lead = _("预拨的钱先到银行，银行按季申报时从中抵扣，年度清算时退回余额。")
    return _form_page(request, form, act, heading=_("预拨给银行"), lead=lead, back=back)


@requires(P.PREPARE_PAYMENTS, P.APPROVE_PAYMENTS)
def give_back(request: ActingRequest, fund: int) -> HttpResponseBase:
    """Record what a bank gives back of its advance."""
    form = GiveBackForm(posted(request), initial={"on": clock.today()})
    back = reverse("gov:settlement", args=[fund, clock.today().year])
    act = lambda: actions_fund.give_back(request.actor, fund_id=fund, **form.cleaned_data)  # noqa: E731
    lead = _("以专户收到的银行流水为准；退回不能超过预拨余额。")
    return _form_page(request, form, act, heading=_("登记清算退回"), lead=lead, back=back)


@require_POST
@requires(P.PREPARE_PAYMENTS)
def resume(request: ActingRequest, fund: int) -> HttpResponseBase:
    """Grant what waits in the queue as far as the budget reaches now."""
    given = actions_subsidy.resume_queue(request.actor, fund_id=fund)
    messages.success(request, _("排队的申报补核 %(sum)s 元。") % {"sum": yuan_text(given)})
    return redirect("gov:settlement", fund, clock.today().year)


@requires(P.PREPARE_PAYMENTS)
def recall(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Record subsidy that was wrongly paid and came back."""
    line = subsidies.line(request.actor, pk)
    form = RecallForm(posted(request), initial={"recovered_on": clock.today()})
    act = lambda: actions_subsidy.claw_back(request.actor, line_id=pk, **form.cleaned_data)  # noqa: E731
    lead = _("%(firm)s %(contract)s：已支付 %(paid)s 元，已追回 %(clawed)s 元。") % {
        "firm": line.firm, "contract": line.contract_no, "paid": yuan_text(line.paid),
        "clawed": yuan_text(line.clawed),
    }  # fmt: skip
    back = reverse("gov:subsidy_claim", args=[line.claim_id])
    return _form_page(request, form, act, heading=_("追回贴息"), lead=lead, back=back)
