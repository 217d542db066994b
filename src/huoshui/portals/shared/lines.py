"""Small values that officers' pages are made of."""

from __future__ import annotations

from dataclasses import dataclass

from huoshui.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Line:
    """A label and its value; *note* in small print."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Somewhere to go."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Task:
    """A line of work: what waits (words after the count), how many, where, and whether it cannot wait."""

    title: Text
    count: int
    link: str
    urgent: bool = False
