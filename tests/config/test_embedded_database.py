"""The embedded server: parallel starts, death, refusal, other binaries, another user."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import psycopg
import pytest

from huoshui.config import embedded
from tests.conftest import let_others_in

START = "import sys; from pathlib import Path; from huoshui.config import embedded; print(embedded.start(Path(sys.argv[1])).port)"


@pytest.fixture
def var(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = let_others_in(tmp_path_factory.mktemp("cluster"))
    yield folder
    embedded.stop(folder)


def _postmaster(server: embedded.Server) -> int:
    with psycopg.connect(server.url("postgres")) as connection:
        row = connection.execute("SELECT (pg_read_file('postmaster.pid', 0, 20, true)::text)").fetchone()
    assert row is not None
    return int(row[0].splitlines()[0])


def _start_in_another_process(var: Path) -> int:
    done = subprocess.run([sys.executable, "-c", START, str(var)], capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.slow
def test_four_processes_that_start_at_once_get_one_server(var: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        ports = set(pool.map(_start_in_another_process, [var] * 4))
    assert len(ports) == 1


@pytest.mark.slow
def test_server_comes_back_with_its_data_after_kill_9(var: Path) -> None:
    server = embedded.start(var)
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (42)")
    os.kill(_postmaster(server), signal.SIGKILL)
    time.sleep(0.2)
    again = embedded.start(var)
    with psycopg.connect(again.url("postgres")) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (42,)


@pytest.mark.slow
def test_web_role_is_neither_owner_nor_superuser(var: Path) -> None:
    server = embedded.start(var)
    embedded.ensure_database(server, "one")
    with psycopg.connect(server.url("one", role=embedded.WEB)) as connection:
        row = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        assert row == (False, False, False, False)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SET ROLE huoshui_owner")


def _as_nobody(var: Path, said: Connection) -> None:
    nobody = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)
    os.umask(0o022)
    try:
        said.send((embedded.start(var).port, embedded.stop(var)))
    except Exception as problem:
        said.send(repr(problem))


@pytest.mark.slow
def test_a_person_without_root_runs_their_own_server(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("this test run is that person already")
    home = let_others_in(tmp_path) / "theirs"  # pytest closes its folders to others
    home.mkdir()
    os.chown(home, pwd.getpwnam("nobody").pw_uid, pwd.getpwnam("nobody").pw_gid)
    fork = get_context("fork")  # a fresh interpreter may lie in a folder that is closed to others
    ours, theirs = fork.Pipe()
    child = fork.Process(target=_as_nobody, args=(home / "var", theirs))
    child.start()
    assert ours.poll(60), "no answer within a minute"
    said = ours.recv()
    child.join(10)
    assert isinstance(said, tuple), said
    assert said[0] > 0
    assert said[1] is True


def test_pg_bin_without_postgres_falls_through_to_the_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    found = embedded.binaries(tmp_path / "var")
    assert (found / "initdb").exists()
    assert found != tmp_path


def test_stop_says_that_nothing_ran(tmp_path: Path) -> None:
    assert embedded.stop(tmp_path / "var") is False
    assert embedded.running(tmp_path / "var") is None


@pytest.mark.slow
def test_a_server_that_others_use_is_left_running(var: Path) -> None:
    server = embedded.start(var)
    with psycopg.connect(server.url("postgres")):
        assert embedded.stop_unless_shared(var, "own") is False
        assert embedded.running(var)
    assert embedded.stop_unless_shared(var, "own") is True
    assert embedded.stop_unless_shared(var, "own") is False
