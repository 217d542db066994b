"""A tally with its definitions over time, and the districts with the way tables treat them."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from huoshui.kernel import clock
from huoshui.kernel.text import Text
from huoshui.portals.shared.charts import Map, district_map
from huoshui.registry import queries as registry
from huoshui.statistics import queries
from huoshui.statistics.measures import Measure, Tally
from huoshui.statistics.spans import span_to


@dataclass(frozen=True, slots=True)
class DefinitionPage:
    """A tally: its versions, newest first, the conditions of the newest in lines, and the measures made of it."""

    code: str
    versions: tuple[Tally, ...]
    lines: tuple[str, ...]
    measures: tuple[Measure, ...]

    def initial(self) -> dict[str, Any]:
        """Return what a later definition starts from."""
        newest = self.versions[0]
        first = clock.today().replace(day=1)
        following = (first + dt.timedelta(days=32)).replace(day=1)
        return {
            "filter": "\n".join(self.lines), "words": newest.words.zh, "words_en": newest.words.en,
            "valid_from": following,
        }  # fmt: skip


def definition(code: str) -> DefinitionPage | None:
    """Return the page of a tally, None where there is none of that code."""
    book = queries.book()
    versions = book.tallies.get(code)
    if versions is None:
        return None
    lines = tuple(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in versions[-1].filter.items())
    made = tuple(each for each in book.measures.values() if code in {take.tally for take in each.takes})
    return DefinitionPage(code, tuple(reversed(versions)), lines, made)


@dataclass(frozen=True, slots=True)
class DistrictLine:
    """A district that is or was: since, until, where its figures count now and what tables say of it this year."""

    code: str
    name: Text
    since: dt.date | None
    until: dt.date | None
    heir: Text | None
    note: Text | None
    outlined: bool


@dataclass(frozen=True, slots=True)
class DistrictsPage:
    """Every district ever, the map as it is drawn now, and whether outlines are missing."""

    lines: tuple[DistrictLine, ...]
    map: Map
    missing: tuple[Text, ...]


def districts() -> DistrictsPage:
    """Return the districts as this year's tables have them."""
    rows = queries.districts(span_to("year", clock.today()))
    notes = {row.code: row.note for row in rows}
    drawing, source = queries.drawing([row.code for row in rows])
    known = queries.outlined()
    ever = registry.districts_ever(settings.CITY["code"])
    names = {each.code: each.text for each in ever}
    lines = tuple(
        DistrictLine(
            each.code, each.text, each.valid_from, each.valid_to, names.get(each.successor), notes.get(each.code),
            each.code in known,
        )
        for each in sorted(ever, key=lambda one: (one.abolished, one.code))
    )  # fmt: skip
    missing = tuple(row.name for row in rows if row.code not in known)
    codes = [row.code for row in rows]
    drawn = district_map(
        drawing, source, values=dict.fromkeys(codes), names={row.code: row.name for row in rows},
        told={code: code for code in codes}, links=dict.fromkeys(codes, ""),
    )  # fmt: skip
    return DistrictsPage(lines, drawn, missing)
