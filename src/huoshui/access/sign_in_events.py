"""Records what Django and allauth tell about signing in. Their signals are the one place where both can be heard."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed as allauth_password_changed
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_removed
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest

from huoshui.access import actions_sign_in
from huoshui.access.actor import actor_for
from huoshui.access.entry import PROVED
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


@receiver(post_save, sender=Authenticator)
def _factor_added(instance: Authenticator, created: bool, **_: Any) -> None:
    if created and instance.type != Authenticator.Type.RECOVERY_CODES:
        facts = {"username": instance.user.username, "factor": instance.type}
        record(actor_for(instance.user), "FACTOR_ADDED", ("person", instance.user_id), facts=facts)


@receiver(authenticator_removed)
def _factor_removed(request: HttpRequest, user: Person, authenticator: Authenticator, **_: Any) -> None:
    request.session.pop(PROVED, None)
    facts = {"username": user.username, "factor": authenticator.type}
    record(actor_for(user), "FACTOR_REMOVED", ("person", user.pk), facts=facts)


@receiver(authentication_failed)
def _wrong_factor(user: Person, **_: Any) -> None:
    """A wrong code counts like a wrong password: who knows the one does not get endless tries at the other."""
    actions_sign_in.count_failure(user)
