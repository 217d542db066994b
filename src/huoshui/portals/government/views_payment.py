"""Payments at the finance bureau: the queue with acts on many, one payment with its lines, its letter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from huoshui.access.actor import Actor
from huoshui.access.guard import requires
from huoshui.access.roles import Permission as P
from huoshui.funds import actions_payment as actions
from huoshui.funds import payment_lifecycle as lifecycle
from huoshui.funds import queries_payment as queries
from huoshui.portals.government import payment_tables
from huoshui.portals.shared.letters import letter_response
from huoshui.portals.shared.request import ActingRequest
from huoshui.portals.shared.tables import Batch, table_response

BATCHES: dict[str, tuple[Any, P, Callable[[Actor, list[int]], object]]] = {
    "check": (gettext_lazy("复核"), P.APPROVE_PAYMENTS, lambda actor, ids: actions.check_payments(actor, order_ids=ids)),
    "publish": (gettext_lazy("公示"), P.PREPARE_PAYMENTS, lambda actor, ids: actions.publish_notice(actor, order_ids=ids)),
    "approve": (
        gettext_lazy("批准支付"), P.APPROVE_PAYMENTS, lambda actor, ids: actions.approve_payments(actor, order_ids=ids)
    ),
}  # fmt: skip
ACTS: dict[str, Callable[[Actor, int, str], object]] = {
    "cancel": lambda actor, pk, words: actions.cancel_payment(actor, order_id=pk, reason=words),
    "send_again": lambda actor, pk, _words: actions.send_again(actor, order_id=pk),
    "check": lambda actor, pk, _words: actions.check_payments(actor, order_ids=[pk]),
    "publish": lambda actor, pk, _words: actions.publish_notice(actor, order_ids=[pk]),
    "approve": lambda actor, pk, _words: actions.approve_payments(actor, order_ids=[pk]),
}
# kind of a payment → what it is for, and the page of it
BUSINESS = {
    "subsidy": (gettext_lazy("贴息申报"), "gov:subsidy_claim"),
    "compensation": (gettext_lazy("补偿申请"), "gov:compensation_claim"),
    "bridge": (gettext_lazy("应急周转"), "gov:bridge"),
    "guarantee": (gettext_lazy("融资担保"), "gov:guarantee"),
}
LINE_ACTS: dict[str, Callable[[Actor, int, str, str], object]] = {
    "object": lambda actor, pk, words, who: actions.object_to(actor, line_id=pk, words=words, objector=who),
    "reinstate": lambda actor, pk, words, _who: actions.reinstate_line(actor, line_id=pk, answer=words),
    "strike": lambda actor, pk, words, _who: actions.strike_line(actor, line_id=pk, reason=words),
}


@requires(P.READ_FUNDS)
def payments(request: ActingRequest) -> HttpResponseBase:
    """List the payments with the acts on many that the reader may do."""
    batches = tuple(
        Batch(code, label, reverse("gov:payment_batch", args=[code]))
        for code, (label, permission, _run) in BATCHES.items()
        if request.actor.may(permission)
    )
    return table_response(request, payment_tables.payments(request.actor, batches))


@require_POST
@requires(P.PREPARE_PAYMENTS, P.APPROVE_PAYMENTS)
def batch(request: ActingRequest, code: str) -> HttpResponseBase:
    """Do one act on the chosen payments, all or none."""
    if code not in BATCHES:
        raise Http404
    label, _permission, run = BATCHES[code]
    chosen = [int(one) for one in request.POST.getlist("selected") if one.isdecimal()]
    run(request.actor, chosen)
    messages.success(request, _("%(act)s：%(n)s 笔。") % {"act": label, "n": len(chosen)})
    return redirect("gov:payments")


@requires(P.READ_FUNDS)
def payment(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Show one payment with its lines."""
    view = queries.payment(request.actor, pk)
    offered = [(act.value, lifecycle.ACT_NAMES[act]) for act in view.acts if act.value in ACTS]
    context = {
        "view": view,
        "tone": payment_tables.TONES[view.state],
        "acts": offered,
        "objects": view.state == "in_notice" and request.actor.may(P.PREPARE_PAYMENTS),
        "answers": request.actor.may(P.APPROVE_PAYMENTS),
        "business": BUSINESS.get(view.kind),
    }
    return render(request, "government/payment.html", context)


@require_POST
@requires(P.PREPARE_PAYMENTS, P.APPROVE_PAYMENTS)
def act(request: ActingRequest, pk: int, code: str) -> HttpResponseBase:
    """Do one act on a payment."""
    if code not in ACTS:
        raise Http404
    ACTS[code](request.actor, pk, request.POST.get("reason", "")[:200])
    messages.success(request, _("已办理。"))
    return redirect("gov:payment", pk)


@require_POST
@requires(P.PREPARE_PAYMENTS, P.APPROVE_PAYMENTS)
def line_act(request: ActingRequest, pk: int, code: str) -> HttpResponseBase:
    """Record an objection against a line, or answer one."""
    if code not in LINE_ACTS:
        raise Http404
    words, who = request.POST.get("words", "")[:400], request.POST.get("objector", "")[:80]
    LINE_ACTS[code](request.actor, pk, words, who)
    messages.success(request, _("已办理。"))
    return redirect("gov:payment", request.POST.get("payment", "0"))


@requires(P.READ_FUNDS)
def letter(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Hand out the letter that tells the payee what is paid and for what."""
    return letter_response(request.actor, pk)
