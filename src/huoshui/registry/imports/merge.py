"""From the stage into the register, set by set: what is new is created, what differs is changed with its old value kept.

An empty cell says nothing: it never erases what the register knows. One transaction; run twice it changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, LiteralString

from django.db import connection
from psycopg import sql

from huoshui.access import vault
from huoshui.kernel.size_class import DEFAULT_RULE
from huoshui.registry import pinyin, sizes
from huoshui.registry.bulk import indexes_aside
from huoshui.registry.imports.fields import Field
from huoshui.registry.masking import mask_phone

# fields of the register that a file may change as they stand; capital, labels and derived columns have their own rules
PLAIN = ("name", "status", "address", "industry_code", "scope", "established_on", "organisation_type")
_CAPITAL = ("registered_capital", "capital_currency", "capital_foreign")
_FACTS_A_CALL = 40  # a function call takes at most 100 arguments


@dataclass(frozen=True, slots=True)
class Run:
    """What a merge needs to know: the stage, what the file says, and for whom it is done."""

    stage: str
    given: frozenset[str]  # register fields that the file has a column for
    facts: tuple[Field, ...]
    source: str
    batch: int
    as_of: dt.date
    now: dt.datetime
    whole_register: bool
    rule: str = ""


@dataclass(slots=True)
class Outcome:
    """How many rows came to what; *touched* are the firms whose size class may be another now."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    older: int = 0
    touched: int = 0
    steps: list[str] = field(default_factory=list)


def merge(run: Run, *, rows: int) -> Outcome:
    """Merge the stage of *rows* rows. The caller holds the transaction. Leaves the table ``merge_touched`` (id)."""
    with connection.cursor() as cursor:
        _prepare(cursor)
        outcome = Outcome()
        if run.whole_register:
            _change(cursor, run)
            outcome.created = _create(cursor, run)
        if run.whole_register and "phone" in run.given:
            _phones(cursor, run)
        for source in dict.fromkeys(each.source for each in run.facts):
            outcome.older += _sheets(cursor, run, source, [each for each in run.facts if each.source == source])
        cursor.execute("SELECT count(*) FROM (SELECT DISTINCT id FROM merge_touched WHERE NOT created) t")
        outcome.changed = cursor.fetchone()[0]
        outcome.unchanged = rows - outcome.created - outcome.changed
        return outcome


def _prepare(cursor: Any) -> None:
    cursor.execute("SET LOCAL work_mem = '256MB'")  # hash the stage once instead of sorting it on disk
    cursor.execute("SET LOCAL jit = off")
    cursor.execute("DROP TABLE IF EXISTS merge_touched")
    cursor.execute("CREATE TEMPORARY TABLE merge_touched (id bigint, created boolean) ON COMMIT DROP")


def _run(cursor: Any, text: str, run: Run, names: Mapping[str, sql.Composable] | None = None, **values: Any) -> Any:
    query = sql.SQL(text).format(stage=sql.Identifier(run.stage), **(names or {}))
    cursor.execute(query, {"source": run.source, "batch": run.batch, "now": run.now, "as_of": run.as_of, **values})
    return cursor


# --- register fields -------------------------------------------------------------------------------------------------


def _expressions(run: Run) -> dict[str, tuple[sql.Composable, sql.Composable]]:
    """Return, for each field the file may change, when it does and to what (in terms of e and s)."""
    found: dict[str, tuple[sql.Composable, sql.Composable]] = {}
    for name in PLAIN:
        if name in run.given:
            found[name] = _differs(name, sql.SQL("s.{}").format(sql.Identifier(name)))
    if "kind" in run.given:
        found["kind"] = _differs("kind", sql.SQL("s.kind"))
    if "labels" in run.given:
        found["labels"] = _differs("labels", sql.SQL("string_to_array(s.labels, ';')::varchar[]"))
    if "district_code" in run.given:
        # a code above county level, or one never resolved, must not overwrite a county that is known
        when, value = _differs("district_code", sql.SQL("s.district_code"))
        found["district_code"] = (sql.SQL("({} AND s.district_code NOT LIKE '%%00')").format(when), value)
    if "registered_capital" in run.given:
        for name in _CAPITAL:
            column = sql.Identifier(name)
            value = sql.SQL("s.{}").format(column)
            when = sql.SQL("(s.capital_currency IS NOT NULL AND e.{c} IS DISTINCT FROM s.{c})").format(c=column)
            found[name] = (when, value)
    return found


def _differs(name: str, value: sql.Composable) -> tuple[sql.Composable, sql.Composable]:
    when = sql.SQL("({v} IS NOT NULL AND e.{c} IS DISTINCT FROM {v})").format(v=value, c=sql.Identifier(name))
    return when, value


