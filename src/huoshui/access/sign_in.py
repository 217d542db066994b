"""How people prove who they are."""

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.backends import BaseBackend


class StaffBackend(BaseBackend):
    """Password sign-in of staff."""


class PhoneCodeBackend(BaseBackend):
    """One-time code sign-in of firms."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Allauth's door, bound to this platform's people."""
