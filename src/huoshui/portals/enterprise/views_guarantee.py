"""A firm sees the guarantee of its loan: where it stands, what it costs and why, and agrees that its data are read."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huoshui.access.guard import actor_of, requires
from huoshui.access.roles import Permission
from huoshui.funds import actions_guarantee as actions
from huoshui.funds import queries_guarantee as queries
from huoshui.funds.guarantee_lifecycle import Act
from huoshui.funds.guarantee_terms import DATA_KINDS
from huoshui.portals.shared.guarantee_page import TONES, next_step
from huoshui.registry.data_kinds import DATA_KINDS as KIND_NAMES


@requires(Permission.APPLY)
def guarantee(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show one guarantee."""
    view = queries.guarantee(actor_of(request), pk)
    context = {
        "view": view, "tone": TONES[view.state], "may_agree": Act.AGREE in view.acts, "next": next_step(view),
        "kinds": [KIND_NAMES[kind] for kind in DATA_KINDS], "timeline": tuple(reversed(view.timeline)),
    }  # fmt: skip
    return render(request, "enterprise/guarantee.html", context)


@require_POST
@requires(Permission.MANAGE_CONSENT)
def agree(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Let the guarantor read what it needs to decide."""
    actions.agree_guarantee(actor_of(request), guarantee_id=pk)
    messages.success(request, _("已同意，担保机构开始审查。"))
    return redirect("enterprise:guarantee", pk)
