"""The register and its facts as one Parquet file, a column a fact: what screening runs on."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from django.db import connection, transaction

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.audit.actions import record
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text
from huoshui.registry.dictionary import dictionary
from huoshui.rules.facts import Fact, Kind

_BLOCK_BYTES = 24 * 1024 * 1024
# numbers of these units are counts; others (%, 亩) may have a fraction
_COUNTED = frozenset({"件", "户", "人", "次", "天", "家", "个月", "个", "笔"})

# one line of JSON a firm; the delimiter and quote characters never occur, so that no line is escaped
_ROWS = r"""
COPY (
    SELECT (coalesce(f.known, '{}'::jsonb) || jsonb_strip_nulls(jsonb_build_object(
        'uscc', e.uscc, 'enterprise_id', e.id, 'district_code', e.district_code, 'kind', e.kind, 'status', e.status,
        'industry_code', nullif(e.industry_code, ''), 'established_on', e.established_on,
        'registered_capital', e.registered_capital, 'size_class', e.size_class, 'labels', to_jsonb(e.labels))))::text
    FROM registry_enterprise e
    LEFT JOIN LATERAL (
        SELECT registry_latest(s.values ORDER BY s.as_of, s.source) AS known
        FROM registry_factsheet s WHERE s.enterprise_id = e.id
    ) f ON true
    WHERE e.merged_into_id IS NULL
    ORDER BY e.district_code, e.uscc
) TO STDOUT WITH (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')
"""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A file that was written: how many firms, and its hash (the same register gives the same bytes)."""

    path: Path
    rows: int
    sha256: str


def export_parquet(actor: Actor, path: Path) -> Snapshot:
    """Write every firm of the register with its latest facts to *path*, by district, then credit code.

    *enterprise_id* is the firm's number in the register. Money int64 fen, dates date32, codes and grades dictionary text, labels lists, counts int64, other numbers float64,
    flags bool; null = unknown. Written beside and moved into place, so that *path* is whole or absent. Streams. For
    jobs (system) and people who use the policy lab.
    """
    if not (actor.may(Permission.USE_POLICY_LAB) or actor.may(Permission.MANAGE_LISTS)):
        raise DomainError("not_permitted", Text("您没有导出快照的权限。", "You may not export a snapshot."))
    facts = [fact for fact in dictionary().values() if fact.code != "district_code"]
    keys = [("uscc", pa.string()), ("enterprise_id", pa.int64()), ("district_code", _CODES)]
    schema = pa.schema([*keys, *((fact.code, _arrow_type(fact)) for fact in facts)])
    rows, partial = 0, path.with_suffix(".partial")
    with pq.ParquetWriter(partial, schema, compression="lz4", use_dictionary=_repeating(facts)) as writer:
        for table in _groups(_table(frame, facts, schema) for frame in _frames(facts)):
            writer.write_table(table)
            rows += table.num_rows
    os.replace(partial, path)
    digest = _sha256(path)
    with transaction.atomic():
        record(actor, "SNAPSHOT_EXPORTED", ("snapshot", digest[:12]), facts={"rows": rows, "sha256": digest})
    return Snapshot(path, rows, digest)


_CODES = pa.dictionary(pa.int32(), pa.string())
_GROUP_ROWS = 65_536  # a batch of the screening engine; measured: reading is fastest when both are the same


def _repeating(facts: list[Fact]) -> list[str]:
    """Return the columns whose values repeat: for credit codes and amounts a dictionary costs more than it saves."""
    codes = [fact.code for fact in facts if fact.kind in (Kind.CODE, Kind.GRADE)]
    return ["district_code", *codes, *(f"{fact.code}.list.element" for fact in facts if fact.kind is Kind.LABELS)]


def _groups(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Yield the same rows in tables of _GROUP_ROWS, the last one shorter."""
    waiting: list[pa.Table] = []
    for table in tables:
        waiting.append(table)
        if sum(each.num_rows for each in waiting) < _GROUP_ROWS:
            continue
        whole = pa.concat_tables(waiting)
        full = whole.num_rows // _GROUP_ROWS * _GROUP_ROWS
        for start in range(0, full, _GROUP_ROWS):
            yield whole.slice(start, _GROUP_ROWS).unify_dictionaries()
        waiting = [whole.slice(full)]
    if any(each.num_rows for each in waiting):
        yield pa.concat_tables(waiting).unify_dictionaries()


def _arrow_type(fact: Fact) -> pa.DataType:
    if fact.kind is Kind.NUMBER:
        return pa.int64() if fact.unit in _COUNTED else pa.float64()
    plain = {Kind.MONEY: pa.int64(), Kind.FLAG: pa.bool_(), Kind.DATE: pa.date32(), Kind.LABELS: pa.list_(pa.string())}
    return plain.get(fact.kind, _CODES if fact.kind in (Kind.CODE, Kind.GRADE) else pa.string())


def _json_type(fact: Fact) -> pl.DataType:
    """Return how a fact stands in JSON: exact decimals and dates are text there."""
    if fact.kind is Kind.LABELS:
        return pl.List(pl.String)
    if fact.kind is Kind.MONEY:
        return pl.Int64()
    return pl.Boolean() if fact.kind is Kind.FLAG else pl.String()


def _frames(facts: list[Fact]) -> Iterator[pl.DataFrame]:
    keys = {"uscc": pl.String(), "enterprise_id": pl.Int64(), "district_code": pl.String()}
    schema = keys | {fact.code: _json_type(fact) for fact in facts}
    for lines in _blocks():
        yield pl.read_ndjson(lines, schema=schema)


def _blocks() -> Iterator[bytes]:
    waiting: list[bytes] = []
    size = 0
    with connection.cursor() as cursor, cursor.copy(_ROWS) as copy:
        for line in copy:
            waiting.append(bytes(line))
            size += len(line)
            if size > _BLOCK_BYTES:
                yield b"".join(waiting)
                waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)


def _table(frame: pl.DataFrame, facts: list[Fact], schema: pa.Schema) -> pa.Table:
    exact = [
        pl.col(fact.code).cast(pl.Float64 if fact.unit not in _COUNTED else pl.Int64, strict=False)
        for fact in facts
        if fact.kind is Kind.NUMBER
    ]
    dates = [pl.col(fact.code).str.to_date("%Y-%m-%d", strict=False) for fact in facts if fact.kind is Kind.DATE]
    return frame.with_columns(*exact, *dates).to_arrow().select(schema.names).cast(schema)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
