"""What the security administrator types: organisations, people, roles."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huoshui.access.roles import ROLE_LABELS, SEPARATE_ROLES, Role
from huoshui.portals.shared.choices import said

ORGANISATION_KINDS: tuple[tuple[str, Any], ...] = (
    ("government", _("政府部门")),
    ("bank", _("银行")),
    ("guarantor", _("担保机构")),
    ("operator", _("平台运营")),
    ("auditor", _("审计")),
)
LEVELS: tuple[tuple[str, Any], ...] = (
    ("none", "—"),
    ("province", _("省级")),
    ("city", _("市级")),
    ("county", _("县级")),
    ("head", _("总行（总部）")),
    ("branch", _("分支机构")),
)


def staff_roles() -> list[tuple[str, Any]]:
    """Return the roles that a page may give; administrators are made by a command on the server."""
    return [
        (role.value, said(label)) for role, label in ROLE_LABELS.items() if role not in (Role.OWNER, *SEPARATE_ROLES)
    ]


class OrganisationForm(forms.Form):
    """An office, bank, branch, guarantor or auditor."""

    code = forms.RegexField(r"^[A-Za-z0-9-]{2,40}$", label=_("机构代码"), help_text=_("字母、数字、短横，全平台唯一。"))
    name = forms.CharField(label=_("名称"), max_length=120)
    name_en = forms.CharField(label=_("英文名称"), max_length=160, required=False)
    kind = forms.ChoiceField(label=_("类型"), choices=ORGANISATION_KINDS)
    level = forms.ChoiceField(label=_("层级"), choices=LEVELS)
    parent_id = forms.TypedChoiceField(label=_("上级机构"), coerce=int, empty_value=None, required=False)
    district_code = forms.ChoiceField(label=_("管辖区域"), required=False, help_text=_("政府部门填写。"))

    def __init__(self, *args: Any, parents: list[Any], districts: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent_id"].choices = [("", "—"), *parents]  # type: ignore[attr-defined]
        self.fields["district_code"].choices = [("", "—"), *districts]  # type: ignore[attr-defined]


class PersonForm(forms.Form):
    """A member of staff who will sign in."""

    username = forms.RegexField(
        r"^[A-Za-z0-9._-]{3,60}$", label=_("用户名"), help_text=_("字母、数字、点、短横、下划线，3 至 60 位。")
    )
    name = forms.CharField(label=_("姓名"), max_length=60)
    organisation_id = forms.TypedChoiceField(label=_("所在机构"), coerce=int)
    email = forms.EmailField(label=_("电子邮箱"), required=False)
    phone = forms.CharField(
        label=_("手机号"), max_length=20, required=False, help_text=_("加密保存，只用于通知和找回。")
    )
    password = forms.CharField(
        label=_("初始密码"),
        widget=forms.PasswordInput(render_value=False),
        help_text=_("至少 10 位；本人首次登录后应更换。"),
    )

    def __init__(self, *args: Any, organisations: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation_id"].choices = organisations  # type: ignore[attr-defined]


class RoleForm(forms.Form):
    """A role to give."""

    role = forms.ChoiceField(label=_("角色"), choices=staff_roles)


class PasswordForm(forms.Form):
    """A new password set for somebody else."""

    password = forms.CharField(label=_("新密码"), widget=forms.PasswordInput(render_value=False), min_length=10)


class ReasonForm(forms.Form):
    """Words with an act on an account."""

    reason = forms.CharField(label=_("理由"), max_length=200)
