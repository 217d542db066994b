"""Products: list, terms by version, the editor, hand-over to the office."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huoshui.access.guard import requires
from huoshui.access.roles import Permission
from huoshui.catalogue import queries
from huoshui.portals.bank import lists
from huoshui.portals.bank.product_editor import ProductEditor
from huoshui.portals.bank.product_page import ACTS, product_page
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import ActingRequest
from huoshui.portals.shared.tables import table_response
from huoshui.portals.shared.trial import answer_edit

READS = (Permission.READ_CASES, Permission.EDIT_PRODUCTS)


@requires(Permission.READ_CASES)
def products(request: ActingRequest) -> HttpResponseBase:
    """List the bank's own products."""
    return table_response(request, lists.products(request.actor))


@requires(Permission.READ_CASES)
def product(request: ActingRequest, pk: int, number: int | None = None) -> HttpResponseBase:
    """Show one version of a product beside the one before it."""
    page = product_page(request.actor, queries.product(request.actor, pk), number)
    return render(request, "bank/product.html", {"page": page})


@requires(Permission.EDIT_PRODUCTS)
def new_product(request: ActingRequest) -> HttpResponseBase:
    """Draft a product, or take an edit of its criteria."""
    return _edit(request, ProductEditor.new(request.actor, request.POST or None))


@requires(Permission.EDIT_PRODUCTS)
def edit_product(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Change the draft of a product, or draft its next version."""
    found = queries.product(request.actor, pk)
    if found.bank_id != request.actor.organisation_id:
        raise Http404
    return _edit(request, ProductEditor.of(request.actor, found, request.POST or None))


def _edit(request: ActingRequest, editor: ProductEditor) -> HttpResponseBase:
    if command := request.POST.get("edit", ""):
        return answer_edit(request, command, "bank/product_edit.html", editor)
    if request.method == "POST" and (saved := editor.save(submit=request.POST.get("save") == "submit")):
        messages.success(request, _("已提交审核。") if saved.submitted else _("草稿已保存。"))
        return redirect("bank:product", saved.product_id)
    return render(request, "bank/product_edit.html", editor.context(), status=422 if editor.refused else 200)


@require_POST
@requires(Permission.EDIT_PRODUCTS)
def act_on_product(request: ActingRequest, pk: int, version: int, act: str) -> HttpResponseBase:
    """Submit, take back or withdraw a version."""
    chosen = ACTS[act]
    form = chosen.form(request.POST)
    outcome = attempt(form, lambda: chosen.act(request.actor, version_id=version, **form.cleaned_data))
    if outcome.done:
        messages.success(request, str(chosen.done))
        return redirect("bank:product", pk)
    page = product_page(request.actor, queries.product(request.actor, pk), None, bound={act: form})
    return render(request, "bank/product.html", {"page": page}, status=422)
