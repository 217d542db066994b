"""What an offer costs for an amount and a term, ready for a page: the plain sheet (贷款明白纸) and its totals."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from huoshui.catalogue.offers import Offer
from huoshui.catalogue.queries import parameter
from huoshui.catalogue.terms import COLLATERAL, METHODS
from huoshui.financing.cost import Cost, SheetLine, price, sheet
from huoshui.kernel.daycount import DayCount
from huoshui.kernel.money import Fen
from huoshui.kernel.text import Text

SAMPLE_AMOUNT = Fen(30_000_000)  # 30 万元: the usual first loan of a shop
SAMPLE_MONTHS = 12


@dataclass(frozen=True, slots=True)
class CostPage:
    """An offer priced: totals, every line of the sheet, the payments, in words where codes stand."""

    cost: Cost
    lines: tuple[SheetLine, ...]
    method: Text
    collateral: Text


def priced(offer: Offer, *, amount: int, months: int, method: str, collateral: str, on: dt.date) -> CostPage:
    """Return what *amount* (fen) for *months* costs; what the offer does not allow is pulled to what it does."""
    cost = price(
        min(max(amount, offer.amount_min), offer.amount_max),
        rate_pct=offer.rate_pct,
        method=method if method in offer.methods else offer.methods[0],
        months=min(max(months, offer.term_min_months), offer.term_max_months),
        start=on,
        collateral=collateral if collateral in offer.collateral else offer.collateral[0],
        fees=offer.fees,
        day_count=DayCount(parameter("loan.day_count")),
    )
    return cost_page(cost, offer)


def cost_page(cost: Cost, offer: Offer) -> CostPage:
    """Return the sheet of a cost that is reckoned already."""
    return CostPage(
        cost=cost,
        lines=sheet(cost, bank_name=offer.bank_name),
        method=METHODS[cost.method],
        collateral=COLLATERAL[cost.collateral],
    )
