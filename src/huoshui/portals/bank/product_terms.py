"""Between the product form and the catalogue's terms: amounts as 元 strings there, fen here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from huoshui.kernel.money import parse_yuan, yuan_text

AMOUNTS = ("amount_min", "amount_max")
PLAIN = (
    "name",
    "name_en",
    "summary",
    "summary_en",
    "term_min_months",
    "term_max_months",
    "rate_kind",
    "spread_bp",
    "methods",
    "collateral",
    "papers",
    "districts",
    "exclusive_to",
    "valid_from",
    "valid_to",
)


def to_terms(data: Mapping[str, Any], fees: Iterable[Mapping[str, Any]], criteria: dict[str, Any]) -> dict[str, Any]:
    """Return the terms that the catalogue judges. *data*: clean values of the form; *fees*: of its fee lines."""
    terms = {name: data.get(name) for name in PLAIN}
    terms |= {name: yuan_text(data[name]) for name in AMOUNTS if data.get(name) is not None}
    terms["rate_pct"] = format(data["rate_pct"], "f") if data.get("rate_pct") is not None else None
    terms["fees"] = [_fee(fee) for fee in fees if fee.get("name")]
    terms["criteria"] = criteria
    return terms


def _fee(fee: Mapping[str, Any]) -> dict[str, str]:
    written = {key: str(fee.get(key) or "") for key in ("name", "name_en", "payer", "payee", "when")}
    if fee.get("pct") is not None:
        written["pct"] = format(fee["pct"], "f")
    if fee.get("amount") is not None:
        written["amount"] = yuan_text(fee["amount"])
    return {key: value for key, value in written.items() if value}


def to_form(terms: Mapping[str, Any], *, code: str = "") -> dict[str, Any]:
    """Return the form's initial values for *terms* as the bank wrote them (元 and percent as text)."""
    initial: dict[str, Any] = {name: terms.get(name) for name in PLAIN} | {"code": code}
    initial |= {name: parse_yuan(terms[name]) for name in AMOUNTS if terms.get(name)}
    if terms.get("rate_pct"):
        initial["rate_pct"] = Decimal(terms["rate_pct"])
    return initial


def fee_lines(fees: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the fee lines' initial values."""
    return [_fee_line(fee) for fee in fees]


def _fee_line(fee: Mapping[str, Any]) -> dict[str, Any]:
    line = dict(fee)
    if line.get("pct"):
        line["pct"] = Decimal(line["pct"])
    if line.get("amount"):
        line["amount"] = parse_yuan(line["amount"])
    return line
