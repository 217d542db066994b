"""The demo's figures: counted up to today."""

from __future__ import annotations

import datetime as dt

from huoshui.statistics import actions


def count(today: dt.date) -> None:
    """Count every measure up to *today* and what it is compared with."""
    actions.refresh(on=today)
