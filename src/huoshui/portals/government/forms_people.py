"""What the security administrator types: organisations, people, roles."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huoshui.access.roles import Role

ROLE_LABELS: dict[Role, Any] = {
    Role.OWNER: _("企业用户"),
    Role.VISITOR: _("走访人员"),
    Role.TASKFORCE_OFFICER: _("专班工作人员"),
    Role.TASKFORCE_LEAD: _("专班负责人"),
    Role.OFFICE: _("市级金融办"),
    Role.FINANCE_OFFICER: _("财政经办"),
    Role.FINANCE_CHECKER: _("财政复核"),
    Role.LEADER: _("分管领导"),
    Role.ACCOUNT_MANAGER: _("客户经理"),
    Role.BRANCH_LEAD: _("网点负责人"),
    Role.BANK_HEAD: _("银行总行管理"),
    Role.GUARANTEE_OFFICER: _("担保经办"),
    Role.SERVICE_DESK: _("大厅窗口"),
    Role.SYSTEM_ADMIN: _("系统管理员"),
    Role.SECURITY_ADMIN: _("安全管理员"),
    Role.AUDIT_ADMIN: _("审计管理员"),
    Role.AUDITOR: _("审计人员"),
}
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
    """Return every role that staff may hold."""
    return [(role.value, label) for role, label in ROLE_LABELS.items() if role is not Role.OWNER]


class OrganisationForm(forms.Form):
    """An office, bank, branch, guarantor or auditor."""

    code = forms.RegexField(r"^[A-Za-z0-9-]{2,40}$", label=_("机构代码"), help_text=_("字母、数字、短横，全平台唯一。"))
    name = forms.CharField(label=_("名称"), max_length=120)
    name_en = forms.CharField(label=_("英文名称"), max_length=160, required=False)
    kind = forms.ChoiceField(label=_("类型"), choices=ORGANISATION_KINDS)
    level = forms.ChoiceField(label=_("层级"), choices=LEVELS)
    parent = forms.TypedChoiceField(label=_("上级机构"), coerce=int, empty_value=None, required=False)
    district_code = forms.ChoiceField(label=_("管辖区域"), required=False, help_text=_("政府部门填写。"))

    def __init__(self, *args: Any, parents: list[Any], districts: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].choices = [("", "—"), *parents]  # type: ignore[attr-defined]
        self.fields["district_code"].choices = [("", "—"), *districts]  # type: ignore[attr-defined]


class PersonForm(forms.Form):
    """A member of staff who will sign in."""

    username = forms.RegexField(
        r"^[A-Za-z0-9._-]{3,60}$", label=_("登录名"), help_text=_("字母、数字、点、短横、下划线，3 至 60 位。")
    )
    name = forms.CharField(label=_("姓名"), max_length=60)
    organisation = forms.TypedChoiceField(label=_("所在机构"), coerce=int)
    roles = forms.MultipleChoiceField(label=_("角色"), choices=staff_roles, widget=forms.CheckboxSelectMultiple)
    password = forms.CharField(
        label=_("初始口令"),
        widget=forms.PasswordInput(render_value=False),
        help_text=_("至少 10 位；本人首次登录后应更换。"),
    )

    def __init__(self, *args: Any, organisations: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = organisations  # type: ignore[attr-defined]


class RoleForm(forms.Form):
    """A role to give."""

    role = forms.ChoiceField(label=_("角色"), choices=staff_roles)


class PasswordForm(forms.Form):
    """A new password set for somebody else."""

    password = forms.CharField(label=_("新口令"), widget=forms.PasswordInput(render_value=False), min_length=10)
