"""Visit campaigns as pure decisions: whose firm, in what order, how far a grid is, which visits are looked at again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from huoshui.kernel.text import Text

HOUSE_NUMBER = re.compile(r"(\d+)\s*号")

# what a campaign may ask of a firm; each narrows the register
KINDS: dict[str, Text] = {
    "company": Text("企业", "Companies"),
    "individual_business": Text("个体工商户", "Individual businesses"),
    "cooperative": Text("农民专业合作社", "Cooperatives"),
}
AIMS: dict[str, Text] = {
    "never_visited": Text("从未走访过的", "Never called on"),
    "never_borrowed": Text("没有贷款记录的", "Without a loan on record"),
    "no_open_demand": Text("当前没有需求在办的", "Without a demand under way"),
}


@dataclass(frozen=True, slots=True)
class Street:
    """A grid as firms are sorted into it: *words* of an address, *keeper* (person id) or None."""

    id: int
    words: tuple[str, ...]
    keeper: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """A firm to call on: grid and visitor (ids, None where nobody answers for the place), and its place on the way."""

    firm: int
    grid: int | None
    visitor: int | None
    place: int


@dataclass(slots=True)
class Coverage:
    """How far an area is: firms to visit, visited, with a need, matched with a bank, paid. Each counts firms."""

    targets: int = 0
    visited: int = 0
    willing: int = 0
    matched: int = 0
    paid: int = 0

    def share(self) -> int | None:
        """Return visited of targets in parts per million, to a tenth of a percent; None where nothing is to be visited."""
        return round(self.visited * 1_000 / self.targets) * 1_000 if self.targets else None


@dataclass(slots=True)
class Load:
    """What one visitor has to do and did; *doubtful* of *checked* visits did not hold at the second look."""

    targets: int = 0
    visited: int = 0
    days: set[object] = field(default_factory=set)
    checked: int = 0
    doubtful: int = 0

    def a_day(self) -> float | None:
        """Return visits a day on which there was any."""
        return round(self.visited / len(self.days), 1) if self.days else None


def grid_of(address: str, streets: Iterable[Street]) -> Street | None:
    """Return the grid whose word *address* has; of several the longest word decides, then the lowest grid."""
    fits = [(-len(word), street.id, street) for street in streets for word in street.words if word and word in address]
    return min(fits, key=lambda fit: fit[:2])[2] if fits else None


def way(firms: Sequence[tuple[int, str]], streets: Sequence[Street], spare: Sequence[int]) -> list[Place]:
    """Return who calls on which of *firms* (id, address), in walking order: grid by grid, by street and house number.

    A grid's keeper takes its firms. Firms of no kept grid are shared among *spare* visitors (ids), always the one with
    the fewest so far; without spare visitors they have none.
    """
    located = [(firm, address, grid_of(address, streets)) for firm, address in firms]
    located.sort(key=lambda one: (one[2].id if one[2] else 1 << 60, *_on_the_street(one[1]), one[0]))
    load: dict[int, int] = dict.fromkeys(spare, 0)
    places: list[Place] = []
    for firm, _address, street in located:
        visitor = street.keeper if street else None
        if visitor is None and spare:
            visitor = min(spare, key=lambda each: (load[each], each))
        if visitor is not None:
            load[visitor] = load.get(visitor, 0) + 1
        places.append(Place(firm, street.id if street else None, visitor, len(places)))
    return places


def _on_the_street(address: str) -> tuple[str, int, str]:
    found = HOUSE_NUMBER.search(address)
    return (address[: found.start()], int(found.group(1)), address) if found else (address, 0, address)


def drawn(visits: Iterable[int], *, percent: int, seed: str) -> list[int]:
    """Return the visits (ids) that are looked at again: about *percent* of them, at least one, the same for one *seed*.

    The draw is by hash, so that nobody picks and anybody can draw it again.
    """
    ordered = sorted(visits, key=lambda visit: hashlib.sha256(f"{seed}:{visit}".encode()).hexdigest())
    count = -(-len(ordered) * percent // 100)
    return sorted(ordered[:count])


def coverage(rows: Iterable[tuple[int | None, bool, bool, bool, bool]]) -> Mapping[int | None, Coverage]:
    """Return the coverage by grid of *rows* (grid, visited, willing, matched, paid), one a firm."""
    found: dict[int | None, Coverage] = {}
    for grid, visited, willing, matched, paid in rows:
        at = found.setdefault(grid, Coverage())
        at.targets += 1
        at.visited += visited
        at.willing += willing
        at.matched += matched
        at.paid += paid
    return found
