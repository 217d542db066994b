"""What a guarantee programme's terms say, with the shipped policy values where the terms are silent."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from huoshui.catalogue import queries as catalogue
from huoshui.funds.guarantee_exposure import Rules
from huoshui.kernel.money import parse_yuan
from huoshui.kernel.text import Text

BANK = "bank"  # the party whose share nobody pays out
PARTIES: dict[str, Text] = {
    "guarantor": Text("担保机构", "Guarantor"),
    "re_guarantee": Text("省级再担保", "Provincial re-guarantee"),
    "national_fund": Text("国家融资担保基金", "National fund"),
    BANK: Text("银行", "Bank"),
}
PAPERS = ("form", "classification_proof", "collection_record")
DATA_KINDS = ("register", "tax", "credit", "court", "papers")  # what the guarantor reads, by the firm's consent
SMALL = ("small", "micro")


def rules(terms: Mapping[str, Any]) -> Rules:
    """Return the limits of a programme's *terms*; the policy value of today where the terms name none."""

    def value(name: str, path: str) -> Decimal:
        return Decimal(str(terms[name])) if terms.get(name) else Decimal(catalogue.parameter(f"guarantee.{path}"))

    single = terms.get("single_max")
    return Rules(
        single_max=int(parse_yuan(single)) if single else int(catalogue.parameter("guarantee.max_single")),
        leverage=value("leverage", "max_leverage"),
        leverage_small=value("leverage_small", "max_leverage_small"),
        single_share_pct=value("single_share_pct", "single_share_pct"),
        group_share_pct=value("group_share_pct", "group_share_pct"),
        small_share_pct=value("small_share_pct", "small_share_pct"),
        small_ticket_share_pct=value("under_500_share_pct", "under_500_share_pct"),
        small_ticket=int(catalogue.parameter("guarantee.small_ticket")),
        fee_pct=value("fee_pct", "max_fee_pct"),
    )


def shares_of(terms: Mapping[str, Any]) -> dict[str, Decimal]:
    """Return who bears how much of a loss, percent by party: in the order of `PARTIES`, others after them by name."""
    known = list(PARTIES)
    names = sorted(terms["shares"], key=lambda name: (known.index(name) if name in known else len(known), name))
    return {name: Decimal(str(terms["shares"][name])) for name in names}


def party(name: str) -> Text:
    """Return a party's name."""
    return PARTIES.get(name, Text(name, name))


def is_small(facts: Mapping[str, Any], purpose: str) -> bool:
    """Return whether a firm counts as small or agricultural: its size class, its trade, or what the loan is for."""
    trade = str(facts.get("industry_code") or "")
    return facts.get("size_class") in SMALL or trade.startswith("A") or purpose == "agriculture"
