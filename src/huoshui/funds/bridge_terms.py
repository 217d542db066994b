"""What an advance costs by the terms it was made under, on any day. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Protocol

from huoshui.funds.bridge_fee import Band, Fee, Reading, fee_for
from huoshui.kernel.rates import from_ppm


class Advanced(Protocol):
    """What the fee needs to know of an advance."""

    terms: Any
    rate_ppm: int | None
    advanced_on: dt.date | None


def bands(terms: Mapping[str, Any]) -> tuple[Band, ...]:
    """Return the fee bands of a programme's *terms*."""
    return tuple(Band(int(band["to_day"]), Decimal(str(band["multiple"]))) for band in terms["bands"])


def fee_of(row: Advanced, *, principal: int, on: dt.date) -> Fee:
    """Return the fee (fen) on *principal* fen of an advance if it comes back *on* that day, by the advance's own terms."""
    assert row.advanced_on is not None, "only money that went out costs a fee"
    assert row.rate_ppm is not None, "money goes out at the rate of its day"
    terms = row.terms
    return fee_for(
        principal,
        annual_rate_pct=from_ppm(row.rate_ppm),
        drawn_on=row.advanced_on,
        returned_on=on,
        bands=bands(terms),
        reading=Reading(terms["reading"]),
        basis=int(terms["basis"]),
        minimum_days=int(terms.get("minimum_days", 1)),
        overdue_multiple=Decimal(str(terms["overdue_multiple"])),
    )
