"""After sending: a demand is followed like a parcel in every state; papers, another bank, withdrawal, rating, consents."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from factories import cases, firms, people
from factories.cases import CASE_STATES, DEMAND_STATES, City
from huoshui.financing.models import Demand, Paper, Rating, Referral
from huoshui.kernel import clock
from huoshui.portals.enterprise.models import Draft
from huoshui.registry import queries as register_queries
from huoshui.registry.models import Consent

pytestmark = pytest.mark.django_db
PHOTO = b"\xff\xd8\xff\xe0" + b"0" * 100


@pytest.fixture
def place(client, settings, tmp_path) -> Iterator[City]:
    store = {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": store}
    with clock.at(cases.START):
        made = cases.city(banks=2)
        people.sign_in(client, made.owner)
        yield made


def page(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.content.decode()[:2000]
    return response.content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("state", DEMAND_STATES)
def test_a_demand_is_shown_in_every_state_and_language(client, place, state, language):
    pk = cases.demand(place, state)
    client.cookies["language"] = language
    shown = page(client, f"/my/demands/{pk}/")
    assert Demand.objects.get(pk=pk).number in shown
    assert 'class="parcel"' in shown


@pytest.mark.parametrize("state", CASE_STATES)
def test_a_case_is_shown_in_every_state(client, place, state):
    referral = cases.case(place, state)
    shown = page(client, f"/my/demands/{cases.demand_of(referral)}/")
    assert Referral.objects.get(pk=referral).bank.name in shown


def test_the_page_says_who_has_it_and_until_when(client, place):
    pk = cases.demand(place, "declared")
    shown = page(client, f"/my/demands/{pk}/")
    assert "县级工作专班正在审核" in shown
    assert "最迟 2026-03-" in shown


def test_a_refusal_comes_with_its_words_and_what_mends_it(client, place):
    shown = page(client, f"/my/demands/{cases.demand_of(cases.case(place, 'declined'))}/")
    assert "成立时间短" in shown
    assert "可以这样补" in shown


def test_a_problem_to_mend_names_office_and_measure(client, place):
    shown = page(client, f"/my/demands/{cases.demand(place, 'repairing')}/")
    assert "先要解决的问题" in shown
    assert "负责部门" in shown


def test_another_firms_demand_is_not_found(client, place):
    other = cases.another_firm(place)
    pk = cases.demand(place, "declared", by=other)
    response = client.get(f"/my/demands/{pk}/")
    assert response.status_code in (404, 422)
    assert Demand.objects.get(pk=pk).number not in response.content.decode()


@pytest.mark.parametrize("address", ["/my/", "/my/consents/", "/my/reads/", "/my/data/", "/my/demands/1/"])
def test_the_firms_pages_are_closed_to_strangers(client, address):
    response = client.get(address)
    assert response.status_code == 302
    assert "/my/sign-in/" in response["Location"]


def test_home_of_a_new_owner_leads_to_the_application(client):
    people.sign_in(client, people.owner())
    assert 'href="/apply/"' in page(client, "/my/")


def test_home_says_what_must_be_done_now(client, place):
    cases.case(place, "papers_owed")
    shown = page(client, "/my/")
    assert "1 家银行等您补材料" in shown
    assert "50 万元" in shown


def test_home_offers_to_go_on_with_an_unfinished_application(client, place):
    client.post("/apply/", {"uscc": place.firm.uscc})
    client.post("/apply/need/", {"amount": "30", "term_months": "12", "purpose": "order"})
    assert "上次没填完的申请" in page(client, "/my/")


def test_home_asks_the_database_little(client, place, django_assert_max_num_queries):
    cases.case(place, "lent")
    page(client, "/my/")
    with django_assert_max_num_queries(32):
        page(client, "/my/")


def test_a_demand_asks_the_database_little(client, place, django_assert_max_num_queries):
    pk = cases.demand_of(cases.case(place, "papers_owed"))
    page(client, f"/my/demands/{pk}/")
    with django_assert_max_num_queries(34):
        page(client, f"/my/demands/{pk}/")


def upload(name: str = "a.jpg", content: bytes = PHOTO) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_papers_asked_for_are_handed_in_and_the_bank_is_told(client, place):
    referral = cases.case(place, "papers_owed")
    pk = cases.demand_of(referral)
    assert "都补好了" not in page(client, f"/my/demands/{pk}/")
    response = client.post(f"/my/cases/{referral}/papers/bank_statements/", {"file": upload()})
    assert response.url == f"/my/demands/{pk}/"
    assert Paper.objects.get().kind == "bank_statements"
    assert "都补好了" in page(client, f"/my/demands/{pk}/")
    client.post(f"/my/cases/{referral}/papers-done/")
    assert Referral.objects.get(pk=referral).state == "complete"


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (upload("a.jpg", b"PK\x03\x04 a zip bomb"), "只接受 PDF、JPG 或 PNG"),
        (upload("a.pdf", b"%PDF-" + b"0" * 10 * 1024 * 1024), "超过 10 MB"),
    ],
)
def test_a_paper_that_is_no_paper_is_refused(client, place, file, words):
    referral = cases.case(place, "papers_owed")
    file.seek(0)
    response = client.post(f"/my/cases/{referral}/papers/bank_statements/", {"file": file})
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Paper.objects.exists()


def test_papers_of_another_firms_case_cannot_be_touched(client, place):
    referral = cases.case(place, "papers_owed", by=cases.another_firm(place))
    assert client.get(f"/my/cases/{referral}/papers/bank_statements/").status_code == 404
    assert client.post(f"/my/cases/{referral}/papers-done/").status_code == 422
    assert Referral.objects.get(pk=referral).state == "papers_owed"


def test_a_demand_is_taken_back_with_one_press(client, place):
    pk = cases.demand(place, "dispatched")
    assert client.post(f"/my/demands/{pk}/withdraw/").url == f"/my/demands/{pk}/"
    assert Demand.objects.get(pk=pk).close_reason == "withdrawn"
    assert "撤回" in page(client, f"/my/demands/{pk}/")


def test_what_is_lent_cannot_be_taken_back_and_the_page_says_why(client, place):
    pk = cases.demand(place, "lent")
    response = client.post(f"/my/demands/{pk}/withdraw/")
    assert response.status_code == 422
    assert "没有办成" in response.content.decode()


def test_a_look_at_an_act_changes_nothing(client, place):
    pk = cases.demand(place, "declared")
    assert client.get(f"/my/demands/{pk}/withdraw/").status_code == 405
    assert Demand.objects.get(pk=pk).state == "declared"


def test_a_demand_moves_to_another_bank_with_its_consent(client, place):
    first, second = place.banks
    referral = cases.offered(place, product_ids=[first.product_id])[0]
    pk = cases.demand_of(referral)
    for taken in Referral.objects.filter(demand_id=pk, bank_id=second.id):
        pytest.skip(f"the plan already offered it to bank {taken.bank_id}")
    shown = page(client, f"/my/demands/{pk}/move/")
    assert f'value="{second.product_id}"' in shown
    response = client.post(f"/my/demands/{pk}/move/", {"from_bank": first.id, "product": second.product_id})
    assert "请先同意" in response.content.decode()
    given = {"from_bank": first.id, "product": second.product_id, "consent": "on"}
    assert client.post(f"/my/demands/{pk}/move/", given).url == f"/my/demands/{pk}/"
    assert Referral.objects.get(demand_id=pk, closed_at=None).bank_id == second.id
    assert Consent.objects.filter(reader_id=second.id, withdrawn_at=None).exists()


def test_service_is_rated_once(client, place):
    pk = cases.demand(place, "lent")
    assert "办得怎么样" in page(client, f"/my/demands/{pk}/")
    assert client.post(f"/my/demands/{pk}/rate/", {}).status_code == 422
    client.post(f"/my/demands/{pk}/rate/", {"stars": "5", "comment": "很快"})
    assert Rating.objects.get().stars == 5
    assert "办得怎么样" not in page(client, f"/my/demands/{pk}/")


@pytest.mark.parametrize("state", ["contracted", "lending", "lent", "settled"])
def test_a_loan_shows_its_terms_and_schedule(client, place, state):
    referral = cases.case(place, state)
    shown = page(client, f"/my/loans/{cases.loan_of(referral)}/")
    assert "3.85%" in shown
    said = {"contracted": "放款后会显示", "settled": "已经结清"}
    assert said.get(state, "应还日") in shown


def test_another_firms_loan_is_not_shown(client, place):
    referral = cases.case(place, "lent", by=cases.another_firm(place))
    assert client.get(f"/my/loans/{cases.loan_of(referral)}/").status_code in (404, 422)


def test_consents_are_listed_and_withdrawn_with_one_press(client, place):
    from huoshui.registry import actions as register

    pk = register.give_consent(
        place.owner,
        enterprise_id=place.firm.pk,
        reader_id=place.bank.id,
        purpose="loan_application",
        data_kinds=["register", "tax"],
        until=clock.today(),
    )
    assert "纳税信息" in page(client, "/my/consents/")
    assert client.post(f"/my/consents/{pk}/withdraw/").url == "/my/consents/"
    assert Consent.objects.get(pk=pk).withdrawn_at is not None
    assert client.post(f"/my/consents/{pk}/withdraw/").status_code == 409


def test_the_firm_sees_who_read_its_data(client, place):
    from huoshui.registry import queries as register

    assert "还没有人看过" in page(client, "/my/reads/")
    register.enterprise(place.bank.officer, place.firm.pk, reason="审批")
    assert place.bank.officer.organisation_name in page(client, "/my/reads/")


def test_the_firm_sees_its_own_data_with_source_and_day(client, place):
    shown = page(client, "/my/data/")
    assert place.firm.uscc in shown
    assert "2026-02-01" in shown


def test_a_person_with_two_firms_switches_between_them(client, place):
    from huoshui.access.actor import SYSTEM
    from huoshui.registry import actions as register

    other = firms.firm("太原第二家有限公司")
    register.represent(SYSTEM, person_id=place.owner.person_id, enterprise_id=other.pk, proof="phone_on_register")
    client.post("/my/firm/", {"firm": place.firm.pk})
    assert "<h1>太原龙城机械有限公司" in page(client, "/my/")
    client.post("/my/firm/", {"firm": other.pk})
    assert "<h1>太原第二家有限公司" in page(client, "/my/")
    client.post("/my/firm/", {"firm": 999_999})
    assert "<h1>太原第二家有限公司" in page(client, "/my/")


NEED = {"amount": "50", "term_months": "12", "purpose": "working_capital"}


def test_the_consent_to_matching_is_listed_and_taken_back_like_any_other(client, place):
    ready_to_send(client, place)
    given = register_queries.consents_of(place.firm.pk, open_only=True)[0]
    assert (given.reader_id, given.purpose) == (None, "matching")
    assert "<h2>本平台</h2>" in page(client, "/my/consents/")
    client.post(f"/my/consents/{given.id}/withdraw/")
    assert "您已撤回匹配授权" in page(client, "/my/standing/")
    assert client.get("/apply/matches/").url == "/apply/consent/"
    client.post("/apply/consent/", {"agreed": "on"})
    assert "您能申请" in page(client, "/apply/matches/")
    assert "您已撤回匹配授权" not in page(client, "/my/standing/")


def ready_to_send(client, place, **choice) -> str:
    client.post("/apply/", {"uscc": place.firm.uscc})
    client.post("/apply/need/", NEED)
    client.post("/apply/consent/", {"agreed": "on"})
    client.post("/apply/matches/", choice or {"product": [place.bank.product_id]})
    return str(Draft.objects.get(sent_at=None).key)


def test_matches_show_cost_and_reasons(client, place):
    client.post("/apply/", {"uscc": place.firm.uscc})
    client.post("/apply/need/", NEED)
    client.post("/apply/consent/", {"agreed": "on"})
    shown = page(client, "/apply/matches/")
    assert "您能申请 2 个产品" in shown
    assert "为什么符合" in shown
    assert "贷款明白纸" in shown


def test_a_choice_is_needed_and_more_than_three_banks_are_too_many(client, place):
    ready_to_send(client, place)
    response = client.post("/apply/matches/", {})
    assert response.status_code == 422
    assert "请至少选一个产品" in response.content.decode()


def test_two_products_of_one_bank_are_refused(client, place):
    from factories import offers
    from huoshui.catalogue.models import ProductVersion

    again = ProductVersion.objects.get(pk=offers.approved(place.bank.id)).product_id
    ready_to_send(client, place)
    response = client.post("/apply/matches/", {"product": [place.bank.product_id, again]})
    assert "同一家银行请只选一个产品" in response.content.decode()


def test_without_consent_to_each_bank_nothing_is_sent(client, place):
    key = ready_to_send(client, place)
    response = client.post("/apply/send/", {"form_key": key})
    assert response.status_code == 422
    assert "还没有同意授权给" in response.content.decode()
    assert not Demand.objects.exists()


def test_a_demand_is_sent_with_its_consents_and_the_same_form_twice_makes_one(client, place):
    key = ready_to_send(client, place)
    first = client.post("/apply/send/", {"form_key": key, "consent": [place.bank.id]})
    made = Demand.objects.get()
    assert first.url == f"/my/demands/{made.pk}/"
    assert str(made.form_key) == key
    assert Consent.objects.exclude(reader=None).get().reader_id == place.bank.id
    again = client.post("/apply/send/", {"form_key": key, "consent": [place.bank.id]})
    assert again.url == first.url
    assert Demand.objects.count() == 1


def test_the_platform_chooses_among_the_banks_consented_to(client, place):
    key = ready_to_send(client, place, platform_chooses="on")
    shown = page(client, "/apply/send/")
    assert shown.count('name="consent"') == 2
    client.post("/apply/send/", {"form_key": key, "consent": [bank.id for bank in place.banks]})
    assert Demand.objects.get().platform_chooses
    assert Consent.objects.exclude(reader=None).count() == 2


def test_a_second_demand_for_the_same_use_is_refused_in_words_and_kept(client, place):
    cases.declared(place)
    key = ready_to_send(client, place)
    response = client.post("/apply/send/", {"form_key": key, "consent": [place.bank.id]})
    assert response.status_code == 422
    assert "同一用途已有一笔需求在办" in response.content.decode()
    assert Draft.objects.get().sent_at is None


def test_the_loan_code_is_counted_with_the_demand(client, place):
    from huoshui.access.actor import SYSTEM
    from huoshui.financing import actions

    code = actions.create_code(SYSTEM, kind="market", label="迎泽市场")
    client.get(f"/c/{code.token}")
    key = ready_to_send(client, place)
    client.post("/apply/send/", {"form_key": key, "consent": [place.bank.id]})
    made = Demand.objects.get()
    assert (made.channel, made.loan_code_id) == ("code", code.id)
