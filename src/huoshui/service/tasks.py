"""The periodic tasks of the worker; each may run twice and at two workers."""

from __future__ import annotations

from procrastinate.contrib.django import app

from huoshui.access.actor import SYSTEM
from huoshui.access.row_security import acting
from huoshui.service.actions_complaint import escalate_late


@app.periodic(cron="10 1 * * *")  # 09:10 in Chinese time; the worker's clock is UTC
@app.task(name="service.escalate", queueing_lock="service.escalate", lock="service.escalate")
@acting(SYSTEM)
def escalate(timestamp: int) -> None:
    """Tell the offices above of complaints past their day."""
    escalate_late(SYSTEM)
