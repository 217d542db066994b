"""A migrated, empty database that others are copied from: migrating once is enough until the migrations change."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from huoshui.config import embedded
from huoshui.config.paths import ROOT, VAR

PREFIX = "template_"


def migrated() -> str:
    """Return the name of the template database, made now where the migrations changed since it was."""
    server = embedded.start(VAR)
    name = PREFIX + _state_of_migrations()
    with held("template"), psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        known = {
            row[0] for row in connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'template\\_%'")
        }
        if name not in known:
            for old in known:
                connection.execute(f"DROP DATABASE IF EXISTS {old} WITH (FORCE)")
            copy(server, "template0", f"making_{name}")
            _migrate(f"making_{name}")
            connection.execute(f"ALTER DATABASE making_{name} RENAME TO {name}")
    return name


def copy(server: embedded.Server, source: str, database: str) -> None:
    """Make *database* anew as a copy of *source*, to which nobody may be connected."""
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {database} TEMPLATE {source} OWNER {embedded.OWNER} STRATEGY FILE_COPY")


@contextmanager
def held(name: str) -> Iterator[None]:
    """Hold the lock called *name* against every other process of the tests."""
    with (VAR / f"{name}.lock").open("a+") as stamp:
        fcntl.flock(stamp, fcntl.LOCK_EX)
        yield


def _state_of_migrations() -> str:
    """Return a short fingerprint of our migrations and of the libraries, which bring their own."""
    files = [*sorted((ROOT / "src").glob("**/migrations/*")), ROOT / "requirements" / "base.txt"]
    whole = hashlib.sha256()
    for file in files:
        if file.is_file() and file.suffix != ".pyc":
            whole.update(file.read_bytes())
    return whole.hexdigest()[:16]


def _migrate(database: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "huoshui.config.cli", "migrate"],
        env={**os.environ, "HUOSHUI_DB_NAME": database, "HUOSHUI_DB_ROLE": "owner"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
