"""A firm books a half hour at the hall, and gives it back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huoshui.access.guard import actor_of, requires
from huoshui.access.roles import Permission
from huoshui.portals.enterprise.own import chosen_firm
from huoshui.portals.shared.fields import DayField
from huoshui.portals.shared.flow import attempt
from huoshui.portals.shared.request import posted
from huoshui.service import actions_hall as actions
from huoshui.service import hall as turns
from huoshui.service import queries_hall as queries


class BookForm(forms.Form):
    """What about, and when."""

    use_required_attribute = False

    topic = forms.ChoiceField(label=gettext_lazy("办理事项"))
    day = DayField(label=gettext_lazy("日期"))
    slot = forms.TimeField(
        label=gettext_lazy("时段"),
        widget=forms.Select(choices=[(f"{at:%H:%M}", f"{at:%H:%M}") for at in turns.slots()]),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "zh"
        listed = [(code, name.in_(language)) for code, (_letter, name) in turns.TOPICS.items()]
        self.fields["topic"].choices = listed  # type: ignore[attr-defined]


@requires(Permission.APPLY)
def hall(request: HttpRequest) -> HttpResponseBase:
    """Show the firm's turns and take a booking."""
    form = BookForm(posted(request))
    if request.method == "POST":
        firm = chosen_firm(request) or 0
        if attempt(form, lambda: actions.book(actor_of(request), enterprise_id=firm, **form.cleaned_data)).done:
            messages.success(request, _("预约成功，到时请留意叫号屏。"))
            return redirect("enterprise:hall")
    rows = [
        (row, turns.said(row.topic, row.number), turns.STATES[row.state])
        for row in queries.own_turns(actor_of(request))
    ]
    stages = [(row, turns.STAGES[row.stage]) for row in queries.stages(actor_of(request), chosen_firm(request) or 0)]
    context = {"form": form, "rows": rows, "stages": stages}
    return render(request, "enterprise/hall.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Permission.APPLY)
def cancel(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give a booking back."""
    actions.cancel(actor_of(request), ticket_id=pk)
    messages.success(request, _("预约已取消。"))
    return redirect("enterprise:hall")
