"""What is wrong with an installation, and how to mend it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

import click

from huoshui.config import embedded
from huoshui.config.operate import start_django
from huoshui.config.paths import ROOT, VAR, VENDOR

MINIMUM_FREE_BYTES = 2 * 1024**3  # a year of a county's events and files stays below this


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: *ok*, what was seen, and what to do when it is not well."""

    name: str
    ok: bool
    seen: str
    remedy: str = ""


def examine() -> Iterator[Finding]:
    """Yield every finding; later checks are left out where an earlier one makes them senseless."""
    yield _front_end()
    yield _disk()
    database = _database()
    yield database
    if not database.ok:
        return
    start_django()
    for check in (_migrations, _web_role, _chain, _calendar, _rates, _secret, _administrators):
        yield _guarded(check)


def _guarded(check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except Exception as problem:  # a broken table must not hide the other findings
        return Finding(check.__name__.lstrip("_"), ok=False, seen=str(problem), remedy="run `huoshui migrate`")


def _front_end() -> Finding:
    found = (VENDOR / "tabler.min.css").exists() or any(VENDOR.glob("**/tabler.min.css"))
    return Finding("front end", found, str(VENDOR) if found else "packages missing", "run `make install`")


def _disk() -> Finding:
    free = shutil.disk_usage(ROOT).free
    return Finding("disk", free > MINIMUM_FREE_BYTES, f"{free / 1024**3:.1f} GiB free", "free some space or move var/")


def _database() -> Finding:
    if os.environ.get("HUOSHUI_DATABASE_URL"):
        return _external()
    try:
        server = embedded.start(VAR)
    except embedded.DatabaseUnavailable as problem:
        return Finding("database", ok=False, seen=str(problem), remedy="see server.log; free the port or the disk")
    return Finding("database", ok=True, seen=f"embedded, port {server.port}")


def _external() -> Finding:
    import psycopg

    try:
        with psycopg.connect(os.environ["HUOSHUI_DATABASE_URL"], connect_timeout=5) as connection:
            number = connection.info.server_version // 10000
    except psycopg.Error as problem:
        return Finding("database", ok=False, seen=str(problem).strip(), remedy="check HUOSHUI_DATABASE_URL")
    return Finding("database", number >= 15, f"external, PostgreSQL {number}", "use PostgreSQL 15 or newer")


def _migrations() -> Finding:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return Finding("migrations", not waiting, f"{len(waiting)} waiting", "run `huoshui migrate`")


def _web_role() -> Finding:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %s", [embedded.WEB])
        row = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM pg_class WHERE relrowsecurity")
        guarded = cursor.fetchone()[0]
    ok = row is not None and not row[0] and guarded > 0
    seen = f"role {'missing' if row is None else 'bound'}, {guarded} guarded tables"
    return Finding(
        "row security", ok, seen, f"create role {embedded.WEB} NOSUPERUSER NOBYPASSRLS; run `huoshui migrate`"
    )


def _chain() -> Finding:
    from huoshui.audit import verify

    report = verify.verify()
    return Finding("event chain", report.ok, f"{report.checked} events", "run `huoshui audit verify` and keep the disk")


def _calendar() -> Finding:
    from huoshui.catalogue import queries
    from huoshui.kernel import clock

    year = clock.today().year
    known = year in queries.calendar().years
    return Finding(
        "working calendar", known, str(year), "enter the year's holidays under 工作日历, or load the presets"
    )


def _rates() -> Finding:
    from huoshui.catalogue import queries
    from huoshui.kernel import clock

    rate = queries.reference_rate("lpr_1y", clock.today())
    return Finding("loan prime rate", rate is not None, f"{rate} %", "enter the published rate under 参考利率")


def _secret() -> Finding:
    path = VAR / "secret_key"
    tight = bool(os.environ.get("HUOSHUI_SECRET_KEY")) or (path.exists() and path.stat().st_mode & 0o077 == 0)
    return Finding("secret key", tight, "private" if tight else "readable by others", f"chmod 600 {path}")


def _administrators() -> Finding:
    from huoshui.access import queries

    missing = sorted(queries.administrator_roles_without_person())
    seen = "missing: " + ", ".join(missing) if missing else "three different people"
    return Finding("administrators", not missing, seen, "run `huoshui user add` with the missing roles")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def doctor(as_json: bool) -> None:
    """Say what is wrong with this installation and how to mend it; exit status 1 when anything is."""
    findings = list(examine())
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            click.echo(f"{'ok  ' if finding.ok else 'FAIL'} {finding.name}: {finding.seen}")
            if not finding.ok:
                click.echo(f"     → {finding.remedy}")
    raise SystemExit(0 if all(finding.ok for finding in findings) else 1)
