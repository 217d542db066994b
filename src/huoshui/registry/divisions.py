"""The administrative divisions: a reference table of the whole nation at county level, and of Shanxi's townships.

Source: the ministry of civil affairs' list of September 2026 (`data/divisions.csv`); abolished codes with successor and
document in `data/divisions_abolished.csv`. A successor is named only where the old division went to it whole. Later changes are
registered by the city (`actions_division.dissolve_district`).
"""

from __future__ import annotations

import csv
import datetime as dt
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db.models import Count

from huoshui.kernel.text import Text
from huoshui.registry import places
from huoshui.registry.models import Division

_DATA = Path(__file__).parent / "data"
LOOK_AGAIN = 60.0  # seconds
_FIELDS = ["name", "name_en", "level", "parent", "valid_to", "successor", "note"]


@dataclass(frozen=True, slots=True)
class DivisionView:
    """A division as lists and forms show it."""

    code: str
    name: str
    name_en: str

    @property
    def text(self) -> Text:
        """Return the name in both languages."""
        return Text(self.name, self.name_en)


def install_divisions() -> int:
    """Write the shipped divisions into the table (new ones made, known ones brought up to date); returns how many."""
    own = _dissolved_here()
    rows = [row for row in _current() + _abolished() if row.code not in own]
    for level in ("province", "city", "county", "township"):  # parents before children
        some = [row for row in rows if row.level == level]
        Division.objects.bulk_create(
            some, batch_size=1000, update_conflicts=True, update_fields=_FIELDS, unique_fields=["code"]
        )
    forget()
    return len(rows)


def _dissolved_here() -> set[str]:
    """Return the codes that the city itself dissolved: the shipped table still has them and must not bring them back."""
    gone = set(Division.objects.filter(level="county", valid_to__isnull=False).values_list("code", flat=True))
    return gone - {row.code for row in _abolished()}


def _current() -> list[Division]:
    with (_DATA / "divisions.csv").open(encoding="utf-8", newline="") as file:
        return [
            Division(
                code=row["code"],
                name=row["name"],
                name_en=row["name_en"],
                level=row["level"],
                parent_id=row["parent"] or None,
            )
            for row in csv.DictReader(file)
        ]


def _abolished() -> list[Division]:
    # "9999-12-31" would be a guess: an unknown day of abolition stays null, and `note` tells what is known
    with (_DATA / "divisions_abolished.csv").open(encoding="utf-8", newline="") as file:
        return [
            Division(
                code=row["code"],
                name=row["name"],
                name_en=row["name_en"],
                level=row["level"],
                parent_id=row["parent"],
                valid_to=dt.date.fromisoformat(row["abolished_on"]) if row["abolished_on"] else None,
                successor_id=row["successor"] or None,
                note=row["note"],
            )
            for row in csv.DictReader(file)
        ]


def gazetteer() -> places.Gazetteer:
    """Return the divisions as a gazetteer; the shipped data where the table is still empty.

    Kept until `forget`, and looked at again every minute: another process may have dissolved a district.
    """
    now = time.monotonic()
    if now - _looked.at > LOOK_AGAIN:
        mark = Division.objects.filter(level="county").aggregate(n=Count("pk"), gone=Count("valid_to"))
        if mark != _looked.mark:
            _gazetteer.cache_clear()
        _looked.at, _looked.mark = now, mark
    return _gazetteer()


@dataclass(slots=True)
class _Looked:
    at: float = -1e9
    mark: dict[str, int] | None = None


_looked = _Looked()


@lru_cache(maxsize=1)
def _gazetteer() -> places.Gazetteer:
    rows = list(Division.objects.exclude(level="township")) or [
        row for row in _current() + _abolished() if row.level != "township"
    ]
    known = {
        row.code: places.Division(
            row.code,
            row.name,
            row.name_en,
            row.level,
            row.parent_id or "",
            abolished=bool(row.note),  # every abolished division tells why; none other has a note
            successor=row.successor_id or "",
        )
        for row in rows
    }
    return places.Gazetteer(known, city=settings.CITY["code"])


def forget() -> None:
    """Drop what was kept of the table after it changed."""
    _gazetteer.cache_clear()


def districts(city: str = "") -> list[DivisionView]:
    """Return the counties and districts of *city* (code; the installation's own by default), in order of code."""
    code = city or settings.CITY["code"]
    known = gazetteer().divisions.values()
    return [
        DivisionView(each.code, each.name, each.name_en)
        for each in sorted(known, key=lambda each: each.code)
        if each.level == "county" and not each.abolished and each.parent == code
    ]


@dataclass(frozen=True, slots=True)
class DivisionEver:
    """A county or district that is or was: its days, and the one it went to whole ("" where it was split)."""

    code: str
    name: str
    name_en: str
    valid_from: dt.date | None
    valid_to: dt.date | None
    successor: str
    abolished: bool

    @property
    def text(self) -> Text:
        """Return the name in both languages."""
        return Text(self.name, self.name_en)


def districts_ever(city: str) -> list[DivisionEver]:
    """Return the counties and districts that *city* (code) has or had, in order of code."""
    rows = list(Division.objects.filter(parent_id=city, level="county").order_by("code")) or _shipped(city)
    return [
        DivisionEver(
            row.code, row.name, row.name_en or row.name, row.valid_from, row.valid_to, row.successor_id or "",
            bool(row.note or row.valid_to),
        )
        for row in rows
    ]  # fmt: skip


def _shipped(city: str) -> list[Division]:
    """Return the shipped counties of *city*, for an installation whose table is still empty."""
    rows = [row for row in _current() + _abolished() if row.parent_id == city and row.level == "county"]
    return sorted(rows, key=lambda row: row.code)


def gone_whole(city: str) -> dict[str, str]:
    """Return the abolished districts of *city* (code) that went whole to another, each with the one they are part of now."""
    known = {each.code: each.successor for each in gazetteer().divisions.values() if each.parent == city}
    found = {}
    for code, heir in known.items():
        seen = {code}
        while known.get(heir) and heir not in seen:
            seen.add(heir)
            heir = known[heir]
        if heir and heir != code:
            found[code] = heir
    return found


def townships(district: str) -> list[DivisionView]:
    """Return the townships and subdistricts of *district* (code) that the table knows."""
    found = Division.objects.filter(parent_id=district, level="township").order_by("code")
    return [DivisionView(each.code, each.name, each.name_en) for each in found]


def district_name(code: str) -> Text:
    """Return the name of a division; the code itself when it is unknown."""
    known = gazetteer().divisions.get(code)
    return Text(known.name, known.name_en) if known else Text(code, code)
