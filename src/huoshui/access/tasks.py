"""The periodic tasks of the worker; each may run twice and at two workers."""

from __future__ import annotations

from procrastinate.contrib.django import app

from huoshui.access import delivery
from huoshui.access.actor import SYSTEM
from huoshui.access.housekeeping import clear_out
from huoshui.access.row_security import acting


@app.periodic(cron="* * * * *")
@app.task(name="access.deliver", queueing_lock="access.deliver", lock="access.deliver")
@acting(SYSTEM)
def deliver(timestamp: int) -> None:
    """Send the messages that wait."""
    delivery.deliver()


@app.periodic(cron="40 18 * * *")  # 02:40 in Chinese time; the worker's clock is UTC
@app.task(name="access.clear_out", queueing_lock="access.clear_out", lock="access.clear_out")
@acting(SYSTEM)
def clear(timestamp: int) -> None:
    """Forget what has served its time."""
    clear_out()
