"""Privileges of the database role that serves pages: reads and writes rows, owns nothing, rewrites no record.

Set again after every migrate, so that a new table, a restored database or another server needs no extra step.
"""

from __future__ import annotations

import logging
from typing import Any

from django.db import connections
from django.db.backends.utils import CursorWrapper
from psycopg import sql

WEB = "huoshui_web"
_SEE_ONLY: set[str] = {"django_migrations", "audit_link"}  # links are written by the database itself
_APPEND_ONLY: set[str] = {"audit_event"}
# without LOGIN: its password is for whoever runs the server to set. Two installations on one server may be doing this now
_MAKE = f"""
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{WEB}') THEN
        CREATE ROLE {WEB} NOLOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN NULL;
END $$
"""
log = logging.getLogger(__name__)


def append_only(*tables: str) -> None:
    """Let the web role read and add rows of *tables*, never change or remove one; called from a package's ready()."""
    _APPEND_ONLY.update(tables)


def see_only(*tables: str) -> None:
    """Let the web role read *tables*, whose rows the database or the owner's commands write."""
    _SEE_ONLY.update(tables)


def after_migrate(using: str, **_: Any) -> None:
    """Make the role where it is missing and may be made, and set its privileges."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(_MAKE)
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [WEB])
        if cursor.fetchone() is None:
            log.warning(
                "database role %s is missing and this owner may not create it: ask whoever runs the server", WEB
            )
            return
        _grant(cursor)
        listed = connection.introspection.get_table_list(cursor)
        views = {table.name for table in listed if table.type == "v"}
        _withhold(cursor, {table.name for table in listed}, views)


def _grant(cursor: CursorWrapper) -> None:
    for statement in (
        "GRANT USAGE ON SCHEMA public TO {role}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role}",
    ):
        cursor.execute(sql.SQL(statement).format(role=sql.Identifier(WEB)))


def _withhold(cursor: CursorWrapper, tables: set[str], views: set[str]) -> None:
    # a plain view writes through to its table with its owner's rights, past every row policy: views are for reading
    kept = dict.fromkeys(_APPEND_ONLY, "UPDATE, DELETE") | dict.fromkeys(_SEE_ONLY | views, "INSERT, UPDATE, DELETE")
    for table in sorted(kept.keys() & tables):
        withheld = sql.SQL("REVOKE {what}, TRUNCATE ON {table} FROM {role}")
        cursor.execute(
            withheld.format(what=sql.SQL(kept[table]), table=sql.Identifier(table), role=sql.Identifier(WEB))
        )
