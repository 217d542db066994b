"""The bridge fund at the finance bureau: the fund now, its advances with days and fee, acts on one of them."""

from __future__ import annotations

import datetime as dt

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
from huoshui.funds import actions_bridge as actions
from huoshui.funds import queries_bridge as queries
from huoshui.kernel import clock
from huoshui.portals.shared import bridge_views
from huoshui.portals.shared.bridge_table import bridges as table
from huoshui.portals.shared.fields import DayField, YuanField
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import ActingRequest, posted
from huoshui.portals.shared.tables import Action, table_response


class PayInForm(forms.Form):
    """An appropriation to the fund."""

    amount = YuanField(label=gettext_lazy("拨入金额"))
    document_no = forms.CharField(label=gettext_lazy("拨款文号"), max_length=60)
    on = DayField(label=gettext_lazy("到账日期"))


@requires(Permission.READ_FUNDS)
def bridges(request: ActingRequest) -> HttpResponseBase:
    """List the advances under the state of the fund."""
    today = clock.today()
    pays = request.actor.may(Permission.APPROVE_PAYMENTS)
    acts = (Action(gettext_lazy("登记拨款"), reverse("gov:bridge_pay_in"), "plus", primary=False),) if pays else ()
    listed = table(request.actor, lambda row: reverse("gov:bridge", args=[row.pk]), actions=acts)
    year = queries.fund_usage(request.actor, first=today - dt.timedelta(days=364), last=today)
    context = {"fund": queries.fund(), "usage": year, "waiting": queries.waiting(request.actor)}
    return table_response(request, listed, template="government/bridges.html", context=context)


@requires(Permission.READ_FUNDS)
def bridge(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Show one advance."""
    return bridge_views.show(request, pk, act_url="gov:bridge_act", payment_url="gov:payment")


@require_POST
@requires(Permission.PREPARE_PAYMENTS, Permission.APPROVE_PAYMENTS)
def bridge_act(request: ActingRequest, pk: int, code: str) -> HttpResponseBase:
    """Reserve, decline, pay out, record money back."""
    return bridge_views.act(request, pk, code, page_url="gov:bridge", act_url="gov:bridge_act")


@requires(Permission.APPROVE_PAYMENTS)
def pay_in(request: ActingRequest) -> HttpResponseBase:
    """Record an appropriation; the same document counts once."""
    form = PayInForm(posted(request), initial={"on": clock.today()})
    if (
        request.method == "POST"
        and attempt(form, lambda: actions.pay_in_bridge(request.actor, **form.cleaned_data)).done
    ):
        messages.success(request, _("拨款已入账。"))
        return redirect("gov:bridges")
    context = {"heading": _("应急周转资金拨款"), "form": form, "submit": _("入账"), "back": reverse("gov:bridges")}
    return render(request, "officer/form.html", context, status=422 if form.errors else 200)
