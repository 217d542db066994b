"""One awkward cell at a time: what a person meant by a value that the fast reading did not take."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from huoshui.registry.imports.fields import UNITS, Field
from huoshui.registry.imports.problems import Reason, reason

MISSING = frozenset(
    {"", "-", "--", "—", "——", "/", "\\", "null", "NULL", "None", "none", "N/A", "n/a", "#N/A", "nan", "NaN"}
)
_THOUSANDS = re.compile(r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$")
_DATES = (
    re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T]0{1,2}:00(?::00(?:\.0+)?)?Z?)?$"),
    re.compile(r"^(\d{4})年(\d{1,2})月(\d{1,2})日$"),
    re.compile(r"^(\d{4})(\d{2})(\d{2})$"),
)
YES = frozenset({"true", "t", "yes", "y", "1", "1.0", "是", "有", "√", "真"})
NO = frozenset({"false", "f", "no", "n", "0", "0.0", "否", "无", "×", "假", "没有"})
CURRENCIES = {
    "人民币": "CNY", "元": "CNY", "万元": "CNY", "人民币元": "CNY", "rmb": "CNY", "美元": "USD", "港元": "HKD", "港币": "HKD",
    "欧元": "EUR", "日元": "JPY", "英镑": "GBP", "新台币": "TWD", "韩元": "KRW",
}  # fmt: skip

Value = object
Read = Value | Reason | None


def half_width(text: str) -> str:
    """Return *text* with full-width letters, digits, signs and blanks as ordinary ones, outer blanks removed."""
    return unicodedata.normalize("NFKC", text).strip()


def shown(value: str) -> str:
    """Return *value* short enough for a sentence."""
    return value if len(value) <= 40 else value[:40] + "…"


def number(text: str) -> Decimal | None:
    """Return the number that *text* writes with digits, thousands marks allowed; None for words, units and nonsense."""
    text = half_width(text).replace("，", ",").removeprefix("¥").strip()
    if _THOUSANDS.match(text):
        text = text.replace(",", "")
    if not re.match(r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$", text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def read_money(text: str, each: Field, unit: str) -> Read:
    """Return fen, or why *text* is no amount in *unit*. Nothing is rounded: a figure finer than a fen is refused."""
    amount = number(text)
    if amount is None:
        return reason("number", label=each.label, value=shown(text))
    fen = amount * UNITS[unit] * 100
    if fen != fen.to_integral_value():
        return reason("fen", label=each.label, value=shown(text))
    return int(fen) if abs(fen) < 2**62 else reason("high", label=each.label, value=shown(text), limit=each.limits[1])


def read_whole(text: str, each: Field, unit: str) -> Read:
    """Return a whole number ("5" or "5.0"), or why *text* is none."""
    amount = number(text)
    if amount is None or abs(amount) >= 2**62:
        return reason("number", label=each.label, value=shown(text))
    return int(amount) if amount == amount.to_integral_value() else reason("whole", label=each.label, value=shown(text))


def read_decimal(text: str, each: Field, unit: str) -> Read:
    """Return an exact decimal ("3.45", "3.45%"), or why *text* is none."""
    amount = number(half_width(text).removesuffix("%"))
    return reason("number", label=each.label, value=shown(text)) if amount is None else amount


def read_date(text: str, each: Field, unit: str) -> Read:
    """Return the date that *text* writes as 2025-03-15, 2025/3/15, 2025年3月15日 or 20250315, or why it is none."""
    plain = half_width(text)
    for form in _DATES:
        if found := form.match(plain):
            try:
                return dt.date(*(int(part) for part in found.groups()))
            except ValueError:
                break
    return reason("date", label=each.label, value=shown(text))


def read_flag(text: str, each: Field, unit: str) -> Read:
    """Return True or False, or why *text* is neither."""
    plain = half_width(text).lower()
    if plain in YES or plain in NO:
        return plain in YES
    return reason("flag", label=each.label, value=shown(text))


def read_choice(text: str, each: Field, unit: str) -> Read:
    """Return the code of a choice written as code or as its label, or why *text* is none."""
    plain = half_width(text)
    for said in (text, plain, plain.upper()):
        if said in each.choices:
            return each.choices[said]
    known = "、".join(dict.fromkeys(each.choices.values()))
    return reason("choice", label=each.label, value=shown(text), known=shown(known))


def read_currency(text: str, each: Field, unit: str) -> Read:
    """Return the currency's three letters, from a code or a Chinese name."""
    plain = half_width(text)
    code = CURRENCIES.get(plain.lower(), plain.upper())
    return code if re.match(r"^[A-Z]{3}$", code) else reason("currency", label=each.label, value=shown(text))


def read_industry(text: str, each: Field, unit: str) -> Read:
    """Return a code of GB/T 4754 as letter and digits ("F5211"), the letter found from the division where it lacks."""
    plain = half_width(text).upper()
    if re.match(r"^[A-T]\d{0,4}$", plain):
        return plain
    letter = section(plain[:2]) if re.match(r"^\d{2,4}$", plain) else ""
    return letter + plain if letter else reason("industry", label=each.label, value=shown(text))


# last division of each section of GB/T 4754-2017
_SECTIONS = (
    (5, "A"), (12, "B"), (43, "C"), (46, "D"), (50, "E"), (52, "F"), (60, "G"), (62, "H"), (65, "I"), (69, "J"),
    (70, "K"), (72, "L"), (75, "M"), (79, "N"), (82, "O"), (83, "P"), (85, "Q"), (90, "R"), (96, "S"), (97, "T"),
)  # fmt: skip


def section(division: str) -> str:
    """Return the section letter of a two-digit division of GB/T 4754-2017 ("52" → "F"), "" beyond the last."""
    place = int(division)
    return next((letter for last, letter in _SECTIONS if 1 <= place <= last), "")


def read_labels(text: str, each: Field, unit: str) -> Read:
    """Return the labels of a cell as one text joined by ";", each at most *length* characters."""
    parts = (part.strip() for part in re.split(r"[;；,，、|\x00-\x1f]", text))
    labels = list(dict.fromkeys(part for part in parts if part))
    too_long = [label for label in labels if len(label) > each.length]
    if too_long:
        return reason("long", label=each.label, limit=each.length)
    return ";".join(each.choices.get(label, label) for label in labels)


READERS: dict[str, Callable[[str, Field, str], Read]] = {
    "money": read_money,
    "whole": read_whole,
    "decimal": read_decimal,
    "date": read_date,
    "flag": read_flag,
    "choice": read_choice,
    "currency": read_currency,
    "industry": read_industry,
    "labels": read_labels,
}


def read(text: str, each: Field, unit: str) -> Read:
    """Return the value of a cell, None when it means "nothing given", or the reason why it is refused."""
    if half_width(text) in MISSING:
        return None
    return READERS[each.kind](text, each, unit)
