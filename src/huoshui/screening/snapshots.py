"""Snapshots of the register: written once, kept as long as a list or a run names them, found by their hash."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import connection, transaction

from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.row_security import acting
from huoshui.audit.actions import record
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text
from huoshui.registry.snapshots import export_parquet
from huoshui.screening.models import ListEdition, ScreeningRun, Snapshot

_UNNAMED_DAYS = 14  # how long a file that nothing names is kept


def folder() -> Path:
    """Return the folder of this database's snapshots."""
    return Path(default_storage.path("snapshots")) / str(connection.settings_dict["NAME"])


def path_of(snapshot: Snapshot) -> Path:
    """Return the snapshot's file. Raises DomainError where it was removed or is missing."""
    path = folder() / f"{snapshot.sha256[:24]}.parquet"
    if not path.exists():
        raise DomainError(
            "snapshot_gone",
            Text(f"{snapshot.as_of} 的快照文件不在。", f"The file of the snapshot of {snapshot.as_of} is missing."),
            remedy=Text("请从备份恢复，或重新生成名单。", "Restore it from a backup, or make the list again."),
        )
    return path


def take(actor: Actor) -> Snapshot:
    """Write the register as it is now; the same register gives the same file and the same row."""
    folder().mkdir(parents=True, exist_ok=True)
    fresh = folder() / f"fresh-{os.getpid()}.parquet"
    with acting(SYSTEM):
        written = export_parquet(SYSTEM, fresh)
    size = fresh.stat().st_size
    os.replace(fresh, folder() / f"{written.sha256[:24]}.parquet")
    with transaction.atomic():
        kept, new = Snapshot.objects.get_or_create(
            sha256=written.sha256,
            defaults={"rows": written.rows, "octets": size, "as_of": clock.today(), "taken_at": clock.now()},
        )
        if kept.removed_at:
            Snapshot.objects.filter(pk=kept.pk).update(removed_at=None)
        if new:
            facts = {"snapshot": written.sha256[:12], "rows": written.rows}
            record(actor, "SNAPSHOT_TAKEN", ("snapshot", kept.pk), facts=facts)
    return kept


def latest() -> Snapshot | None:
    """Return the newest snapshot whose file is kept."""
    return Snapshot.objects.filter(removed_at__isnull=True).order_by("-taken_at", "-id").first()


def of_today(actor: Actor) -> Snapshot:
    """Return today's snapshot, taken now where there is none."""
    found = latest()
    return found if found and found.as_of == clock.today() else take(actor)


def forget_old() -> int:
    """Remove files that no edition names and that are older than two weeks, the newest excepted; return how many."""
    last, named = latest(), ListEdition.objects.values("snapshot_id")
    old = Snapshot.objects.filter(removed_at__isnull=True, taken_at__lt=clock.now() - dt.timedelta(days=_UNNAMED_DAYS))
    going = list(old.exclude(pk__in=named).exclude(pk=last.pk if last else 0))
    busy = set(ScreeningRun.objects.filter(state__in=["queued", "running"]).values_list("snapshot_id", flat=True))
    for each in going:
        if each.pk not in busy:
            (folder() / f"{each.sha256[:24]}.parquet").unlink(missing_ok=True)
            Snapshot.objects.filter(pk=each.pk).update(removed_at=clock.now())
    return len(going)
