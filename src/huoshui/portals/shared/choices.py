"""Choices of a select from a table of words, in the reader's language each time a page is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import get_language

from huoshui.access import queries as offices
from huoshui.kernel.text import Text
from huoshui.registry import queries

Choices = list[tuple[str, str]]


def said(text: Text) -> str:
    """Return *text* in the reader's language."""
    return text.in_(get_language() or "zh")


def text_choices(table: Mapping[str, Text], *, empty: Any = None) -> Callable[[], Choices]:
    """Return what makes the choices of *table* (code → words); *empty* is the line for no choice."""

    def choices() -> Choices:
        first = [] if empty is None else [("", str(empty))]
        return [*first, *((code, said(words)) for code, words in table.items())]

    return choices


def district_choices() -> Choices:
    """Return the city's districts."""
    return [(view.code, said(view.text)) for view in queries.districts()]


def bank_choices() -> Choices:
    """Return the banks (head offices) by name."""
    return [(str(one.id), said(one.name)) for one in offices.organisations(kind="bank") if one.level != "branch"]
