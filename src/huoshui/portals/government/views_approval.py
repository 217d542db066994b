"""The office decides on products that banks submitted."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from huoshui.access.guard import requires
from huoshui.access.roles import Permission
from huoshui.catalogue import actions, queries
from huoshui.catalogue.lifecycle import Act, State
from huoshui.catalogue.queries import ProductView, VersionView
from huoshui.portals.government import lists
from huoshui.portals.government.forms_policy import DecisionNoteForm
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.product_lines import term_lines
from huoshui.portals.shared.request import ActingRequest
from huoshui.portals.shared.tables import table_response


@requires(Permission.APPROVE_PRODUCTS)
def waiting(request: ActingRequest) -> HttpResponseBase:
    """List the versions that wait for a decision."""
    return table_response(request, lists.waiting_versions(request.actor))


@requires(Permission.APPROVE_PRODUCTS, Permission.READ_AUDIT)
def products(request: ActingRequest) -> HttpResponseBase:
    """List every product."""
    return table_response(request, lists.products(request.actor))


@requires(Permission.APPROVE_PRODUCTS, Permission.READ_AUDIT)
def product(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Show a product's newest version beside the one before; decide on it."""
    found = queries.product(request.actor, pk)
    shown = found.versions[0]
    form = DecisionNoteForm(request.POST or None, initial={"seen_version": shown.seen_version})
    if request.method == "POST" and attempt(form, lambda: _decide(request, shown, form.cleaned_data)).done:
        messages.success(
            request, _("已通过上架。") if request.POST.get("verdict") == "approve" else _("已退回，意见已告知银行。")
        )
        return redirect("gov:approvals")
    return render(request, "government/approval.html", _page(found, form), status=422 if form.errors else 200)


def _decide(request: ActingRequest, version: VersionView, data: dict[str, Any]) -> None:
    decide = actions.approve_version if request.POST.get("verdict") == "approve" else actions.reject_version
    decide(request.actor, version_id=version.id, seen_version=data["seen_version"], note=data["note"])


def _page(found: ProductView, form: DecisionNoteForm) -> dict[str, Any]:
    shown, before = (
        found.versions[0],
        next((v for v in found.versions[1:] if v.state in (State.APPROVED, State.WITHDRAWN)), None),
    )
    return {
        "product": found,
        "version": shown,
        "before": before,
        "lines": term_lines(shown, before),
        "may_decide": Act.APPROVE in shown.acts,
        "four_eyes": shown.state == State.SUBMITTED and Act.APPROVE not in shown.acts,
        "form": form,
    }
