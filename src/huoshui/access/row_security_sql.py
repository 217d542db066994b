"""Row policies as SQL, written by the package that owns a table in a migration of its own.

A policy has a part that an index serves (ranges over a district code or an institution's path: open to everything for
those whom no range binds, NULL and so false where nobody is bound) and a CASE over who is bound that decides. Settings
are asked for by name, without functions of our own around them: that keeps planning short, and lets the planner see how
narrow a range is.
"""

from __future__ import annotations

from collections.abc import Mapping

_KIND = "(SELECT current_setting('huoshui.kind', true))"


def by_kind(arms: Mapping[str, str]) -> str:
    """Return the condition that decides by who is bound: kind (all, district, institution, firm) → condition.

    A kind that is not named sees nothing, and so does a connection that nobody is bound to.
    """
    assert arms.keys() <= {"all", "district", "institution", "firm"}, f"unknown kinds in {list(arms)}"
    whens = " ".join(f"WHEN '{kind}' THEN ({condition})" for kind, condition in arms.items())
    return f"CASE {_KIND} {whens} ELSE false END"


def within_district(column: str) -> str:
    """Return the part that an index on the district code serves; no limit for those whom no district binds."""
    return _within(column, "district")


def within_institution(column: str) -> str:
    """Return the part that an index on an institution's path serves; no limit for those whom none binds."""
    return _within(column, "path")


def _within(column: str, range_: str) -> str:
    return (
        f"{column} >= current_setting('huoshui.{range_}_from', true)"
        f" AND {column} < current_setting('huoshui.{range_}_to', true)"
    )


def own_firm(column: str) -> str:
    """Return the condition that the row belongs to a firm that the bound person acts for."""
    return f"{column} = ANY (nullif(current_setting('huoshui.enterprises', true), '')::bigint[])"


def own_institution(column: str) -> str:
    """Return the condition that the row belongs to the bound institution or one below it."""
    return f"starts_with({column}, current_setting('huoshui.org_path', true))"


def above_or_own(column: str) -> str:
    """Return the condition that *column* names the bound institution or one above it."""
    return f"{column} = ANY (nullif(current_setting('huoshui.paths', true), '')::text[])"


def own_person(column: str) -> str:
    """Return the condition that *column* names the bound person."""
    return f"{column} = nullif(current_setting('huoshui.person', true), '')::bigint"


def follows(parent: str, column: str) -> str:
    """Return the condition that the row's parent is visible: its own policies are asked. *column* is table.column."""
    # inside a sub-select a bare name means the inner table's column of that name: the condition would be about itself
    assert "." in column, f"name the table of {column}"
    return f"EXISTS (SELECT FROM {parent} parent WHERE parent.id = {column})"


def predicate(name: str, argument: str, condition: str) -> str:
    """Return SQL that makes *name*(*argument* bigint), true where *condition* holds, read past the policies it serves.

    With its owner's rights, so that policies do not ask each other in circles; as PL/pgSQL, so that its plan is kept for
    the session. Without a search path of its own, which would cost more than the look-up: tables in *condition* are
    qualified, and the web role can make neither functions nor operators anywhere.
    """
    return f"""
CREATE FUNCTION {name}({argument} bigint) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER COST 1000 AS $$
BEGIN
    RETURN {condition};
END $$;
"""


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
