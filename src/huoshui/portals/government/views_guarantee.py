"""Guarantees at the finance bureau: every one of the district, read only."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huoshui.access.guard import requires
from huoshui.access.roles import Permission
from huoshui.portals.shared import guarantee_page as shared
from huoshui.portals.shared import guarantee_table as tables
from huoshui.portals.shared.request import ActingRequest
from huoshui.portals.shared.tables import table_response

URLS = {"page": "gov:guarantee", "act": "", "loan": "", "paper": "gov:guarantee_paper", "payment": "gov:payment"}


@requires(Permission.READ_FUNDS)
def guarantees(request: ActingRequest) -> HttpResponseBase:
    """List the guarantees of the district."""
    lead = _("担保由担保机构审批；代偿从代偿资金专户拨付，追回后按比例分回。")
    table = tables.guarantees(request.actor, lambda row: reverse("gov:guarantee", args=[row.pk]), lead=lead)
    return table_response(request, table)


@requires(Permission.READ_FUNDS)
def guarantee(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Show one guarantee."""
    return shared.show(request, pk, urls=URLS)


@requires(Permission.READ_FUNDS)
def paper(request: ActingRequest, pk: int, paper_id: int) -> HttpResponseBase:
    """Give a paper of the claim as it was uploaded."""
    return shared.paper_response(request.actor, pk, paper_id)
