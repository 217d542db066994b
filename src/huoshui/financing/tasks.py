"""The periodic tasks of the worker; each may run twice and at two workers."""

from __future__ import annotations

from procrastinate.contrib.django import app

from huoshui.access.actor import SYSTEM
from huoshui.financing import jobs


@app.periodic(cron="*/30 * * * *")
@app.task(name="financing.chase", queueing_lock="financing.chase", lock="financing.chase")
def chase(timestamp: int) -> None:
    """Remind, escalate, take back."""
    jobs.chase()


@app.periodic(cron="10 17 * * *")  # 01:10 in Chinese time; the worker's clock is UTC
@app.task(name="financing.age_loans", queueing_lock="financing.age_loans", lock="financing.age_loans")
def age_loans(timestamp: int) -> None:
    """Reckon what is overdue today."""
    jobs.age_loans()


@app.periodic(cron="40 19 * * *")  # 03:40 in Chinese time, after the night's files of the register came in
@app.task(name="financing.follow_districts", queueing_lock="financing.follow_districts", lock="financing.chase")
def follow_districts(timestamp: int) -> None:
    """Let demands go where the register placed the firms of a dissolved district."""
    jobs.follow_districts(SYSTEM)
