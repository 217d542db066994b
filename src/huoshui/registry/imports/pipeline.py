"""One file, from opening to report: read, check, stage, merge, record. Safe to kill at any moment and to run twice."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl
import psycopg
from django.conf import settings
from django.db import connection, transaction

from huoshui.access.actor import Actor
from huoshui.audit.actions import record
from huoshui.kernel import clock
from huoshui.kernel.ahead import ahead
from huoshui.registry import dictionary, divisions, sizes
from huoshui.registry.imports import columns, files, merge, staging
from huoshui.registry.imports.checks import Checker, Notes
from huoshui.registry.imports.fields import REGISTER, Field
from huoshui.registry.imports.problems import Bad, FileRefused, Source, reason
from huoshui.registry.imports.refusals import RefusalFile
from huoshui.registry.models import ColumnMap, Enterprise, ImportBatch

Progress = Callable[[str, int], None]  # step, rows so far
_LOCK_SPACE = 7301  # first half of the advisory lock's key; the second is the source
_DERIVED = {"kind": "text", "district_code": "text"}
_CAPITAL = {"capital_currency": "text", "capital_foreign": "bigint"}


@dataclass(frozen=True, slots=True)
class Task:
    """What was asked for: which file, from whom, as what."""

    kind: str  # enterprises, facts
    source: str
    path: Path
    actor: Actor
    told: Mapping[str, str]
    as_of: dt.date
    dry_run: bool
    progress: Progress


class _Undo(Exception):
    """Rolls a rehearsal back."""


def carry_out(task: Task) -> ImportBatch:
    """Take the file in and return its batch. Raises FileRefused when the file as a whole cannot be taken in."""
    with files.opened(task.path) as source, _only_one(task.source):
        fields = _fields(task)
        plan = _plan(task, source, fields)
        batch = _begin(task, plan)
        staging.remove_leftovers(_running())
        try:
            return _through_stage(task, source, plan, batch)
        except BaseException as error:
            _fail(batch, error)
            raise


def _fields(task: Task) -> tuple[Field, ...]:
    facts = dictionary.fields()
    if task.kind == "enterprises":
        return REGISTER + facts
    # whoever delivers the file answers for its facts, whichever department usually does
    return (REGISTER[0], *(replace(each, source=task.source) for each in facts))


def _plan(task: Task, source: Source, fields: tuple[Field, ...]) -> columns.ColumnPlan:
    kept = ColumnMap.objects.filter(source=_memory(task)).values_list("columns", flat=True).first() or {}
    plan = columns.resolve(source.columns, fields, told=task.told, remembered=kept)
    needed = ("uscc", "name") if task.kind == "enterprises" else ("uscc",)
    by_code = {field.code: field.label.zh for field in fields}
    missing = [by_code[code] for code in needed if code not in plan.codes()]
    seen = "、".join(source.columns)
    if missing:
        raise FileRefused("field_missing", fields="、".join(missing), seen=seen)
    if task.kind == "facts" and len(plan.columns) == 1:
        known = "、".join(f"{field.code}（{field.label.zh}）" for field in fields[1:])
        raise FileRefused("no_facts", seen=seen, known=known)
    return plan


def _memory(task: Task) -> str:
    return f"{task.kind}:{task.source}"[:40]


@contextmanager
def _only_one(source: str) -> Iterator[None]:
    """Hold the source's lock on a connection of its own, so that it ends with the process whatever happens."""
    with staging.connect() as own:
        answer = own.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [_LOCK_SPACE, source]).fetchone()
        if not answer or not answer[0]:
            raise FileRefused("source_busy", source=source)
        try:
            yield
        finally:  # the server notices a closed connection only a moment later, when the next import may have come
            with suppress(psycopg.Error):
                own.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [_LOCK_SPACE, source])


