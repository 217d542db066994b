"""Puts the actor on each request and tells the database whom row security is for."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from huoshui.access import row_security
from huoshui.access.actor import ANONYMOUS, Actor
from huoshui.access.directory import actor_for
from huoshui.access.models import Person


class ActorMiddleware:
    """Binds the signed-in person's actor for the length of the request; afterwards the connection serves nobody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        actor = _actor(request)
        request.actor = actor  # type: ignore[attr-defined]
        row_security.bind(actor)
        try:
            return self.get_response(request)
        finally:
            row_security.release()


def _actor(request: HttpRequest) -> Actor:
    request_id = uuid.uuid4().hex
    if not isinstance(request.user, Person):
        return Actor(kind=ANONYMOUS.kind, request_id=request_id)
    return actor_for(request.user, request_id=request_id)
