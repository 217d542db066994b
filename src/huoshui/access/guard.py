"""Who may open a view: declared on the view itself, so that a test can find the one that forgot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlencode, urlsplit

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from huoshui.access import parked
from huoshui.access.actor import ANONYMOUS, Actor
from huoshui.access.roles import ROLE_PERMISSIONS, Permission, Role
from huoshui.audit.actions import record

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
MARK = "access_declared"
_FIRMS = ROLE_PERMISSIONS[Role.OWNER]


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


def opens(actor: Actor, link: str) -> bool:
    """Return whether *link*, an address of this site, leads to a page that the role of *actor* opens."""
    try:
        view = resolve(urlsplit(link).path).func
    except Resolver404:
        return False
    asked = declared(view)
    return asked is not None and asked.admits(actor)


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


def freshly(view: View) -> View:
    """Ask staff to prove themselves again before *view* when their last proof is older than a few minutes.

    For acts that cannot be taken back. Stands below requires(): ``@requires(…)`` then ``@freshly``. Firms, whose proof
    is a code, pass; so does everybody in practice mode.
    """
    checked = reauthentication_required(view)

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        asked = actor_of(request).kind == "staff" and getattr(settings, "REQUIRE_SECOND_FACTOR", True)
        answer: HttpResponseBase = (checked if asked else view)(request, *args, **kwargs)
        return answer

    return cast(View, guarded)


def _guarded(view: View, asked: Declared) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor = actor_of(request)
        if asked.admits(actor):
            return view(request, *args, **kwargs)
        return refuse(request, asked)

    setattr(guarded, MARK, asked)
    return cast(View, guarded)


def refuse(request: HttpRequest, asked: Declared) -> HttpResponseBase:
    """Send a stranger to sign in; tell somebody signed in that the page is not for their role, and record it."""
    actor = actor_of(request)
    if actor.person_id is None:
        return to_sign_in(request, for_firms=bool(asked.permissions) and asked.permissions <= _FIRMS)
    facts = {"page": request.path, "method": request.method}
    record(actor, "ACCESS_REFUSED", ("page", request.path[:60]), facts=facts)
    raise PermissionDenied(_("您的岗位没有打开此页面的权限。如工作需要，请联系本机构的安全管理员。"))


def to_sign_in(request: HttpRequest, *, for_firms: bool = False) -> HttpResponseBase:
    """Return the way to the sign-in page and back; for HTMX status 401 with the header that moves the whole page.

    What a form brought from a session that has ended is parked, and the way back leads to it.
    """
    page = _page_of(request)
    asks_part = request.headers.get("HX-Request") == "true"
    response = HttpResponse(status=401 if asks_part else 302)
    back = resolve_url("access_resume") if parked.park(request, response, page=page) else page
    owner = for_firms or request.path.startswith(tuple(getattr(settings, "FIRM_PATHS", ["/my/", "/apply/"])))
    door = getattr(settings, "OWNER_LOGIN_URL", settings.LOGIN_URL) if owner else settings.LOGIN_URL
    target = f"{resolve_url(door)}?{urlencode({REDIRECT_FIELD_NAME: back})}"
    response["HX-Redirect" if asks_part else "Location"] = target
    response.url = target  # type: ignore[attr-defined] # as a redirect has it, for whoever follows
    return response


def _page_of(request: HttpRequest) -> str:
    """Return the page to come back to: what was asked for, or for a form or a part of a page the page it stood on."""
    if request.method == "GET" and request.headers.get("HX-Request") != "true":
        return request.get_full_path()
    page = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer") or "")
    if page.netloc not in ("", request.get_host()) or not page.path.startswith("/"):
        return request.path
    return page.path + (f"?{page.query}" if page.query else "")