def _running() -> set[int]:
    """Batches that may be at work now: those of sources whose lock is held."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT b.id FROM registry_importbatch b JOIN pg_locks l ON l.locktype = 'advisory' AND l.classid = %s"
            " AND l.objid::bigint = hashtext(b.source)::bigint & 4294967295 WHERE b.state = 'running'",
            [_LOCK_SPACE],
        )
        return {number for (number,) in cursor.fetchall()}


def _begin(task: Task, plan: columns.ColumnPlan) -> ImportBatch:
    now = clock.now()
    ImportBatch.objects.filter(source=task.source, state=ImportBatch.State.RUNNING).update(
        state=ImportBatch.State.FAILED, finished_at=now, message="上次导入中断；登记库没有改变。"
    )
    digest = hashlib.sha256()
    with task.path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return ImportBatch.objects.create(
        kind=task.kind,
        source=task.source,
        file_name=task.path.name[:200],
        sha256=digest.hexdigest(),
        dry_run=task.dry_run,
        mapping=plan.remembered(),
        started_by=str(task.actor.person_id or task.actor.kind),
        started_at=now,
    )


def _fail(batch: ImportBatch, error: BaseException) -> None:
    if connection.in_atomic_block and connection.needs_rollback:
        return
    ImportBatch.objects.filter(pk=batch.pk).update(
        state=ImportBatch.State.FAILED, finished_at=clock.now(), message=str(error)[:2000] or type(error).__name__
    )


def refusals_path(batch_id: int) -> Path:
    """Return where the refused rows of a batch are kept."""
    return Path(settings.VAR) / "files" / "imports" / f"{batch_id}-refused.csv"


def stage_columns(plan: columns.ColumnPlan, *, whole_register: bool) -> dict[str, str]:
    """Return the columns of the stage table and their types for what *plan* reads."""
    shape = {"_row": "bigint"} | {column.field.code: column.field.column_type for column in plan.columns}
    if whole_register:
        shape |= _DERIVED
        if "registered_capital" in shape:
            shape |= _CAPITAL
        else:
            shape.pop("capital_currency", None)
    return shape


def _through_stage(task: Task, source: Source, plan: columns.ColumnPlan, batch: ImportBatch) -> ImportBatch:
    whole = task.kind == "enterprises"
    checker = Checker(plan, divisions.gazetteer(), clock.today(), whole)
    shape = stage_columns(plan, whole_register=whole)
    with staging.stage(batch.pk, shape) as stage, RefusalFile(refusals_path(batch.pk), source.columns) as refused:
        with staging.filling(stage):
            check_into(stage, refused, source, checker, task.progress, known=None if whole else known_codes())
        task.progress("merge", stage.rows + refused.count)
        run = _merge_run(task, plan, stage.table, batch)
        _remark(checker.notes, source, run, stage.rows)
        outcome = _merged(run, task, plan, batch, stage.rows, refused.count, checker.notes)
    if not refused.count:
        refusals_path(batch.pk).unlink()
    batch.refresh_from_db()
    if outcome is not None and task.dry_run:
        _finish(batch, outcome, refused.count, stage.rows, checker.notes)
    return batch


def _remark(notes: Notes, source: Source, run: merge.Run, rows: int) -> None:
    """Add what is to be said of the file as a whole."""
    if source.other_sheets > 0:
        notes.counts["other_sheets"] = source.other_sheets
    known = dictionary.definitions()
    if any(dictionary.is_stale(known[each.code], run.as_of, clock.today()) for each in run.facts):
        notes.counts["facts_stale"] = rows


def check_into(
    stage: staging.Stage,
    refused: RefusalFile,
    source: Source,
    checker: Checker,
    progress: Progress,
    known: pl.Series | None = None,
) -> None:
    """Read *source* to its end: good rows into *stage*, bad ones with all their reasons into *refused*."""
    for frame, bad in ahead(source.frames):
        refused.add(bad)
        if frame.height:
            good, worse = checker.check(frame)
            if known is not None:
                good, strange = _only_known(good, frame, known)
                worse += strange
            refused.add(sorted(worse, key=lambda each: each.row))
            stage.put(good)
        progress("read", stage.rows + refused.count)


def known_codes() -> pl.Series:
    """Return the credit codes of the register."""
    return pl.Series(list(Enterprise.objects.values_list("uscc", flat=True).iterator(50_000)), dtype=pl.String)


def _only_known(good: pl.DataFrame, frame: pl.DataFrame, known: pl.Series) -> tuple[pl.DataFrame, list[Bad]]:
    registered = good["uscc"].is_in(known.implode())
    rows = good.filter(~registered)["_row"]
    cells = frame.filter(pl.col("_row").is_in(rows.implode())) if len(rows) else frame.clear()
    bad = [
        Bad(row, (reason("no_enterprise"),), raw)
        for row, raw in zip(cells["_row"].to_list(), cells.drop("_row").rows(named=True), strict=True)
    ]
    return good.filter(registered), bad


def _merge_run(task: Task, plan: columns.ColumnPlan, table: str, batch: ImportBatch) -> merge.Run:
    register = {field.code for field in REGISTER}
    return merge.Run(
        stage=table,
        given=frozenset(plan.codes() & register),
        facts=tuple(column.field for column in plan.columns if column.field.source),
        source=task.source,
        batch=batch.pk,
        as_of=task.as_of,
        now=clock.now(),
        whole_register=task.kind == "enterprises",
    )


def _merged(
    run: merge.Run, task: Task, plan: columns.ColumnPlan, batch: ImportBatch, rows: int, refused: int, notes: Notes
) -> merge.Outcome | None:
    outcome = None
    try:
        with transaction.atomic():
            _analyse(run.stage)
            outcome = merge.merge(run, rows=rows)
            outcome.touched = sizes.refresh_touched()
            if task.dry_run:
                raise _Undo
            _finish(batch, outcome, refused, rows, notes)
            ColumnMap.objects.update_or_create(
                source=_memory(task), defaults={"columns": plan.remembered(), "saved_at": clock.now()}
            )
            _record(task, batch)
    except _Undo:
        pass
    return outcome


def _analyse(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'ANALYZE "{table}"')  # a name made here from a number


def _finish(batch: ImportBatch, outcome: merge.Outcome, refused: int, rows: int, notes: Notes) -> None:
    counts: dict[str, Any] = {code: number for code, number in sorted(notes.counts.items()) if number}
    if outcome.older:
        counts["facts_older"] = outcome.older
    batch.rows, batch.refused = rows + refused, refused
    batch.created, batch.changed, batch.unchanged = outcome.created, outcome.changed, outcome.unchanged
    batch.warnings = {"counts": counts, "rows": {code: said for code, said in notes.rows.items() if said}}
    batch.refusals_file = refusals_path(batch.pk).name if refused else ""
    batch.state, batch.finished_at = ImportBatch.State.DONE, clock.now()
    earlier = (
        ImportBatch.objects.filter(
            source=batch.source, sha256=batch.sha256, state=ImportBatch.State.DONE, dry_run=False
        )
        .exclude(pk=batch.pk)
        .order_by("-id")
        .first()
    )
    batch.message = f"与第 {earlier.pk} 批是同一个文件。" if earlier else ""
    batch.save()


def _record(task: Task, batch: ImportBatch) -> None:
    facts = {
        "source": batch.source, "file": batch.file_name, "sha256": batch.sha256, "rows": batch.rows,
        "created": batch.created, "changed": batch.changed, "unchanged": batch.unchanged, "refused": batch.refused,
    }  # fmt: skip
    record(task.actor, "REGISTER_IMPORTED", ("import_batch", batch.pk), topic=f"import:{batch.pk}", facts=facts)
