"""What every test may use."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.cache import cache
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import Client
from django.utils import translation
from hypothesis import HealthCheck, settings

from tests import template

# a busy machine makes the first draws slow, which says nothing about the strategy
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("here")

ROOT = Path(__file__).resolve().parent.parent
REAL_DATA = ROOT / ".." / "shared" / "data"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Each process's database is a copy of one migrated template; a server of one's own is migrated as ever."""
    if "HUOSHUI_DATABASE_URL" not in os.environ:
        connection.settings_dict["TEST"]["TEMPLATE"] = template.migrated()


@pytest.fixture(scope="session", autouse=True)
def _flush_past_the_guards() -> Iterator[None]:
    """Between tests that commit, the tables are emptied as the machine's owner could: with triggers asleep."""
    flush = DatabaseOperations.sql_flush

    def guarded(self: DatabaseOperations, *arguments: Any, **options: Any) -> list[str]:
        statements = flush(self, *arguments, **options)
        asleep, awake = "SET session_replication_role = replica", "SET session_replication_role = DEFAULT"
        return [asleep, *statements, awake] if statements else []

    DatabaseOperations.sql_flush = guarded  # type: ignore[method-assign]
    yield
    DatabaseOperations.sql_flush = flush  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _no_memory_of_other_tests() -> None:
    """Attempts counted against one test's visitor do not hold back the next."""
    cache.clear()


@pytest.fixture(autouse=True)
def _chinese_first() -> Iterator[None]:
    """Every test begins in Chinese, whatever language the last request of another one spoke."""
    with translation.override("zh-hans"):
        yield


@contextmanager
def as_web_role() -> Iterator[None]:
    """Run a block under the role that serves pages, so that row security judges it; tests themselves run as the owner."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE huoshui_web")
    try:
        yield
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("RESET ROLE")


class WebRoleClient(Client):
    """Django's test client, whose requests reach the database as in production: bound by row security."""

    def request(self, **request: Any) -> Any:
        with as_web_role():
            return super().request(**request)


@pytest.fixture
def client(db: None) -> Client:
    """A visitor's browser; what it asks is answered under the web role."""
    return WebRoleClient()


def let_others_in(folder: Path) -> Path:
    """Open *folder*, and what pytest made above it, to the person who runs the server where tests run as root."""
    for place in (folder, *folder.parents):
        if place == Path(tempfile.gettempdir()):
            break
        place.chmod(place.stat().st_mode | 0o055)
    return folder


def web_connection() -> psycopg.Connection[Any]:
    """Return a connection of the web role's own to the test database; skips where its password is not known."""
    from huoshui.config.database import url
    from huoshui.config.paths import VAR

    address = url(VAR, "web")
    try:
        return psycopg.connect(address, dbname=connection.settings_dict["NAME"], user="huoshui_web", autocommit=True)
    except psycopg.OperationalError as refused:
        pytest.skip(f"the web role cannot sign in to this server: {refused}")
