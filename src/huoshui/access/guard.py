"""Who may open a view: declared on the view itself, so that a test can find the one that forgot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext as _

from huoshui.access.actor import ANONYMOUS, Actor
from huoshui.access.roles import Permission
from huoshui.audit.actions import record

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
MARK = "access_declared"


@dataclass(frozen=True, slots=True)
class Declared:
    """What a view asks of its visitor: *kind* public, signed_in or permission (any one of *permissions*)."""

    kind: str
    permissions: frozenset[Permission] = frozenset()

    def admits(self, actor: Actor) -> bool:
        """Return whether *actor* passes."""
        if self.kind == "public":
            return True
        if self.kind == "signed_in":
            return actor.person_id is not None
        return any(actor.may(permission) for permission in self.permissions)


def actor_of(request: HttpRequest) -> Actor:
    """Return who acts in *request*."""
    return cast(Actor, getattr(request, "actor", ANONYMOUS))


def public(view: View) -> View:
    """Declare that anybody may open *view*."""
    setattr(view, MARK, Declared("public"))
    return view


def signed_in(view: View) -> View:
    """Declare that everybody who has signed in may open *view*."""
    return _guarded(view, Declared("signed_in"))


def requires(*permissions: Permission) -> Callable[[View], View]:
    """Declare that *view* opens for whoever holds one of *permissions*."""
    assert permissions, "a view requires at least one permission; or declare it public or signed_in"
    return lambda view: _guarded(view, Declared("permission", frozenset(permissions)))


def declared(view: Callable[..., Any]) -> Declared | None:
    """Return what *view* declares, None where it forgot."""
    return cast("Declared | None", getattr(view, MARK, None))


def _guarded(view: View, asked: Declared) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor = actor_of(request)
        if asked.admits(actor):
            return view(request, *args, **kwargs)
        return refuse(request, actor)

    setattr(guarded, MARK, asked)
    return cast(View, guarded)


def refuse(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Send a stranger to sign in; tell somebody signed in that the page is not for their role, and record it."""
    if actor.person_id is None:
        return to_sign_in(request)
    record(actor, "ACCESS_REFUSED", ("page", request.path[:60]), facts={"method": request.method})
    raise PermissionDenied(_("您的岗位没有打开此页面的权限。如工作需要，请联系本机构的安全管理员。"))


def to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Return the way to the sign-in page and back; for HTMX status 401 with the header that moves the whole page."""
    asks_part = request.headers.get("HX-Request") == "true"
    back = _page_of(request) if asks_part else request.get_full_path()
    address = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({REDIRECT_FIELD_NAME: back})}"
    response = redirect(address)
    if asks_part:
        del response["Location"]
        response.status_code = 401
        response["HX-Redirect"] = address
    return response


def _page_of(request: HttpRequest) -> str:
    """Return the path of the page that sent the HTMX request: its answer alone would be half a page."""
    from urllib.parse import urlsplit

    page = urlsplit(request.headers.get("HX-Current-URL", ""))
    return (page.path + (f"?{page.query}" if page.query else "")) or request.get_full_path()
