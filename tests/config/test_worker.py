"""The worker does what waits, bound by row security like the web process, and stops when told to do it once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from huoshui.config import embedded
from tests.conftest import let_others_in


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    var = let_others_in(tmp_path_factory.mktemp("worker"))
    assert huoshui(var, "migrate").returncode == 0
    yield var
    embedded.stop(var)


def huoshui(var: Path, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
    plain = {key: value for key, value in os.environ.items() if not key.startswith(("HUOSHUI_", "PYTEST_"))}
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "huoshui.config.cli", *command],
        env={**plain, "HUOSHUI_VAR": str(var), **more},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def sql(var: Path, query: str) -> list[tuple[object, ...]]:
    server = embedded.running(var)
    assert server is not None
    with psycopg.connect(server.url("huoshui"), autocommit=True) as connection:
        cursor = connection.execute(query)
        return cursor.fetchall() if cursor.description else []


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
