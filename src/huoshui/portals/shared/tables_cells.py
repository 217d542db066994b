"""A cell of a list: the value of a row, how the page shows it, and what an exported file holds.

Formats: text, yuan, wan, money (fen), count, pct (parts per million, or Decimal percent), day, minute, months,
status (a pair: words, tone), deadline (moment, or pair moment and paused), words (long text).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.html import format_html

from huoshui.kernel import money, rates
from huoshui.portals.shared.templatetags import huoshui as tags

NUMBERS = frozenset({"yuan", "wan", "money", "count", "pct"})


@dataclass(frozen=True, slots=True)
class Cell:
    """What the page shows of one value; *url* is the page it opens."""

    html: Any
    css: str
    label: Any
    url: str


def read(row: Any, path: str | Callable[[Any], Any]) -> Any:
    """Return the value at *path* of *row* ("enterprise.name"; "__" works as well); None where a link is empty."""
    if callable(path):
        return path(row)
    value = row
    for name in path.replace("__", ".").split("."):
        value = value.get(name) if isinstance(value, dict) else getattr(value, name, None)
        if value is None:
            return None
    return value() if callable(value) else value


def cell(value: Any, format_: str, *, label: Any, url: str) -> Cell:
    """Return *value* as the page shows it."""
    css = "num text-end" if format_ in NUMBERS else "num text-nowrap" if format_ in ("day", "minute", "months") else ""
    return Cell(_SHOWN[format_](value), "words" if format_ == "words" else css, label, url)


def _status(value: Any) -> Any:
    if not value:
        return tags.NOTHING
    words, tone = value if isinstance(value, tuple) else (value, "secondary")
    return tags.status(words, tone)


def _deadline(value: Any) -> Any:
    moment, paused = value if isinstance(value, tuple) else (value, False)
    if not moment:
        return tags.NOTHING
    badge = tags.deadline_badge(moment, paused=paused)
    shown = tags.minute(moment) if isinstance(moment, dt.datetime) else tags.day(moment)
    return format_html('{} <span class="text-secondary small text-nowrap">{}</span>', badge, shown)


_SHOWN: dict[str, Callable[[Any], Any]] = {
    "text": tags.say,
    "words": tags.say,
    "yuan": tags.yuan,
    "wan": tags.wan,
    "money": tags.money_words,
    "count": lambda value: tags.NOTHING if value is None else f"{value:,}",
    "pct": tags.pct,
    "day": tags.day,
    "minute": tags.minute,
    "months": tags.months,
    "status": _status,
    "deadline": _deadline,
}


def export_value(value: Any, format_: str) -> Any:
    """Return *value* as a file holds it: 元 and percent as Decimal, days as dates, words in the reader's language."""
    if value is None or value == "":
        return None
    if format_ in ("yuan", "wan", "money"):
        return money.in_yuan(value)
    if format_ == "pct":
        return rates.from_ppm(value) if isinstance(value, int) else Decimal(str(value))
    if format_ == "deadline" and isinstance(value, tuple):
        value = value[0]
    if format_ == "status" and isinstance(value, tuple):
        value = value[0]
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).replace(tzinfo=None)
    return value if isinstance(value, int | Decimal | dt.date) else tags.say(value)
