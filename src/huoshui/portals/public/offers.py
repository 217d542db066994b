"""Products for a visitor: which are shown, in what order, with what they would cost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from huoshui.catalogue.offers import Offer
from huoshui.catalogue.terms import COLLATERAL, METHODS
from huoshui.kernel.text import Text
from huoshui.portals.shared.costs import SAMPLE_AMOUNT, SAMPLE_MONTHS, CostPage, priced


@dataclass(frozen=True, slots=True)
class Card:
    """An offer in the list, priced for the loan the visitor has in mind (or the usual one)."""

    offer: Offer
    page: CostPage
    collateral: tuple[Text, ...]
    methods: tuple[Text, ...]


def cards(offers: Sequence[Offer], wanted: Mapping[str, Any], on: dt.date) -> list[Card]:
    """Return the offers that fit *wanted* (clean data of FilterForm), cheapest all-in yearly cost first."""
    loans = [offer for offer in offers if offer.kind == "loan" and _fits(offer, wanted)]
    found = [card(offer, wanted, on) for offer in loans]
    return sorted(found, key=lambda each: (each.page.cost.rate_after_pct, each.offer.code))


def card(offer: Offer, wanted: Mapping[str, Any], on: dt.date) -> Card:
    """Return one offer as a card."""
    page = priced(
        offer,
        amount=wanted.get("amount") or SAMPLE_AMOUNT,
        months=wanted.get("months") or SAMPLE_MONTHS,
        method=wanted.get("method") or "",
        collateral=wanted.get("collateral") or "",
        on=on,
    )
    return Card(offer, page, tuple(COLLATERAL[c] for c in offer.collateral), tuple(METHODS[m] for m in offer.methods))


def _fits(offer: Offer, wanted: Mapping[str, Any]) -> bool:
    text, amount, months = str(wanted.get("q") or "").casefold(), wanted.get("amount"), wanted.get("months")
    names = f"{offer.name.zh} {offer.name.en} {offer.bank_name.zh} {offer.bank_name.en} {offer.code}".casefold()
    return (
        (not text or text in names)
        and (not amount or offer.amount_min <= amount <= offer.amount_max)
        and (not months or offer.term_min_months <= months <= offer.term_max_months)
        and (not wanted.get("collateral") or wanted["collateral"] in offer.collateral)
        and (not wanted.get("bank") or str(offer.bank_id) == wanted["bank"])
    )
