"""Stretches of days that figures are counted over: a month, the year so far, everything so far, and what each is compared with."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

from huoshui.kernel.periods import add_months
from huoshui.kernel.text import Text

FIRST = dt.date(2000, 1, 1)  # before any record: what has no beginning begins here
KINDS: dict[str, Text] = {
    "month": Text("本月", "this month"),
    "quarter": Text("本季", "this quarter"),
    "year": Text("本年", "this year"),
    "all": Text("累计", "in all"),
}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Days from *start* to *last*, both counted; *kind* as in KINDS."""

    kind: str
    start: dt.date
    last: dt.date

    @property
    def whole(self) -> bool:
        """Return whether the span ends on a month's last day: only then is it a finished period."""
        return self.last.day == calendar.monthrange(self.last.year, self.last.month)[1]

    @property
    def name(self) -> Text:
        """Return the span as people say it: 2026年10月, 2026年1—10月, 截至2026年10月末."""
        last, day = self.last, "" if self.whole else f"{self.last.day}日"
        english = f"{last:%Y-%m}" if self.whole else f"{last:%Y-%m-%d}"
        if self.kind == "all":
            return Text(f"截至{last.year}年{last.month}月{day or '末'}", f"up to {english}")
        if self.start.month == last.month:
            return Text(f"{last.year}年{last.month}月{f'1—{day}' if day else ''}", english)
        return Text(f"{last.year}年{self.start.month}—{last.month}月{day}", f"{self.start:%Y-%m} to {english}")


def span_to(kind: str, last: dt.date) -> Span:
    """Return the span of *kind* that runs up to and including *last*."""
    months = {"month": 1, "quarter": (last.month - 1) % 3 + 1, "year": last.month}.get(kind)
    if months is None:
        return Span(kind, FIRST, last)
    return Span(kind, add_months(last.replace(day=1), 1 - months), last)


def last_whole(kind: str, on: dt.date) -> Span:
    """Return the latest span of *kind* whose months are over on the day *on*."""
    return span_to(kind, on.replace(day=1) - dt.timedelta(days=1))


def year_ago(span: Span) -> Span:
    """Return the same days a year earlier; a month's end stays a month's end (29 February meets 28 February)."""
    return span_to(span.kind, _back(span, 12))


def before(span: Span) -> Span | None:
    """Return the period before, as far into it as *span* is into its own; None where nothing lies before (all, year)."""
    months = {"month": 1, "quarter": 3}.get(span.kind)
    return span_to(span.kind, _back(span, months)) if months else None


def year_start(span: Span) -> Span:
    """Return everything up to the last day of the year before: what balances have grown from since the year's start."""
    return Span("all", FIRST, dt.date(span.last.year - 1, 12, 31))


def public_spans(on: dt.date) -> list[Span]:
    """Return what everybody may see on the day *on*, the newest first: the year up to the last finished quarter, and the
    year before it."""
    quarter = last_whole("quarter", on)
    while quarter.last.month % 3:
        quarter = last_whole("quarter", quarter.last.replace(day=1))
    this = span_to("year", quarter.last)
    return [this, span_to("year", dt.date(this.last.year - 1, 12, 31))]


def months_back(last: dt.date, count: int) -> list[Span]:
    """Return *count* months, the oldest first, the newest ending on *last*."""
    newest = span_to("month", last)
    older = [span_to("month", _month_end(add_months(newest.start, -back))) for back in range(count - 1, 0, -1)]
    return [*older, newest]


def _back(span: Span, months: int) -> dt.date:
    moved = add_months(span.last, -months)
    return _month_end(moved) if span.whole else moved


def _month_end(day: dt.date) -> dt.date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
