"""Who may open a page: every view says so with one of these marks, and a test fails on any view that does not."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from huoshui.access.actor import ANONYMOUS, Actor
from huoshui.access.roles import Permission

View = Callable[..., HttpResponseBase]
MARK = "huoshui_access"  # what a view declared: "public", "signed_in" or its permissions


def actor_of(request: HttpRequest) -> Actor:
    """Return who acts in *request*."""
    return cast(Actor, getattr(request, "actor", ANONYMOUS))


def public(view: View) -> View:
    """Mark a view as open to everybody."""
    setattr(view, MARK, "public")
    return view


def signed_in(view: View) -> View:
    """Let in whoever is signed in; send the others to sign in."""
    return _guarded(view, frozenset(), "signed_in")


def requires(*permissions: Permission) -> Callable[[View], View]:
    """Let in whoever holds at least one of *permissions*; send strangers to sign in, refuse the others in words."""
    assert permissions, "name at least one permission, or use signed_in"
    return lambda view: _guarded(view, frozenset(permissions), permissions)


def declared(view: Any) -> Any:
    """Return what *view* declared, or None."""
    return getattr(view, MARK, None)


def _guarded(view: View, permissions: frozenset[Permission], mark: object) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor = actor_of(request)
        if actor.kind == "anonymous":
            return _to_sign_in(request)
        if permissions and not any(actor.may(permission) for permission in permissions):
            raise PermissionDenied("、".join(sorted(permissions)))
        return view(request, *args, **kwargs)

    setattr(guarded, MARK, mark)
    return guarded


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """Return the way to sign in; a partial request gets a header that makes the browser go there as a whole."""
    target = redirect_to_login(request.get_full_path())
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": target.url})
    return target
