"""Which county-level division a code, a name or an address means, as far as that is certain."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class Division:
    """A division of the reference table. *successor*: where an abolished one went whole; empty when it was split."""

    code: str
    name: str
    name_en: str
    level: str
    parent: str
    abolished: bool = False
    successor: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """What a district cell means: *code* to keep, *township*, and *note*: "", migrated, abolished or above_county."""

    code: str
    township: str = ""
    note: str = ""


class Gazetteer:
    """The divisions, asked by code, name or address; *city* (code) decides between counties of one name."""

    def __init__(self, divisions: Mapping[str, Division], *, city: str) -> None:
        self.divisions, self.city = divisions, city
        self._by_name: dict[str, list[str]] = {}
        for each in divisions.values():
            if each.level == "county" and not each.abolished:
                self._by_name.setdefault(each.name, []).append(each.code)

    def place(self, cell: str) -> Place | None:
        """Return what *cell* (a code of 6, 9 or 12 digits, or a county's name) means; None when nothing known."""
        if cell.isdigit() and len(cell) in (6, 9, 12):
            return self._of_code(cell)
        codes = self._by_name.get(cell.removeprefix(self._city_name()), [])
        near = [code for code in codes if code[:4] == self.city[:4]] or [
            code for code in codes if code[:2] == self.city[:2]
        ]
        sure = near or codes
        return Place(sure[0]) if len(sure) == 1 else None

    def _of_code(self, cell: str) -> Place | None:
        known = self.divisions.get(cell[:6])
        if known is None:
            return None
        township = cell[:9] if len(cell) > 6 and cell[6:9] != "000" else ""
        if known.abolished:
            return Place(known.successor, note="migrated") if known.successor else Place(known.code, note="abolished")
        if known.level != "county":
            return Place(known.code, note="above_county")
        return Place(known.code, township)

    def _city_name(self) -> str:
        city = self.divisions.get(self.city)
        return city.name if city else ""

    def in_addresses(self, addresses: pl.Series, *, within: str) -> pl.Series:
        """Return the code of the county of *within* (province, city or an abolished county's city) each address names.

        The leftmost full name counts ("尖草坪区"); names of two characters (城区, 矿区) are too common to be evidence.
        Null where none is named.
        """
        names = self._names_within(within)
        if not names:
            return pl.Series([None] * len(addresses), dtype=pl.String)
        longest_first = sorted(names, key=len, reverse=True)
        found = addresses.str.extract("(" + "|".join(map(re.escape, longest_first)) + ")")
        return found.replace_strict(names, default=None, return_dtype=pl.String)

    def _names_within(self, code: str) -> dict[str, str]:
        known = self.divisions[code]
        area = known.parent if known.level == "county" else code
        prefix = area[:2] if self.divisions[area].level == "province" else area[:4]
        inside = {
            each.name: each.code
            for each in self.divisions.values()
            if each.level == "county" and not each.abolished and each.code.startswith(prefix) and len(each.name) > 2
        }
        home = {name: each for name, each in inside.items() if each.startswith(self.city[:4])}
        return inside | home
