"""A firm finds events, answers an invitation, asks its question, and signs in at the door by the event's code."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huoshui.access.guard import actor_of, requires
from huoshui.access.roles import Permission
from huoshui.catalogue import queries as catalogue
from huoshui.kernel import clock
from huoshui.portals.enterprise.own import chosen_firm
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import posted
from huoshui.registry import queries as register
from huoshui.service import actions_event as actions
from huoshui.service import queries_event as queries


class AnswerForm(forms.Form):
    """Whether the firm comes, and what it wants to ask."""

    use_required_attribute = False

    question = forms.CharField(
        label=gettext_lazy("想问银行的问题"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


@requires(Permission.APPLY)
def events(request: HttpRequest) -> HttpResponseBase:
    """Show the events a firm may sign up for, its own sign-ups first, and those it went to."""
    actor, firm = actor_of(request), chosen_firm(request)
    kind = request.GET.get("kind", "")
    coming = queries.coming_to(actor, firm, district=register.own_view(firm).district_code if firm else "")
    context = {
        "mine": [_shown(one) for one in coming if one.line and one.line.state != "declined"],
        "others": [
            _shown(one)
            for one in coming
            if (not one.line or one.line.state == "declined") and kind in ("", one.event.kind)
        ],
        "past": [(line, actions.STATES[line.state]) for line in queries.attended(actor, firm)[:20]],
        "kinds": actions.KINDS.items(),
        "kind": kind,
    }
    return render(request, "enterprise/events.html", context)


def _shown(one: queries.Coming) -> tuple[queries.Coming, object, object]:
    return one, actions.KINDS[one.event.kind], actions.STATES[one.line.state] if one.line else None


@requires(Permission.APPLY)
def event(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show an event and take the firm's answer."""
    row, actor, firm = queries.event(pk), actor_of(request), chosen_firm(request)
    if row is None:
        raise Http404
    line = queries.attendance_of(actor, pk, firm)
    form = AnswerForm(posted(request), initial={"question": line.question if line else ""})
    if request.method == "POST":
        comes = request.POST.get("comes") == "1"
        done = attempt(
            form,
            lambda: actions.answer_invitation(
                actor, event_id=pk, enterprise_id=firm or 0, comes=comes, question=form.cleaned_data["question"]
            ),
        )
        if done.done:
            messages.success(request, _("已报名，到场请扫签到码。") if comes else _("已回复不参加。"))
            return redirect("enterprise:event", pk)
    context = {"row": row, "form": form, "line": line, "kind": actions.KINDS[row.kind]}
    context["state"] = actions.STATES[line.state] if line else None
    context |= {"left": queries.seats_left(row), "banks": _banks(row.bank_ids), "over": row.ends_at <= clock.now()}
    return render(request, "enterprise/event.html", context, status=422 if form.errors else 200)


def _banks(ids: list[int]) -> list[object]:
    return [each.name for each in catalogue.institutions() if each.org_id in ids]


@requires(Permission.APPLY)
def sign_in(request: HttpRequest, token: str) -> HttpResponseBase:
    """Ask for one press, then sign the firm in: a code that is only looked at signs nobody in."""
    row = queries.by_token(token)
    if row is None:
        raise Http404
    form = forms.Form(posted(request))
    if request.method == "POST":
        firm = chosen_firm(request) or 0
        done = attempt(form, lambda: actions.sign_in_at(actor_of(request), token=token, enterprise_id=firm))
        if done.done:
            messages.success(request, _("签到成功，欢迎。"))
            return redirect("enterprise:event", row.pk)
    context = {"row": row, "form": form}
    return render(request, "enterprise/event_sign_in.html", context, status=422 if form.errors else 200)
