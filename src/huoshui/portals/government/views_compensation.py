"""Risk compensation at the finance bureau: the queue, a claim with its computed lines, check, return, decide."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST

from huoshui.access.guard import requires
from huoshui.access.roles import Permission
from huoshui.portals.shared import compensation_page as shared
from huoshui.portals.shared.request import ActingRequest
from huoshui.portals.shared.tables import table_response


@requires(Permission.READ_FUNDS)
def claims(request: ActingRequest) -> HttpResponseBase:
    """List the claims of the district."""
    table = shared.claims(request.actor, lambda row: reverse("gov:compensation_claim", args=[row.pk]))
    return table_response(request, table)


@requires(Permission.READ_FUNDS)
def claim(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Show one claim."""
    return shared.show(
        request, pk, act_url="gov:compensation_act", paper_url="gov:compensation_paper", payment_url="gov:payment"
    )


@require_POST
@requires(Permission.PREPARE_PAYMENTS)
def claim_act(request: ActingRequest, pk: int, code: str) -> HttpResponseBase:
    """Accept, return, reject, close."""
    return shared.act(
        request,
        pk,
        code,
        page_url="gov:compensation_claim",
        act_url="gov:compensation_act",
        paper_url="gov:compensation_paper",
    )


@requires(Permission.READ_FUNDS)
def paper(request: ActingRequest, pk: int, code: str) -> HttpResponseBase:
    """Hand out a paper of a claim."""
    return shared.paper(request, pk, code)
