"""Keeps the size class of firms in step with what is known of them; the rule's version is stored beside the class."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl
from django.db import connection

from huoshui.kernel.size_class import DEFAULT_RULE
from huoshui.registry import size_frame

# columns of the frame, in the order of the query's facts
FACTS = ("employees", "revenue", "assets")
CODES = ("employees", "revenue_last_year", "assets_total")  # the same as codes of the dictionary
_PART = 50_000

_KNOWN = """
SELECT e.id, e.kind, e.industry_code, e.size_class, e.size_rule,
       trunc((f.known->>'employees')::numeric)::bigint, (f.known->>'revenue_last_year')::bigint,
       (f.known->>'assets_total')::bigint
FROM registry_enterprise e
LEFT JOIN LATERAL (
    SELECT registry_latest(s.values ORDER BY s.as_of, s.source) AS known
    FROM registry_factsheet s WHERE s.enterprise_id = e.id
) f ON true
WHERE e.id = ANY(%s)
"""


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
    """Compute the size class of every firm that the merge of this transaction changed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT id FROM merge_touched WHERE NOT created")  # new ones came with their class
        ids = [number for (number,) in cursor.fetchall()]
    return refresh_many(ids)


def classes(rows: Sequence[Sequence[Any]]) -> list[str | None]:
    """Return the size class of rows of industry code, kind and the three facts (`CODES`), null where unknown."""
    schema = {"industry_code": pl.String, "kind": pl.String} | dict.fromkeys(FACTS, pl.Int64)
    plain = [
        (industry, kind, *(None if fact is None else int(fact) for fact in facts)) for industry, kind, *facts in rows
    ]
    return size_frame.classify(pl.DataFrame(plain, schema=schema, orient="row")).to_list()


def _refresh(cursor: Any, ids: list[int]) -> int:
    cursor.execute(_KNOWN, [ids])
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
