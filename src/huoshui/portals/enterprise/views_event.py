"""A firm answers an invitation, asks its question, and signs in at the door by the event's code."""

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
from huoshui.portals.enterprise.own import chosen_firm
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import posted
from huoshui.service import actions_event as actions
from huoshui.service import queries_event as queries


class AnswerForm(forms.Form):
    """Whether the firm comes, and what it wants to ask."""

    use_required_attribute = False

    question = forms.CharField(
        label=gettext_lazy("想问银行的问题"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


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
    return render(request, "enterprise/event.html", context, status=422 if form.errors else 200)


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
