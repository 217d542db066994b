"""Districts as a period's table has them: abolished ones joined to their heir, split ones kept apart and said so.

Records keep the code of the day they were made on. A district that went whole to one other counts with it. One that was
split has no single heir: what it did before stays its own row, and what it was split into - new districts, or old ones
that grew by a part of it - has no earlier figure to grow from.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from huoshui.kernel.text import Text


@dataclass(frozen=True, slots=True)
class District:
    """A division as the register knows it: from when, until when, and where it went whole ("" where it was split)."""

    code: str
    name: Text
    since: dt.date | None = None
    until: dt.date | None = None
    heir: str = ""
    gone: bool = False  # abolished, the day perhaps unknown
    parts: tuple[str, ...] = ()  # of one that was split: the codes that it went to, where that is registered


@dataclass(frozen=True, slots=True)
class Row:
    """A district in a table: the *codes* that count in it, a *note*, and whether an earlier figure may be compared."""

    code: str
    name: Text
    codes: tuple[str, ...]
    note: Text | None = None
    comparable_from: dt.date | None = None

    def comparable(self, earlier_start: dt.date) -> bool:
        """Return whether a span that begins on *earlier_start* was the same district."""
        return self.comparable_from is None or self.comparable_from <= earlier_start


_SPLIT = Text("{day} 撤销，此前数据单列", "abolished {day}; figures until then")
_SPLIT_INTO = Text("{day} 撤销，分入{parts}；此前数据单列", "abolished {day}, split into {parts}; figures until then")
_NEW = Text("{day} 设立，此前无可比数据", "formed {day}; nothing earlier to compare")
_GREW = Text(
    "{day} 起含原{old}的一部分，与此前不可比", "with a part of {old} from {day}; not comparable with earlier figures"
)


def table_rows(districts: Iterable[District], *, start: dt.date, last: dt.date) -> list[Row]:
    """Return the rows of a table over *start* to *last*, in order of code."""
    known = {each.code: each for each in districts}
    joined: dict[str, list[str]] = {}
    for each in known.values():
        heir = _heir(each, known)
        if heir != each.code:
            joined.setdefault(heir, []).append(each.code)
    shown = [each for each in known.values() if _shown(each, known, start, last)]
    return [
        _row(each, joined.get(each.code, []), start, last, known) for each in sorted(shown, key=lambda one: one.code)
    ]


def _heir(district: District, known: dict[str, District]) -> str:
    seen = {district.code}
    while district.heir in known and district.heir not in seen:
        district = known[district.heir]
        seen.add(district.code)
    return district.code


def _shown(district: District, known: dict[str, District], start: dt.date, last: dt.date) -> bool:
    if _heir(district, known) != district.code:
        return False  # counts in its heir's row
    if district.since and district.since > last:
        return False
    if district.gone:
        return district.until is not None and district.until >= start
    return True


def _row(district: District, absorbed: list[str], start: dt.date, last: dt.date, known: dict[str, District]) -> Row:
    note, since = None, district.since
    grew = _grew(district, last, known)
    if district.gone:
        note = _gone_note(district, known)
    elif since and since > start:
        note = _NEW.format(day=f"{since:%Y-%m-%d}")
    elif grew and grew.until and (since is None or grew.until >= since):
        since = grew.until + dt.timedelta(days=1)
        if since > start:
            note = Text(
                _GREW.zh.format(day=f"{since:%Y-%m-%d}", old=grew.name.zh),
                _GREW.en.format(day=f"{since:%Y-%m-%d}", old=grew.name.en),
            )
    return Row(district.code, district.name, (district.code, *sorted(absorbed)), note, since)


def _grew(district: District, last: dt.date, known: dict[str, District]) -> District | None:
    """Return the split district that a part of went to *district* last, until *last*."""
    gave = [one for one in known.values() if district.code in one.parts and one.until and one.until < last]
    return max(gave, key=lambda one: one.until or dt.date.min, default=None)


def _gone_note(district: District, known: dict[str, District]) -> Text:
    day = f"{district.until:%Y-%m-%d}"
    parts = [known[code].name for code in district.parts if code in known]
    if not parts:
        return _SPLIT.format(day=day)
    return Text(
        _SPLIT_INTO.zh.format(day=day, parts="、".join(one.zh for one in parts)),
        _SPLIT_INTO.en.format(day=day, parts=", ".join(one.en for one in parts)),
    )
