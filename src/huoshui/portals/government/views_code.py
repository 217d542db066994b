"""Loan codes: made, counted, printed, taken down."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huoshui.access.guard import requires
from huoshui.access.roles import Permission
from huoshui.financing import actions, queries
from huoshui.portals.government import lists_demand, poster
from huoshui.portals.government.forms import CodeForm
from huoshui.portals.shared.choices import district_choices
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import ActingRequest
from huoshui.portals.shared.tables import table_response


@requires(Permission.MANAGE_CODES)
def codes(request: ActingRequest) -> HttpResponseBase:
    """List loan codes with what came of them."""
    return table_response(request, lists_demand.codes(request.actor))


@requires(Permission.MANAGE_CODES)
def code_new(request: ActingRequest) -> HttpResponseBase:
    """Make a loan code."""
    own = [pair for pair in district_choices() if pair[0].startswith(request.actor.district)]
    form = CodeForm(request.POST or None, districts=own)
    if request.method == "POST" and attempt(form, lambda: actions.create_code(request.actor, **form.cleaned_data)).done:
        messages.success(request, _("贷款码已生成，可以打印海报了。"))
        return redirect("gov:codes")
    context = {"heading": _("新建贷款码"), "form": form, "submit": _("生成"), "back": reverse("gov:codes")}
    return render(request, "officer/form.html", context, status=422 if form.errors else 200)


@requires(Permission.MANAGE_CODES)
def code_poster(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Show the poster of a loan code, ready to print."""
    row = queries.codes(request.actor).filter(pk=pk).first()
    if row is None:
        raise Http404
    context = {"poster": poster.poster(label=row.label, token=row.token), "code": row}
    return render(request, "government/poster.html", context)


@require_POST
@requires(Permission.MANAGE_CODES)
def code_close(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Put a code out of use."""
    actions.close_code(request.actor, code_id=pk)
    messages.success(request, _("贷款码已停用，已有的计数保留。"))
    return redirect("gov:codes")
