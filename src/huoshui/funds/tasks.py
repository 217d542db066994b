"""The periodic tasks of the public money; each may run twice and at two workers."""

from __future__ import annotations

from procrastinate.contrib.django import app

from huoshui.access.actor import SYSTEM
from huoshui.access.row_security import acting
from huoshui.funds.actions_bridge import alert_bridge
from huoshui.kernel import clock
from huoshui.ledger.actions import expire_holds


@app.periodic(cron="5 0,8 * * *")  # 08:05 and 16:05 in Chinese time; the worker's clock is UTC
@app.task(name="funds.alert_bridge", queueing_lock="funds.alert_bridge", lock="funds.alert_bridge")
@acting(SYSTEM)
def alert_bridge_due(timestamp: int) -> None:
    """Tell firm, bank and officer of advances that are due or overdue."""
    alert_bridge()


@app.periodic(cron="*/10 * * * *")
@app.task(name="ledger.expire_holds", queueing_lock="ledger.expire_holds", lock="ledger.expire_holds")
@acting(SYSTEM)
def expire_holds_over(timestamp: int) -> None:
    """Free the holds whose time is over."""
    expire_holds(SYSTEM, at=clock.now())
