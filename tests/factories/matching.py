"""Offers and programmes as matching takes them, without a database."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

from huoshui.catalogue import shipped, terms
from huoshui.catalogue.offers import Fee, Offer, ProgrammeView
from huoshui.kernel import money
from huoshui.kernel.money import Fen
from huoshui.kernel.rates import from_ppm
from huoshui.kernel.text import Text
from huoshui.rules.facts import shipped as dictionary
from huoshui.rules.tree import parse

_numbers = itertools.count(1)
DISHONEST = {"fact": "dishonest", "op": "=", "value": False}
LPR = {"lpr_1y": Decimal("3.00"), "lpr_5y": Decimal("3.50")}


def atom(fact: str, op: str, value: Any = None) -> dict[str, Any]:
    """Return an atom as it is written."""
    return {"fact": fact, "op": op} if op in ("known", "missing") else {"fact": fact, "op": op, "value": value}


def offer(criteria: Any = None, **changes: Any) -> Offer:
    """Return an offer of 1–300万, 3–24 months, 4 %, unsecured, for every honest firm unless told otherwise."""
    number = next(_numbers)
    base: dict[str, Any] = {
        "product_id": number,
        "version_id": number,
        "code": f"P{number:04d}",
        "kind": "loan",
        "name": Text(f"产品{number}", f"Product {number}"),
        "summary": Text("", ""),
        "bank_id": 1,
        "bank_name": Text("汾水银行", "Fenshui Bank"),
        "bank_kind": "city_bank",
        "bank_small": False,
        "amount_min": Fen(1_000_000),
        "amount_max": Fen(300_000_000),
        "term_min_months": 3,
        "term_max_months": 24,
        "rate_pct": Decimal("4.00"),
        "rate_text": Text("固定 4.00%", "fixed, 4.00 %"),
        "rate_as_of": None,
        "methods": ("interest_only",),
        "collateral": ("credit",),
        "papers": (),
        "fees": (),
        "criteria": parse(criteria or DISHONEST, dictionary()),
        "districts": (),
        "exclusive_to": "",
        "valid_from": dt.date(2025, 1, 1),
        "valid_to": None,
    }
    return Offer(**(base | changes))


def programme(kind: str, *, criteria: Any = None, code: str = "", **given: Any) -> ProgrammeView:
    """Return a published programme of *kind* with *given* terms for every honest firm unless told otherwise."""
    number = next(_numbers)
    return ProgrammeView(
        programme_id=number,
        version_id=number,
        code=code or f"S{number}",
        kind=kind,
        name=Text(f"政策{number}", f"Programme {number}"),
        summary=Text("", ""),
        terms=given,
        criteria=parse(criteria or DISHONEST, dictionary()),
        document_no="测试〔2026〕1号",
        issued_by="",
        valid_from=dt.date(2025, 1, 1),
        valid_to=None,
    )


def demo_offers() -> list[Offer]:
    """Return the products of the demo city as offers, floating rates over LPR 3.00 and 3.50 %."""
    return [_demo_offer(row) for row in shipped.demo()["products"]]


def demo_programmes() -> list[ProgrammeView]:
    """Return the shipped programme presets."""
    return [
        ProgrammeView(
            number,
            number,
            row["code"],
            row["kind"],
            Text(row["name"], row["name_en"]),
            Text(row["summary"], row["summary_en"]),
            row["terms"],
            parse(row["criteria"], dictionary()),
            row["document_no"],
            row["issued_by"],
            dt.date.fromisoformat(row["valid_from"]),
            None,
        )
        for number, row in enumerate(shipped.programmes(), start=1)
    ]


def _demo_offer(row: dict[str, Any]) -> Offer:
    columns = terms.columns(row)
    spread = Decimal(columns["spread_bp"] or 0) / 100
    fixed = columns["rate_ppm"]
    return offer(
        row["criteria"],
        code=row["code"],
        kind="guarantee" if row["code"].startswith("GA-") else "loan",
        name=Text(row["name"], row["name_en"]),
        amount_min=Fen(columns["amount_min"]),
        amount_max=Fen(columns["amount_max"]),
        term_min_months=columns["term_min_months"],
        term_max_months=columns["term_max_months"],
        rate_pct=from_ppm(fixed) if fixed else LPR[columns["rate_kind"]] + spread,
        methods=tuple(columns["methods"]),
        collateral=tuple(columns["collateral"]),
        fees=tuple(_fee(fee) for fee in columns["fees"]),
        districts=tuple(columns["districts"]),
    )


def _fee(raw: dict[str, str]) -> Fee:
    return Fee(
        Text(raw["name"], raw["name_en"]),
        raw["payer"],
        raw["payee"],
        raw["when"],
        pct=Decimal(raw["pct"]) if "pct" in raw else None,
        amount=money.parse_yuan(raw["amount"]) if "amount" in raw else None,
        security=raw.get("security", ""),
    )
