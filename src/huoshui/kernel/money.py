"""Money: whole fen inside, 元 as decimal text outside; one rounding (half up) and one way to split."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NewType

from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text

Fen = NewType("Fen", int)
Exact = int | Decimal | Fraction

FEN_IN_YUAN = 100
FEN_IN_WAN = 1_000_000
FEN_IN_YI = 10_000_000_000
LARGEST = 2**63 - 1  # fen: what a 64-bit column holds

_NARROW = str.maketrans("０１２３４５６７８９．，－＋　", "0123456789.,-+ ")
_AMOUNT = re.compile(r"([+-]?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]+))?")
_REMEDY = Text(
    "请用数字填写，单位元，最多两位小数，例如 300000.00。",
    "Write digits in yuan with at most two decimals, such as 300000.00.",
)
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("仟", "佰", "拾", "")


def narrow(text: str) -> str:
    """Return *text* with full-width digits, signs and blanks as plain ones, outer blanks removed."""
    return text.translate(_NARROW).strip()


def parse_yuan(text: object, *, field: str = "amount", negative: bool = False) -> Fen:
    """Return the fen in *text*, an amount in 元 such as "9000000.00" or "9,000,000".

    Never rounds: more than two decimals are refused. Zero is an amount; below zero only where *negative* allows it.
    Raises DomainError: amount_not_text (a number instead of a string), amount_missing, amount_not_number,
    amount_too_precise, amount_negative, amount_too_large (beyond 64 bits of fen).
    """
    sign, whole, part = _pieces(text, field)
    fen = int(whole.replace(",", "")) * FEN_IN_YUAN + int(part.ljust(2, "0"))
    if fen > LARGEST:
        raise _wrong(
            "amount_too_large", f"金额“{_shown(text)}”太大。", f"The amount “{_shown(text)}” is too large.", field, text
        )
    if sign == "-" and fen and not negative:
        raise _wrong(
            "amount_negative",
            f"金额“{_shown(text)}”小于零。",
            f"The amount “{_shown(text)}” is below zero.",
            field,
            text,
        )
    return Fen(-fen if sign == "-" else fen)


def _pieces(text: object, field: str) -> tuple[str, str, str]:
    if not isinstance(text, str):
        raise _wrong(
            "amount_not_text",
            f"金额要写成文字，不是 {_shown(text)}。",
            f"An amount is a string, not {_shown(text)}.",
            field,
            text,
        )
    if not (plain := narrow(text)):
        raise _wrong("amount_missing", "金额没有填写。", "The amount is missing.", field, text)
    if not (found := _AMOUNT.fullmatch(plain)):
        raise _wrong(
            "amount_not_number", f"“{_shown(text)}”不是金额。", f"“{_shown(text)}” is not an amount.", field, text
        )
    sign, whole, part = found.groups()
    if len(part or "") > 2:
        raise _wrong(
            "amount_too_precise",
            f"金额“{_shown(text)}”超过两位小数。",
            f"The amount “{_shown(text)}” has more than two decimals.",
            field,
            text,
        )
    return sign, whole, part or ""


def _shown(value: object) -> str:
    return str(value)[:40]


def _wrong(code: str, zh: str, en: str, field: str, value: object) -> DomainError:
    return DomainError(code, Text(zh, en), field=field, value=value, remedy=_REMEDY)


def yuan_text(fen: int) -> str:
    """Return *fen* as 元 with two decimals and no separators: "9000000.00"; the form of files and the API."""
    whole, part = divmod(abs(fen), FEN_IN_YUAN)
    return f"{'-' if fen < 0 else ''}{whole}.{part:02d}"


def in_yuan(fen: int) -> Decimal:
    """Return *fen* in 元, exactly."""
    return Decimal(fen).scaleb(-2)


def in_wan(fen: int) -> Decimal:
    """Return *fen* in 万元, exactly."""
    return Decimal(fen).scaleb(-6)


def in_yi(fen: int) -> Decimal:
    """Return *fen* in 亿元, exactly."""
    return Decimal(fen).scaleb(-10)


def human(fen: int) -> Text:
    """Return *fen* as people say it: "9,500.50 元", "900 万元", "34.48 亿元" (two decimals, half up); English in yuan."""
    sign, size = ("-" if fen < 0 else ""), abs(fen)
    english = f"CNY {sign}{size // 100:,}" + (f".{size % 100:02d}" if size % 100 else "")
    if size < FEN_IN_WAN:
        return Text(f"{sign}{size // 100:,}.{size % 100:02d} 元", english)
    hundredths_of_wan = round_half_up(Fraction(size * 100, FEN_IN_WAN))
    if hundredths_of_wan < 100 * 10_000:
        return Text(f"{sign}{_trimmed(hundredths_of_wan)} 万元", english)
    return Text(f"{sign}{_trimmed(round_half_up(Fraction(size * 100, FEN_IN_YI)))} 亿元", english)


def _trimmed(hundredths: int) -> str:
    whole, part = divmod(hundredths, 100)
    return f"{whole:,}" + (f".{part:02d}".rstrip("0") if part else "")


def round_half_up(value: Exact) -> int:
    """Return the nearest whole number; a half goes away from zero (2.5 -> 3, -2.5 -> -3)."""
    if isinstance(value, Decimal):
        return int(value.to_integral_value(ROUND_HALF_UP))
    exact = Fraction(value)
    size = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return -size if exact < 0 else size


def allocate(amount: int, weights: Sequence[Exact]) -> list[int]:
    """Return *amount* (fen) split in proportion to *weights*, summing exactly.

    Largest remainder: each part is rounded towards zero, then the fen left over go one each to the largest
    remainders, ties to the earlier. Raises DomainError (weights_empty, weights_negative, weights_zero).
    """
    shares = _checked_weights(weights)
    total, size = sum(shares, Fraction(0)), abs(amount)
    exact = [size * share / total for share in shares]
    parts = [int(part) for part in exact]
    by_remainder = sorted(range(len(parts)), key=lambda at: parts[at] - exact[at])  # stable: ties keep their order
    for at in by_remainder[: size - sum(parts)]:
        parts[at] += 1
    return [-part for part in parts] if amount < 0 else parts


def _checked_weights(weights: Sequence[Exact]) -> list[Fraction]:
    shares = [Fraction(weight) for weight in weights]
    if not shares:
        raise DomainError(
            "weights_empty", Text("至少需要一个权重。", "At least one weight is needed."), field="weights"
        )
    if min(shares) < 0:
        raise DomainError(
            "weights_negative", Text("权重不能小于零。", "A weight cannot be below zero."), field="weights"
        )
    if not any(shares):
        raise DomainError("weights_zero", Text("权重不能全为零。", "The weights cannot all be zero."), field="weights")
    return shares


def rmb_capitals(fen: int) -> str:
    """Return *fen* in capitals, "人民币" in front, as a payment paper shows it.

    Source: 支付结算办法 (银发〔1997〕393号) annex 1: 整 after 元 and after 角, none after 分; 零 where zeros stand between
    figures; the 零 that the annex leaves free (元 is 0 but 角 is not; 仟 follows 万 without a gap) is not written.
    """
    yuan, part = divmod(abs(fen), FEN_IN_YUAN)
    jiao, odd = divmod(part, 10)
    said = f"{_whole(yuan)}元" if yuan or not part else ""
    said += f"{_DIGITS[jiao]}角" if jiao else ("零" if odd and yuan else "")
    said += f"{_DIGITS[odd]}分" if odd else "整"
    return f"人民币{'负' if fen < 0 else ''}{said}"


def _whole(number: int) -> str:
    for size, name in ((100_000_000, "亿"), (10_000, "万")):
        if number >= size:
            high, low = divmod(number, size)
            gap = "零" if 0 < low < size // 10 else ""
            return f"{_whole(high)}{name}{gap}{_whole(low) if low else ''}"
    return _section(number)


def _section(number: int) -> str:
    said = "".join(
        _DIGITS[int(digit)] + (place if digit != "0" else "")
        for digit, place in zip(f"{number:04d}", _PLACES, strict=True)
    )
    return re.sub("零+", "零", said).strip("零") or "零"
