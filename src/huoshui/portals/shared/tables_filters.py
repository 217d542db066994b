"""Filters of officers' lists: words, a choice, a span of days, a span of amounts. Each works on querysets and on values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from huoshui.kernel.clock import ZONE
from huoshui.portals.shared.fields import LARGEST, WAN, plain_day, plain_number
from huoshui.portals.shared.tables_cells import read

Choices = Sequence[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class Input:
    """One control of a filter."""

    name: str
    label: Any
    value: str


@dataclass(frozen=True, slots=True)
class FilterView:
    """A filter as the page shows it: *kind* of control, inputs as typed, the value read, the problem in words."""

    kind: str
    name: str
    label: Any
    inputs: tuple[Input, ...]
    value: Any = None
    active: bool = False
    problem: str = ""
    choices: tuple[tuple[str, Any], ...] = ()


def plain(text: str) -> str:
    """Return *text* without NUL, which the database refuses, and outer blanks."""
    return text.replace("\x00", "").strip()


@dataclass(frozen=True, slots=True)
class Filter:
    """What all filters have: a name in the address, a label, the field (a path like "enterprise__name")."""

    name: str
    label: Any
    field: str = ""

    def view(self, query: QueryDict) -> FilterView:
        """Return what was typed and what it means."""
        raise NotImplementedError

    def apply(self, rows: Any, value: Any) -> Any:
        """Return the rows that pass."""
        raise NotImplementedError

    @property
    def path(self) -> str:
        """Return the field, the name where none is given."""
        return self.field or self.name


@dataclass(frozen=True, slots=True)
class TextFilter(Filter):
    """Part of a text in any of *fields*; *search* (queryset, text) → queryset replaces that for big tables."""

    fields: tuple[str, ...] = ()
    search: Callable[[Any, str], Any] | None = None
    longest: int = 100

    def view(self, query: QueryDict) -> FilterView:
        """Return the words typed."""
        typed = plain(query.get(self.name, ""))[: self.longest]
        return FilterView("text", self.name, self.label, (Input(self.name, self.label, typed),), typed, bool(typed))

    def apply(self, rows: Any, value: Any) -> Any:
        """Return the rows with the words in any of the fields."""
        if self.search:
            return self.search(rows, value)
        fields = self.fields or (self.path,)
        if isinstance(rows, QuerySet):
            return rows.filter(reduce(or_, (Q(**{f"{name}__icontains": value}) for name in fields)))
        wanted = value.casefold()
        return [row for row in rows if any(wanted in str(read(row, name) or "").casefold() for name in fields)]


@dataclass(frozen=True, slots=True)
class ChoiceFilter(Filter):
    """One value of several. *choices*: pairs, or a function that gives them; *narrow* (rows, value) for other rules."""

    choices: Choices | Callable[[], Choices] = ()
    narrow: Callable[[Any, str], Any] | None = None

    def view(self, query: QueryDict) -> FilterView:
        """Return the choice; a value that is not offered counts as none."""
        offered = tuple((str(v), label) for v, label in (self.choices() if callable(self.choices) else self.choices))
        typed = plain(query.get(self.name, ""))
        chosen = typed if typed in {value for value, _label in offered if value} else ""
        given = (Input(self.name, self.label, chosen),)
        return FilterView("choice", self.name, self.label, given, chosen, bool(chosen), choices=offered)

    def apply(self, rows: Any, value: Any) -> Any:
        """Return the rows with this value."""
        if self.narrow:
            return self.narrow(rows, value)
        if isinstance(rows, QuerySet):
            return rows.filter(**{self.path: value})
        return [row for row in rows if str(read(row, self.path)) == value]


class _Span(Filter):
    """A lower and an upper bound, either may be open."""

    __slots__ = ()
    kind = ""
    ends: tuple[str, str] = ("from", "to")
    words: tuple[Any, Any] = (_("从"), _("到"))

    def view(self, query: QueryDict) -> FilterView:
        """Return both ends as typed, and as read."""
        typed = [plain(query.get(f"{self.name}_{end}", ""))[:40] for end in self.ends]
        inputs = tuple(
            Input(f"{self.name}_{end}", word, text)
            for end, word, text in zip(self.ends, self.words, typed, strict=True)
        )
        try:
            value = [self.parse(text) if text else None for text in typed]
        except ValueError as refused:
            return FilterView(self.kind, self.name, self.label, inputs, None, True, str(refused))
        return FilterView(self.kind, self.name, self.label, inputs, value, any(typed))

    def parse(self, text: str) -> Any:
        """Return the value of *text*; ValueError says in words what is wrong."""
        raise NotImplementedError

    def bounds(self, value: Any) -> tuple[Any, Any]:
        """Return the lowest value that passes and the lowest above that does not, in the field's type."""
        raise NotImplementedError

    def apply(self, rows: Any, value: Any) -> Any:
        """Return the rows between both ends."""
        low, high = self.bounds(value)
        if isinstance(rows, QuerySet):
            given = {f"{self.path}__gte": low, f"{self.path}__lt": high}
            return rows.filter(**{name: bound for name, bound in given.items() if bound is not None})
        return [row for row in rows if _between(read(row, self.path), low, high)]


def _between(value: Any, low: Any, high: Any) -> bool:
    return value is not None and (low is None or value >= low) and (high is None or value < high)


@dataclass(frozen=True, slots=True)
class DateFilter(_Span):
    """From a day to a day, both included. *moment*: the field holds moments, not days."""

    moment: bool = False
    kind = "date"

    def parse(self, text: str) -> dt.date:
        """Return the day."""
        try:
            return dt.date.fromisoformat(plain_day(text))
        except ValueError:
            raise ValueError(_t("“%(value)s”不是日期，请写成 2025-03-15；未按此项筛选。") % {"value": text}) from None

    def bounds(self, value: Any) -> tuple[Any, Any]:
        """Return the first day, and the day after the last."""
        low, high = value
        after = high + dt.timedelta(days=1) if high else None
        if not self.moment:
            return low, after
        return tuple(dt.datetime.combine(d, dt.time(), tzinfo=ZONE) if d else None for d in (low, after))  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class AmountFilter(_Span):
    """From an amount to an amount in 万元, both included; the field holds fen."""

    kind = "amount"
    ends = ("min", "max")
    words = (_("不少于"), _("不超过"))

    def parse(self, text: str) -> int:
        """Return fen."""
        try:
            fen = plain_number(text) * WAN
        except ValueError:
            fen = None
        if fen is None or not 0 <= fen <= LARGEST:
            raise ValueError(_t("“%(value)s”不是金额，请用万元填写数字，例如 30；未按此项筛选。") % {"value": text})
        return int(fen)

    def bounds(self, value: Any) -> tuple[Any, Any]:
        """Return the lowest amount, and one fen above the highest."""
        low, high = value
        return low, None if high is None else high + 1
