"""The snapshot that rules in the making are tried on: the newest one kept, opened once a process."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.roles import Permission
from huoshui.access.row_security import acting
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text
from huoshui.registry import queries as registry
from huoshui.screening import snapshots
from huoshui.screening.lab import Lab


@dataclass(frozen=True, slots=True)
class Ground:
    """The file to count on: its hash, how many firms, the day it stands for."""

    path: Path
    sha256: str
    rows: int
    as_of: dt.date


def ground() -> Ground | None:
    """Return the newest snapshot, None where there is none or its file is missing."""
    kept = snapshots.latest()
    if kept is None:
        return None
    try:
        path = snapshots.path_of(kept)
    except DomainError:
        return None
    return Ground(path, kept.sha256, kept.rows, kept.as_of)


def refresh(actor: Actor) -> Ground:
    """Write the register as it is now; the same register gives the same file."""
    if actor is not SYSTEM and not actor.may(Permission.USE_POLICY_LAB):
        said = Text("您没有使用政策测算的权限。", "You may not use the policy lab.")
        raise DomainError("not_permitted", said)
    with acting(SYSTEM):
        kept = snapshots.take(actor)
    return Ground(snapshots.path_of(kept), kept.sha256, kept.rows, kept.as_of)


_open: dict[Path, Lab] = {}
_opening = Lock()


def lab() -> tuple[Lab, Ground] | None:
    """Return the lab on the newest snapshot; None where there is none yet."""
    current = ground()
    if current is None:
        return None
    with _opening:
        if current.path not in _open:
            _open.clear()
            _open[current.path] = Lab(current.path, registry.dictionary())
        return _open[current.path], current
