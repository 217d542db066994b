"""The periodic tasks of the worker; each may run twice and at two workers."""

from __future__ import annotations

from procrastinate.contrib.django import app

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
