"""Row security of claims and payments, asked through the web role's own connection: who reads which rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from factories import firms, people
from huoshui.access import queries as offices
from huoshui.access import row_security
from huoshui.access.actor import Actor
from huoshui.access.roles import Role
from huoshui.funds import actions_fund, actions_subsidy
from huoshui.kernel import clock
from huoshui.registry import actions as register
from tests.conftest import web_connection
from tests.funds.subsidies import APRIL, Q1, loan, scheme

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (
    "funds_subsidyclaim", "funds_subsidyline", "funds_paymentorder", "funds_paymentline", "funds_payeeaccount",
)  # fmt: skip
EXPECTED = {
    "maker": dict.fromkeys(TABLES, 1) | {"funds_subsidyline": 2, "funds_paymentline": 2},
    "bank": dict.fromkeys(TABLES, 1) | {"funds_subsidyline": 2, "funds_paymentline": 2},
    "other_bank": dict.fromkeys(TABLES, 0),
    "owner": dict.fromkeys(TABLES, 1) | {"funds_payeeaccount": 0},
    "stranger": dict.fromkeys(TABLES, 0),
    "guarantor": dict.fromkeys(TABLES, 0),
    "nobody": dict.fromkeys(TABLES, 0),
}


@pytest.fixture
def actors() -> Iterator[dict[str, Actor | None]]:
    with clock.at(APRIL):
        place = scheme()
        firm = firms.firm(name="太原一号有限公司")
        loan(place, firm=firm)
        loan(place)
        actions_fund.set_account(
            place.bank, organisation_id=place.bank.organisation_id, holder="行", bank_name="行", account_no="62220001"
        )
        claim = actions_subsidy.claim_for_bank(place.bank, fund_id=place.fund, first_day=Q1[0], end_day=Q1[1])
        actions_subsidy.accept_claim(place.maker, claim_id=claim)
        yield {
            "maker": place.maker,
            "bank": place.bank,
            "other_bank": people.staff(Role.BRANCH_LEAD, at=people.organisation("bank", level="head")),
            "owner": _owner(firm.pk),
            "stranger": _owner(firms.firm(name="太原二号有限公司").pk),
            "guarantor": people.staff(Role.GUARANTEE_OFFICER),
            "nobody": None,
        }


def _owner(firm: int) -> Actor:
    person = people.owner()
    register.represent(people.SYSTEM, person_id=person.person_id, enterprise_id=firm, proof="phone_on_register")
    return offices.actor(person.person_id or 0)


def _counts(actor: Actor | None) -> dict[str, int]:
    with web_connection() as connection:
        if actor is not None:
            connection.execute(row_security.BIND, row_security.settings_of(actor))
        return {table: _count(connection, table) for table in TABLES}


def _count(connection: Any, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608  names of our own


def test_each_reads_what_is_its_own(actors: dict[str, Actor | None]) -> None:
    assert {name: _counts(actor) for name, actor in actors.items()} == EXPECTED


def test_a_foreign_payment_cannot_be_changed(actors: dict[str, Actor | None]) -> None:
    other = actors["other_bank"]
    assert other is not None
    with web_connection() as connection:
        connection.execute(row_security.BIND, row_security.settings_of(other))
        for table in TABLES:
            assert connection.execute(f"UPDATE {table} SET id = id").rowcount == 0  # noqa: S608
