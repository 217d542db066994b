"""A backup comes back whole, the doctor says what is wrong, the worker does what waits: one installation, by its commands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from huoshui.config import embedded
from tests.conftest import let_others_in


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    var = let_others_in(tmp_path_factory.mktemp("installation"))
    assert huoshui(var, "migrate").returncode == 0
    yield var
    embedded.stop(var)


def huoshui(var: Path, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("HUOSHUI_", "PYTEST_"))}
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "huoshui.config.cli", *command],
        env={**environment, "HUOSHUI_VAR": str(var), **more},
        capture_output=True,
        text=True,
        check=False,
    )


def sql(var: Path, query: str) -> list[tuple[object, ...]]:
    server = embedded.running(var)
    assert server is not None
    with psycopg.connect(server.url("huoshui"), autocommit=True) as connection:
        cursor = connection.execute(query)
        return cursor.fetchall() if cursor.description else []


MARK = "INSERT INTO access_organisation (code, name, name_en, kind, level, path, district_code, active, created_at) VALUES ('K', '留存', '', 'operator', 'none', '/1/', '', true, now())"


@pytest.mark.slow
def test_a_backup_brings_database_files_and_secret_back(installation: Path, tmp_path: Path) -> None:
    sql(installation, MARK)
    paper = installation / "files" / "papers" / "one.pdf"
    paper.parent.mkdir(parents=True)
    paper.write_bytes(b"paper")
    secret = (installation / "secret_key").read_text()
    archive = tmp_path / "all.tar"
    made = huoshui(installation, "backup", str(archive), "--json")
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["parts"] == 3
    assert archive.stat().st_mode & 0o077 == 0

    sql(installation, "DELETE FROM access_organisation")
    paper.unlink()
    (installation / "secret_key").write_text("lost")
    refused = huoshui(installation, "restore", str(archive))
    assert refused.returncode == 1
    assert "--replace" in refused.stderr
    assert huoshui(installation, "restore", str(archive), "--replace").returncode == 0
    assert sql(installation, "SELECT name FROM access_organisation") == [("留存",)]
    assert paper.read_bytes() == b"paper"
    assert (installation / "secret_key").read_text() == secret


@pytest.mark.slow
def test_a_damaged_backup_is_refused_and_names_the_part(installation: Path, tmp_path: Path) -> None:
    archive, damaged = tmp_path / "good.tar", tmp_path / "damaged.tar"
    assert huoshui(installation, "backup", str(archive)).returncode == 0
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path / "parts", filter="data")
    with (tmp_path / "parts" / "database.dump").open("r+b") as dump:
        dump.seek(200)
        dump.write(b"\x00\x01\x02")
    with tarfile.open(damaged, "w") as tar:
        for part in sorted((tmp_path / "parts").rglob("*")):
            tar.add(part, part.relative_to(tmp_path / "parts"), recursive=False)
    checked = huoshui(installation, "restore", str(damaged), "--check")
    assert checked.returncode == 1
    assert "database.dump" in checked.stderr


@pytest.mark.slow
def test_a_backup_never_overwrites_a_file(installation: Path, tmp_path: Path) -> None:
    there = tmp_path / "there.tar"
    there.write_bytes(b"precious")
    assert huoshui(installation, "backup", str(there)).returncode == 2
    assert there.read_bytes() == b"precious"


@pytest.mark.slow
def test_the_doctor_names_what_is_missing_and_the_remedy(installation: Path) -> None:
    seen = huoshui(installation, "doctor", "--json")
    assert seen.returncode == 1  # nobody administers a bare installation
    findings = {finding["name"]: finding for finding in json.loads(seen.stdout)}
    assert findings["database"]["ok"]
    assert findings["migrations"]["ok"]
    assert findings["row security"]["ok"]
    assert findings["event chain"]["ok"]
    assert not findings["administrators"]["ok"]
    assert "huoshui user add" in findings["administrators"]["remedy"]


@pytest.mark.parametrize(
    "command", ["", "calc", "import", "audit", "ledger", "user", "backup", "restore", "doctor", "demo", "serve"]
)
def test_every_command_explains_itself(command: str, tmp_path: Path) -> None:
    said = huoshui(tmp_path, *command.split(), "--help")
    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith("Usage: ")


def test_an_unknown_command_is_wrong_usage(tmp_path: Path) -> None:
    assert huoshui(tmp_path, "fly").returncode == 2


# the worker does what waits, bound by row security like the web process

DEFER = """SELECT procrastinate_defer_jobs_v1(ARRAY[ROW('default', '{task}', 0, NULL, NULL, '{{"timestamp": 0}}', NULL)
    ::procrastinate_job_to_defer_v1])"""


@pytest.mark.slow
def test_the_worker_does_every_scheduled_task_that_waits(installation: Path) -> None:
    for task in ("access.deliver", "access.clear_out", "financing.chase", "financing.age_loans"):
        sql(installation, DEFER.format(task=task))
    # a caller's own role does not make the worker an owner: the demo starts it from a process that may migrate
    done = huoshui(installation, "worker", "--once", HUOSHUI_DB_ROLE="owner")
    assert done.returncode == 0, done.stderr
    states = sql(installation, "SELECT task_name, status::text FROM procrastinate_jobs ORDER BY task_name")
    assert {name for name, _ in states} >= {"access.deliver", "access.clear_out", "financing.chase"}
    assert {state for _, state in states} == {"succeeded"}, done.stderr


@pytest.mark.slow
def test_the_worker_has_no_rights_over_the_tables_it_works_on(installation: Path) -> None:
    sql(installation, "CREATE TABLE IF NOT EXISTS seen (who text); GRANT INSERT ON seen TO huoshui_web")
    sql(
        installation,
        """CREATE OR REPLACE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS
        $$BEGIN INSERT INTO seen VALUES (session_user); RETURN NULL; END$$;
        CREATE OR REPLACE TRIGGER see AFTER UPDATE ON procrastinate_jobs EXECUTE FUNCTION see()""",
    )
    sql(installation, DEFER.format(task="access.deliver"))
    sql(installation, "TRUNCATE seen")
    assert huoshui(installation, "worker", "--once", HUOSHUI_DB_ROLE="owner").returncode == 0
    assert sql(installation, "SELECT DISTINCT who FROM seen") == [("huoshui_web",)]


@pytest.mark.slow
def test_an_empty_database_gets_the_schema_that_django_makes_by_itself(installation: Path) -> None:
    """Ours renders each model alone; what it leaves must not differ in a table, guard, index or permission."""
    assert huoshui(installation, "migrate", HUOSHUI_DB_NAME="by_us").returncode == 0
    assert huoshui(installation, "manage", "migrate", "-v0", HUOSHUI_DB_NAME="by_django").returncode == 0
    ours, djangos = schema(installation, "by_us"), schema(installation, "by_django")
    assert "CREATE TRIGGER" in ours
    assert ours == djangos


def schema(var: Path, database: str) -> str:
    server = embedded.running(var)
    assert server is not None
    dump = [embedded.binaries(var) / "pg_dump", "--schema-only", "--restrict-key=same", server.url(database)]
    return subprocess.run(dump, capture_output=True, text=True, check=True).stdout
