"""The forms of the second factor, with labels in the house's words (the library's are not all translated)."""

from __future__ import annotations

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django.utils.translation import gettext_lazy as _


class _Labelled:
    """Gives the fields of a form other labels, by name."""

    labels: dict[str, Any] = {}  # noqa: RUF012  read only
    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in self.labels.items():
            self.fields[name].label = label


class AskFactor(_Labelled, AuthenticateForm):  # type: ignore[misc]
    labels = {"code": _("验证码或恢复码")}  # noqa: RUF012


class AskFactorAgain(_Labelled, ReauthenticateForm):  # type: ignore[misc]
    labels = {"code": _("验证码或恢复码")}  # noqa: RUF012


class AddPasskey(_Labelled, AddWebAuthnForm):  # type: ignore[misc]
    labels = {"name": _("给它起个名字，例如“办公电脑”")}  # noqa: RUF012


class RenamePasskey(_Labelled, EditWebAuthnForm):  # type: ignore[misc]
    labels = {"name": _("名称")}  # noqa: RUF012
