"""Puts the actor on each request and tells the database whom row security is for."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from huoshui.access import row_security
from huoshui.access.actor import ANONYMOUS, Actor, actor_for


class ActorMiddleware:
    """Sets ``request.actor``; binds row security for the length of the request and takes it off again.

    A visitor who has not signed in is bound to nothing: without settings the policies show nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        lasting = False
        try:
            refresh(request)
            response = self.get_response(request)
            if isinstance(response, StreamingHttpResponse):
                # its rows are still to be read: the actor goes when the last piece has been sent
                lasting = True
                response._resource_closers.append(row_security.release)  # type: ignore[attr-defined]
            return response
        finally:
            if not lasting:
                row_security.release()


def refresh(request: HttpRequest) -> Actor:
    """Put the actor of the person signed in on *request* and bind it; again after a sign-in in mid-request."""
    actor = _actor_of(request)
    request.actor = actor  # type: ignore[attr-defined]
    if actor != ANONYMOUS or row_security.bound() != ANONYMOUS:
        row_security.bind(actor)
    return actor


def _actor_of(request: HttpRequest) -> Actor:
    person = request.user
    if not person.is_authenticated:
        return ANONYMOUS
    if person.kind == "owner":
        row_security.introduce(person.pk)
    return actor_for(person, request_id=_id_of(request))


def _id_of(request: HttpRequest) -> str:
    """Return what names this request in every event it writes: the proxy's own number for it, else one made here."""
    made: str = getattr(request, "request_id", "") or request.headers.get("X-Request-ID", "")[:40] or uuid4().hex[:16]
    request.request_id = made  # type: ignore[attr-defined]
    return made
