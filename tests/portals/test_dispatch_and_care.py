"""Pages of the day's dispatch, claims, care and security: what officers and banks see and do in the browser."""

from __future__ import annotations

import pytest
from django.urls import reverse

from factories import cases
from factories.people import sign_in
from huoshui.financing import actions, queries
from huoshui.financing.registration import REGISTRY_PAPERS
from huoshui.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(db):
    return cases.city(banks=2)


def test_a_plan_is_made_looked_at_and_confirmed(client, place):
    pk = cases.recommended(place)
    sign_in(client, place.taskforce)
    page = client.post(reverse("gov:dispatch_plan"), follow=True)
    assert "派给谁、为什么" in page.text
    assert "企业第 1 选择" in page.text
    run = page.context["run"]
    done = client.post(reverse("gov:dispatch_confirm", args=[run.id]), {"seen_version": run.version}, follow=True)
    assert "已派出 1 笔" in done.text
    assert queries.demand(place.taskforce, pk).state == "dispatched"
    assert client.get(reverse("gov:dispatch_runs")).status_code == 200


def test_with_nothing_recommended_the_page_says_so(client, place):
    sign_in(client, place.taskforce)
    assert "没有等待派单的需求" in client.post(reverse("gov:dispatch_plan"), follow=True).text


def test_a_plan_put_aside_sends_nothing(client, place):
    pk = cases.recommended(place)
    sign_in(client, place.taskforce)
    run = client.post(reverse("gov:dispatch_plan"), follow=True).context["run"]
    client.post(reverse("gov:dispatch_drop", args=[run.id]), {"seen_version": run.version})
    assert queries.demand(place.taskforce, pk).state == "recommended"


def test_a_bank_claims_a_demand_on_its_page(client, place):
    pk = cases.recommended(place, product_ids=[], platform_chooses=True)
    actions.open_to_claim(place.taskforce, demand_ids=[pk])
    held = place.bank
    sign_in(client, held.officer)
    assert "text/csv" in client.get(reverse("bank:claims"), {"export": "csv"}).headers["Content-Type"]
    page = client.get(reverse("bank:claims"))
    assert place.firm.name not in page.text
    assert queries.demand(place.taskforce, pk).number in page.text
    answer = client.post(reverse("bank:claim", args=[pk]), {"branch": held.branch_id}, follow=True)
    assert "抢单成功" in answer.text
    assert "已被抢完" in client.post(reverse("bank:claim", args=[pk]), {"branch": held.branch_id}, follow=True).text


def test_an_officer_sets_the_green_channel_on_the_page(client, place):
    pk = cases.demand(place, "declared", amount=900 * cases.WAN)
    sign_in(client, place.taskforce)
    seen = queries.demand(place.taskforce, pk)
    act = "ungreen" if seen.asked.green_channel else "green"
    url = reverse("gov:demand_act", args=[pk, act])
    assert client.post(url, {"seen_version": seen.version, "reason": ""}).status_code == 422
    assert client.post(url, {"seen_version": seen.version, "reason": "链上急需"}).status_code == 302
    assert queries.demand(place.taskforce, pk).asked.green_channel is not seen.asked.green_channel


def test_a_low_rating_is_answered_and_the_declined_are_looked_after(client, place):
    pk = cases.demand_of(cases.case(place, "lent"))
    actions.rate_case(place.owner, demand_id=pk, stars=1, comment="一直没人联系")
    sign_in(client, place.taskforce)
    assert "一直没人联系" in client.get(reverse("gov:ratings")).text
    page = client.post(reverse("gov:rating_answer", args=[pk]), {"words": "已约谈"}, follow=True)
    assert "已约谈" in page.text


def test_a_step_of_care_is_recorded(client, place):
    place = cases.city(banks=1)
    pk = cases.demand_of(cases.case(place, "declined"))
    sign_in(client, place.taskforce)
    assert "复核" in client.get(reverse("gov:care")).text
    (look, *_rest) = queries.care_of(place.taskforce, pk)
    url = reverse("gov:care_done", args=[pk, look.id])
    assert "建议重新申请" in client.post(url, {"outcome": "again", "note": "可补材料"}, follow=True).text


def test_the_bank_sees_why_its_product_fits_and_the_right_next_act(client, place):
    referral = cases.case(place, "complete")
    sign_in(client, place.bank.officer)
    page = client.get(reverse("bank:case", args=[referral]))
    assert "产品为什么匹配" in page.text
    assert [act.code for act in page.context["page"].acts if act.open] == ["grant"]


