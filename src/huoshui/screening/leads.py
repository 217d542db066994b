"""Which branch gets which firm of a list: by district, product fit and room. Pure.

A firm goes to one bank at a time. Firms that most products fit come first, as they are the likeliest to be granted; each
goes to the cheapest fitting product whose bank has a branch with room in the firm's district, there to the branch with
most room left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from huoshui.screening.membership import Flags, Ids


@dataclass(frozen=True, slots=True)
class Desk:
    """A branch: its bank, the districts it serves (empty = all), how many leads it can take now."""

    branch_id: int
    path: str
    bank_id: int
    districts: tuple[str, ...]
    room: int


@dataclass(frozen=True, slots=True)
class Chance:
    """A product and its bank, in order of preference."""

    product_id: int
    bank_id: int


@dataclass(frozen=True, slots=True)
class Given:
    """Firm number *at* (a place in the list) goes to *desk* with *chance*; *fits*: the bank's products it fits."""

    at: int
    desk: Desk
    chance: Chance
    fits: int


def share_out(
    ids: Ids, districts: Sequence[str], fits: Flags, chances: Sequence[Chance], desks: Sequence[Desk]
) -> list[Given]:
    """Return who gets which firm. *fits*: bool[chances, firms], chances the best first; ties go to the lower number."""
    room = {desk.branch_id: desk.room for desk in desks}
    serving = {place: _serving(place, desks) for place in set(districts)}
    order = np.lexsort((ids, -fits.sum(axis=0))) if len(ids) else np.zeros(0, np.int64)
    given = []
    for at in order.tolist():
        here = serving[districts[at]]
        if any(room[desk.branch_id] > 0 for each in here.values() for desk in each):
            if (found := _best(np.flatnonzero(fits[:, at]), chances, here, room)) is not None:
                desk, chance = found
                room[desk.branch_id] -= 1
                given.append(Given(at, desk, chance, _count(fits[:, at], chances, chance.bank_id)))
        else:
            serving[districts[at]] = {}
        if not any(serving.values()):
            break
    return given


def serves(desk: Desk, district: str) -> bool:
    """Return whether the branch serves a district (code)."""
    return not desk.districts or district.startswith(desk.districts)


def _serving(district: str, desks: Sequence[Desk]) -> dict[int, list[Desk]]:
    """Return the branches that serve a district, by bank."""
    found: dict[int, list[Desk]] = {}
    for desk in desks:
        if desk.room > 0 and serves(desk, district):
            found.setdefault(desk.bank_id, []).append(desk)
    return found


def _best(
    fitting: NDArray[np.int64], chances: Sequence[Chance], here: dict[int, list[Desk]], room: dict[int, int]
) -> tuple[Desk, Chance] | None:
    for number in fitting.tolist():
        chance = chances[number]
        free = [desk for desk in here.get(chance.bank_id, ()) if room[desk.branch_id] > 0]
        if free:
            return max(free, key=lambda desk: (room[desk.branch_id], -desk.branch_id)), chance
    return None


def _count(fits: Flags, chances: Sequence[Chance], bank_id: int) -> int:
    return sum(1 for number in np.flatnonzero(fits).tolist() if chances[number].bank_id == bank_id)
