"""A visitor's firms as the page shows them: in walking order, and on a plan of the streets drawn from house numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from huoshui.access.actor import Actor
from huoshui.catalogue.purposes import PURPOSES
from huoshui.financing.actions_visit import OUTCOMES
from huoshui.kernel import clock
from huoshui.kernel.text import Text
from huoshui.service.campaigns import HOUSE_NUMBER
from huoshui.service.queries_campaign import Call, calls

WIDTH, ROW, LEFT = 320, 46, 14
CITY = re.compile(r"^.*?[市县区]")


@dataclass(frozen=True, slots=True)
class Dot:
    """A firm on the plan: its number on the list, where it stands, whether it was visited."""

    number: int
    target: int
    x: int
    visited: bool


@dataclass(slots=True)
class Road:
    """A street with the firms on it, by house number from the left."""

    name: str
    y: int
    dots: list[Dot] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RoundPage:
    """Today's firms with their numbers, the plan, and what the forms offer."""

    calls: list[Call]
    roads: list[Road]
    height: int
    left: int
    done: int
    today: str
    outcomes: tuple[tuple[str, Text], ...]
    purposes: tuple[tuple[str, Text], ...]


def round_page(actor: Actor) -> RoundPage:
    """Return the page of *actor*'s day."""
    found = calls(actor)
    roads = _roads(found)
    return RoundPage(
        calls=found,
        roads=roads,
        height=len(roads) * ROW + 8,
        left=sum(1 for call in found if not call.outcome),
        done=sum(1 for call in found if call.outcome),
        today=clock.today().isoformat(),
        outcomes=tuple(OUTCOMES.items()),
        purposes=tuple((purpose.code, purpose.name) for purpose in PURPOSES.values()),
    )


def _roads(found: list[Call]) -> list[Road]:
    roads: dict[str, Road] = {}
    placed: dict[str, list[tuple[int, int, Call]]] = {}
    for number, call in enumerate(found, 1):
        match = HOUSE_NUMBER.search(call.address)
        name = CITY.sub("", call.address[: match.start()] if match else call.address) or call.address or "—"
        roads.setdefault(name, Road(name, len(roads) * ROW + 30))
        placed.setdefault(name, []).append((int(match.group(1)) if match else 0, number, call))
    for name, houses in placed.items():
        last = max(house for house, _number, _call in houses) or 1
        edge = LEFT
        for house, number, call in sorted(houses, key=lambda one: one[:2]):
            edge = max(edge, LEFT + house * (WIDTH - 2 * LEFT) // last)
            roads[name].dots.append(Dot(number, call.id, min(edge, WIDTH - LEFT), bool(call.outcome)))
            edge += 18
    return list(roads.values())
