"""The periodic tasks of the worker; each may run twice and at two workers."""

from __future__ import annotations

from procrastinate.contrib.django import app

from huoshui.access import queries as access
from huoshui.access.actor import SYSTEM
from huoshui.access.row_security import acting
from huoshui.screening import (
    actions_lead,
    actions_list,
    actions_recall,
    actions_run,
    actions_waiting,
    jobs,
    lab_snapshot,
)


@app.task(name="screening.refresh_lab", queueing_lock="screening.refresh_lab", lock="screening.register")
def refresh_lab() -> None:
    """Write the register anew for the policy lab, asked for by hand; at night it is written anyway."""
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


@app.periodic(cron="30 0 * * *")  # 08:30 in Chinese time
@app.task(name="screening.recall", queueing_lock="screening.recall", lock="screening.register")
def recall(timestamp: int = 0) -> None:
    """Note applications first, then take back the leads that banks left without a word, and hand on these and what waited."""
    with acting(SYSTEM):
        actions_lead.note_applications()
    actions_recall.recall_silent()
    actions_waiting.push_again(thorough=True)


@app.task(name="screening.make_list", lock="screening.register")
def make_list(code: str, person_id: int) -> None:
    """Make the next edition of one list, asked for by hand; a list that is as it was is not made again."""
    with acting(SYSTEM):
        actions_list.make(access.actor(person_id), codes=[code])


@app.task(name="screening.screen", lock="screening.register")
def screen(person_id: int) -> None:
    """Screen the whole register, asked for by hand."""
    with acting(SYSTEM):
        actions_run.ask_run(access.actor(person_id))
        actions_run.work()
