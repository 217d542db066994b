"""Records what Django and allauth tell about signing in. Their signals are the one place where both can be heard."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed as allauth_password_changed
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from huoshui.access import actions_sign_in
from huoshui.access.actor import actor_for
from huoshui.access.models import Person
from huoshui.audit.actions import record


@receiver(user_logged_in)
def _signed_in(request: HttpRequest, user: Person, **_: Any) -> None:
    backend = getattr(user, "backend", "")
    method = "phone code" if backend.endswith("PhoneCodeBackend") else "password"
    record(actor_for(user), "SIGNED_IN", ("person", user.pk), facts={"username": user.username, "method": method})
    actions_sign_in.forget_failures(user)


@receiver(user_logged_out)
def _signed_out(request: HttpRequest, user: Person | None, **_: Any) -> None:
    if user is not None:
        record(actor_for(user), "SIGNED_OUT", ("person", user.pk), facts={"username": user.username})


@receiver(allauth_password_changed)
def _password_changed(request: HttpRequest, user: Person, **_: Any) -> None:
    actions_sign_in.password_changed(user)


@receiver(authenticator_added)
def _factor_added(request: HttpRequest, user: Person, authenticator: Any, **_: Any) -> None:
    facts = {"username": user.username, "factor": authenticator.type}
    record(actor_for(user), "FACTOR_ADDED", ("person", user.pk), facts=facts)


@receiver(authenticator_removed)
def _factor_removed(request: HttpRequest, user: Person, authenticator: Any, **_: Any) -> None:
    facts = {"username": user.username, "factor": authenticator.type}
    record(actor_for(user), "FACTOR_REMOVED", ("person", user.pk), facts=facts)
