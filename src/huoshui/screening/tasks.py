"""The periodic tasks of the worker; each may run twice and at two workers."""

from __future__ import annotations

from procrastinate.contrib.django import app

from huoshui.access.actor import SYSTEM
from huoshui.screening import lab_snapshot


@app.periodic(cron="40 18 * * *")  # 02:40 in Chinese time; the worker's clock is UTC
@app.task(name="screening.refresh_lab", queueing_lock="screening.refresh_lab", lock="screening.refresh_lab")
def refresh_lab(timestamp: int = 0) -> None:
    """Write the file that the policy lab counts on."""
    lab_snapshot.refresh(SYSTEM)
