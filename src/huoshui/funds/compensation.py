"""What a risk-compensation pool pays on one bad loan: tier plus additions, capped, then limited by quota and pool.

Source of the preset: 穗金管规〔2025〕1号. Worked table: docs/algorithms/compensation.md.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from huoshui.kernel.errors import Problem, Refused
from huoshui.kernel.money import Fen, round_half_up
from huoshui.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Tier:
    """Loans up to and with *up_to* (fen, None = any) are borne at *pct* percent."""

    up_to: int | None
    pct: Decimal


@dataclass(frozen=True, slots=True)
class Bank:
    """The bank's year in the pool, in fen: what it registered, what it lost; *breaker_pct* and *quota_left* None = not set."""

    registered_this_year: int = 0
    lost_this_year: int = 0
    breaker_pct: Decimal | None = None
    quota_left: int | None = None

    @property
    def suspended(self) -> bool:
        """Return whether the loss of the year is *more* than the breaker allows (any loss on nothing registered is)."""
        if self.breaker_pct is None:
            return False
        return self.lost_this_year * 100 > self.registered_this_year * Fraction(self.breaker_pct)


@dataclass(frozen=True, slots=True)
class Compensation:
    """The ratio borne, what is payable now, whether the bank is suspended, and what cut the amount."""

    ratio_pct: Decimal
    payable: Fen
    suspended: bool
    limited_by: tuple[str, ...]


def compensation_for(
    loan_principal: int,
    *,
    unpaid_principal: int,
    tiers: Sequence[Tier],
    additions_pct: Sequence[Decimal] = (),
    cap_pct: Decimal | None = None,
    bank: Bank,
    pool_balance: int | None,
) -> Compensation:
    """Return what the pool pays: min(ratio × unpaid, bank's quota, pool), rounded half up once; amounts in fen.

    The tier goes by *loan_principal*; a loan beyond every tier is not borne at all. A suspended bank is paid nothing.
    *limited_by* names, in this order: tiers, cap_pct, breaker_pct, quota_left, pool_balance.
    Raises Refused with every problem (compensation_amount, compensation_tiers, compensation_pct).
    """
    _refuse_nonsense(loan_principal, unpaid_principal, tiers, [*additions_pct, cap_pct or 0], bank, pool_balance)
    ratio, cuts = _ratio(loan_principal, tiers, additions_pct, cap_pct)
    if bank.suspended:
        return Compensation(ratio, Fen(0), True, (*cuts, "breaker_pct"))
    payable = round_half_up(unpaid_principal * Fraction(ratio) / 100)
    for name, limit in (("quota_left", bank.quota_left), ("pool_balance", pool_balance)):
        if limit is not None and limit < payable:
            payable, cuts = limit, (*cuts, name)
    return Compensation(ratio, Fen(payable), False, cuts)


def _ratio(
    loan_principal: int, tiers: Sequence[Tier], additions_pct: Sequence[Decimal], cap_pct: Decimal | None
) -> tuple[Decimal, tuple[str, ...]]:
    tier = next((tier for tier in tiers if tier.up_to is None or loan_principal <= tier.up_to), None)
    if tier is None:
        return Decimal(0), ("tiers",)
    ratio = sum(additions_pct, tier.pct)
    if cap_pct is not None and ratio > cap_pct:
        return cap_pct, ("cap_pct",)
    return ratio, ()


def _refuse_nonsense(
    loan: int, unpaid: int, tiers: Sequence[Tier], percents: Sequence[Decimal | int], bank: Bank, pool: int | None
) -> None:
    amounts = {
        "loan_principal": loan,
        "unpaid_principal": unpaid,
        "bank.registered_this_year": bank.registered_this_year,
        "bank.lost_this_year": bank.lost_this_year,
        "bank.quota_left": bank.quota_left,
        "pool_balance": pool,
    }
    wrong = [
        _problem("compensation_amount", name, "金额不能小于零。", "An amount cannot be below zero.")
        for name, amount in amounts.items()
        if amount is not None and amount < 0
    ]
    if unpaid > loan:
        zh, en = "未还本金不能超过贷款本金。", "The unpaid principal cannot be above the loan's principal."
        wrong.append(_problem("compensation_amount", "unpaid_principal", zh, en))
    limits = [tier.up_to for tier in tiers]
    known = [limit for limit in limits if limit is not None]
    if not tiers or None in limits[:-1] or any(later <= earlier for earlier, later in itertools.pairwise(known)):
        zh, en = (
            "至少一档，上限由小到大，只有最后一档可以不设上限。",
            "At least one tier, ascending; only the last may be open.",
        )
        wrong.append(_problem("compensation_tiers", "tiers", zh, en))
    if any(not 0 <= percent <= 100 for percent in [*percents, *(tier.pct for tier in tiers)]):
        wrong.append(
            _problem("compensation_pct", "tiers", "比例应在 0 到 100 之间。", "A ratio lies between 0 and 100.")
        )
    if wrong:
        raise Refused(wrong)


def _problem(code: str, field: str, zh: str, en: str) -> Problem:
    return Problem(code, Text(zh, en), field=field)
