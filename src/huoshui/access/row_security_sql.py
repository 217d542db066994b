"""Row policies as SQL, written by the package that owns a table in a migration of its own.

A policy has a part that an index serves (ranges over a district code or an institution's path: open to everything for
those who see all, empty where nobody is bound) and a part that decides. Settings are read once a statement.
"""

from __future__ import annotations

# who is bound, and the ranges that follow from it. "z" lies behind every digit and slash, in any collation
REACH = """
CREATE FUNCTION huoshui_kind() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(pg_catalog.current_setting('huoshui.kind', true), '') $$;
CREATE FUNCTION huoshui_person() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(pg_catalog.current_setting('huoshui.person', true), '')::bigint $$;
CREATE FUNCTION huoshui_enterprises() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(nullif(pg_catalog.current_setting('huoshui.enterprises', true), ''), '{}')::bigint[] $$;
CREATE FUNCTION huoshui_path() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(pg_catalog.current_setting('huoshui.org_path', true), '') $$;
CREATE FUNCTION huoshui_paths() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(nullif(pg_catalog.current_setting('huoshui.paths', true), ''), '{}')::text[] $$;
CREATE FUNCTION huoshui_district_from() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT CASE pg_catalog.current_setting('huoshui.kind', true)
     WHEN 'district' THEN pg_catalog.current_setting('huoshui.district', true)
     WHEN 'all' THEN '' WHEN 'firm' THEN '' WHEN 'institution' THEN '' ELSE 'z' END $$;
CREATE FUNCTION huoshui_district_to() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT CASE pg_catalog.current_setting('huoshui.kind', true)
     WHEN 'district' THEN pg_catalog.current_setting('huoshui.district', true) || 'z'
     WHEN 'all' THEN 'z' WHEN 'firm' THEN 'z' WHEN 'institution' THEN 'z' ELSE '' END $$;
CREATE FUNCTION huoshui_path_from() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT CASE pg_catalog.current_setting('huoshui.kind', true)
     WHEN 'institution' THEN pg_catalog.current_setting('huoshui.org_path', true)
     WHEN 'all' THEN '' WHEN 'firm' THEN '' WHEN 'district' THEN '' ELSE 'z' END $$;
CREATE FUNCTION huoshui_path_to() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT CASE pg_catalog.current_setting('huoshui.kind', true)
     WHEN 'institution' THEN pg_catalog.current_setting('huoshui.org_path', true) || 'z'
     WHEN 'all' THEN 'z' WHEN 'firm' THEN 'z' WHEN 'district' THEN 'z' ELSE '' END $$;
"""
REACH_REVERSE = "".join(
    f"DROP FUNCTION huoshui_{name}();"
    for name in (
        *("kind", "person", "enterprises", "path", "paths"),
        *("district_from", "district_to", "path_from", "path_to"),
    )
)

EVERYTHING = "(SELECT huoshui_kind()) = 'all'"
DISTRICT = "(SELECT huoshui_kind()) = 'district'"
FIRM = "(SELECT huoshui_kind()) = 'firm'"
INSTITUTION = "(SELECT huoshui_kind()) = 'institution'"


def within_district(column: str) -> str:
    """Return the part that an index on the district code serves; no limit for those whom no district binds."""
    return f"{column} >= huoshui_district_from() AND {column} < huoshui_district_to()"


def within_institution(column: str) -> str:
    """Return the part that an index on an institution's path serves; no limit for those whom none binds."""
    return f"{column} >= huoshui_path_from() AND {column} < huoshui_path_to()"


def own_firm(column: str) -> str:
    """Return the condition that the row belongs to a firm that the bound person acts for."""
    return f"{FIRM} AND {column} = ANY ((SELECT huoshui_enterprises())::bigint[])"


def own_institution(column: str) -> str:
    """Return the condition that the row belongs to the bound institution or one below it."""
    return f"{INSTITUTION} AND starts_with({column}, (SELECT huoshui_path()))"


def consented(column: str) -> str:
    """Return the condition that the firm in *column* (table.column) lets the bound institution, or one above, read today."""
    _qualified(column)
    return f"""{INSTITUTION} AND EXISTS (SELECT FROM registry_consent consent
        WHERE consent.enterprise_id = {column} AND consent.withdrawn_at IS NULL
          AND consent.reader_path = ANY ((SELECT huoshui_paths())::text[])
          AND consent.until >= (now() AT TIME ZONE 'Asia/Shanghai')::date)"""


def follows(parent: str, column: str) -> str:
    """Return the condition that the row's parent is visible: its own policies are asked. *column* is table.column."""
    _qualified(column)
    return f"EXISTS (SELECT FROM {parent} parent WHERE parent.id = {column})"


def _qualified(column: str) -> None:
    # inside a sub-select a bare name means the inner table's column of that name: the condition would then be about itself
    assert "." in column, f"name the table of {column}"


def either(*conditions: str) -> str:
    """Return the condition that one of *conditions* holds."""
    return "(" + " OR ".join(f"({condition})" for condition in conditions) + ")"


def policies(table: str, *, read: str, write: str = "") -> str:
    """Return SQL that lets the web role read rows of *table* where *read* holds and write where *write* (or read) does.

    The owner of the table is not bound: it migrates, imports and backs up.
    """
    write = write or read
    return f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY {table}_read ON {table} FOR SELECT USING ({read});
CREATE POLICY {table}_add ON {table} FOR INSERT WITH CHECK ({write});
CREATE POLICY {table}_change ON {table} FOR UPDATE USING ({write}) WITH CHECK ({write});
CREATE POLICY {table}_remove ON {table} FOR DELETE USING ({write});
"""


def policies_reverse(table: str) -> str:
    """Return SQL that takes the policies of policies() away."""
    dropped = "".join(f"DROP POLICY {table}_{act} ON {table};" for act in ("read", "add", "change", "remove"))
    return f"{dropped}ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"
