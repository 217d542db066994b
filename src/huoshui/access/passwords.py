"""Judges a password by the installation's rules, with every problem in words."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from huoshui.access.models import Person
from huoshui.kernel.errors import Problem
from huoshui.kernel.text import Text

_WORDS: dict[str, Text] = {
    "password_too_short": Text("密码至少 {min_length} 位。", "A password has at least {min_length} characters."),
    "password_too_common": Text("这个密码太常见，容易被猜到。", "This password is too common."),
    "password_too_similar": Text("密码与用户名或姓名太相似。", "The password resembles the user name or the name."),
    "password_entirely_numeric": Text("密码不能全是数字。", "A password is more than digits."),
}


def checked_password(password: str, person: Person) -> list[Problem]:
    """Return what is wrong with *password* for *person*; the value itself is never repeated."""
    try:
        validate_password(password, person)
    except ValidationError as refused:
        return [_problem(error) for error in refused.error_list]
    return []


def _problem(error: ValidationError) -> Problem:
    code = str(error.code)
    words = _WORDS.get(code) or Text(error.messages[0], error.messages[0])
    return Problem(code, words.format(**(error.params or {})), field="password")
