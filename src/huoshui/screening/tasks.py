"""The periodic tasks of the worker; each may run twice and at two workers."""

from __future__ import annotations

from procrastinate.contrib.django import app

from huoshui.access.actor import SYSTEM
from huoshui.screening import jobs, lab_snapshot


@app.periodic(cron="40 18 * * *")  # 02:40 in Chinese time; the worker's clock is UTC
@app.task(name="screening.refresh_lab", queueing_lock="screening.refresh_lab", lock="screening.refresh_lab")
def refresh_lab(timestamp: int = 0) -> None:
    """Write the file that the policy lab counts on."""
    lab_snapshot.refresh(SYSTEM)


@app.periodic(cron="0 19 * * *")  # 03:00 in Chinese time, after the night's files came in
@app.task(name="screening.nightly", queueing_lock="screening.nightly", lock="screening.register")
def nightly(timestamp: int = 0) -> None:
    """Keep the register as it is, screen all of it, make the lists that are due."""
    jobs.nightly()


@app.periodic(cron="*/15 * * * *")
@app.task(name="screening.follow", queueing_lock="screening.follow", lock="screening.register")
def follow(timestamp: int = 0) -> None:
    """Make exclusion lists again where their departments sent something new; note which leads became applications."""
    jobs.follow()
