"""The matches of a firm's request as the page shows them: options, what is missing for others, schemes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from huoshui.access.actor import Actor
from huoshui.catalogue.purposes import PURPOSES
from huoshui.catalogue.schemes import KINDS
from huoshui.catalogue.terms import COLLATERAL, METHODS
from huoshui.financing import queries as financing
from huoshui.financing.matching import Ask, Matches, Option, SchemeFit
from huoshui.kernel.money import Fen
from huoshui.kernel.text import Text
from huoshui.portals.enterprise.drafts import Typed
from huoshui.portals.shared.costs import CostPage, cost_page

MOST = 3  # banks that a firm may choose


@dataclass(frozen=True)
class OptionCard:
    """An offer the firm qualifies for, with its plain sheet, laid out only when it is shown."""

    option: Option
    method: Text
    collateral: Text
    chosen: bool

    @cached_property
    def page(self) -> CostPage:
        """Return who gets every payment."""
        return cost_page(self.option.cost, self.option.offer)


@dataclass(frozen=True, slots=True)
class SchemeCard:
    """A public scheme and how the firm stands to it."""

    fit: SchemeFit
    kind: Text


def ask_of(typed: Typed) -> Ask:
    """Return the request that the draft holds."""
    return Ask(
        amount=Fen(typed.get("amount")),
        term_months=typed.get("term_months"),
        purpose=typed.get("purpose"),
        collateral=tuple(typed.get("collateral") or ()),
    )


def found(actor: Actor, typed: Typed) -> Matches:
    """Return what the firm of the draft may have."""
    firm = typed.enterprise_id
    assert firm is not None, "the step opens once a firm is named"
    return financing.matches_for(actor, enterprise_id=firm, ask=ask_of(typed))


def cards(matches: Matches, chosen: list[int]) -> list[OptionCard]:
    """Return the options in the order found."""
    return [
        OptionCard(
            option,
            METHODS[option.cost.method],
            COLLATERAL[option.cost.collateral],
            option.offer.product_id in chosen,
        )
        for option in matches.options
    ]


def scheme_cards(matches: Matches) -> list[SchemeCard]:
    """Return the schemes that fit or might."""
    return [SchemeCard(fit, KINDS[fit.kind]) for fit in matches.schemes if fit.applies]


def purpose_name(typed: Typed) -> Text:
    """Return what the money is for."""
    found = PURPOSES.get(typed.get("purpose") or "")
    return found.name if found else Text("", "")
