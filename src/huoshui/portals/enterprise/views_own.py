"""What is the firm's own: who may read its data, who did, and taking it back with one press."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huoshui.access.guard import actor_of, requires
from huoshui.access.roles import Permission
from huoshui.audit import queries as audit
from huoshui.portals.enterprise.own import chosen_firm
from huoshui.portals.shared.firm import fact_lines, register_lines
from huoshui.registry import actions as registry
from huoshui.registry import queries as register


@requires(Permission.MANAGE_CONSENT)
def consents(request: HttpRequest) -> HttpResponseBase:
    """List the firm's consents, open ones first."""
    firm = chosen_firm(request)
    listed = sorted(register.consents_of(firm), key=lambda one: not one.open) if firm else []
    return render(request, "enterprise/consents.html", {"consents": listed})


@require_POST
@requires(Permission.MANAGE_CONSENT)
def withdraw_consent(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take one consent back, at once."""
    registry.withdraw_consent(actor_of(request), consent_id=pk)
    messages.success(request, _("授权已撤回，对方从现在起不能再看您的资料。"))
    return redirect("enterprise:consents")


@requires(Permission.MANAGE_CONSENT)
def reads(request: HttpRequest) -> HttpResponseBase:
    """List who has looked at the firm's data, newest first."""
    firm = chosen_firm(request)
    listed = audit.reads_of("enterprise", firm, kind="ENTERPRISE_READ") if firm else []
    return render(request, "enterprise/reads.html", {"reads": listed})


@requires(Permission.APPLY)
def data(request: HttpRequest) -> HttpResponseBase:
    """Show what the platform knows of the firm, with source and day."""
    firm = chosen_firm(request)
    view = register.enterprise(actor_of(request), firm) if firm else None
    context = {
        "firm": view,
        "register": register_lines(view) if view else (),
        "lines": fact_lines(view) if view else (),
    }
    return render(request, "enterprise/data.html", context)


@require_POST
@requires(Permission.APPLY)
def switch(request: HttpRequest) -> HttpResponseBase:
    """Choose which of one's firms the pages are about."""
    wanted = request.POST.get("firm", "")
    if wanted.isdigit() and int(wanted) in actor_of(request).enterprise_ids:
        request.session["firm"] = int(wanted)
    return redirect("enterprise:home")
