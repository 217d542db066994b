"""How the bridge fund is used over a span of days: occupancy, turnover, average days. Pure.

*occupancy*: money out × days over money in the fund × days. *turnover*: money that came back over the average fund.
*average days*: from out to back, weighted by amount. A figure with nothing beneath it is None, shown as "—".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Stay:
    """Money out: *amount* fen from *out* up to *back* (None: still out)."""

    amount: int
    out: dt.date
    back: dt.date | None


@dataclass(frozen=True, slots=True)
class Usage:
    """Figures of a span; amounts in fen, shares in percent with two decimals."""

    count: int
    advanced: int
    returned: int
    occupancy_pct: Decimal | None
    turnover: Decimal | None
    average_days: Decimal | None


def usage(stays: Iterable[Stay], deposits: Sequence[tuple[dt.date, int]], *, first: dt.date, last: dt.date) -> Usage:
    """Return how the fund was used from *first* to *last* (both in).

    *deposits*: what was paid into the fund (negative: taken out) by day, fen. A stay counts its days inside the span.
    """
    end = last + dt.timedelta(days=1)
    inside = [stay for stay in stays if stay.out <= last and (stay.back is None or stay.back > first)]
    money_days = sum(stay.amount * _days(stay.out, stay.back or end, first, end) for stay in inside)
    fund_days = sum(amount * _days(on, end, first, end) for on, amount in deposits)
    span = (end - first).days
    made = [stay for stay in inside if first <= stay.out <= last]
    back = [stay for stay in inside if stay.back is not None and first <= stay.back <= last]
    returned = sum(stay.amount for stay in back)
    lasted = sum(stay.amount * max((stay.back - stay.out).days, 1) for stay in back if stay.back is not None)
    return Usage(
        count=len(made),
        advanced=sum(stay.amount for stay in made),
        returned=returned,
        occupancy_pct=_ratio(money_days * 100, fund_days),
        turnover=_ratio(returned * span, fund_days),
        average_days=_ratio(lasted, returned),
    )


def _days(start: dt.date, stop: dt.date, first: dt.date, end: dt.date) -> int:
    return max((min(stop, end) - max(start, first)).days, 0)


def _ratio(above: int, below: int) -> Decimal | None:
    return None if below <= 0 else (Decimal(above) / Decimal(below)).quantize(HUNDREDTH, ROUND_HALF_UP)