def test_a_secured_loan_is_registered_before_money(client, place):
    referral = cases.case(place, "complete", collateral=("mortgage",))
    officer = place.bank.officer
    asked = queries.asked(referral)
    from decimal import Decimal

    actions.grant(
        officer, referral_id=referral, amount=asked.amount, rate_pct=Decimal("3.85"), term_months=12,
        method="interest_only", collateral="mortgage",
    )  # fmt: skip
    loan = actions.sign_contract(officer, referral_id=referral, contract_no="DY-9", signed_on=clock.today())
    sign_in(client, officer)
    page = client.get(reverse("bank:loan", args=[loan]))
    assert [act.code for act in page.context["page"].acts] == ["submit-security"]
    today = clock.today().isoformat()
    data = {"place": "local", "office": "太原市不动产登记中心", "papers": list(REGISTRY_PAPERS), "submitted_on": today}
    assert client.post(reverse("bank:loan_act", args=[loan, "submit-security"]), data).status_code == 302
    data = {"certificate_no": "晋不动产证明1号", "registered_on": "2020-01-01"}
    assert client.post(reverse("bank:loan_act", args=[loan, "registered"]), data).status_code == 422
    done = client.post(
        reverse("bank:loan_act", args=[loan, "registered"]), data | {"registered_on": today}, follow=True
    )
    assert "晋不动产证明1号" in done.text
    assert [act.code for act in done.context["page"].acts][0] == "draw"


@pytest.mark.parametrize("typed", ["2026-03-05", "2026/3/5", "20260305", "2026年3月5日", "２０２６-03-05"])
def test_a_day_is_understood_however_it_is_written(typed):
    from huoshui.portals.shared.fields import DayField

    assert DayField().clean(typed).isoformat() == "2026-03-05"


@pytest.mark.parametrize("typed", ["2026-02-30", "03/05/2026", "明天"])
def test_what_is_no_day_is_refused(typed):
    from django.core.exceptions import ValidationError

    from huoshui.portals.shared.fields import DayField

    with pytest.raises(ValidationError, match="2025-03-15"):
        DayField().clean(typed)


def test_a_market_is_opened_with_its_code_members_and_special_credit(client, place):
    sign_in(client, place.taskforce)
    assert client.get(reverse("gov:groups")).status_code == 200
    data = {"kind": "market", "name": "龙城农贸市场", "district_code": cases.DISTRICT, "organiser": "市场公司"}
    page = client.post(reverse("gov:group_new"), data, follow=True)
    assert "打印贷款码" in page.text
    group = page.context["group"]
    pk = cases.recommended(place)
    number = queries.demand(place.taskforce, pk).number
    joined = client.post(reverse("gov:group_members", args=[group.id]), {"numbers": f"{number}、XQ1"}, follow=True)
    assert "已加入 1 笔需求" in joined.text
    assert "没有编号为 XQ1 的需求" in joined.text
    url = reverse("gov:group_credit", args=[group.id])
    credit = {"bank": place.bank.id, "amount": "1000", "document_no": "晋银授〔2026〕3号", "plan": "结算加授信"}
    assert client.post(url, credit | {"amount": "0"}).status_code == 422
    assert "结算加授信" in client.post(url, credit, follow=True).text
    sign_in(client, place.bank.officer)
    referral = actions.dispatch(place.taskforce, demand_id=pk)[0]
    assert "龙城农贸市场" in client.get(reverse("bank:case", args=[referral])).text


def test_a_maturing_loan_gets_a_plan_on_its_page(client, place):
    import datetime as dt

    loan = queries.loan(place.bank.officer, cases.loan_of(cases.case(place, "lent")))
    sign_in(client, place.bank.officer)
    day = dt.datetime.combine(loan.matures_on - dt.timedelta(days=20), dt.time(10), clock.ZONE)
    with clock.at(day):
        sign_in(client, place.bank.officer)
        url = reverse("bank:loan_act", args=[loan.id, "plan-renewal"])
        assert client.post(url, {"plan": ""}).status_code == 422
        assert "用应急周转资金" in client.post(url, {"plan": "bridge"}, follow=True).text
        assert "用应急周转资金" in client.get(reverse("bank:maturing")).text
