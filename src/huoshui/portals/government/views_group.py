"""Groups: a market, a street, a town, a project or a chain that asks together."""

from __future__ import annotations

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huoshui.access.guard import requires
from huoshui.access.roles import Permission
from huoshui.financing import actions, queries
from huoshui.kernel.errors import DomainError
from huoshui.portals.government import lists_group
from huoshui.portals.government.forms_group import CreditForm, GroupForm, MembersForm
from huoshui.portals.shared.choices import district_choices
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import ActingRequest, posted
from huoshui.portals.shared.tables import table_response
from huoshui.registry import queries as registry


@requires(Permission.DISPATCH_DEMANDS, Permission.READ_DEMANDS)
def groups(request: ActingRequest) -> HttpResponseBase:
    """List the groups."""
    return table_response(request, lists_group.groups(request.actor))


@requires(Permission.DISPATCH_DEMANDS)
def group_new(request: ActingRequest) -> HttpResponseBase:
    """Open a group with its loan code."""
    form = GroupForm(posted(request), districts=lists_group.own_districts(request.actor, district_choices()))
    outcome = attempt(form, lambda: actions.create_group(request.actor, **form.group())) if request.POST else None
    if outcome and outcome.done:
        messages.success(request, _("集群需求已建立，可以打印贷款码。"))
        return redirect("gov:group", outcome.value)
    return render(request, "government/group_new.html", {"form": form}, status=422 if form.errors else 200)


@requires(Permission.DISPATCH_DEMANDS, Permission.READ_DEMANDS)
def group(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Show a group: members, money, special credit."""
    return render(request, "government/group.html", _context(request, pk))


def _context(request: ActingRequest, pk: int, **forms: object) -> dict[str, object]:
    view = queries.group(request.actor, pk)
    may = request.actor.may(Permission.DISPATCH_DEMANDS) and view.closed_at is None
    return {
        "group": view,
        "district": registry.district_name(view.district_code),
        "may": may,
        "members_form": forms.get("members") or MembersForm(),
        "credit_form": forms.get("credit") or CreditForm(),
    }


@require_POST
@requires(Permission.DISPATCH_DEMANDS)
def group_members(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Put demands into the group, by their numbers."""
    form = MembersForm(request.POST)
    outcome = attempt(form, lambda: _join(request, pk, form.cleaned_data["numbers"]))
    if outcome.done:
        return redirect("gov:group", pk)
    return render(request, "government/group.html", _context(request, pk, members=form), status=422)


def _join(request: ActingRequest, pk: int, numbers: list[str]) -> None:
    rows = dict(queries.demands(request.actor).filter(number__in=numbers).values_list("pk", "number"))
    result = actions.add_members(request.actor, group_id=pk, demand_ids=list(rows))
    language = get_language() or "zh"
    messages.success(request, _("已加入 %(n)s 笔需求。") % {"n": len(result.done)})
    for demand, problems in result.refused:
        messages.warning(request, f"{rows[demand]}: " + " ".join(problem.said(language) for problem in problems))
    for number in set(numbers) - set(rows.values()):
        messages.warning(request, _("没有编号为 %(number)s 的需求。") % {"number": number})


@require_POST
@requires(Permission.DISPATCH_DEMANDS)
def group_credit(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Record the special credit of a bank."""
    form = CreditForm(request.POST)
    outcome = attempt(form, lambda: actions.give_credit(request.actor, group_id=pk, **form.credit()))
    if outcome.done:
        messages.success(request, _("专项授信已登记，成员授信合计不会超过这个额度。"))
        return redirect("gov:group", pk)
    return render(request, "government/group.html", _context(request, pk, credit=form), status=422)


@require_POST
@requires(Permission.DISPATCH_DEMANDS)
def group_close(request: ActingRequest, pk: int) -> HttpResponseBase:
    """End a group."""
    try:
        actions.close_group(request.actor, group_id=pk)
        messages.success(request, _("集群已结束，不再接受新成员。"))
    except DomainError as refusal:
        messages.error(request, " ".join(refusal.lines(get_language() or "zh")))
    return redirect("gov:group", pk)