def _change(cursor: Any, run: Run) -> None:
    expressions = _expressions(run)
    if not expressions:
        return
    cursor.execute("DROP TABLE IF EXISTS merge_changed")
    when = sql.SQL(" OR ").join(when for when, _ in expressions.values())
    _run(
        cursor,
        "CREATE TEMPORARY TABLE merge_changed ON COMMIT DROP AS SELECT e.id, s._row FROM {stage} s"
        " JOIN registry_enterprise e ON e.uscc = s.uscc WHERE e.merged_into_id IS NULL AND ({when})",
        run,
        {"when": when},
    )
    _keep_old_values(cursor, run, expressions)
    _update(cursor, run, expressions)
    cursor.execute("INSERT INTO merge_touched SELECT id, false FROM merge_changed")
    cursor.execute("DROP TABLE merge_changed")


def _keep_old_values(cursor: Any, run: Run, expressions: dict[str, tuple[sql.Composable, sql.Composable]]) -> None:
    lines = sql.SQL(", ").join(
        sql.SQL("({}, to_jsonb(e.{}), to_jsonb({}), {})").format(sql.Literal(name), sql.Identifier(name), value, when)
        for name, (when, value) in expressions.items()
    )
    _run(
        cursor,
        "INSERT INTO registry_enterprisechange (enterprise_id, field, old, new, source, batch_id, recorded_at)"
        " SELECT e.id, d.field, d.old, d.new, %(source)s, %(batch)s, %(now)s FROM merge_changed c"
        " JOIN registry_enterprise e ON e.id = c.id JOIN {stage} s ON s._row = c._row"
        " CROSS JOIN LATERAL (VALUES {lines}) AS d (field, old, new, differs) WHERE d.differs",
        run,
        {"lines": lines},
    )


def _update(cursor: Any, run: Run, expressions: dict[str, tuple[sql.Composable, sql.Composable]]) -> None:
    settings: list[sql.Composable] = [
        sql.SQL("{c} = CASE WHEN {when} THEN {value} ELSE e.{c} END").format(
            c=sql.Identifier(name), when=when, value=value
        )
        for name, (when, value) in expressions.items()
    ]
    if "name" in run.given:
        _spell(cursor, run, "JOIN merge_changed c ON c._row = s._row")
        settings.append(sql.SQL("name_pinyin = p.pinyin, name_initials = p.initials"))
    _run(
        cursor,
        "UPDATE registry_enterprise e SET updated_at = %(now)s, version = e.version + 1, {settings}"
        " FROM merge_changed c JOIN {stage} s ON s._row = c._row {spelled} WHERE e.id = c.id",
        run,
        {
            "settings": sql.SQL(", ").join(settings),
            "spelled": sql.SQL("JOIN merge_spelled p ON p._row = s._row" if "name" in run.given else ""),
        },
    )


def _spell(cursor: Any, run: Run, which: LiteralString) -> int:
    """Put pinyin and initials of the names of some staged rows into ``merge_spelled``; returns how many."""
    cursor.execute("DROP TABLE IF EXISTS merge_spelled")
    cursor.execute(
        "CREATE TEMPORARY TABLE merge_spelled (_row bigint, pinyin text, initials text, size_class text) ON COMMIT DROP"
    )
    known = {each.code for each in run.facts} | run.given
    asked = ["s.industry_code" if "industry_code" in known else "NULL", "s.kind" if run.whole_register else "NULL"]
    asked += [f"s.{code}" if code in known else "NULL" for code in sizes.CODES]
    columns = sql.SQL(", ".join(asked))
    _run(
        cursor,
        "SELECT s._row, s.name, {columns} FROM {stage} s {which}",
        run,
        {"which": sql.SQL(which), "columns": columns},
    )
    found = cursor.fetchall()
    keys, initials = pinyin.keys_and_initials(row[1] for row in found)
    classes = sizes.classes([row[2:] for row in found])
    with cursor.copy("COPY merge_spelled FROM STDIN") as copy:
        for row, key, letters, size in zip(found, keys, initials, classes, strict=True):
            copy.write_row((row[0], key[:800], letters[:200], size))
    cursor.execute("CREATE INDEX ON merge_spelled (_row)")
    cursor.execute("ANALYZE merge_spelled")
    return len(found)


def _create(cursor: Any, run: Run) -> int:
    new = _spell(cursor, run, "LEFT JOIN registry_enterprise e ON e.uscc = s.uscc WHERE e.id IS NULL")
    with indexes_aside(cursor, new):
        return _insert(cursor, run)


