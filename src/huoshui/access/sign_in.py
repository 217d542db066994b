"""How people prove who they are: staff with password and second factor, or through the city's own sign-in; firms by phone."""

from __future__ import annotations

import time
from typing import Any

from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huoshui.access import actions_sign_in, vault
from huoshui.access.actor import Actor
from huoshui.access.middleware import refresh
from huoshui.access.models import Person
from huoshui.kernel import clock

PHONE_BACKEND = "huoshui.access.sign_in.PhoneCodeBackend"


class StaffBackend(BaseBackend):
    """Password sign-in of staff. The password is checked even of a locked account, so that its answer takes as long."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any
    ) -> Person | None:
        """Return the member of staff whose password this is; None for a wrong one, a locked or a closed account."""
        if not username or not password:
            return None
        person = Person.objects.filter(username=username, kind=Person.Kind.STAFF).first()
        if person is None:
            Person().set_password(password)  # as much work as for a known name: the answer's time tells nothing
            return None
        right = person.check_password(password)
        if actions_sign_in.locked(person) or not person.is_active:
            return None
        if not right:
            actions_sign_in.count_failure(person)
            return None
        return person

    def get_user(self, user_id: int) -> Person | None:
        """Return the person of a session with all that their actor is made of; None once the account is closed."""
        return Person.objects.acting().filter(pk=user_id, is_active=True).first()


class PhoneCodeBackend(BaseBackend):
    """Sessions of firms, opened by enter(); nobody authenticates here with anything else."""

    def get_user(self, user_id: int) -> Person | None:
        """Return the owner of a session; None once the account is closed."""
        return Person.objects.acting().filter(pk=user_id, is_active=True, kind=Person.Kind.OWNER).first()


def enter(request: HttpRequest, person: Person) -> Actor:
    """Sign *person* (of actions.check_code) in, under a new session key, and return who acts for the rest of *request*."""
    assert person.kind == Person.Kind.OWNER, "staff sign in with password and second factor"
    login(request, person, backend=PHONE_BACKEND)
    return refresh(request)


def again(request: HttpRequest) -> Actor:
    """Return who acts after something changed in mid-request: a firm more to act for, a role."""
    fresh = Person.objects.acting().filter(pk=request.user.pk or 0).first()
    if fresh is not None:
        request.user = fresh
    return refresh(request)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Allauth's door, bound to this platform's people and words."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": gettext_lazy("用户名或密码不正确。连续输错多次，账号会被锁定。"),
        "too_many_login_attempts": gettext_lazy("尝试次数过多，请稍后再试。"),
        "incorrect_code": gettext_lazy("验证码不正确。"),
        "enter_current_password": gettext_lazy("请输入当前密码。"),
        "incorrect_password": gettext_lazy("密码不正确。"),
        "account_inactive": gettext_lazy("此账号已停用。"),
        "rate_limited": gettext_lazy("操作过于频繁，请稍后再试。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Staff are made by the security administrator, never by themselves."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Say that an account is locked, and until when, before anything is tried."""
        person = Person.objects.filter(username=credentials.get("username", ""), kind=Person.Kind.STAFF).first()
        if person and person.locked_until and actions_sign_in.locked(person):
            until = person.locked_until.astimezone(clock.ZONE).strftime("%H:%M")
            words = _("账号因连续输错密码被锁定，%(until)s 后可再试，或请安全管理员解锁。")
            raise ValidationError(words % {"until": until}, code="account_locked")
        super().pre_authenticate(request, **credentials)

    def login(self, request: HttpRequest, user: Person) -> None:
        """Sign in under our own backend; not an account that was locked between the password and the second factor."""
        if actions_sign_in.locked(Person.objects.get(pk=user.pk)):
            messages.error(request, _("账号已被锁定，请稍后再试，或请安全管理员解锁。"))
            raise ImmediateHttpResponse(redirect("account_login"))
        user.backend = "huoshui.access.sign_in.StaffBackend"  # type: ignore[attr-defined]
        super().login(request, user)
        refresh(request)

    def post_login(self, request: HttpRequest, user: Person, **arguments: Any) -> HttpResponseBase:
        """Go on in the person's own language, unless this browser has chosen one."""
        response: HttpResponseBase = super().post_login(request, user, **arguments)
        name = settings.LANGUAGE_COOKIE_NAME
        if name not in request.COOKIES and user.language != settings.LANGUAGE_CODE:
            response.set_cookie(name, user.language, samesite="Lax", httponly=True)
        return response

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask again before a sensitive act, unless the person has just signed in: that was the proof."""
        records = get_authentication_records(self.request, self.request.user) if self.request else []
        just_now = bool(records) and time.time() - records[-1]["at"] < account_settings.REAUTHENTICATION_TIMEOUT
        return not just_now and bool(super().is_reauthentication_required(app=app, **kwargs))

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the visitor's network address."""
        return address_of(request)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send nothing: people learn of changes to their account by notices."""


def address_of(request: HttpRequest) -> str:
    """Return the network address of the visitor; the last proxy's word is taken only where settings name a proxy."""
    forwarded = request.headers.get("X-Forwarded-For", "") if getattr(settings, "TRUST_PROXY", False) else ""
    return forwarded.rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR", "")) or "unknown"


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps the secrets of second factors encrypted."""

    def encrypt(self, text: str) -> str:
        """Return *text* under the installation's key."""
        return vault.encrypt(text).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return what encrypt was given."""
        return vault.decrypt(encrypted_text.encode())

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send nothing: the event is recorded and the notice left in the inbox."""


class CitySignInAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Sign-in through the city's identity provider (OpenID Connect): matches staff by user name, makes nobody."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Nobody gets an account by arriving."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Bind the arriving identity to the member of staff of that user name; send everybody else back with words."""
        if sociallogin.is_existing:
            return
        claims = sociallogin.account.extra_data or {}
        claims = claims.get("userinfo") or claims.get("id_token") or claims
        username = str(claims.get("preferred_username") or "")
        person = Person.objects.filter(username=username, kind=Person.Kind.STAFF, is_active=True).first()
        if person is None:
            messages.error(request, _("平台没有用户名为“%(name)s”的人员，请联系安全管理员。") % {"name": username})
            raise ImmediateHttpResponse(redirect("account_login"))
        sociallogin.connect(request, person)

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> AbstractBaseUser:
        """Refuse: accounts are made by the security administrator."""
        raise ImmediateHttpResponse(redirect("account_login"))
