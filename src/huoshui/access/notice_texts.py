"""Every template of a notice, with its words. Packages register theirs; a template nobody registered is an error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from huoshui.audit.kinds import filled
from huoshui.kernel.text import Text

_TEMPLATES: dict[str, Text] = {}


def register(templates: Mapping[str, Text]) -> None:
    """Add *templates* (code → words over the notice's facts); the same code twice with other words is an error."""
    for code, words in templates.items():
        assert _TEMPLATES.get(code, words) == words, f"notice {code} is registered twice"
        _TEMPLATES[code] = words


def known(code: str) -> bool:
    """Return whether somebody registered *code*."""
    return code in _TEMPLATES


def all_templates() -> Mapping[str, Text]:
    """Return every template with its shipped words."""
    return _TEMPLATES


def say(code: str, facts: Mapping[str, Any]) -> Text:
    """Return the notice in words; a fact that the words need and nobody gave shows as "—"."""
    return filled(_TEMPLATES[code], facts)


register(
    {
        "SIGN_IN_CODE": Text(
            "【活水】验证码 {code}，{minutes} 分钟内有效。工作人员不会向您索要验证码。",
            "[Huoshui] Your code is {code}, good for {minutes} minutes. Nobody on our side will ask you for it.",
        ),
        "ACCOUNT_LOCKED": Text(
            "您的账号因连续输错密码被锁定至 {until}。如非本人操作，请联系安全管理员。",
            "Your account is locked until {until} after wrong passwords. If that was not you, call the security administrator.",
        ),
        "PASSWORD_SET": Text(
            "您的登录密码已由安全管理员重新设置，请登录后更换。",
            "The security administrator has set a new password for you; change it when you sign in.",
        ),
        "FACTOR_RESET": Text(
            "您的第二验证方式已被安全管理员清除，请登录后重新绑定。",
            "The security administrator has removed your second factor; set it up again when you sign in.",
        ),
        "ROLE_GRANTED": Text("您获得了新的岗位角色：{role}。", "You now hold the role {role}."),
        "ROLE_ENDED": Text("您的岗位角色已结束：{role}。", "You no longer hold the role {role}."),
    }
)
