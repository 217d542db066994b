"""A year of the working calendar as twelve small months. Pure."""

from __future__ import annotations

import calendar as weeks
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Day:
    """A square: *number* 0 is a blank before the first or after the last. *kind*: holiday, makeup_workday, weekend."""

    number: int = 0
    iso: str = ""
    kind: str = ""
    mark: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Month:
    """A month, Monday first."""

    name: str
    weeks: tuple[tuple[Day, ...], ...]


def months(year: int, *, special: Mapping[dt.date, tuple[str, str]]) -> tuple[Month, ...]:
    """Return the months of *year*. *special*: day → (kind, name) where it is not what its weekday says."""
    return tuple(
        Month(
            f"{year}-{month:02d}",
            tuple(
                tuple(_day(year, month, number, special) for number in week)
                for week in weeks.Calendar().monthdayscalendar(year, month)
            ),
        )
        for month in range(1, 13)
    )


def weekdays() -> list[str]:
    """Return the headings of a week."""
    return [_("一"), _("二"), _("三"), _("四"), _("五"), _("六"), _("日")]


def _day(year: int, month: int, number: int, special: Mapping[dt.date, tuple[str, str]]) -> Day:
    if not number:
        return Day()
    day = dt.date(year, month, number)
    kind, name = special.get(day, ("", ""))
    if not kind and day.weekday() >= 5:
        kind = "weekend"
    marks = {"holiday": _("休"), "makeup_workday": _("班")}
    return Day(number, day.isoformat(), kind, marks.get(kind, ""), name)
