"""Row security of the bridge fund, asked through the web role's own connection: who reads and changes which rows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from factories import bridge as made
from factories import people
from factories.bridge import ASKED
from huoshui.access import queries as offices
from huoshui.access import row_security
from huoshui.access.actor import Actor
from huoshui.access.roles import Role
from huoshui.kernel import clock
from tests.conftest import web_connection

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = ("funds_bridgeadvance", "funds_bridgereturn")
SEES = {
    "maker": 1,
    "bank": 1,
    "owner": 1,
    "other_bank": 0,
    "stranger": 0,
    "other_county": 0,
    "guarantor": 0,
    "nobody": 0,
}


@pytest.fixture
def actors() -> Iterator[dict[str, Actor | None]]:
    with clock.at(ASKED):
        fund = made.fund()
        made.advance(fund, "returned")
        county = people.organisation("government", district_code="140106", level="county")
        yield {
            "maker": fund.maker,
            "bank": fund.bank,
            "owner": offices.actor(fund.owner.person_id or 0),
            "other_bank": made.cases.bank().officer,
            "stranger": people.owner(),
            "other_county": people.staff(Role.TASKFORCE_OFFICER, at=county),
            "guarantor": people.staff(Role.GUARANTEE_OFFICER),
            "nobody": None,
        }


def test_each_reads_what_is_its_own_and_changes_nothing_foreign(actors: dict[str, Actor | None]) -> None:
    for name, actor in actors.items():
        with web_connection() as connection:
            if actor is not None:
                connection.execute(row_security.BIND, row_security.settings_of(actor))
            for table in TABLES:
                seen = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
                changed = connection.execute(f"UPDATE {table} SET id = id").rowcount  # noqa: S608
                assert (name, table, seen, changed) == (name, table, SEES[name], SEES[name])
