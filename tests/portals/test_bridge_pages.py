"""The bridge fund on the pages of firm, bank and finance bureau: the whole loop by forms, and what each may not do."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from factories import bridge as made
from factories import sending
from factories.bridge import AMOUNT, ASKED
from factories.people import sign_in
from huoshui.funds import queries_bridge as queries
from huoshui.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def fund(db):
    with clock.at(ASKED):
        yield made.fund()


def act(client, portal, actor, pk, code, **data):
    seen = {"seen_version": queries.advance(actor, pk).version}
    return client.post(reverse(f"{portal}:bridge_act", args=[pk, code]), seen | data)


def test_a_firm_asks_from_its_maturing_loan_and_reads_conditions_and_cost(client, fund):
    sign_in(client, fund.owner)
    assert reverse("enterprise:bridge_ask", args=[fund.loan]) in client.get(f"/my/loans/{fund.loan}/").text
    page = client.get(reverse("enterprise:bridge_ask", args=[fund.loan]))
    assert "纳税" in page.text
    assert "所在区县属于太原市" in page.text, "a place has a name, not a code"
    assert "1,812.50" in page.text  # twenty days
    answer = client.post(reverse("enterprise:bridge_ask", args=[fund.loan]), {"amount": "500000"})
    assert answer.status_code == 302
    assert "待银行承诺" in client.get(answer.url).text
    assert answer.url in client.get(f"/my/loans/{fund.loan}/").text


def test_the_loop_by_forms_of_bank_and_finance_bureau(client, fund):
    pk, today = made.advance(fund, "requested"), clock.today().isoformat()
    sign_in(client, fund.bank)
    assert "承诺续贷" in client.get(reverse("bank:bridge", args=[pk])).text
    assert (
        act(
            client, "bank", fund.bank, pk, "commit", amount="500000", commitment_no="C1", committed_on=today
        ).status_code
        == 302
    )
    sign_in(client, fund.maker)
    assert act(client, "gov", fund.maker, pk, "reserve").status_code == 302
    sign_in(client, fund.checker)
    assert "收款账户没有登记" in act(client, "gov", fund.checker, pk, "advance").text
    sending.account(fund.maker, fund.bank.org_path)
    assert act(client, "gov", fund.checker, pk, "advance").status_code == 302
    assert "已批准待拨付" in client.get(reverse("gov:bridge", args=[pk])).text
    sending.paid(fund.maker, kind="bridge", subject=pk)
    sign_in(client, fund.bank)
    assert (
        act(client, "bank", fund.bank, pk, "confirm_repaid", paid_on=today, slip_no="H1", interest="0").status_code
        == 302
    )
    new = made.new_loan(fund)
    assert act(client, "bank", fund.bank, pk, "confirm_renewed", new_loan_id=new).status_code == 302
    sign_in(client, fund.maker)
    assert act(client, "gov", fund.maker, pk, "take_back", returned_on=today, slip_no="G1").status_code == 302
    page = client.get(reverse("gov:bridge", args=[pk])).text
    assert page.count("已对上</span>") == 4
    assert queries.advance(fund.maker, pk).state == "returned"


def test_what_the_fund_does_not_have_comes_back_in_words(client, db):
    with clock.at(ASKED):
        fund = made.fund(money=AMOUNT - 1)
        pk = made.advance(fund, "committed")
        sign_in(client, fund.maker)
        answer = act(client, "gov", fund.maker, pk, "reserve")
    assert answer.status_code == 422
    assert "可用余额不足" in answer.text


def test_the_list_shows_days_fee_and_the_state_of_the_fund(client, fund):
    made.advance(fund, "advanced")
    sign_in(client, fund.maker)
    with clock.at(ASKED + dt.timedelta(days=21)):
        page = client.get(reverse("gov:bridges")).text
    assert "1,933.33" in page
    assert "逾期 1 天" in page
    assert "50 万元" in page


def test_another_firm_and_another_bank_see_nothing(client, fund):
    pk = made.advance(fund, "requested")
    with clock.at(ASKED):
        sign_in(client, made.cases.bank().officer)
        assert client.get(reverse("bank:bridges")).context["listing"].counted == 0
        assert client.get(reverse("bank:bridge", args=[pk])).status_code in (403, 404, 422)
        sign_in(client, made.people.owner())
        assert client.get(reverse("enterprise:bridge", args=[pk])).status_code in (403, 404, 422)


def test_an_appropriation_is_recorded_by_the_checker_only(client, fund):
    url, given = reverse("gov:bridge_pay_in"), {"amount": "10", "document_no": "N2", "on": "2027-02-01"}
    sign_in(client, fund.maker)
    assert client.post(url, given).status_code == 403
    sign_in(client, fund.checker)
    assert client.post(url, given).status_code == 302
    assert queries.fund().paid_in == 100 * made.WAN + 1000


def test_homes_say_what_waits(client, fund):
    made.advance(fund, "requested")
    sign_in(client, fund.bank)
    assert "待答复是否续贷" in client.get(reverse("bank:home")).text