def _insert(cursor: Any, run: Run) -> int:
    given = {name: sql.SQL("s.{}").format(sql.Identifier(name)) for name in run.given}
    empty, none = sql.SQL("''"), sql.SQL("NULL")
    columns: dict[str, sql.Composable] = {
        "uscc": sql.SQL("s.uscc"),
        "name": sql.SQL("s.name"),
        "name_pinyin": sql.SQL("p.pinyin"),
        "name_initials": sql.SQL("p.initials"),
        "kind": sql.SQL("s.kind"),
        "district_code": sql.SQL("s.district_code"),
        "status": sql.SQL("COALESCE({}, 'active')").format(given.get("status", none)),
        "township_code": empty,
        "address": sql.SQL("COALESCE({}, '')").format(given.get("address", none)),
        "industry_code": sql.SQL("COALESCE({}, '')").format(given.get("industry_code", none)),
        "scope": sql.SQL("COALESCE({}, '')").format(given.get("scope", none)),
        "organisation_type": sql.SQL("COALESCE({}, '')").format(given.get("organisation_type", none)),
        "established_on": given.get("established_on", sql.SQL("NULL::date")),
        "labels": sql.SQL("COALESCE(string_to_array({}, ';'), '{{}}')::varchar[]").format(given.get("labels", none)),
        "size_class": sql.SQL("p.size_class"),
        "size_rule": sql.SQL("CASE WHEN p.size_class IS NULL THEN '' ELSE {} END").format(sql.Literal(DEFAULT_RULE)),
        "phone_hash": empty,
        "invented": sql.SQL("false"),
        "created_at": sql.SQL("%(now)s"),
        "updated_at": sql.SQL("%(now)s"),
        "version": sql.SQL("1"),
    }
    capital = "registered_capital" in run.given
    columns["capital_currency"] = sql.SQL("COALESCE(s.capital_currency, 'CNY')" if capital else "'CNY'")
    if capital:
        columns["registered_capital"] = sql.SQL("s.registered_capital")
        columns["capital_foreign"] = sql.SQL("s.capital_foreign")
    _run(
        cursor,
        "WITH made AS (INSERT INTO registry_enterprise ({names}) SELECT {values} FROM merge_spelled p"
        " JOIN {stage} s ON s._row = p._row ORDER BY p._row RETURNING id)"
        " INSERT INTO merge_touched SELECT id, true FROM made",
        run,
        {
            "names": sql.SQL(", ").join(map(sql.Identifier, columns)),
            "values": sql.SQL(", ").join(columns.values()),
        },
    )
    return int(cursor.rowcount)


def _phones(cursor: Any, run: Run) -> None:
    """Keep the phones sealed: an index to compare with and a cipher. The history tells only the masked number."""
    _run(
        cursor,
        "SELECT e.id, s.phone, e.phone_hash FROM {stage} s JOIN registry_enterprise e ON e.uscc = s.uscc"
        " WHERE s.phone IS NOT NULL AND e.merged_into_id IS NULL",
        run,
    )
    other = [
        (firm, phone, index) for firm, phone, old in cursor.fetchall() if (index := vault.blind_index(phone)) != old
    ]
    if not other:
        return
    cursor.execute("DROP TABLE IF EXISTS merge_phones")
    cursor.execute(
        "CREATE TEMPORARY TABLE merge_phones (id bigint, index text, cipher bytea, masked text) ON COMMIT DROP"
    )
    with cursor.copy("COPY merge_phones FROM STDIN") as copy:
        for firm, phone, index in other:
            copy.write_row((firm, index, vault.encrypt(phone), mask_phone(phone)))
    _run(
        cursor,
        "INSERT INTO registry_enterprisechange (enterprise_id, field, old, new, source, batch_id, recorded_at)"
        " SELECT e.id, 'phone', NULL, to_jsonb(p.masked), %(source)s, %(batch)s, %(now)s FROM merge_phones p"
        " JOIN registry_enterprise e ON e.id = p.id WHERE e.phone_hash <> ''",
        run,
    )
    cursor.execute(
        "UPDATE registry_enterprise e SET phone_hash = p.index, phone_cipher = p.cipher FROM merge_phones p WHERE e.id = p.id"
    )
    cursor.execute(
        "INSERT INTO merge_touched SELECT p.id, false FROM merge_phones p"
        " WHERE NOT EXISTS (SELECT 1 FROM merge_touched t WHERE t.id = p.id)"
    )


# --- facts -----------------------------------------------------------------------------------------------------------


def _as_json(each: Field) -> sql.Composable:
    """Return the staged fact as what a fact sheet keeps: fen and counts as numbers, exact decimals and dates as text."""
    column = sql.SQL("s.{}").format(sql.Identifier(each.code))
    if each.kind == "labels":
        return sql.SQL("to_jsonb(string_to_array({}, ';'))").format(column)
    if each.kind == "decimal":
        text = "CASE WHEN {c} = trunc({c}) THEN to_jsonb({c}::bigint) ELSE to_jsonb(trim_scale({c})::text) END"
        return sql.SQL(text).format(c=column)
    return sql.SQL("to_jsonb({})").format(column)


