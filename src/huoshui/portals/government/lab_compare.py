"""Two rules side by side: both in words, who moves between them, and what each costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from huoshui.access.actor import Actor
from huoshui.kernel import clock
from huoshui.portals.government.forms_lab import usual_loan
from huoshui.portals.government.lab_bases import Base, base
from huoshui.portals.government.lab_figures import MoneyPair, Side, money_pair, sides
from huoshui.portals.shared.product_lines import criteria_words
from huoshui.portals.shared.trial import Trial, trial
from huoshui.screening import lab_money


@dataclass(frozen=True, slots=True)
class ComparePage:
    """Both rules; *a* or *b* None: nothing chosen, or what was chosen is gone."""

    a: Base | None
    b: Base | None
    words_a: str = ""
    words_b: str = ""
    trial: Trial | None = None
    money: MoneyPair | None = None


def compare_page(actor: Actor, first: str, second: str) -> ComparePage:
    """Return the page of two references."""
    a, b = base(actor, first), base(actor, second)
    if a is None or b is None:
        return ComparePage(a, b)
    found = trial(actor, b.criteria, base=a.criteria)
    return ComparePage(a, b, criteria_words(a.criteria), criteria_words(b.criteria), found, _money(a, b, found))


def _money(a: Base, b: Base, found: Trial) -> MoneyPair | None:
    if not b.kind or found.effect is None:
        return None
    before = Side(_("第一个"), a.kind, a.terms, 0) if a.kind else None
    kept: Any = b.assumptions or a.assumptions
    loan = lab_money.read(kept) if kept else lab_money.Assumptions(**usual_loan())
    return money_pair(*sides(found.effect, before, Side(_("第二个"), b.kind, b.terms, 0)), loan, on=clock.today())
