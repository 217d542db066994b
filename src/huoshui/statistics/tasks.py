"""The periodic tasks of the worker; each may run twice and at two workers."""

from __future__ import annotations

import datetime as dt

from procrastinate.contrib.django import app

from huoshui.access.actor import SYSTEM
from huoshui.access.row_security import acting
from huoshui.kernel import clock
from huoshui.statistics import actions

KEPT_DAYS = 40


@app.periodic(cron="20 18 * * *")  # 02:20 in Chinese time, after the loans were aged; the worker's clock is UTC
@app.task(name="statistics.refresh", queueing_lock="statistics.refresh", lock="statistics.refresh")
@acting(SYSTEM)
def refresh(timestamp: int) -> None:
    """Count everything up to yesterday, and drop days that nothing compares with."""
    yesterday = clock.today() - dt.timedelta(days=1)
    actions.refresh(on=yesterday)
    actions.forget_old(before=yesterday - dt.timedelta(days=KEPT_DAYS))