def _values(facts: Sequence[Field]) -> sql.Composable:
    parts = []
    for start in range(0, len(facts), _FACTS_A_CALL):
        pairs = sql.SQL(", ").join(
            sql.SQL("{}, {}").format(sql.Literal(each.code), _as_json(each))
            for each in facts[start : start + _FACTS_A_CALL]
        )
        parts.append(sql.SQL("jsonb_strip_nulls(jsonb_build_object({}))").format(pairs))
    return sql.SQL("({})").format(sql.SQL(" || ").join(parts))


def _sheets(cursor: Any, run: Run, source: str, facts: Sequence[Field]) -> int:
    """Merge one department's facts; returns how many rows were older than what is known (kept as history only)."""
    cursor.execute("DROP TABLE IF EXISTS merge_sheets")
    # a sheet that says nothing, or only what is known for this day, is not even written down
    _run(
        cursor,
        "CREATE TEMPORARY TABLE merge_sheets ON COMMIT DROP AS"
        " SELECT k.*, COALESCE(k.old, '{{}}'::jsonb) || k.said AS new FROM ("
        " SELECT COALESCE(e.merged_into_id, e.id) AS enterprise_id, f.id AS sheet_id, f.as_of AS old_as_of,"
        " f.values AS old, {values} AS said FROM {stage} s JOIN registry_enterprise e ON e.uscc = s.uscc"
        " LEFT JOIN registry_factsheet f ON f.enterprise_id = COALESCE(e.merged_into_id, e.id)"
        " AND f.source = %(dept)s OFFSET 0) k WHERE k.said <> '{{}}'::jsonb"
        " AND (k.old IS NULL OR k.old_as_of <> %(as_of)s OR k.old || k.said <> k.old)",
        run,
        {"values": _values(facts)},
        dept=source,
    )
    older = _keep_older(cursor, run, source)
    _replace_sheets(cursor, run, source)
    _new_sheets(cursor, run, source)
    return older


_HISTORY = {
    "history": sql.SQL(
        "INSERT INTO registry_factsheethistory (enterprise_id, source, as_of, values, recorded_at, replaced_at)"
    )
}


def _keep_older(cursor: Any, run: Run, source: str) -> int:
    _run(
        cursor,
        "{history} SELECT m.enterprise_id, %(dept)s, %(as_of)s, m.said, %(now)s, %(now)s FROM merge_sheets m"
        " WHERE m.old_as_of > %(as_of)s AND NOT EXISTS (SELECT 1 FROM registry_factsheethistory h"
        " WHERE h.enterprise_id = m.enterprise_id AND h.source = %(dept)s AND h.as_of = %(as_of)s"
        " AND h.values = m.said)",
        run,
        _HISTORY,
        dept=source,
    )
    cursor.execute("DELETE FROM merge_sheets WHERE old_as_of > %s", [run.as_of])
    return int(cursor.rowcount)


def _replace_sheets(cursor: Any, run: Run, source: str) -> None:
    changed = " FROM merge_sheets m WHERE m.sheet_id IS NOT NULL AND m.new IS DISTINCT FROM m.old"
    _run(
        cursor,
        "{history} SELECT f.enterprise_id, f.source, f.as_of, f.values, f.recorded_at, %(now)s"
        " FROM merge_sheets m JOIN registry_factsheet f ON f.id = m.sheet_id WHERE m.new IS DISTINCT FROM m.old",
        run,
        _HISTORY,
    )
    cursor.execute("INSERT INTO merge_touched SELECT m.enterprise_id, false" + changed)
    _run(
        cursor,
        "UPDATE registry_factsheet f SET values = m.new, as_of = %(as_of)s, recorded_at = %(now)s, batch_id = %(batch)s"
        " FROM merge_sheets m WHERE f.id = m.sheet_id AND (m.new IS DISTINCT FROM m.old OR f.as_of < %(as_of)s)",
        run,
    )


def _new_sheets(cursor: Any, run: Run, source: str) -> None:
    cursor.execute(
        "INSERT INTO merge_touched SELECT enterprise_id, false FROM merge_sheets m WHERE m.sheet_id IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM merge_touched t WHERE t.id = m.enterprise_id)"
    )
    _run(
        cursor,
        "INSERT INTO registry_factsheet (enterprise_id, source, as_of, values, batch_id, recorded_at)"
        " SELECT m.enterprise_id, %(dept)s, %(as_of)s, m.new, %(batch)s, %(now)s FROM merge_sheets m"
        " WHERE m.sheet_id IS NULL ON CONFLICT (enterprise_id, source) DO NOTHING",
        run,
        dept=source,
    )
