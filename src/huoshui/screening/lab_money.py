"""What a programme's money does under a rule in the making: borrowers, what is lent, public cost, leverage. Pure.

A subsidy's cost per loan is the formula that a claim is reckoned by, over the schedule of an average loan; every other
kind costs a share of what is lent, which the office assumes. Where the budget is short it is spent whole and what is lent
shrinks in proportion.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from huoshui.catalogue import schemes
from huoshui.financing.cost import Grant, price
from huoshui.kernel.errors import DomainError, Problem
from huoshui.kernel.money import Fen, parse_yuan, round_half_up, yuan_text
from huoshui.kernel.text import Text
from huoshui.screening.simulate import Money

METHOD = "interest_only"  # interest by the month, principal at the end: the usual working-capital loan
_BUDGETS = {"subsidy": "budget", "compensation": "pool"}


@dataclass(frozen=True, slots=True)
class Assumptions:
    """The average loan. *take_up_pct*: of the firms that qualify, how many borrow. *cost_pct*: public cost as a share of
    what is lent, for kinds that no formula covers."""

    take_up_pct: Decimal
    loan_amount: Fen
    rate_pct: Decimal
    months: int
    cost_pct: Decimal


def problems_of(assumed: Assumptions) -> list[Problem]:
    """Return everything that an average loan cannot be."""
    limits: tuple[tuple[str, Any, Any, Any, Text], ...] = (
        ("take_up_pct", assumed.take_up_pct, 0, 100, Text("申贷比例应在 0 到 100 之间。", "0 to 100 percent.")),
        ("loan_amount", assumed.loan_amount, 1, 10**13, Text("户均贷款应大于 0、不超过 1000 亿元。", "Above 0.")),
        ("rate_pct", assumed.rate_pct, 0, 36, Text("年利率应在 0 到 36 之间。", "0 to 36 percent.")),
        ("months", assumed.months, 1, 360, Text("期限应为 1 到 360 个月。", "1 to 360 months.")),
        ("cost_pct", assumed.cost_pct, 0, 100, Text("财政成本比例应在 0 到 100 之间。", "0 to 100 percent.")),
    )
    return [
        Problem("assumption", words, name, str(value))
        for name, value, least, most, words in limits
        if not (Decimal(value).is_finite() and least <= value <= most)
    ]


def cost_of_loan(kind: str, terms: Mapping[str, Any], assumed: Assumptions, *, on: dt.date) -> Fen:
    """Return the public cost in fen of one average loan drawn on *on*, half up once."""
    if kind != "subsidy":
        return Fen(round_half_up(assumed.loan_amount * assumed.cost_pct / 100))
    grant = Grant("lab", Text("", ""), schemes.subsidy_terms(terms), bool(terms.get("central")))
    priced = price(
        assumed.loan_amount,
        rate_pct=assumed.rate_pct,
        method=METHOD,
        months=assumed.months,
        start=on,
        collateral="credit",
        grants=[grant],
    )
    return priced.subsidy


def budget_of(kind: str, terms: Mapping[str, Any]) -> Fen | None:
    """Return the money that is set aside, in fen; None where the programme names none."""
    given = terms.get(_BUDGETS.get(kind, ""))
    return None if given is None else parse_yuan(given)


def spending(firms: int, kind: str, terms: Mapping[str, Any], assumed: Assumptions, *, on: dt.date) -> Money:
    """Return what the programme moves when *firms* qualify. *terms* have been judged. Each figure half up, once."""
    loans = round_half_up(firms * assumed.take_up_pct / 100)
    lent, cost = loans * assumed.loan_amount, loans * cost_of_loan(kind, terms, assumed, on=on)
    budget = budget_of(kind, terms)
    if budget is None or cost <= budget:
        return Money(loans, lent, cost)
    share = Decimal(budget) / cost
    return Money(round_half_up(loans * share), round_half_up(lent * share), budget)


def written(assumed: Assumptions) -> dict[str, Any]:
    """Return *assumed* as JSON values: amounts 元 as text, percent as text."""
    return {
        "take_up_pct": str(assumed.take_up_pct),
        "loan_amount": yuan_text(assumed.loan_amount),
        "rate_pct": str(assumed.rate_pct),
        "months": assumed.months,
        "cost_pct": str(assumed.cost_pct),
    }


def read(given: Mapping[str, Any]) -> Assumptions:
    """Return what ``written`` wrote. Raises DomainError where it is not that."""
    try:
        return Assumptions(
            Decimal(given["take_up_pct"]),
            parse_yuan(given["loan_amount"]),
            Decimal(given["rate_pct"]),
            int(given["months"]),
            Decimal(given["cost_pct"]),
        )
    except (KeyError, TypeError, ValueError, ArithmeticError):
        said = Text("测算假设不完整。", "The assumptions are not whole.")
        raise DomainError("assumption", said, field="assumptions", value=given) from None
