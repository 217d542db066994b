"""What makes many new rows cheap: search indexes and references stand aside; they are built and checked once at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# from this many rows into a smaller table it is cheaper to build the search indexes again than to keep them row by row
# (580,000 firms: 42 s instead of about 100)
_REBUILD_FROM = 50_000


@contextmanager
def references_aside(cursor: Any, rows: int) -> Iterator[None]:
    """Take the fact sheets' references away while *rows* come in on top of fewer, and check them all at once after.

    Row by row a reference is a trigger's call: 5.7 million fact sheets with two references each cost a minute and more,
    one join of the tables 3 s. A sheet that refers to nothing is refused as ever, at the end.
    """
    cursor.execute("SELECT count(*) FROM (SELECT 1 FROM registry_factsheet LIMIT %s) t", [rows])
    if rows < _REBUILD_FROM or cursor.fetchone()[0] >= rows:
        yield
        return
    cursor.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = 'registry_factsheet'::regclass AND contype = 'f'"
    )
    references = cursor.fetchall()
    _check_what_waits(cursor)
    for name, _ in references:
        cursor.execute(f'ALTER TABLE registry_factsheet DROP CONSTRAINT "{name}"')
    yield
    _check_what_waits(cursor)
    for name, definition in references:
        cursor.execute(f'ALTER TABLE registry_factsheet ADD CONSTRAINT "{name}" {definition}')


def _check_what_waits(cursor: Any) -> None:
    """Have waiting checks made now: neither an index nor a reference can be built over them."""
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@contextmanager
def indexes_aside(cursor: Any, rows: int) -> Iterator[None]:
    """Take the search indexes away while *rows* come into a table that has fewer, and build them again after."""
    cursor.execute("SELECT count(*) FROM (SELECT 1 FROM registry_enterprise LIMIT %s) t", [rows])
    if rows < _REBUILD_FROM or cursor.fetchone()[0] >= rows:
        yield
        return
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'registry_enterprise' AND indexdef LIKE '%% gin (%%'"
    )
    definitions = cursor.fetchall()
    for name, _ in definitions:
        cursor.execute(f'DROP INDEX "{name}"')
    yield
    _check_what_waits(cursor)
    cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
    for _, definition in definitions:
        cursor.execute(definition)
