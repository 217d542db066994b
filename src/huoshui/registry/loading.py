"""Many firms at once from frames that are known to be right: the demo city, a node's hand-over, a benchmark.

A departmental file goes through `imports`, which checks every cell; here the database's own constraints are the check.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from typing import Any

import polars as pl
from django.db import connection, transaction

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.audit.actions import record
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.kernel.size_class import DEFAULT_RULE
from huoshui.kernel.text import Text
from huoshui.registry import pinyin, size_frame
from huoshui.registry.bulk import indexes_aside, references_aside
from huoshui.registry.dictionary import dictionary
from huoshui.registry.models import Enterprise

_DEFAULTS: dict[str, Any] = {
    "status": "active", "township_code": "", "address": "", "industry_code": "", "scope": "", "established_on": None,
    "registered_capital": None, "capital_currency": "CNY", "capital_foreign": None, "organisation_type": "",
    "size_class": None, "size_rule": "", "phone_hash": "", "invented": False, "version": 1,
}  # fmt: skip
_MEASURES = {"employees": "employees", "revenue": "revenue_last_year", "assets": "assets_total"}
_TYPES = {
    "established_on": pl.Date,
    "registered_capital": pl.Int64,
    "capital_foreign": pl.Int64,
    "size_class": pl.String,
}


def load_enterprises(
    actor: Actor,
    *,
    firms: pl.DataFrame,
    facts: Mapping[str, pl.DataFrame] | None = None,
    as_of: dt.date | None = None,
) -> int:
    """Put new *firms* and their *facts* into the register by COPY, in one transaction; returns how many.

    *firms*: one row a firm with ``uscc``, ``name``, ``kind``, ``district_code``; any other column of the register as it
    is stored (capital in fen, labels as list of text). *facts*: department → frame with ``uscc`` and a column a fact as
    stored (fen, int, bool, date, text, decimal, list of text), null = unknown, and optionally ``as_of``; otherwise they
    hold for *as_of* (today). Raises DomainError when a code is registered already; needs IMPORT_REGISTER.
    """
    if not actor.may(Permission.IMPORT_REGISTER):
        raise DomainError("not_permitted", Text("您没有装入登记数据的权限。", "You may not load the register."))
    sheets = facts or {}
    _refuse_unknown(sheets)
    firms = _with_size(firms, sheets)
    with transaction.atomic(), connection.cursor() as cursor:
        _refuse_known(cursor, firms)
        ids = _reserve_ids(cursor, firms.height)
        with indexes_aside(cursor, firms.height):
            _copy_firms(cursor, firms.with_columns(ids))
        keys = pl.DataFrame([ids, firms["uscc"]])
        with references_aside(cursor, sum(values.height for values in sheets.values())):
            for source, values in sheets.items():
                _copy_sheets(cursor, source, values.join(keys, on="uscc", how="inner"), as_of or clock.today())
        cursor.execute("ANALYZE registry_enterprise, registry_factsheet")
        record(actor, "REGISTER_LOADED", ("register", "enterprises"), facts={"count": firms.height})
    return firms.height


def _refuse_unknown(sheets: Mapping[str, pl.DataFrame]) -> None:
    named = {code for values in sheets.values() for code in values.columns} - {"uscc", "as_of"}
    if unknown := sorted(named - set(dictionary())):
        words = Text(f"事实字典中没有：{'、'.join(unknown)}。", f"Not in the fact dictionary: {', '.join(unknown)}.")
        raise DomainError("fact_unknown", words, field="facts", value=unknown)


def _with_size(firms: pl.DataFrame, sheets: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return *firms* with their size class, unless it was given, from the facts that come with them."""
    if "size_class" in firms.columns:
        return firms
    judged = firms.select("uscc", "kind", _or_null(firms, "industry_code", pl.String))
    for column, code in _MEASURES.items():
        told = next((values for values in sheets.values() if code in values.columns), None)
        if told is not None:
            judged = judged.join(
                told.select("uscc", pl.col(code).alias(column)), on="uscc", how="left", maintain_order="left"
            )
        else:
            judged = judged.with_columns(pl.lit(None, dtype=pl.Int64).alias(column))
    classes = size_frame.classify(judged)
    rule = pl.when(pl.col("size_class").is_null()).then(pl.lit("")).otherwise(pl.lit(DEFAULT_RULE))
    return firms.with_columns(classes).with_columns(rule.alias("size_rule"))


def _or_null(firms: pl.DataFrame, column: str, kind: type[pl.DataType]) -> pl.Expr:
    return pl.col(column) if column in firms.columns else pl.lit(None, dtype=kind).alias(column)


