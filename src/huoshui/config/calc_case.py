"""One case of a calculator as JSON gave it: typed reading, field by field, where nothing unknown or unread slips through."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from huoshui.kernel.errors import DomainError
from huoshui.kernel.money import Fen, narrow, parse_yuan
from huoshui.kernel.rates import parse_rate
from huoshui.kernel.text import Text

Choice = TypeVar("Choice", bound=StrEnum)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?")
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?")
_NUMBER = re.compile(r"[+-]?[0-9]{1,24}(\.[0-9]{1,12})?")
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")


class Case:
    """The fields of one case or of an object inside it; *path* is how its fields are named in a problem.

    Every method takes a field's name and raises DomainError naming the field; null counts as absent.
    """

    def __init__(self, values: Any, fields: Iterable[str], path: str = "") -> None:
        known = list(fields)
        if not isinstance(values, Mapping):
            raise wrong(path.rstrip("."), "应为一个对象。", "An object is needed.", values)
        for name in values:
            if name not in known:
                zh, en = (
                    f"没有这个字段；可用：{'、'.join(known)}。",
                    f"There is no such field; there are: {', '.join(known)}.",
                )
                raise wrong(f"{path}{name}", zh, en, values[name])
        self._values, self._path = values, path

    def has(self, name: str) -> bool:
        """Return whether the field is there and not null."""
        return self._values.get(name) is not None

    def raw(self, name: str) -> Any:
        """Return the value as JSON gave it; it must be there."""
        if not self.has(name):
            raise wrong(self.field(name), "没有填写。", "It is missing.")
        return self._values[name]

    def field(self, name: str) -> str:
        """Return the full name of a field, such as "programme.months"."""
        return f"{self._path}{name}"

    def money(self, name: str) -> Fen:
        """Return fen, zero or more."""
        return parse_yuan(self.raw(name), field=self.field(name))

    def signed_money(self, name: str) -> Fen:
        """Return fen, below zero too."""
        return parse_yuan(self.raw(name), field=self.field(name), negative=True)

    def money_or_none(self, name: str) -> Fen | None:
        """Return fen, or None for null."""
        return self.money(name) if self.has(name) else None

    def rate(self, name: str) -> Decimal:
        """Return percent, zero or more."""
        value = self.raw(name)
        return parse_rate(_digits(value), field=self.field(name))

    def rate_or_none(self, name: str) -> Decimal | None:
        """Return percent, or None for null."""
        return self.rate(name) if self.has(name) else None

    def number(self, name: str) -> Decimal:
        """Return an exact number, written as a JSON number or as a string."""
        value = self.raw(name)
        text = _digits(value)
        if not isinstance(text, str) or not _NUMBER.fullmatch(narrow(text)):
            raise wrong(self.field(name), f"“{shown(value)}”不是数字。", f"“{shown(value)}” is not a number.", value)
        return Decimal(narrow(text))

    def number_or_none(self, name: str) -> Decimal | None:
        """Return an exact number, or None for null."""
        return self.number(name) if self.has(name) else None

    def amount_or_none(self, name: str) -> Decimal | None:
        """Return an exact number, zero or more, or None for null."""
        value = self.number_or_none(name)
        if value is not None and value < 0:
            raise wrong(self.field(name), f"{value} 小于零。", f"{value} is below zero.", value)
        return value

    def whole(self, name: str, default: int | None = None) -> int:
        """Return a whole number; *default* where the field is absent, which is an error without one."""
        if default is not None and not self.has(name):
            return default
        value = self.raw(name)
        text = _digits(value)
        if not isinstance(text, str) or not _WHOLE.fullmatch(narrow(text)):
            raise wrong(
                self.field(name), f"“{shown(value)}”不是整数。", f"“{shown(value)}” is not a whole number.", value
            )
        return int(narrow(text))

    def text(self, name: str) -> str:
        """Return a string."""
        value = self.raw(name)
        if not isinstance(value, str):
            raise wrong(self.field(name), f"“{shown(value)}”应为文字。", f"“{shown(value)}” must be a string.", value)
        return value

    def choice(self, name: str, choices: type[Choice], default: Choice | None = None) -> Choice:
        """Return one of *choices*."""
        return choices(self.one_of(name, [each.value for each in choices], default.value if default else None))

    def one_of(self, name: str, choices: Iterable[str], default: str | None = None) -> str:
        """Return one of the words *choices*; *default* where the field is absent."""
        if default is not None and not self.has(name):
            return default
        value, known = self.text(name), list(choices)
        if value not in known:
            zh, en = (
                f"“{shown(value)}”不在可选值之中：{'、'.join(known)}。",
                f"“{shown(value)}” is none of: {', '.join(known)}.",
            )
            raise wrong(self.field(name), zh, en, value)
        return value

    def date(self, name: str) -> dt.date:
        """Return an ISO date."""
        return as_date(self.raw(name), self.field(name))

    def date_or_none(self, name: str) -> dt.date | None:
        """Return an ISO date, or None for null."""
        return self.date(name) if self.has(name) else None

    def date_or_moment(self, name: str) -> dt.date | dt.datetime:
        """Return an ISO date or date and time."""
        value = self.raw(name)
        if isinstance(value, str) and _MOMENT.fullmatch(value):
            try:
                return dt.datetime.fromisoformat(value)
            except ValueError:
                raise _no_date(value, self.field(name)) from None
        return as_date(value, self.field(name))

    def time(self, name: str, default: str) -> dt.time:
        """Return a time of day such as "17:30"."""
        value = self.text(name) if self.has(name) else default
        try:
            if _TIME.fullmatch(value):
                return dt.time.fromisoformat(value)
        except ValueError:
            pass
        raise wrong(
            self.field(name),
            f"“{shown(value)}”不是时间，例如 17:30。",
            f"“{shown(value)}” is not a time such as 17:30.",
            value,
        )

    def items(self, name: str, *, optional: bool = False) -> list[Any]:
        """Return a list, as JSON gave it."""
        value = self._values.get(name) if optional else self.raw(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise wrong(self.field(name), "应为一个列表。", "A list is needed.", value)
        return value

    def cases(self, name: str, fields: Iterable[str]) -> list[Case]:
        """Return a list of objects that may have *fields*."""
        known = list(fields)
        return [Case(each, known, f"{self.field(name)}[{place}].") for place, each in enumerate(self.items(name))]

    def case(self, name: str, fields: Iterable[str]) -> Case:
        """Return the object *name*, which may have *fields*; an empty one for null."""
        return Case(self._values.get(name) or {}, fields, f"{self.field(name)}.")

    def each(self, name: str, *, optional: bool = False) -> list[Case]:
        """Return a list of plain values, each as the case whose only field is "" (so that its place is named)."""
        values = self.items(name, optional=optional)
        return [Case({"": value}, [""], f"{self.field(name)}[{place}]") for place, value in enumerate(values)]


def as_date(value: Any, field: str) -> dt.date:
    """Return the ISO date *value*."""
    try:
        if isinstance(value, str) and _DATE.fullmatch(value):
            return dt.date.fromisoformat(value)
    except ValueError:
        pass
    raise _no_date(value, field)


def _no_date(value: Any, field: str) -> DomainError:
    return wrong(
        field,
        f"“{shown(value)}”不是日期，例如 2025-03-15。",
        f"“{shown(value)}” is not a date such as 2025-03-15.",
        value,
    )


def _digits(value: Any) -> Any:
    """Return a JSON number as its digits; anything else (true is no number) as it came."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return value
    if isinstance(value, int):
        return str(value) if abs(value) < 10**30 else ""
    return format(value, "f") if abs(value.adjusted()) < 30 else ""


def shown(value: Any) -> str:
    """Return *value* short enough for a sentence."""
    return str(value)[:40]


def wrong(field: str, zh: str, en: str, value: Any = None) -> DomainError:
    """Return the error that *field* cannot be read."""
    return DomainError("case_field", Text(zh, en), field=field, value=value)
