"""What runs by itself: the night's snapshot, run and lists; exclusions and applications every quarter of an hour."""

from __future__ import annotations

from dataclasses import dataclass

from huoshui.access.actor import SYSTEM
from huoshui.access.row_security import acting
from huoshui.screening import actions_lead, actions_list, actions_run, actions_waiting, snapshots


@dataclass(frozen=True, slots=True)
class Night:
    """What came of a night: firms in the snapshot, runs finished, editions made."""

    firms: int
    runs: int
    editions: int


@acting(SYSTEM)
def nightly() -> Night:
    """Keep the register as it is, make the lists that are due, screen all of it by every rule."""
    actions_lead.follow_districts()
    kept = snapshots.take(SYSTEM)
    made = actions_list.make_due(SYSTEM)
    actions_run.ask_run(SYSTEM, snapshot=kept)
    finished = actions_run.work()
    snapshots.forget_old()
    return Night(kept.rows, finished, len(made))


@acting(SYSTEM)
def follow() -> int:
    """Make exclusion lists again where new files came in, note applications, hand out firms that waited for a bank.

    Returns how many editions were made.
    """
    made = actions_list.make_changed(SYSTEM)
    actions_lead.note_applications()
    actions_waiting.push_again()
    actions_run.work()
    return len(made)
