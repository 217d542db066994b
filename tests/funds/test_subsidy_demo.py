"""The demo's year of subsidies: every quarter but the last is paid, and the books hold."""

from __future__ import annotations

import datetime as dt

import pytest

from factories import people
from huoshui.access.actor import SYSTEM
from huoshui.access.roles import Role
from huoshui.access.row_security import acting
from huoshui.catalogue import presets
from huoshui.config.demo import subsidies
from huoshui.funds import actions_fund, queries_payment
from huoshui.funds.models.paying import StatementLine
from huoshui.funds.models.subsidy import SubsidyClaim
from huoshui.kernel import clock
from huoshui.ledger.verify import verify
from tests.funds.subsidies import APRIL, WAN, Scheme, loan, programme

pytestmark = pytest.mark.django_db(transaction=True)


def test_quarters_are_paid_and_the_last_is_under_way() -> None:
    presets.install(SYSTEM)
    office = people.organisation("government", district_code="140100", level="city")
    maker = people.staff(Role.FINANCE_OFFICER, at=office, username="finance.maker")
    checker = people.staff(Role.FINANCE_CHECKER, at=office, username="finance.checker")
    _, programme_id, version = programme(code="SUB-DEMO", flow="automatic")
    bank = people.staff(Role.BRANCH_LEAD, at=people.organisation("bank", level="head"))
    with clock.at(APRIL - dt.timedelta(days=360)):
        fund = actions_fund.open_fund(
            checker, code=subsidies.FUND, kind="subsidy", name="贴息", district_code="140100", programme_id=programme_id
        )
        actions_fund.appropriate(checker, fund, amount=1_660 * WAN, document_no="1", on=clock.today())
    place = Scheme("SUB-DEMO", version, fund, maker, checker, bank)
    for _ in range(2):
        loan(place, starts=dt.date(2025, 7, 15))
    with clock.at(dt.datetime(2026, 4, 20, 10, tzinfo=clock.ZONE)), acting(SYSTEM):
        subsidies.play()
        subsidies.play()
    states = list(SubsidyClaim.objects.order_by("id").values_list("state", flat=True))
    assert states == ["paid"] * 4 + ["accepted", "filed"]
    now = queries_payment.position(fund)
    assert now.paid + now.committed + now.left == now.money_in
    assert set(StatementLine.objects.values_list("state", flat=True)) == {"matched"}
    assert verify().ok
