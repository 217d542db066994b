"""The bridge fund at the bank: what its firms ask, its commitments, the legs it confirms."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from huoshui.access.guard import requires
from huoshui.access.roles import Permission
from huoshui.portals.shared import bridge_views
from huoshui.portals.shared.bridge_table import bridges as table
from huoshui.portals.shared.request import ActingRequest
from huoshui.portals.shared.tables import table_response


@requires(Permission.READ_CASES)
def bridges(request: ActingRequest) -> HttpResponseBase:
    """List the advances on the bank's loans."""
    lead = _("先书面承诺续贷；资金到账当天还旧贷款，新贷款放出后立即归还专户。")
    return table_response(request, table(request.actor, lambda row: reverse("bank:bridge", args=[row.pk]), lead=lead))


@requires(Permission.READ_CASES)
def bridge(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Show one advance."""
    return bridge_views.show(request, pk, act_url="bank:bridge_act", loan_url="bank:loan")


@require_POST
@requires(Permission.MANAGE_LOANS)
def bridge_act(request: ActingRequest, pk: int, code: str) -> HttpResponseBase:
    """Commit, refuse, confirm a leg."""
    return bridge_views.act(request, pk, code, page_url="bank:bridge", act_url="bank:bridge_act")
