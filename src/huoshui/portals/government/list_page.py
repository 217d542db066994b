"""What the pages of a list show beside its firms: figures, history, conversion, the preview of a push."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.catalogue import queries as catalogue
from huoshui.kernel.text import Text
from huoshui.portals.shared.sectors import SECTORS
from huoshui.registry import queries as registry
from huoshui.registry.views import SIZES
from huoshui.screening import queries_list as queries
from huoshui.screening.actions_lead import Plan
from huoshui.screening.list_kinds import SCHEDULES
from huoshui.screening.queries_list import ChangeView, Conversion, EditionView

_UNKNOWN = Text("未掌握", "Not known")


@dataclass(frozen=True, slots=True)
class Share:
    """A line of a table of figures: *link* narrows the list to it, *pct* its bar's width."""

    name: Text
    count: int
    pct: int
    query: str


@dataclass(frozen=True, slots=True)
class ListPage:
    """An edition with what stands around it."""

    edition: EditionView
    schedule: Text
    districts: tuple[Share, ...]
    sectors: tuple[Share, ...]
    sizes: tuple[Share, ...]
    history: tuple[Any, ...]
    conversion: Conversion
    changes: tuple[ChangeView, ...]
    manages: bool


def list_page(actor: Actor, edition: EditionView) -> ListPage:
    """Return what stands above the firms of an edition."""
    figures = edition.figures
    return ListPage(
        edition=edition,
        schedule=SCHEDULES[edition.schedule],
        districts=_shares(
            figures.get("district", {}),
            {code: registry.district_name(code) for code in figures.get("district", {})},
            "district",
        ),
        sectors=_shares(figures.get("section", {}), SECTORS, "sector"),
        sizes=_shares(figures.get("size", {}), SIZES, "size"),
        history=tuple(queries.editions(actor, edition.list_id)),
        conversion=queries.conversion(actor, list_id=edition.list_id),
        changes=tuple(queries.changes(actor, edition)),
        manages=actor.may(Permission.MANAGE_LISTS),
    )


def _shares(counts: Mapping[str, int], names: Mapping[str, Text], name: str) -> tuple[Share, ...]:
    most = max(counts.values(), default=1)
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    return tuple(
        Share(names.get(code, _UNKNOWN), count, count * 100 // most, f"?{name}={code}" if code in names else "")
        for code, count in ordered
    )


@dataclass(frozen=True, slots=True)
class PushLine:
    """What one branch would get."""

    bank: Text
    branch: Text
    count: int


@dataclass(frozen=True, slots=True)
class PushPage:
    """Who would get how many firms, and how many stay."""

    edition: EditionView
    free: int
    count: int
    districts: tuple[tuple[Text, int], ...]
    branches: tuple[PushLine, ...]
    chosen: tuple[str, ...]


def push_page(edition: EditionView, plan: Plan, chosen: Sequence[str]) -> PushPage:
    """Return the preview of a push."""
    views = {view.org_id: view for view in catalogue.branches()}
    lines = [PushLine(views[pk].bank_name, views[pk].name, count) for pk, count in plan.by_branch().items()]
    places = sorted(plan.by_district().items())
    return PushPage(
        edition,
        plan.free,
        len(plan.given),
        tuple((registry.district_name(code), count) for code, count in places),
        tuple(sorted(lines, key=lambda line: (line.bank.zh, -line.count, line.branch.zh))),
        tuple(chosen),
    )
