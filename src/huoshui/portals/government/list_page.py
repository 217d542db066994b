"""What the pages of a list show beside its firms: figures, history, conversion, the preview of a push."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.catalogue import queries as catalogue
from huoshui.kernel.text import Text
from huoshui.portals.shared.sectors import SECTORS
from huoshui.registry import queries as registry
from huoshui.registry.views import SIZES
from huoshui.screening import queries_list as queries
from huoshui.screening import queries_waiting
from huoshui.screening.actions_lead import Plan
from huoshui.screening.left_over import Why
from huoshui.screening.list_kinds import SCHEDULES
from huoshui.screening.queries_list import ChangeView, Conversion, EditionView
from huoshui.screening.queries_waiting import WaitingLine

_UNKNOWN = Text("未掌握", "Not known")


@dataclass(frozen=True, slots=True)
class Share:
    """A line of a table of figures: *link* narrows the list to it, *pct* its bar's width."""

    name: Text
    count: int
    pct: int
    query: str


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One reason why firms wait: *url* opens them, *help* where the remedy begins ("" where the reader may not go)."""

    line: WaitingLine
    url: str
    help: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """The firms of a list that no bank can take now."""

    count: int
    tried_at: dt.datetime
    rows: tuple[WaitingRow, ...]


def waiting_of(actor: Actor, list_id: int) -> Waiting | None:
    """Return who of a list waits for a bank and why; None before anything was handed out."""
    found = queries_waiting.waiting_view(actor, list_id)
    return Waiting(found.count, found.tried_at, _rows(actor, list_id, found.lines)) if found else None


def _rows(actor: Actor, list_id: int, lines: Sequence[WaitingLine]) -> tuple[WaitingRow, ...]:
    all_of_them, leads = (reverse(name, args=[list_id]) for name in ("gov:firm_list_waiting", "gov:firm_list_leads"))
    helps = {Why.FULL: f"{leads}?state=new", Why.SILENT: f"{leads}?state=recalled"}
    if actor.may(Permission.APPROVE_PRODUCTS):
        helps |= {Why.UNFIT: reverse("gov:products"), Why.UNSERVED: reverse("gov:institutions")}
    return tuple(WaitingRow(line, f"{all_of_them}?reason={line.why}", helps.get(line.why, "")) for line in lines)


@dataclass(frozen=True, slots=True)
class ListPage:
    """An edition with what stands around it."""

    edition: EditionView
    who: Text
    schedule: Text
    districts: tuple[Share, ...]
    sectors: tuple[Share, ...]
    sizes: tuple[Share, ...]
    history: tuple[Any, ...]
    conversion: Conversion
    changes: tuple[ChangeView, ...]
    waiting: Waiting | None
    manages: bool


def list_page(actor: Actor, edition: EditionView) -> ListPage:
    """Return what stands above the firms of an edition."""
    figures = edition.figures
    return ListPage(
        edition=edition,
        who=_who(edition),
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
        waiting=waiting_of(actor, edition.list_id),
        manages=actor.may(Permission.MANAGE_LISTS),
    )


def _who(edition: EditionView) -> Text:
    """Return who is on the list as one sentence: the rule, whom it leaves out, how many products must fit."""
    zh, en = [edition.rule.zh], [edition.rule.en]
    if edition.without:
        zh.append("去掉 " + "、".join(name.zh for name in edition.without))
        en.append("without: " + ", ".join(name.en for name in edition.without))
    if count := edition.needs_products:
        zh.append(f"至少符合 {count} 个在架产品")
        en.append(f"at least {count} products on offer fit")
    return Text("；".join(zh) + "。", "; ".join(en) + ".")


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
    left: tuple[WaitingLine, ...]
    chosen: tuple[str, ...]

    @property
    def waits(self) -> int:
        """Return how many firms stay."""
        return sum(line.count for line in self.left)


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
        queries_waiting.lines_of(plan.by_reason()),
        tuple(chosen),
    )
