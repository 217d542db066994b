"""Who may go on at a step of the application: what is missing comes first, what was typed stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from huoshui.access.actor import Actor
from huoshui.access.guard import actor_of, public
from huoshui.portals.enterprise import consent, drafts, steps
from huoshui.portals.enterprise.drafts import Typed

ADDRESSES = {
    "firm": "enterprise:apply",
    "phone": "enterprise:phone",
    "need": "enterprise:need",
    "consent": "enterprise:consent",
    "matches": "enterprise:matches",
    "send": "enterprise:send",
}


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of the application: the draft, who acts, and where on the way."""

    typed: Typed
    actor: Actor
    way: steps.Way

    @property
    def represents(self) -> bool:
        """Return whether the visitor has proved to act for the firm."""
        return speaks_for(self.actor, self.typed.enterprise_id)


def speaks_for(actor: Actor, enterprise_id: int | None) -> bool:
    """Return whether *actor* is an owner who acts for the firm."""
    return actor.kind == "owner" and enterprise_id in actor.enterprise_ids


StepView = Callable[[HttpRequest, Visit], HttpResponseBase]


def step(name: str, *, saves: bool = False) -> Callable[[StepView], Callable[[HttpRequest], HttpResponseBase]]:
    """Make a view of step *name*: it gets the draft, and opens once the steps before are done.

    With *saves* a POST reaches the view even when the session has ended meanwhile: it keeps what was typed and leaves the
    rest to the next step.
    """

    def decorate(view: StepView) -> Callable[[HttpRequest], HttpResponseBase]:
        @public
        @wraps(view)
        def opened(request: HttpRequest) -> HttpResponseBase:
            if demand_id := _sent_before(request):
                return redirect("enterprise:demand", demand_id)
            visit = Visit(drafts.of(request), actor_of(request), steps.way(name))
            missing = steps.first_missing(progress(visit), name)
            if missing and not (saves and request.method == "POST" and missing == "phone"):
                return redirect(ADDRESSES[missing])
            return drafts.kept(view(request, visit), visit.typed)

        return opened

    return decorate


def _sent_before(request: HttpRequest) -> int | None:
    """Return the demand that this very form has become already: the same form sent twice makes one."""
    person_id, key = actor_of(request).person_id, request.POST.get("form_key", "")
    return drafts.sent(key, person_id) if person_id and key else None


def progress(visit: Visit) -> steps.Progress:
    """Return what is done of the application."""
    typed = visit.typed
    return steps.Progress(
        firm=typed.enterprise_id is not None,
        phone=visit.represents,
        need=typed.has_need,
        consent=consent.in_force(typed),
        choice=bool(typed.product_ids or typed.get("platform_chooses")),
    )


def onwards(visit: Visit) -> HttpResponseBase:
    """Go to the first step that is not done; a consent ticked before the phone was known is recorded now."""
    if visit.represents:
        consent.settle(visit.typed, visit.actor)
    return redirect(ADDRESSES[steps.first_missing(progress(visit), "send") or "send"])
