"""Lists of firms: editions, evidence, differences, made again, handed to banks; runs over the whole register."""

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
from huoshui.kernel.errors import DomainError
from huoshui.portals.government import lists_register
from huoshui.portals.government.list_page import list_page, push_page
from huoshui.portals.government.list_rule import ListEditor
from huoshui.portals.shared.choices import district_choices
from huoshui.portals.shared.request import ActingRequest, posted
from huoshui.portals.shared.tables import table_response
from huoshui.portals.shared.trial import answer_edit
from huoshui.registry import queries as registry
from huoshui.screening import actions_lead, queries_score, tasks
from huoshui.screening import queries_list as queries
from huoshui.screening.queries_list import EditionView

_READ = (Permission.READ_LISTS, Permission.MANAGE_LISTS)


@requires(*_READ)
def lists(request: ActingRequest) -> HttpResponseBase:
    """List the lists."""
    return table_response(request, lists_register.firm_lists(request.actor))


@requires(*_READ)
def firm_list(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Show an edition: figures, history, rule, what came of it, its firms."""
    number = request.GET.get("edition", "")
    found = _edition(request, pk, int(number) if number.isascii() and number.isdigit() and len(number) < 7 else None)
    if found is None:
        held = queries.definitions(request.actor).get(pk=pk)
        rule = queries.rule_of(request.actor, pk)
        context = {"held": held, "rule": queries.rule_words(rule) if rule else None}
        return render(request, "government/list_empty.html", context)
    table = lists_register.members(request.actor, found, change=request.GET.get("change", ""))
    page = list_page(request.actor, found)
    return table_response(request, table, template="government/list_page.html", context={"page": page})


@requires(*_READ)
def evidence(request: ActingRequest, pk: int, number: int, firm: int) -> HttpResponseBase:
    """Show which facts put a firm on a list; the read is recorded."""
    found = _edition(request, pk, number)
    try:
        lines = queries.evidence(request.actor, pk, number, firm)
        view = registry.enterprise(request.actor, firm, reason="case_work")
    except DomainError as unknown:
        raise Http404 from unknown
    scored = queries_score.assessment(request.actor, firm) if queries_score.shown_to(request.actor) else None
    context = {"edition": found, "lines": lines, "firm": view, "scored": scored}
    return render(request, "government/list_evidence.html", context)


@requires(*_READ)
def leads(request: ActingRequest, pk: int) -> HttpResponseBase:
    """List what was handed to banks and what they reported."""
    found = _edition(request, pk, None)
    if found is None:
        raise Http404
    return table_response(request, lists_register.leads(request.actor, found))


@requires(*_READ)
def waiting(request: ActingRequest, pk: int) -> HttpResponseBase:
    """List the firms that no bank can take now, with the reason."""
    found = _edition(request, pk, None)
    if found is None or not found.pushed:
        raise Http404
    return table_response(request, lists_register.waiting(request.actor, found))


@require_POST
@requires(Permission.MANAGE_LISTS)
def make(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Have the next edition made by the worker."""
    held = queries.definitions(request.actor).filter(pk=pk).first()
    if held is None:
        raise Http404
    tasks.make_list.defer(code=held.code, person_id=request.actor.person_id or 0)
    messages.success(request, _("已安排生成新一期，完成后刷新本页即可看到；数据和规则都没有变化时不会另出一期。"))
    return redirect("gov:firm_list", pk)


@requires(Permission.MANAGE_LISTS)
def push(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Preview who would get which part of a list; hand it out when confirmed."""
    found = _edition(request, pk, None)
    if found is None or not found.pushed:
        raise Http404
    given = request.POST if request.method == "POST" else request.GET
    known = [code for code, _name in district_choices()]
    chosen = [code for code in given.getlist("district") if code in known]
    if request.method == "POST":
        try:
            count = actions_lead.push(request.actor, edition_id=found.id, districts=chosen)
        except DomainError as refusal:
            messages.error(request, " ".join(refusal.lines(request.LANGUAGE_CODE[:2])))
            return redirect(reverse("gov:firm_list_push", args=[pk]))
        messages.success(request, _("已推送 %(n)s 户，银行已收到提醒。") % {"n": count})
        return redirect("gov:firm_list_leads", pk)
    plan = actions_lead.preview(request.actor, edition_id=found.id, districts=chosen)
    context = {"page": push_page(found, plan, chosen), "choices": district_choices()}
    return render(request, "government/list_push.html", context)


@requires(Permission.MANAGE_LISTS)
def rule(request: ActingRequest, pk: int | None = None) -> HttpResponseBase:
    """Set up a list, or give one its next rule."""
    editor = ListEditor(request.actor, posted(request), pk)
    if editor.command:
        return answer_edit(request, editor.command, "government/list_rule.html", editor)
    if request.method == "POST" and (kept := editor.save()):
        messages.success(request, _("规则已保存，生成下一期时生效。"))
        return redirect("gov:firm_list", kept)
    return render(request, "government/list_rule.html", editor.context(), status=422 if editor.refused else 200)


def _edition(request: ActingRequest, pk: int, number: int | None) -> EditionView | None:
    try:
        return queries.edition(request.actor, pk, number)
    except DomainError as unknown:
        raise Http404 from unknown
