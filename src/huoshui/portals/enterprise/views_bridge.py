"""A firm asks the bridge fund for its maturing loan and follows the money."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from huoshui.access.guard import actor_of, requires
from huoshui.access.roles import Permission
from huoshui.funds import actions_bridge as actions
from huoshui.funds.bridge_lifecycle import Act
from huoshui.portals.enterprise import bridging
from huoshui.portals.shared.bridge_page import bridge_page
from huoshui.portals.shared.fields import YuanField
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import posted


class AskForm(forms.Form):
    """How much of the loan the fund should repay."""

    amount = YuanField(label=gettext_lazy("周转金额"), help_text=gettext_lazy("不超过贷款余额。"))


@requires(Permission.APPLY)
def ask(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show the conditions of an advance for a loan, and take the request."""
    page = bridging.ask(actor_of(request), pk)
    form = AskForm(posted(request), initial={"amount": page.balance})
    if request.method == "POST":
        act = attempt(
            form, lambda: actions.request_bridge(actor_of(request), loan_id=pk, amount=form.cleaned_data["amount"])
        )
        if act.done:
            messages.success(request, _("申请已送到贷款银行，银行承诺续贷后进入审核。"))
            return redirect("enterprise:bridge", act.value)
    context = {"page": page, "form": form}
    return render(request, "enterprise/bridge_ask.html", context, status=422 if form.errors else 200)


@requires(Permission.APPLY)
def bridge(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show where an advance stands, day by day."""
    page = bridge_page(actor_of(request), pk)
    return render(request, "enterprise/bridge.html", {"page": page, "may_withdraw": Act.WITHDRAW in page.view.acts})


@require_POST
@requires(Permission.APPLY)
def withdraw(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take the request back before the money goes out."""
    actions.withdraw_bridge(actor_of(request), advance_id=pk)
    messages.success(request, _("申请已撤回。"))
    return redirect("enterprise:bridge", pk)
