"""Form fields for money and rates: people type 元, 万元 and percent; the code gets fen and Decimal."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

YUAN, WAN = 100, 1_000_000  # fen in one 元, in one 万元
LARGEST = 10**15  # fen: ten thousand 亿元, beyond any loan and inside 64 bits
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．，－", "0123456789.,-")


def plain_number(text: str) -> Decimal:
    """Return the number in *text*; full-width digits and thousands separators are fine. Raises ValueError."""
    cleaned = text.translate(_FULL_WIDTH).replace(",", "").replace(" ", "")
    try:
        number = Decimal(cleaned)
    except InvalidOperation:
        raise ValueError(text) from None
    if not number.is_finite():
        raise ValueError(text)
    return number


class MoneyField(forms.Field):
    """An amount typed in *unit*; the clean value is fen. Refuses part of a fen rather than rounding it."""

    unit_fen = YUAN
    unit_name: Any = _("元")
    default_error_messages = {
        "not_number": _("“%(value)s”不是金额，请填写数字，例如 300000 或 30.5。"),
        "too_precise": _("金额最多到分：%(value)s。"),
        "too_small": _("金额不能小于 %(limit)s %(unit)s，您填写的是 %(value)s。"),
        "too_large": _("金额过大：%(value)s %(unit)s，请检查单位。"),
    }

    def __init__(self, *, minimum: int = 1, maximum: int = LARGEST, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)
        self.minimum, self.maximum = minimum, maximum
        self.widget.attrs["data-unit"] = self.unit_name

    def to_python(self, value: object) -> int | None:
        """Return fen."""
        if value in self.empty_values:
            return None
        try:
            fen = plain_number(str(value)) * self.unit_fen
        except ValueError:
            raise self._error("not_number", value) from None
        if fen > self.maximum:
            raise self._error("too_large", value)
        if fen != fen.to_integral_value():
            raise self._error("too_precise", value)
        if fen < self.minimum:
            raise self._error("too_small", value)
        return int(fen)

    def prepare_value(self, value: object) -> object:
        """Return fen as the unit people type; what was typed comes back as typed."""
        if isinstance(value, int):
            number = Decimal(value) / self.unit_fen
            return format(number.quantize(Decimal("0.01")) if self.unit_fen == YUAN else number.normalize(), "f")
        return value

    def _error(self, code: str, value: object) -> ValidationError:
        limit = format((Decimal(self.minimum) / self.unit_fen).normalize(), "f")
        params = {"value": str(value)[:40], "limit": limit, "unit": self.unit_name}
        return ValidationError(self.error_messages[code], code=code, params=params)


class YuanField(MoneyField):
    """An amount typed in 元."""


class WanField(MoneyField):
    """An amount typed in 万元."""

    unit_fen = WAN
    unit_name = _("万元")
    default_error_messages = {"not_number": _("“%(value)s”不是金额，请用万元填写数字，例如 30 或 30.5。")}


class PercentField(forms.Field):
    """A yearly rate typed in percent; the clean value is Decimal percent with at most four decimals."""

    default_error_messages = {
        "not_number": _("“%(value)s”不是利率，请填写百分数，例如 3.45。"),
        "range": _("利率应在 0 至 %(limit)s 之间，您填写的是 %(value)s。"),
        "too_precise": _("利率最多四位小数：%(value)s。"),
    }

    def __init__(self, *, maximum: str = "36", **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)
        self.maximum = Decimal(maximum)
        self.widget.attrs["data-unit"] = "%"

    def to_python(self, value: object) -> Decimal | None:
        """Return percent."""
        if value in self.empty_values:
            return None
        params = {"value": str(value)[:40], "limit": self.maximum}
        try:
            number = plain_number(str(value).rstrip("%％"))
        except ValueError:
            raise ValidationError(self.error_messages["not_number"], code="not_number", params=params) from None
        if not 0 <= number <= self.maximum:
            raise ValidationError(self.error_messages["range"], code="range", params=params)
        if number != number.quantize(Decimal("0.0001")):
            raise ValidationError(self.error_messages["too_precise"], code="too_precise", params=params)
        return number

    def prepare_value(self, value: object) -> object:
        """Return the rate without trailing zeros."""
        return format(value.normalize(), "f") if isinstance(value, Decimal) else value


# a browser's own calendar shows days in the order of its language (mm/dd/yyyy): the house order is typed as text
DAY_INPUT = {
    "inputmode": "numeric", "autocomplete": "off", "placeholder": "2025-03-15", "maxlength": "11",
    "pattern": r"\d{4}[-/.年]?\d{1,2}[-/.月]?\d{1,2}日?",
}  # fmt: skip
_DAY = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?")


def plain_day(text: str) -> str:
    """Return a day typed as 2025-03-15, 2025/3/15, 20250315 or 2025年3月15日 in the first form; else as it was."""
    found = _DAY.fullmatch(text.translate(_FULL_WIDTH).strip())
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}" if found else text


class DayField(forms.DateField):
    """A day, shown and typed as 2025-03-15 whatever the language of the browser."""

    default_error_messages = {"invalid": _("这不是一个日期，请写成 2025-03-15。")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs=DAY_INPUT, format="%Y-%m-%d"))
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)

    def to_python(self, value: Any) -> Any:
        """Return the day; other ways of writing it are understood."""
        return super().to_python(plain_day(value) if isinstance(value, str) else value)
