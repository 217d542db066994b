"""Checked rows on their way into PostgreSQL: an unlogged table filled by COPY over two connections at a time.

Nothing of the register changes here. A run that is killed leaves at most a stage table, which the next run removes.
"""

from __future__ import annotations

import io
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import polars as pl
import psycopg
from django.db import connection
from psycopg import sql

PREFIX = "import_stage_"
_LANES = 2  # a second COPY parses while the first writes; a third only waits on two cores
# checked cells hold no control character, so that nothing but a backslash needs marking in COPY's plain text
_BETWEEN, _NOTHING = "\t", ""
_WAITING = 3  # blocks in the queue: bounds memory to a few blocks however large the file


@dataclass(slots=True)
class Stage:
    """A stage table and the lanes that fill it; `put` blocks when both are busy."""

    table: str
    columns: tuple[str, ...]
    blocks: queue.Queue[pl.DataFrame | None] = field(default_factory=lambda: queue.Queue(_WAITING))
    failures: list[BaseException] = field(default_factory=list)
    rows: int = 0

    def put(self, values: pl.DataFrame) -> None:
        """Send the rows of *values* (the stage's columns, any order) on their way."""
        self.raise_failure()
        if values.height:
            self.blocks.put(values.select(self.columns))
            self.rows += values.height

    def raise_failure(self) -> None:
        """Raise what stopped a lane, if anything did."""
        if self.failures:
            raise self.failures[0]


def connect() -> psycopg.Connection[Any]:
    """Return a connection of its own to the database Django uses, outside any transaction of the caller."""
    parameters = {name: value for name, value in connection.get_connection_params().items() if name != "pool"}
    kept = {
        name: value
        for name, value in parameters.items()
        if name not in ("cursor_factory", "context", "prepare_threshold")
    }
    return psycopg.connect(**kept, autocommit=True)


@contextmanager
def stage(number: int, columns: dict[str, str]) -> Iterator[Stage]:
    """Make the stage table of batch *number* with *columns* (name → type), fill it from `put`, drop it at the end.

    On leaving the block normally every row has been committed to the table; the block inside `filled` may read it.
    """
    made = Stage(f"{PREFIX}{number}", tuple(columns))
    with connect() as first:
        _create(first, made.table, columns)
        try:
            yield made
        finally:
            _stop(made)
            _drop(first, made.table)


@contextmanager
def filling(made: Stage) -> Iterator[None]:
    """Run the lanes while the block puts rows; afterwards everything is in the table, or the failure is raised."""
    lanes = [threading.Thread(target=_lane, args=(made,), daemon=True) for _ in range(_LANES)]
    for lane in lanes:
        lane.start()
    try:
        yield
    finally:
        for _ in lanes:
            made.blocks.put(None)
        for lane in lanes:
            lane.join()
    made.raise_failure()


def _create(own: psycopg.Connection[Any], table: str, columns: dict[str, str]) -> None:
    shape = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(kind)) for name, kind in columns.items()
    )
    own.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(table)))
    own.execute(sql.SQL("CREATE UNLOGGED TABLE {} ({})").format(sql.Identifier(table), shape))


def _drop(own: psycopg.Connection[Any], table: str) -> None:
    """Drop the stage: inside a caller's transaction, which may hold it, over its connection; else over our own."""
    statement = sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(table))
    if connection.in_atomic_block:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(statement)
        return  # after a failure the transaction ends first; the next run removes what is left
    own.execute(statement)


def _lane(made: Stage) -> None:
    copy_in = sql.SQL("COPY {} ({}) FROM STDIN WITH (FORMAT text, DELIMITER {}, NULL {})").format(
        sql.Identifier(made.table),
        sql.SQL(", ").join(map(sql.Identifier, made.columns)),
        sql.Literal(_BETWEEN),
        sql.Literal(_NOTHING),
    )
    ended = False
    try:
        with connect() as own, own.cursor() as cursor, cursor.copy(copy_in) as copy:
            while not ended:
                if (block := made.blocks.get()) is None:
                    ended = True
                else:
                    copy.write(_text(block))
    except BaseException as error:  # whatever stops a lane is raised again where the rows come from
        made.failures.append(error)
        while not ended:  # the reader must not wait for a lane that is gone
            ended = made.blocks.get() is None


def _text(block: pl.DataFrame) -> bytes:
    text = io.BytesIO()
    block.write_csv(
        text, include_header=False, null_value=_NOTHING, separator=_BETWEEN, quote_style="never", batch_size=8192
    )
    octets = text.getvalue()
    return octets.replace(b"\\", b"\\\\") if b"\\" in octets else octets


def _stop(made: Stage) -> None:
    while not made.blocks.empty():
        made.blocks.get_nowait()


def remove_leftovers(running: set[int]) -> list[str]:
    """Drop stage tables of batches that are not *running* any more; returns their names."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE %s", [PREFIX.replace("_", r"\_") + "%"])
        old = [name for (name,) in cursor.fetchall() if int(name.removeprefix(PREFIX)) not in running]
        for name in old:
            cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(name)))
    return old
