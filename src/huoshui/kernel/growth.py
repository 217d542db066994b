"""Growth of a figure against an earlier one: on the year, on the year's start, period on period."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from huoshui.kernel.money import Exact, round_half_up


def growth_pct(now: Exact | None, then: Exact | None) -> Decimal | None:
    """Return (now − then) / then in percent, two decimals, half up; None where a figure is missing or the base is zero.

    None prints as "—", never as 0 % or infinity.
    """
    if now is None or not then:
        return None
    return Decimal(round_half_up((Fraction(now) / Fraction(then) - 1) * 10_000)).scaleb(-2)
