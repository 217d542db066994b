"""Guarantees on connections of their own: approvals at once never pass a limit together, and who reads which rows."""

from __future__ import annotations

from decimal import Decimal

import pytest

from factories import cases, people
from factories import guarantee as made
from factories.guarantee import AMOUNT, LATER, WAN
from funds.test_bridge_races import together
from huoshui.access import row_security
from huoshui.access.actor import Actor
from huoshui.access.roles import Role
from huoshui.funds import actions_guarantee as acts
from huoshui.funds import actions_payout as payouts
from huoshui.funds import queries_guarantee as queries
from huoshui.funds import queries_payment as payments
from huoshui.funds.models.guarantee import Guarantee
from huoshui.kernel import clock
from tests.conftest import web_connection

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (
    "funds_guarantee", "funds_guaranteeshare", "funds_guaranteerecovery", "funds_guaranteepaper",
    "funds_guarantorstanding",
)  # fmt: skip


def test_of_twelve_approvals_at_once_only_those_that_fit_are_given() -> None:
    place = made.place(net_assets=500 * WAN)
    with clock.at(cases.START):
        first = made.guarantee(place, "reviewing")
        copies = [first, *(_copy(first, number) for number in range(1, 12))]
    Guarantee.objects.filter(pk__in=copies).update(terms=Guarantee.objects.get(pk=first).terms | {"leverage": "0.4"})
    approve = [
        lambda pk=pk: acts.approve_guarantee(place.lead, guarantee_id=pk, rate_pct=Decimal(1)) for pk in copies
    ]  # fmt: skip
    answers = together(approve)
    assert sum(isinstance(answer, int) for answer in answers) == 4, answers  # 0.4 × 500万 = four of 50万
    assert answers.count("guarantee_leverage") == 8
    assert sum(one.amount for one in queries.held(place.guarantor)) == 4 * AMOUNT


def test_each_reads_what_is_its_own_and_changes_nothing_foreign() -> None:
    place = made.place()
    pk = made.guarantee(place, "recovering")
    with clock.at(LATER):
        slip = {"guarantee_id": pk, "received_on": LATER.date(), "recovered": WAN, "slip_no": "Z2"}
        answers = together([lambda: payouts.record_recovery(place.officer, **slip) for _ in range(8)])
    assert Guarantee.objects.get(pk=pk).returned == 10 * WAN, answers  # 9万 before, and this one once
    sees: dict[str, tuple[Actor | None, tuple[int, ...]]] = {
        "guarantor": (place.officer, (1, 4, 2, 3, 1)),
        "bank": (place.bank, (1, 4, 2, 3, 0)),
        "bureau": (place.maker, (1, 4, 2, 3, 1)),
        "owner": (made.cases.offices.actor(place.city.owner.person_id), (1, 4, 2, 3, 0)),
        "other bank": (cases.bank().officer, (0, 0, 0, 0, 0)),
        "other guarantor": (people.staff(Role.GUARANTEE_LEAD), (0, 0, 0, 0, 0)),
        "stranger": (people.owner(), (0, 0, 0, 0, 0)),
        "nobody": (None, (0, 0, 0, 0, 0)),
    }
    for name, (actor, expected) in sees.items():
        with web_connection() as connection:
            if actor is not None:
                connection.execute(row_security.BIND, row_security.settings_of(actor))
            seen = tuple(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES)  # noqa: S608
            changed = connection.execute("UPDATE funds_guarantee SET id = id").rowcount
        assert (name, seen, changed) == (name, expected, expected[0])


def test_a_payout_confirmed_fifty_times_at_once_is_one_payment() -> None:
    place = made.place()
    pk = made.guarantee(place, "accepted")
    with clock.at(LATER):
        answers = together([lambda: payouts.pay_out(place.lead, guarantee_id=pk) for _ in range(50)])
    assert sum(isinstance(answer, int) for answer in answers) == 1, answers
    assert [row.state for row in payments.payments(place.maker, kind="guarantee")] == ["computed"]


def _copy(pk: int, number: int) -> int:
    """Return the same request for another firm's credit, ready to be approved."""
    from factories import firms

    row = Guarantee.objects.get(pk=pk)
    case = row.case
    firm = firms.firm(name=f"太原担保{number}有限公司")
    case.pk, case.enterprise_id, case.demand_id = None, firm.pk, _demand(case.demand, firm.pk, number)
    case.save()
    row.pk, row.number, row.enterprise_id, row.case_id, row.state = None, f"DB-{number}", firm.pk, case.pk, "submitted"
    row.save()
    Guarantee.objects.filter(pk=row.pk).update(state="reviewing")
    return int(row.pk)


def _demand(demand: object, firm: int, number: int) -> int:
    demand.pk, demand.enterprise_id, demand.number = None, firm, f"D-{number}"  # type: ignore[attr-defined]
    demand.save()  # type: ignore[attr-defined]
    return int(demand.pk)  # type: ignore[attr-defined]
