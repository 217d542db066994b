"""The periodic tasks of the public money; each may run twice and at two workers."""

from __future__ import annotations

from procrastinate.contrib.django import app

from huoshui.access.actor import SYSTEM
from huoshui.access.row_security import acting
from huoshui.funds.actions_bridge import alert_bridge


@app.periodic(cron="5 0,8 * * *")  # 08:05 and 16:05 in Chinese time; the worker's clock is UTC
@app.task(name="funds.alert_bridge", queueing_lock="funds.alert_bridge", lock="funds.alert_bridge")
@acting(SYSTEM)
def alert_bridge_due(timestamp: int) -> None:
    """Tell firm, bank and officer of advances that are due or overdue."""
    alert_bridge()
