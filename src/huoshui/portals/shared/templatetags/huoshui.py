"""Filters and tags that every template has: money, rates, days, words, icons, badges, keys of forms."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.template import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from huoshui.kernel import clock, money, rates
from huoshui.kernel.text import Text
from huoshui.portals.shared.deadlines import Deadline, deadline

register = template.Library()
NOTHING = "—"
TONE_ICONS = {"green": "circle-check", "red": "alert-circle", "yellow": "clock", "orange": "alert-triangle"}


def _language() -> str:
    return get_language() or "zh"


@register.filter
def yuan(fen: int | str | None) -> str:
    """Return fen as 元 with separators and two decimals: "9,500.50"."""
    return NOTHING if fen is None or fen == "" else f"{money.in_yuan(int(fen)):,.2f}"


@register.filter
def wan(fen: int | str | None) -> str:
    """Return fen in 万元 (two decimals at most), with the unit; English in thousands of CNY would mislead, so CNY."""
    return NOTHING if fen is None or fen == "" else _scaled(int(fen), money.FEN_IN_WAN, gettext("万元"))


@register.filter
def yi(fen: int | str | None) -> str:
    """Return fen in 亿元 (two decimals at most), with the unit."""
    return NOTHING if fen is None or fen == "" else _scaled(int(fen), money.FEN_IN_YI, gettext("亿元"))


def _scaled(fen: int, unit_fen: int, unit: str) -> str:
    if _language().startswith("en"):
        return money.human(fen).en
    hundredths = money.round_half_up(Decimal(fen) * 100 / unit_fen)
    whole, part = divmod(abs(hundredths), 100)
    decimals = f".{part:02d}".rstrip("0") if part else ""
    return f"{'-' if hundredths < 0 else ''}{whole:,}{decimals} {unit}"


@register.filter(name="money")
def money_words(fen: int | str | None) -> str:
    """Return fen as people say it, the unit chosen by size."""
    return NOTHING if fen is None or fen == "" else money.human(int(fen)).in_(_language())


@register.filter
def pct(rate: int | Decimal | str | None) -> str:
    """Return a rate with its sign: an int is parts per million, a Decimal is percent already."""
    if rate is None or rate == "":
        return NOTHING
    percent = rates.from_ppm(rate) if isinstance(rate, int) else Decimal(str(rate))
    return f"{rates.rate_text(percent)}%"


@register.filter
def pct2(rate: Decimal | None) -> str:
    """Return percent with two decimals, half up, for comparing at a glance; the sheet shows all four."""
    return NOTHING if rate is None else f"{rate.quantize(Decimal('0.01'), ROUND_HALF_UP)}%"


@register.filter
def day(moment: dt.date | dt.datetime | None) -> str:
    """Return a day as 2025-03-15, in Chinese time."""
    if not moment:
        return NOTHING
    return (timezone.localtime(moment) if isinstance(moment, dt.datetime) else moment).strftime("%Y-%m-%d")


@register.filter
def minute(moment: dt.datetime | dt.date | None) -> str:
    """Return a moment as 2025-03-15 09:30, in Chinese time; a day as a day."""
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M") if isinstance(moment, dt.datetime) else day(moment)


@register.filter
def say(text: Any) -> str:
    """Return a Text in the reader's language; other things as they are, nothing as a dash."""
    if isinstance(text, Text):
        return text.in_(_language())
    return NOTHING if text is None or text == "" else str(text)


@register.filter
def bracketed(text: Any) -> str:
    """Return *text* in the brackets of the reader's language: “（万元）”, “ (10,000 yuan)”."""
    return f" ({say(text)})" if (get_language() or "").startswith("en") else f"（{say(text)}）"


@register.filter
def mask(text: str | None) -> str:
    """Return a name, number or phone with its middle hidden."""
    if not text:
        return NOTHING
    head = min(1 if len(text) < 6 else 3, len(text) - 1)
    tail = head if len(text) > 2 else 0
    return text[:head] + "*" * (len(text) - head - tail) + text[len(text) - tail :]


@register.filter
def months(count: int | None) -> str:
    """Return a term in months as words."""
    return NOTHING if count is None else ngettext("%(n)s 个月", "%(n)s 个月", count) % {"n": count}


@register.simple_tag
@lru_cache(maxsize=500)
def icon(name: str, css: str = "") -> SafeString:
    """Return an icon of the sprite; it is decoration, words stand beside it."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        css,
        static("vendor/icons.svg"),
        name,
    )


@register.simple_tag
def status(words: Any, tone: str = "secondary", name: str = "") -> SafeString:
    """Return a badge: words, a colour, and an icon, so that colour is never the only sign."""
    shown = icon(name or TONE_ICONS.get(tone, "point"))
    return format_html('<span class="badge bg-{}-lt">{}{}</span>', tone, shown, say(words))


@register.simple_tag(name="deadline")
def deadline_badge(due: dt.datetime | dt.date | Deadline | None, paused: bool = False) -> SafeString | str:
    """Return a badge that says how much time is left ("剩 3 天"), that the clock stands, or how late it is."""
    if due is None:
        return ""
    left = due if isinstance(due, Deadline) else deadline(due, clock.now(), paused=paused)
    return status(left.words, left.tone, left.icon)


@register.simple_tag(takes_context=True)
def form_key(context: Context) -> SafeString:
    """Return the hidden field that makes a form count once however often it is sent; it survives a refused try."""
    request = context.get("request")
    sent = request.POST.get("form_key", "") if request is not None and request.method == "POST" else ""
    return format_html('<input type="hidden" name="form_key" value="{}">', sent or uuid.uuid4().hex)


@register.simple_tag(takes_context=True)
def with_query(context: Context, **changes: Any) -> str:
    """Return this page's query string with *changes*; an empty value drops the name."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in ("", None):
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.filter
def get(mapping: Any, name: Any) -> Any:
    """Return mapping[name], or nothing."""
    return mapping.get(name, "") if mapping else ""
