"""How people prove who they are."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from huoshui.access.models import Person


class StaffBackend(ModelBackend):
    """Password sign-in of staff."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **credentials: Any
    ) -> Person | None:
        """Return the member of staff whose password this is, or None."""
        person = Person.objects.filter(username=username, kind=Person.Kind.STAFF).first()
        if person is None:
            Person().set_password(password)  # as much work as for a known name: the answer's time tells nothing
            return None
        return person if password and person.check_password(password) and person.is_active else None

    def get_user(self, user_id: int) -> Person | None:
        """Return the person of a session, with the organisation the actor needs."""
        return Person.objects.acting().filter(pk=user_id, is_active=True).first()


class PhoneCodeBackend(StaffBackend):
    """Sessions of firms, opened by a one-time code."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> Person | None:
        """Return None: a code is checked by actions.check_code, which names the person."""
        return None


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Allauth's door, bound to this platform's people."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Staff are made by the security administrator, never by themselves."""
        return False
