"""The fee of a bridge advance: natural days in bands, each a multiple of the yearly rate.

Source: the city's published terms (up to 5 days at the one-year benchmark, day 6 to 20 at 1.5 times it); 晋政办发〔2023〕55号.
Two readings of the bands are a parameter. Worked table: docs/algorithms/bridge-fee.md.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from huoshui.kernel.daycount import factor
from huoshui.kernel.errors import Problem, Refused
from huoshui.kernel.money import Fen, round_half_up
from huoshui.kernel.text import Text


class Reading(StrEnum):
    """How a band prices: the band of the return day prices every day, or each band prices its own days."""

    WHOLE_PERIOD = "whole_period"
    MARGINAL = "marginal"


@dataclass(frozen=True, slots=True)
class Band:
    """Up to and with day *to_day* the yearly rate is taken *multiple* times."""

    to_day: int
    multiple: Decimal


@dataclass(frozen=True, slots=True)
class Fee:
    """The days charged, the fee, and how many of the days lie past the last band."""

    days: int
    fee: Fen
    overdue_days: int


def fee_for(
    principal: int,
    *,
    annual_rate_pct: Decimal,
    drawn_on: dt.date,
    returned_on: dt.date,
    bands: Sequence[Band],
    reading: Reading = Reading.WHOLE_PERIOD,
    basis: int = 360,
    minimum_days: int = 1,
    overdue_multiple: Decimal = Decimal(2),
) -> Fee:
    """Return the fee on *principal* (fen) from *drawn_on* to *returned_on*, rounded half up once.

    Days are natural, the first counted and the last not, at least *minimum_days*. Days past the last band are overdue
    and cost *overdue_multiple* times the rate under either reading; the days before them keep the last band's price.
    Raises Refused with every problem (bridge_principal, bridge_dates, bridge_bands, bridge_minimum_days, bridge_basis).
    """
    _refuse_nonsense(principal, drawn_on, returned_on, bands, basis, minimum_days)
    days = max((returned_on - drawn_on).days, minimum_days)
    overdue = max(0, days - bands[-1].to_day)
    weighted = _weighted_days(days - overdue, bands, reading) + overdue * Fraction(overdue_multiple)
    fee = principal * factor(annual_rate_pct, days=1, year=basis) * weighted
    return Fee(days, Fen(round_half_up(fee)), overdue)


def _weighted_days(days: int, bands: Sequence[Band], reading: Reading) -> Fraction:
    """Return the days, each taken as often as its band says."""
    if reading is Reading.WHOLE_PERIOD:
        band = next(band for band in bands if days <= band.to_day)
        return days * Fraction(band.multiple)
    starts = [0, *(band.to_day for band in bands)]
    within = (max(0, min(days, band.to_day) - start) for band, start in zip(bands, starts, strict=False))
    return sum((count * Fraction(band.multiple) for count, band in zip(within, bands, strict=True)), Fraction(0))


def _refuse_nonsense(
    principal: int, drawn_on: dt.date, returned_on: dt.date, bands: Sequence[Band], basis: int, minimum_days: int
) -> None:
    wrong = []
    if principal <= 0:
        wrong.append(_problem("bridge_principal", "principal", "本金必须大于零。", "The principal must be above zero."))
    if returned_on < drawn_on:
        zh, en = (
            f"归还日 {returned_on} 早于借出日 {drawn_on}。",
            f"Returned on {returned_on}, before the draw on {drawn_on}.",
        )
        wrong.append(_problem("bridge_dates", "return", zh, en))
    limits = [0, *(band.to_day for band in bands)]
    if not bands or any(later <= earlier for earlier, later in itertools.pairwise(limits)):
        zh, en = "费率档至少一档，天数从小到大。", "At least one band is needed, with ascending days."
        wrong.append(_problem("bridge_bands", "bands", zh, en))
    if any(band.multiple < 0 for band in bands):
        wrong.append(_problem("bridge_bands", "bands", "倍数不能小于零。", "A multiple cannot be below zero."))
    if minimum_days < 0:
        zh, en = "最少计费天数不能小于零。", "The least days cannot be below zero."
        wrong.append(_problem("bridge_minimum_days", "minimum_days", zh, en))
    if basis not in (360, 365):
        wrong.append(_problem("bridge_basis", "basis", "计息基数是 360 或 365。", "The basis is 360 or 365."))
    if wrong:
        raise Refused(wrong)


def _problem(code: str, field: str, zh: str, en: str) -> Problem:
    return Problem(code, Text(zh, en), field=field)
