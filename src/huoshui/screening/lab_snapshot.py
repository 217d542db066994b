"""The file of firms that rules in the making are tried on: written from the register, kept by its hash, shared by all.

One file at a time is current; a page that still counts on the one before keeps it open until it is done.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection

from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.roles import Permission
from huoshui.access.row_security import acting
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text
from huoshui.registry import queries as registry
from huoshui.registry.snapshots import export_parquet
from huoshui.screening.lab import Lab

_CURRENT = "current.json"


@dataclass(frozen=True, slots=True)
class Ground:
    """The current file: its hash, how many firms, the day it stands for."""

    path: Path
    sha256: str
    rows: int
    as_of: dt.date


def ground() -> Ground | None:
    """Return the current file, None where none was written yet."""
    try:
        kept = json.loads((_folder() / _CURRENT).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    path = _folder() / f"{kept['sha256'][:16]}.parquet"
    return Ground(path, kept["sha256"], kept["rows"], dt.date.fromisoformat(kept["as_of"])) if path.exists() else None


def refresh(actor: Actor) -> Ground:
    """Write the register as it is now and make it current; the same register gives the same file."""
    if actor is not SYSTEM and not actor.may(Permission.USE_POLICY_LAB):
        said = Text("您没有使用政策测算的权限。", "You may not use the policy lab.")
        raise DomainError("not_permitted", said)
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f"fresh-{os.getpid()}.parquet"
    with acting(SYSTEM):
        written = export_parquet(SYSTEM, fresh)
    path = folder / f"{written.sha256[:16]}.parquet"
    os.replace(fresh, path)
    record = {"sha256": written.sha256, "rows": written.rows, "as_of": clock.today().isoformat()}
    partial = folder / f"{_CURRENT}.{os.getpid()}"
    partial.write_text(json.dumps(record), encoding="utf-8")
    os.replace(partial, folder / _CURRENT)
    for old in folder.glob("*.parquet"):
        if old != path and not old.name.startswith("fresh-"):
            old.unlink()
    return Ground(path, written.sha256, written.rows, clock.today())


_open: dict[Path, Lab] = {}
_opening = Lock()


def lab() -> tuple[Lab, Ground] | None:
    """Return the lab on the current file, opened once a process; None where there is no file yet."""
    current = ground()
    if current is None:
        return None
    with _opening:
        if current.path not in _open:
            _open.clear()
            _open[current.path] = Lab(current.path, registry.dictionary())
        return _open[current.path], current


def _folder() -> Path:
    assert isinstance(default_storage, FileSystemStorage) or hasattr(default_storage, "path")
    return Path(default_storage.path("lab")) / str(connection.settings_dict["NAME"])
