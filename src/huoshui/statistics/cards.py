"""Evaluation cards as data: indicators with weights and marks, bands, and peer groups. Knows no database."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from huoshui.kernel.text import Text
from huoshui.statistics.score_card import Band, Indicator, Score, score


@dataclass(frozen=True, slots=True)
class Item:
    """An indicator of a card: a measure (with what of it is shown) or "" for one that the reviewer fills in."""

    code: str
    name: Text
    weight: Decimal
    zero_at: Decimal
    full_at: Decimal
    measure: str = ""
    show: str = "now"
    open: bool = False  # measured, yet a reviewer may put another figure in its place and says why


@dataclass(frozen=True, slots=True)
class Card:
    """A card: its version and source, items and bands."""

    code: str
    version: int
    name: Text
    source: str
    items: tuple[Item, ...]
    bands: tuple[Band, ...]

    @property
    def manual(self) -> tuple[Item, ...]:
        """Return the items that the reviewer fills in."""
        return tuple(item for item in self.items if not item.measure or item.open)


@lru_cache(maxsize=1)
def shipped() -> Mapping[str, Card]:
    """Return the cards that come with the platform, by code."""
    told = json.loads((Path(__file__).parent / "data" / "cards.json").read_text(encoding="utf-8"))
    return {row["code"]: card_of(row) for row in told}


def card_of(told: Mapping[str, Any]) -> Card:
    """Return a card from its data; a round keeps the data it was opened with."""
    items = tuple(
        Item(
            row["code"], Text(row["zh"], row["en"]), Decimal(row["weight"]), Decimal(row["zero_at"]),
            Decimal(row["full_at"]), row.get("measure", ""), row.get("show", "now"), row.get("open", False),
        )
        for row in told["indicators"]
    )  # fmt: skip
    bands = tuple(Band(Decimal(band["start"]), band["grade"]) for band in told["bands"])
    return Card(told["code"], told["version"], Text(told["zh"], told["en"]), told["source"], items, bands)


def card_data(card: Card) -> dict[str, Any]:
    """Return the data of a card, from which `card_of` makes it again."""
    return {
        "code": card.code,
        "version": card.version,
        "zh": card.name.zh,
        "en": card.name.en,
        "source": card.source,
        "indicators": [
            {"code": item.code, "zh": item.name.zh, "en": item.name.en, "weight": str(item.weight)}
            | {"zero_at": str(item.zero_at), "full_at": str(item.full_at), "measure": item.measure, "show": item.show}
            | {"open": item.open}
            for item in card.items
        ],
        "bands": [{"start": str(band.start), "grade": band.grade} for band in card.bands],
    }


def judge(card: Card, values: Mapping[str, Decimal | None]) -> Score:
    """Return points and grade of one institution: a missing figure earns nothing and is named."""
    marked = [Indicator(values.get(item.code), item.zero_at, item.full_at, item.weight) for item in card.items]
    return score(marked, bands=card.bands)


def points_of(card: Card, values: Mapping[str, Decimal | None]) -> dict[str, Decimal | None]:
    """Return what each item earns by itself (two decimals), None where its figure is missing."""
    found: dict[str, Decimal | None] = {}
    for item in card.items:
        value = values.get(item.code)
        alone = Indicator(value, item.zero_at, item.full_at, item.weight)
        found[item.code] = None if value is None else score([alone], bands=()).points
    return found


def ranks(points: Mapping[int, Decimal]) -> dict[int, int]:
    """Return each institution's place by points, equal ones sharing it."""
    return {key: 1 + sum(other > value for other in points.values()) for key, value in points.items()}


def ranks_within(points: Mapping[int, Decimal], groups: Mapping[int, str]) -> dict[int, int]:
    """Return each institution's place among its own peer group."""
    found: dict[int, int] = {}
    for group in set(groups.values()):
        found |= ranks({key: value for key, value in points.items() if groups[key] == group})
    return found


PEERS: dict[str, Text] = {
    "large": Text("国有大型和政策性银行", "State and policy banks"),
    "joint_stock": Text("股份制银行", "Joint-stock banks"),
    "city": Text("城市商业银行", "City banks"),
    "small": Text("农村和村镇机构", "Rural and village banks"),
}
_KINDS = {
    "state_bank": "large", "policy_bank": "large", "joint_stock_bank": "joint_stock", "city_bank": "city",
    "rural_bank": "small", "village_bank": "small",
}  # fmt: skip


def peer_group(kind: str) -> str:
    """Return the peer group of an institution's kind."""
    return _KINDS.get(kind, "small")


def names(card: Card, places: Sequence[int]) -> list[Text]:
    """Return the names of the items at *places*."""
    return [card.items[place].name for place in places]
