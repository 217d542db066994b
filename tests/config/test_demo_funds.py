"""The demo's year of public funds: the published sizes, and books that their own check and beancount's find whole."""

from __future__ import annotations

import pytest
from beancount import loader

from huoshui.access import queries as access
from huoshui.access.actor import SYSTEM
from huoshui.access.row_security import acting
from huoshui.catalogue import presets
from huoshui.catalogue import queries as catalogue
from huoshui.config.demo import city, funds, funds_subsidy, guarantees, startups
from huoshui.config.demo import firms as inventing
from huoshui.funds import queries_bridge as bridge
from huoshui.funds import queries_guarantee as guaranteed
from huoshui.funds import queries_overview as overview
from huoshui.funds import queries_payment as payments
from huoshui.funds import queries_subsidy as subsidies
from huoshui.funds.guarantee_lifecycle import State
from huoshui.kernel import clock
from huoshui.ledger import export, queries, verify
from huoshui.registry import actions as registry
from huoshui.registry.loading import load_enterprises

WAN = 1_000_000
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]  # the chain is written at commit


def test_a_year_of_funds_at_the_published_sizes_with_books_that_verify(settings, monkeypatch) -> None:
    settings.DEMO = True
    monkeypatch.setattr(funds_subsidy, "LOANS", funds_subsidy.LOANS[:1])  # all of them take seconds
    with acting(SYSTEM):
        _city()
        funds.play()
        rows = bridge.advances(SYSTEM).filter(advance_posting__isnull=False)
        assert sum(row.amount for row in rows) == 9_150 * WAN
        assert len({row.enterprise_id for row in rows}) == 6
        assert [row.state for row in bridge.out(SYSTEM)] == ["repaid"]
        waits = bridge.waiting(SYSTEM)
        assert (waits.bank, waits.maker, waits.due_soon, waits.overdue) == (1, 1, 1, 0)
        paid_in = {line.code: line.paid_in for line in overview.funds()}
        assert paid_in["fund:SUB-YZ-ZXZN"] == 1_660 * WAN
        assert paid_in["fund:COMP-TY"] == 860 * WAN
        funds_subsidy.play()
        claims = subsidies.claims(SYSTEM).filter(flow="bank_first")
        assert len(claims) == 4, "one for each quarter"
        assert {row.state for row in claims} == {"paid"}
        by_firm = subsidies.totals(SYSTEM, fund_id=claims[0].fund_id)
        assert by_firm["paid"] == by_firm["amount"] == 65 * WAN, "a year of such a loan reaches the firm's cap"
        guarantees.standing()
        guarantees.play()
        assert {row.state for row in guaranteed.guarantees(SYSTEM)} == set(State)
        startups.play()
        claims = subsidies.claims(SYSTEM).filter(flow="firm_first").order_by("id")
        assert [row.state for row in claims] == ["paid", "accepted", "filed"]
        assert {row.state for row in payments.payments(SYSTEM, kind="bridge")} == {"paid"}
        assert not payments.statement_lines(SYSTEM, left_only=True), "the bank saw what the books say"
        report = verify.verify()
        assert report.ok, report.problems
        for book in queries.all_books():
            _entries, errors, _options = loader.load_string("\n".join(export.beancount(book.code)) + "\n")
            assert errors == []


def _city() -> None:
    offices = city.open_offices()
    registry.install_reference_data(SYSTEM)
    presets.install(SYSTEM)
    presets.install_demo(SYSTEM)
    offices |= {office.code: office.id for office in access.organisations()}
    city.hire(city.MEMBERS, offices, None)
    near = [one.org_id for one in catalogue.branches() if funds_subsidy.DISTRICT in one.districts][:6]
    names = {access.organisation(pk).code: "银行网点" for pk in near}
    city.hire(city.staff_everywhere(names), offices, None)
    invented, facts = inventing.invent(1_500, today=clock.today())
    load_enterprises(SYSTEM, firms=invented, facts=facts)


def test_the_planned_loans_spend_about_the_published_sixteen_million_in_a_year() -> None:
    days = [360 if number % 9 < 5 else 268 for number in range(len(funds_subsidy.LOANS))]
    half = [
        min(min(wan, 2_800) * funds_subsidy.RATE * count / 72_000, 65)
        for wan, count in zip(funds_subsidy.LOANS, days, strict=True)
    ]
    assert 1_500 <= sum(half) <= 1_660
