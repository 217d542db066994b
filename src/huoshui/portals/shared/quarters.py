"""The quarter that claims are usually made for."""

from __future__ import annotations

import datetime as dt

from huoshui.kernel import clock
from huoshui.kernel.periods import add_months


def last_quarter() -> tuple[dt.date, dt.date]:
    """Return the first day of the last whole quarter and the day after its last."""
    today = clock.today()
    end = dt.date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    return add_months(end, -3), end
