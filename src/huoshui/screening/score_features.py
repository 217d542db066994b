"""What invoices say of a small firm that has no statements: sales, steadiness, customers, returns. Pure.

Only the business is looked at: no age, sex, home, family or other trait of a person, and no name of a customer is kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from huoshui.kernel.text import Text

MONTHS = 12  # the window before the last invoice of the file


@dataclass(frozen=True, slots=True)
class Feature:
    """A figure of a firm. *rising*: more of it never lowers the score; otherwise more of it never raises it.

    *fact*: the fact of the register that says the same, with *scale* to this unit ("" where only invoices tell).
    """

    code: str
    name: Text
    unit: str
    rising: bool
    fact: str = ""
    scale: Decimal = Decimal(1)


FEATURES: tuple[Feature, ...] = (
    Feature("sales", Text("近12个月销售额", "Sales of 12 months"), "元", True, "invoice_amount_12m", Decimal("0.01")),
    Feature("months", Text("有销售的月数", "Months with sales"), "个月", True, "invoice_months"),
    Feature("customers", Text("客户数", "Customers"), "户", True, "invoice_customers"),
    Feature("repeat", Text("老客户销售占比", "Sales to returning customers"), "%", True, "repeat_customer_rate"),
    Feature("void", Text("作废发票占比", "Void invoices"), "%", False),
    Feature("returned", Text("退货（负数）发票占比", "Returns (negative invoices)"), "%", False),
)


def from_facts(facts: Mapping[str, Any]) -> dict[str, float]:
    """Return the features that the register's *facts* (typed as for rules: fen, int, Decimal) tell; others are left out."""
    told = {}
    for each in FEATURES:
        value = facts.get(each.fact) if each.fact else None
        if value is not None:
            told[each.code] = float(Decimal(str(value)) * each.scale)
    return told


def from_invoices(invoices: pl.LazyFrame, *, last: dt.date) -> pl.DataFrame:
    """Return one row a firm with a column a feature, from the 12 months up to *last*.

    *invoices*: enterprise, date, counterparty, total (元, negative = return), status (valid or other), direction (sale).
    A firm without a sale in the window has 0 sales and months; shares of nothing are null.
    """
    firms = invoices.select("enterprise").unique()
    since = _first_of_window(last)
    sales = invoices.filter(pl.col("direction") == "sale", pl.col("date").is_between(since, last))
    valid = sales.filter(pl.col("status") == "valid")
    counted = sales.group_by("enterprise").agg(
        void=100 * (pl.col("status") != "valid").mean(),
    )
    flows = valid.group_by("enterprise").agg(
        sales=pl.col("total").sum(),
        months=pl.col("date").dt.truncate("1mo").n_unique(),
        customers=pl.col("counterparty").n_unique(),
        returned=100 * (pl.col("total") < 0).mean(),
    )
    found = (
        firms.join(flows, "enterprise", "left")
        .join(counted, "enterprise", "left")
        .join(_returning(valid), "enterprise", "left")
    )
    empty = [pl.col(code).fill_null(0) for code in ("sales", "months", "customers")]
    return (
        found.with_columns(*empty).select("enterprise", *(each.code for each in FEATURES)).sort("enterprise").collect()
    )


def _first_of_window(last: dt.date) -> dt.date:
    """Return the first day of the calendar month with which the window of MONTHS months ending in *last*'s begins."""
    year, month = divmod(last.year * 12 + last.month - MONTHS, 12)
    return dt.date(year, month + 1, 1)


def _returning(valid: pl.LazyFrame) -> pl.LazyFrame:
    """Return the share of sales (in %) to customers who bought in at least two months."""
    by_customer = valid.group_by("enterprise", "counterparty").agg(
        bought=pl.col("total").sum(), months=pl.col("date").dt.truncate("1mo").n_unique()
    )
    kept = by_customer.filter(pl.col("bought") > 0)
    returning = pl.col("bought").filter(pl.col("months") >= 2).sum()
    return kept.group_by("enterprise").agg(repeat=100 * returning / pl.col("bought").sum())