def _refuse_known(cursor: Any, firms: pl.DataFrame) -> None:
    if firms["uscc"].is_duplicated().any():
        code = firms.filter(firms["uscc"].is_duplicated())["uscc"][0]
    elif not Enterprise.objects.exists():
        return
    else:
        cursor.execute("SELECT uscc FROM registry_enterprise WHERE uscc = ANY(%s) LIMIT 1", [firms["uscc"].to_list()])
        found = cursor.fetchone()
        if found is None:
            return
        code = found[0]
    words = Text(
        f"信用代码 {code} 已在登记库中或重复。", f"The credit code {code} is registered already, or comes twice."
    )
    raise DomainError("enterprise_known", words, field="uscc", value=code)


def _reserve_ids(cursor: Any, count: int) -> pl.Series:
    cursor.execute("SELECT nextval(pg_get_serial_sequence('registry_enterprise', 'id')) AS first")
    first = cursor.fetchone()[0]
    cursor.execute("SELECT setval(pg_get_serial_sequence('registry_enterprise', 'id'), %s)", [first + count])
    return pl.int_range(first, first + count, dtype=pl.Int64, eager=True).alias("id")


def _copy_firms(cursor: Any, firms: pl.DataFrame) -> None:
    keys, initials = pinyin.keys_and_initials(firms["name"].to_list())
    now = pl.lit(clock.now().isoformat())
    missing = {name: value for name, value in _DEFAULTS.items() if name not in firms.columns}
    labels = firms["labels"] if "labels" in firms.columns else pl.Series([[]] * firms.height, dtype=pl.List(pl.String))
    whole = firms.with_columns(
        pl.Series("name_pinyin", keys).str.slice(0, 800),
        pl.Series("name_initials", initials).str.slice(0, 200),
        now.alias("created_at"),
        now.alias("updated_at"),
        _array(labels).alias("labels"),
        *(pl.lit(value, dtype=_TYPES.get(name)).alias(name) for name, value in missing.items()),
    )
    columns = ["id", *(field.column for field in Enterprise._meta.concrete_fields if field.column in whole.columns)]
    columns = list(dict.fromkeys(columns))
    _copy(cursor, "registry_enterprise", whole.select(columns))


def _array(labels: pl.Series) -> pl.Series:
    """Return lists of text as PostgreSQL writes arrays; labels carry neither quotes nor braces."""
    return "{" + labels.list.join(",", ignore_nulls=True).fill_null("") + "}"


def _copy_sheets(cursor: Any, source: str, values: pl.DataFrame, as_of: dt.date) -> None:
    when = pl.col("as_of") if "as_of" in values.columns else pl.lit(as_of)
    codes = [name for name in values.columns if name not in ("uscc", "as_of", "id")]
    sheets = values.select(
        pl.col("id").alias("enterprise_id"),
        pl.lit(source).alias("source"),
        when.alias("as_of"),
        _json(values, codes).alias("values"),
        pl.lit(clock.now().isoformat()).alias("recorded_at"),
    )
    _copy(cursor, "registry_factsheet", sheets.filter(pl.col("values") != "{}"))


def _json(values: pl.DataFrame, codes: list[str]) -> pl.Expr:
    parts = [pl.lit(f'"{code}":') + _json_value(code, values.schema[code]) for code in codes]
    return pl.lit("{") + pl.concat_str(parts, separator=",", ignore_nulls=True) + pl.lit("}")


def _json_value(code: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(code)
    if isinstance(kind, pl.List):
        return pl.lit('["') + column.list.join('","', ignore_nulls=True) + pl.lit('"]')
    if kind.is_integer() or kind == pl.Boolean:
        return column.cast(pl.String)
    if kind.is_decimal() or kind.is_float():  # whole numbers as numbers, others as text, so that they stay exact
        text = column.cast(pl.Decimal(38, 6)).cast(pl.String).str.replace(r"\.?0+$", "")
        return pl.when(text.str.contains(".", literal=True)).then(pl.lit('"') + text + pl.lit('"')).otherwise(text)
    escaped = (
        column.cast(pl.String).str.replace_all("\\", "\\\\", literal=True).str.replace_all('"', '\\"', literal=True)
    )
    return pl.lit('"') + escaped + pl.lit('"')


def _copy(cursor: Any, table: str, rows: pl.DataFrame) -> None:
    names = ", ".join(f'"{name}"' for name in rows.columns)
    with cursor.copy(f"COPY \"{table}\" ({names}) FROM STDIN WITH (FORMAT csv, NULL '\\N')") as copy:
        for start in range(0, rows.height, 50_000):
            buffer = io.BytesIO()
            rows.slice(start, 50_000).write_csv(
                buffer, include_header=False, null_value="\\N", quote_style="necessary", batch_size=8192
            )
            copy.write(buffer.getbuffer())
