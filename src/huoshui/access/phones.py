"""Chinese mobile numbers: read as people type them, shown with the middle hidden."""

from __future__ import annotations

import re
import unicodedata

from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text

_BREAKS = re.compile(r"[\s\-–—().]+")
_MOBILE = re.compile(r"1[3-9]\d{9}")


def normalise(text: str) -> str:
    """Return the eleven digits of a mobile number typed with spaces, hyphens, +86 or full-width digits.

    Raises DomainError that says what is wrong: letters, too few or too many digits, not a mobile number.
    """
    digits = _BREAKS.sub("", unicodedata.normalize("NFKC", text))
    digits = re.sub(r"^(\+|00)86", "", digits)
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    if problem := _problem(digits):
        remedy = Text("请输入 11 位中国大陆手机号。", "Enter a mobile number of mainland China, eleven digits.")
        raise DomainError("phone_invalid", problem, field="phone", value=text, remedy=remedy)
    return digits


def _problem(digits: str) -> Text | None:
    if not digits:
        return Text("请填写手机号。", "The phone number is missing.")
    if not (digits.isascii() and digits.isdigit()):
        return Text("手机号只能是数字。", "A phone number holds digits only.")
    if len(digits) != 11:
        words = Text("手机号应为 11 位，您填写了 {n} 位。", "A phone number has eleven digits; this one has {n}.")
        return words.format(n=len(digits))
    if not _MOBILE.fullmatch(digits):
        return Text("这不是手机号（应以 13 至 19 开头）。", "This is no mobile number: those begin with 13 to 19.")
    return None


def masked(phone: str) -> str:
    """Return the number with its middle hidden, for pages, logs and events: 138****5678."""
    return f"{phone[:3]}****{phone[-4:]}"
