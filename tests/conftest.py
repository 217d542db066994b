"""What every test may use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db.backends.postgresql.operations import DatabaseOperations

ROOT = Path(__file__).resolve().parent.parent
REAL_DATA = ROOT / ".." / "shared" / "data"


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
