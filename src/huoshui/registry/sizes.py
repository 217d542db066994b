"""Keeps the size class of firms in step with what is known of them; the rule's version is stored beside the class."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl
from django.db import connection

from huoshui.kernel.size_class import DEFAULT_RULE
from huoshui.registry import size_frame

# facts of the dictionary that the rule asks for
FACTS = {"employees": "employees", "revenue": "revenue_last_year", "assets": "assets_total"}
_PART = 50_000

# each fact from its latest sheet; among sheets of one day any will do, as departments copy from one another
_KNOWN = """
SELECT e.id, e.kind, e.industry_code, e.size_class, e.size_rule,
       {columns}
FROM registry_enterprise e
LEFT JOIN LATERAL (
    SELECT {latest} FROM registry_factsheet f WHERE f.enterprise_id = e.id
) f ON true
WHERE e.id = ANY(%s)
"""


def _query() -> str:
    columns = ", ".join(f"f.{name}" for name in FACTS)
    latest = ", ".join(
        f"(array_agg(trunc((f.values->>'{code}')::numeric)::bigint ORDER BY f.as_of DESC)"  # noqa: S608 - codes above
        f" FILTER (WHERE jsonb_typeof(f.values->'{code}') IN ('number', 'string')))[1] AS {name}"
        for name, code in FACTS.items()
    )
    return _KNOWN.format(columns=columns, latest=latest)


def refresh(enterprise_id: int) -> None:
    """Compute one firm's size class again."""
    refresh_many([enterprise_id])


def refresh_many(enterprise_ids: Sequence[int]) -> int:
    """Compute the size class of firms again and store what is different; returns how many were."""
    with connection.cursor() as cursor:
        return sum(
            _refresh(cursor, list(enterprise_ids[start : start + _PART])) for start in _parts(len(enterprise_ids))
        )


def _parts(count: int) -> Iterator[int]:
    return iter(range(0, count, _PART))


def refresh_touched() -> int:
    """Compute the size class of every firm that the merge of this transaction touched."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT id FROM merge_touched")
        ids = [number for (number,) in cursor.fetchall()]
    return refresh_many(ids)


def _refresh(cursor: Any, ids: list[int]) -> int:
    cursor.execute(_query(), [ids])
    schema = {"id": pl.Int64, "kind": pl.String, "industry_code": pl.String, "size_class": pl.String, "rule": pl.String}
    schema |= dict.fromkeys(FACTS, pl.Int64)
    firms = pl.DataFrame(cursor.fetchall(), schema=schema, orient="row")
    now = size_frame.classify(firms)
    different = firms.with_columns(now.alias("now")).filter(pl.col("now").ne_missing(pl.col("size_class")))
    if different.height:
        cursor.execute(
            "UPDATE registry_enterprise e SET size_class = n.class, size_rule = CASE WHEN n.class IS NULL THEN ''"
            " ELSE %s END FROM unnest(%s::bigint[], %s::text[]) AS n (id, class) WHERE e.id = n.id",
            [DEFAULT_RULE, different["id"].to_list(), different["now"].to_list()],
        )
    return different.height
