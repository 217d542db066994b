"""Yearly rates in percent, exact: reading, printing, reference rate plus or minus basis points, parts per million."""

from __future__ import annotations

import re
from decimal import Decimal

from huoshui.kernel.errors import DomainError
from huoshui.kernel.money import narrow
from huoshui.kernel.text import Text

BASIS_POINT = Decimal("0.01")  # percent
PPM_IN_PERCENT = 10_000  # parts per million, the form of columns: 3.45 % = 34500
LARGEST = Decimal(100_000)  # percent a year; beyond it the unit is wrong
_RATE = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,12})?")


def parse_rate(text: object, *, field: str = "rate", negative: bool = False) -> Decimal:
    """Return the percent in *text*, such as "4.35"; "%" may follow. Raises DomainError (rate_not_number, rate_range)."""
    plain = narrow(text).removesuffix("%").removesuffix("％").rstrip() if isinstance(text, str) else ""
    if not _RATE.fullmatch(plain):
        raise _wrong(
            "rate_not_number", Text(f"“{_shown(text)}”不是利率。", f"“{_shown(text)}” is not a rate."), field, text
        )
    rate = Decimal(plain)
    if rate < 0 and not negative:
        raise _wrong("rate_range", Text(f"利率 {plain} 小于零。", f"The rate {plain} is below zero."), field, text)
    if abs(rate) > LARGEST:
        raise _wrong("rate_range", Text(f"利率 {plain}% 太大。", f"The rate {plain} % is too large."), field, text)
    return rate


def _shown(value: object) -> str:
    return str(value)[:40]


def _wrong(code: str, text: Text, field: str, value: object) -> DomainError:
    remedy = Text("请用数字填写年利率百分数，例如 4.35。", "Write the yearly rate in percent, such as 4.35.")
    return DomainError(code, text, field=field, value=value, remedy=remedy)


def rate_text(rate: Decimal) -> str:
    """Return *rate* as plain digits with two decimals or as many as it needs: "4.35", "2.00", "1.149885"."""
    plain = format(rate, "f")
    whole, _, part = plain.partition(".")
    return f"{whole}.{part.rstrip('0').ljust(2, '0')}"


def reference_plus(reference: Decimal, *, basis_points: int) -> Decimal:
    """Return the rate that stands *basis_points* (negative: below) from *reference*, both in percent a year."""
    return reference + BASIS_POINT * basis_points


def to_ppm(rate: Decimal) -> int:
    """Return *rate* in parts per million. Raises DomainError (rate_precision) where it does not fit exactly."""
    exact = rate * PPM_IN_PERCENT
    if exact != exact.to_integral_value():
        raise DomainError(
            "rate_precision",
            Text(
                f"利率 {rate_text(rate)}% 超过四位小数。", f"The rate {rate_text(rate)} % has more than four decimals."
            ),
            field="rate",
            value=rate,
        )
    return int(exact)


def from_ppm(ppm: int) -> Decimal:
    """Return parts per million as percent."""
    return Decimal(ppm).scaleb(-4)
