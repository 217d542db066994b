"""Screening the whole register: asked for, worked by the worker one at a time, resumed after a kill, recorded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, transaction

from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.roles import Permission
from huoshui.audit.actions import record
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text
from huoshui.registry import queries as registry
from huoshui.screening import register_book, run, snapshots
from huoshui.screening.models import ScreeningRun, Snapshot

_LOCK = 0x5C2EE41  # one run at a time in a database, whoever works it
_OPEN = ("queued", "running")


def may_manage(actor: Actor) -> None:
    """Refuse unless *actor* makes lists."""
    if actor.kind != "system" and not actor.may(Permission.MANAGE_LISTS):
        said = Text("您没有管理名单和筛查的权限。", "You may not manage lists and runs.")
        raise DomainError("not_permitted", said)


def ask_run(actor: Actor, *, snapshot: Snapshot | None = None) -> ScreeningRun:
    """Queue a run of today's rules over today's snapshot; the same run is not made twice.

    Raises DomainError without permission or where no rule is in force.
    """
    may_manage(actor)
    today = clock.today()
    kept = snapshot or snapshots.of_today(actor)
    book = register_book.gather(today)
    if not book.rules:
        raise DomainError("no_rules", Text("还没有产品、政策或名单。", "No product, programme or list is in force."))
    digest = register_book.book_hash(book)
    with transaction.atomic():
        asked, new = ScreeningRun.objects.get_or_create(
            snapshot=kept,
            book_sha256=digest,
            as_of=today,
            defaults={"rules": len(book.rules), "asked_by": str(actor.person_id or "system"), "asked_at": clock.now()},
        )
        if asked.state == "failed":
            ScreeningRun.objects.filter(pk=asked.pk, state="failed").update(state="queued", message="")
        if new:
            facts = {"snapshot": kept.sha256[:12], "rules": len(book.rules)}
            record(actor, "SCREENING_ASKED", ("screening_run", asked.pk), facts=facts)
    return asked


def work(*, progress: Callable[[int], None] = lambda rows: None) -> int:
    """Work every run that waits or that was killed, oldest first; return how many were finished.

    Does nothing while another process works: one run at a time.
    """
    done = 0
    with _alone() as mine:
        while mine and (waiting := ScreeningRun.objects.filter(state__in=_OPEN).order_by("id").first()):
            done += _one(waiting, progress)
    return done


@contextmanager
def _alone() -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        (held,) = cursor.fetchone()
    try:
        yield bool(held)
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def results(asked: ScreeningRun) -> Path:
    """Return the folder with counts.parquet, verdicts.parquet and manifest.json of a run."""
    return snapshots.folder() / "runs" / f"{asked.snapshot.sha256[:16]}-{asked.book_sha256[:16]}-{asked.as_of}"


def _one(asked: ScreeningRun, progress: Callable[[int], None]) -> int:
    rows = 0

    def tick(more: int) -> None:
        nonlocal rows
        rows += more
        ScreeningRun.objects.filter(pk=asked.pk).update(rows_done=rows)
        progress(more)

    ScreeningRun.objects.filter(pk=asked.pk).update(state="running", started_at=clock.now(), rows_done=0)
    try:
        book = register_book.gather(asked.as_of)
        _refuse_other_rules(asked, register_book.book_hash(book))
        request = run.Request(
            snapshots.path_of(asked.snapshot),
            book,
            asked.book_sha256,
            registry.dictionary(),
            asked.as_of,
            results(asked),
        )
        told = run.screen(request, progress=tick)
    except DomainError as problem:
        _failed(asked, problem)
        return 0
    text = json.dumps(told, ensure_ascii=False, sort_keys=True)
    with transaction.atomic():
        ScreeningRun.objects.filter(pk=asked.pk).update(
            state="done",
            manifest=told,
            manifest_sha256=hashlib.sha256(text.encode()).hexdigest(),
            finished_at=clock.now(),
            rows_done=told["rows"],
        )
        facts = {"rows": told["rows"], "rules": asked.rules}
        record(SYSTEM, "SCREENING_DONE", ("screening_run", asked.pk), facts=facts)
    return 1


def _refuse_other_rules(asked: ScreeningRun, digest: str) -> None:
    if digest != asked.book_sha256:
        raise DomainError(
            "rules_changed",
            Text("等待期间规则已变，请重新发起筛查。", "The rules changed while the run waited; ask for a new one."),
        )


def _failed(asked: ScreeningRun, problem: DomainError) -> None:
    said = "\n".join(problem.lines("zh"))[:2000]
    with transaction.atomic():
        ScreeningRun.objects.filter(pk=asked.pk).update(state="failed", message=said, finished_at=clock.now())
        record(SYSTEM, "SCREENING_FAILED", ("screening_run", asked.pk), facts={"problem": said[:200]})
