"""Two rules side by side: both in words, who moves between them, and what each costs."""

from __future__ import annotations

from collections.abc import Iterator
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


def head() -> list[str]:
    """Return the heads of the file with the comparison."""
    return [_("分组"), _("名称"), _("原符合"), _("符合"), _("新增"), _("减少"), _("变不足")]


def rows(page: ComparePage) -> Iterator[list[Any]]:
    """Yield who moves between two rules by district, sector and size, then what each costs, as a file holds it."""
    if page.trial is None or page.trial.effect is None:
        return
    effect = page.trial.effect
    before = effect.before[0] if effect.before else None
    yield [_("全部"), "", before, effect.after[0], effect.gain, effect.lose, effect.become_unknown]
    for table in page.trial.tables:
        for one in table.lines:
            line = one.line
            yield [table.title, one.name, line.before, line.after, line.gain, line.lose, line.become_unknown]
    for money in page.money.lines if page.money else ():
        yield [_("资金测算"), money.name, money.before, money.after, None, None, None]


def _money(a: Base, b: Base, found: Trial) -> MoneyPair | None:
    if not b.kind or found.effect is None:
        return None
    before = Side(_("第一个"), a.kind, a.terms, 0) if a.kind else None
    kept: Any = b.assumptions or a.assumptions
    loan = lab_money.read(kept) if kept else lab_money.Assumptions(**usual_loan())
    return money_pair(*sides(found.effect, before, Side(_("第二个"), b.kind, b.terms, 0)), loan, on=clock.today())
