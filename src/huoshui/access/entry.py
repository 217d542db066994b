"""What stands between signing in and working: an own password, a second factor, and a session that is still awake."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from huoshui.access.guard import actor_of

SEEN, PROVED = "seen", "second_factor"  # keys of the session
_WAYS_THROUGH = frozenset({"account_logout", "account_reauthenticate", "account_change_password", "shared:language"})
_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


class EntryMiddleware:
    """Keeps an idle session from living on, and sends staff without own password or second factor to get one first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if actor_of(request).person_id is not None:
            _keep_awake(request)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Return the way to the step that is missing, None where nothing is."""
        if actor_of(request).kind != "staff" or not getattr(settings, "REQUIRE_SECOND_FACTOR", True):
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in _WAYS_THROUGH or name.startswith("mfa_"):
            return None
        return _missing_step(request)


def _missing_step(request: HttpRequest) -> HttpResponseBase | None:
    if getattr(request.user, "must_change_password", False):
        messages.warning(request, _("这是安全管理员为您设置的初始密码，请先更换。"))
        return _go(request, "account_change_password")
    if not request.session.get(PROVED):
        if not Authenticator.objects.filter(user_id=request.user.pk, type__in=_FACTORS).exists():
            messages.warning(request, _("工作人员须绑定第二验证方式（验证器应用或通行密钥）后才能使用平台。"))
            return _go(request, "mfa_activate_totp")
        request.session[PROVED] = True
    return None


def _go(request: HttpRequest, name: str) -> HttpResponseBase:
    response = redirect(name)
    if request.headers.get("HX-Request") == "true":  # the whole page has to move, not the part that was asked for
        response["HX-Redirect"] = response.url
        del response["Location"]
        response.status_code = 401
    return response


def _keep_awake(request: HttpRequest) -> None:
    """Let the time-out count from the last request; written at most once in a thirtieth of it, not on every request."""
    now = int(time.time())
    if now - request.session.get(SEEN, 0) > settings.SESSION_COOKIE_AGE // 30:
        request.session[SEEN] = now
