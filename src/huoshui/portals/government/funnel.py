"""From visit to money as the first pages show it: each stage with its share of the one before, opening what it counts."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import get_language

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.financing import queries
from huoshui.financing.queries import Funnel
from huoshui.kernel import money
from huoshui.kernel.text import Text

NOTHING = "—"


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: *share* of the stage before in words, *width* of the bar in percent of the widest."""

    label: Text
    count: str
    amount: str
    share: str
    width: int
    link: str


def stages(actor: Actor) -> list[Stage]:
    """Return the funnel as far as *actor* sees; links only for those who may open the records."""
    rows = _rows(queries.funnel(actor))
    widest = max((count for _label, count, _amount, _before, _list in rows), default=0)
    opens = actor.may(Permission.READ_DEMANDS)
    return [
        Stage(
            label,
            f"{count:,}",
            money.human(amount).in_(get_language() or "zh") if amount else NOTHING,
            f"{count * 100 / before:.1f}%" if before else NOTHING,
            round(count * 100 / widest) if widest else 0,
            _address(counted) if opens else "",
        )
        for label, count, amount, before, counted in rows
    ]


def _address(counted: str) -> str:
    page, mark, query = counted.partition("?")
    return f"{reverse(page)}{mark}{query}"


def _rows(found: Funnel) -> list[tuple[Text, int, int, int, str]]:
    """Return (label, count, amount in fen, count of the stage before, list of what is counted) of each stage."""
    demands = "gov:demands?{}_from=2000-01-01"
    return [
        (Text("走访", "Visited"), found.visited, 0, 0, "gov:visits"),
        (Text("有融资需求", "With a need"), found.with_need, 0, found.visited, "gov:visits?outcome=need"),
        (Text("申报", "Declared"), found.declared, 0, 0, "gov:demands"),
        (Text("推荐", "Recommended"), found.recommended, 0, found.declared, demands.format("recommended")),
        (Text("授信", "Granted"), found.granted, found.granted_amount, found.recommended, demands.format("granted")),
        (Text("放款", "Lent"), found.lent, found.lent_amount, found.granted, demands.format("lent")),
        (Text("其中首贷", "First loans among them"), found.first_loans, 0, found.lent, "gov:demands?loan=first"),
        (Text("其中信用贷款", "Unsecured among them"), found.credit_loans, 0, found.lent, "gov:demands?loan=credit"),
    ]
