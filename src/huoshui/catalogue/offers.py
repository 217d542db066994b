"""What the catalogue gives out: frozen values that matching, dispatch and pages work with. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from huoshui.kernel.money import Fen
from huoshui.kernel.text import Text
from huoshui.rules.tree import Node


@dataclass(frozen=True, slots=True)
class Fee:
    """A cost beside interest. Exactly one of *pct* (of the balance, in percent) and *amount* (fen) is set.

    *when*: ``start`` (at drawdown), ``yearly`` (at the start of each year, on the balance then), ``end`` (once, at the
    end). *payer* is a code of terms.PARTIES, *payee* one or the bank's own words; only what the firm pays is its cost.
    *security*: the fee arises only with that security (a guarantee fee, a valuation); empty = always.
    """

    name: Text
    payer: str
    payee: str
    when: str
    pct: Decimal | None = None
    amount: Fen | None = None
    security: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A product as it may be had on a day in a district. Money in fen; *rate_pct* a year, resolved on that day.

    *kind*: ``loan``, or ``guarantee`` where the provider is a guarantor. *rate_as_of* is the day of the reference rate
    behind a floating rate. *districts*: six-digit codes or their prefixes, empty = everywhere.
    """

    product_id: int
    version_id: int
    code: str
    kind: str
    name: Text
    summary: Text
    bank_id: int
    bank_name: Text
    bank_kind: str
    bank_small: bool
    amount_min: Fen
    amount_max: Fen
    term_min_months: int
    term_max_months: int
    rate_pct: Decimal
    rate_text: Text
    rate_as_of: dt.date | None
    methods: tuple[str, ...]
    collateral: tuple[str, ...]
    papers: tuple[str, ...]
    fees: tuple[Fee, ...]
    criteria: Node
    districts: tuple[str, ...]
    exclusive_to: str
    valid_from: dt.date
    valid_to: dt.date | None


@dataclass(frozen=True, slots=True)
class ProgrammeView:
    """A published public scheme: who fits (*criteria*), what it gives (*terms*, by kind) and from which document."""

    programme_id: int
    version_id: int
    code: str
    kind: str
    name: Text
    summary: Text
    terms: Mapping[str, Any]
    criteria: Node
    document_no: str
    issued_by: str
    valid_from: dt.date
    valid_to: dt.date | None


@dataclass(frozen=True, slots=True)
class BranchView:
    """A branch that takes cases. *paused*: takes none on the day asked about."""

    org_id: int
    path: str
    name: Text
    bank_id: int
    bank_name: Text
    districts: tuple[str, ...]
    weekly_capacity: int
    paused: bool
    paused_until: dt.date | None
    address: str
    contact: str
    small: bool


@dataclass(frozen=True, slots=True)
class InstitutionView:
    """A bank or guarantor with what the catalogue knows of it."""

    org_id: int
    path: str
    name: Text
    kind: str
    kind_name: Text
    small: bool
    summary: str
    phone: str
    branches: int
    products: int


@dataclass(frozen=True, slots=True)
class RateView:
    """A reference rate in force: percent a year, the day it was published, and whether newer ones are missing.

    *late* is true when more than a month and a half went by without a newer publication (the prime rate comes monthly).
    """

    kind: str
    rate_pct: Decimal
    effective_on: dt.date
    source: str
    late: bool


@dataclass(frozen=True, slots=True)
class RepairView:
    """A row of the repair table: what is wrong, which department helps, what to do."""

    code: str
    problem: Text
    department: Text
    measure: Text
    fact: str
    standard: int | None
    repairable: bool


def covers(districts: tuple[str, ...], district: str) -> bool:
    """Return whether a list of district codes (or prefixes; empty = everywhere) contains *district*."""
    return not districts or not district or district.startswith(districts)
