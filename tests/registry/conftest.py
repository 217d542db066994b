"""What every test of the register needs."""

from __future__ import annotations

import pytest

from huoshui.registry.imports import staging


@pytest.fixture(autouse=True)
def _no_stage_stays(request: pytest.FixtureRequest) -> None:
    """The rollback of the test before brought its dropped stage tables back: drop them for good."""
    if not request.node.get_closest_marker("django_db"):
        return
    with staging.connect() as own:
        own.execute("SET lock_timeout = '2s'")
        left = own.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'import_stage_%'").fetchall()
        for (name,) in left:
            own.execute(f'DROP TABLE "{name}"')
