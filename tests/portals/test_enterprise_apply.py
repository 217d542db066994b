"""A firm's way to its request: found by name or code, proved by phone or licence, kept whatever happens in between."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from factories import firms, people
from huoshui.access import queries as access
from huoshui.portals.enterprise.models import Draft
from huoshui.registry import queries as registry
from huoshui.registry.models import Representative

pytestmark = pytest.mark.django_db
PHONE = "13800000001"
PHOTO = b"\xff\xd8\xff\xe0" + b"0" * 100


@pytest.fixture(autouse=True)
def _codes_without_waiting(settings):
    settings.ACCESS_POLICY = {"code.resend_seconds": 0}


@pytest.fixture
def firm():
    return firms.firm("太原龙城机械有限公司", phone_hash=access.phone_index(PHONE))


def found(client, text: str) -> str:
    return client.get("/apply/check/", {"q": text}).content.decode()


def name_firm(client, firm):
    return client.post("/apply/", {"uscc": firm.uscc, "q": "龙城"})


def prove(client, firm, phone: str = PHONE):
    name_firm(client, firm)
    return client.post("/apply/phone/", {"phone": phone, "code": people.code_for(phone)})


NEED = {"amount": "30", "term_months": "12", "purpose": "purchase", "purpose_text": "备货", "collateral": ["mortgage"]}


@pytest.mark.parametrize("typed", ["龙城机械", "太原龙城", "tylc"])
def test_a_firm_is_found_by_name_part_and_initials(client, firm, typed):
    assert "太原龙城机械有限公司" in found(client, typed)


def test_a_firm_is_found_by_its_code_in_any_width(client, firm):
    shown = found(client, firm.uscc.lower())
    assert "太原龙城机械有限公司" in shown
    assert "代码校验正确" in shown


def test_a_wrong_check_character_is_said_while_typing(client, firm):
    wrong = firm.uscc[:-1] + ("0" if firm.uscc[-1] != "0" else "1")
    shown = found(client, wrong)
    assert "field-error" in shown
    assert "太原龙城机械有限公司" not in shown


def test_a_code_not_finished_says_how_many_are_missing(client):
    assert "还差 6 位" in found(client, "911401051000")


@pytest.mark.parametrize("typed", ["无此企业名", "<b>x</b>", "\x00"])
def test_what_is_not_found_never_breaks_the_page(client, typed):
    shown = found(client, typed)
    assert "<b>x" not in shown


def test_a_search_works_without_scripts(client, firm):
    shown = client.get("/apply/", {"q": "龙城"}).content.decode()
    assert "太原龙城机械有限公司" in shown
    assert "<html" in shown


def test_a_firm_that_does_not_exist_is_not_taken(client):
    assert client.post("/apply/", {"uscc": firms.code()}).url == "/apply/"
    assert not Draft.objects.exists()


def test_the_firm_is_shown_before_it_is_taken(client, firm):
    assert name_firm(client, firm).url == "/apply/firm/"
    shown = client.get("/apply/firm/").content.decode()
    assert firm.uscc in shown
    assert client.post("/apply/firm/").url == "/apply/phone/"


@pytest.mark.parametrize("address", ["firm", "phone", "need", "consent", "matches", "send"])
def test_no_step_opens_before_the_firm_is_named(client, address):
    assert client.get(f"/apply/{address}/").url == "/apply/"


@pytest.mark.parametrize("address", ["need", "consent", "matches", "send"])
def test_no_step_opens_before_the_phone_is_confirmed(client, firm, address):
    name_firm(client, firm)
    assert client.get(f"/apply/{address}/").url == "/apply/phone/"


@pytest.mark.parametrize(
    ("typed", "words"), [("", "请填写"), ("138", "11 位"), ("23800000001", "不是手机号"), ("abc", "只能是数字")]
)
def test_a_wrong_phone_is_refused_in_words(client, firm, typed, words):
    name_firm(client, firm)
    response = client.post("/apply/phone/", {"phone": typed})
    assert response.status_code == 422
    assert words in response.content.decode() or typed == ""


def test_the_code_is_asked_for_and_shown_in_practice_mode_only(client, firm):
    name_firm(client, firm)
    with override_settings(DEMO=True):
        shown = client.post("/apply/phone/", {"phone": PHONE}).content.decode()
    assert "演示环境不发短信" in shown
    assert "138****0001" in shown


def test_a_wrong_code_says_how_many_tries_are_left(client, firm):
    name_firm(client, firm)
    right = people.code_for(PHONE)
    wrong = "000000" if right != "000000" else "111111"
    response = client.post("/apply/phone/", {"phone": PHONE, "code": wrong})
    assert response.status_code == 422
    assert "还可以试" in response.content.decode()


def test_the_registers_phone_proves_who_speaks_for_the_firm(client, firm):
    assert prove(client, firm).url == "/apply/need/"
    assert Representative.objects.get().proof == "phone_on_register"


def test_another_phone_needs_the_licence(client, firm):
    assert prove(client, firm, "13900000002").url == "/apply/phone/"
    assert client.get("/apply/phone/").url == "/apply/proof/"
    assert not Representative.objects.exists()


def photo(name: str = "licence.jpg", content: bytes = PHOTO) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_a_photo_of_the_licence_opens_the_way(client, firm, settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path}},
    }
    prove(client, firm, "13900000002")
    assert client.post("/apply/proof/", {"file": photo(), "declared": "on"}).url == "/apply/need/"
    assert Representative.objects.get().proof == "licence_photo"


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (photo("a.jpg", b"MZ not a picture at all"), "只接受 PDF、JPG 或 PNG"),
        (photo("a.html", b"<script>alert(1)</script>"), "只接受 PDF、JPG 或 PNG"),
        (photo("a.jpg", PHOTO + b"0" * (10 * 1024 * 1024)), "超过 10 MB"),
    ],
)
def test_a_file_that_is_no_photo_is_refused_in_words(client, firm, upload, words):
    prove(client, firm, "13900000002")
    upload.seek(0)
    response = client.post("/apply/proof/", {"file": upload, "declared": "on"})
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Representative.objects.exists()


def test_need_then_consent_then_matches(client, firm):
    prove(client, firm)
    assert client.post("/apply/need/", NEED).url == "/apply/consent/"
    draft = Draft.objects.get()
    assert (draft.data["amount"], draft.data["term_months"]) == (30_000_000, 12)
    assert client.post("/apply/consent/", {}).status_code == 422
    assert client.post("/apply/consent/", {"agreed": "on"}).url == "/apply/matches/"


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("amount", "0", "金额不能小于"),
        ("amount", "-5", "金额不能小于"),
        ("amount", "1e15", "金额过大"),
        ("amount", "三十万", "不是金额"),
        ("amount", "0.09", "金额不能小于"),
        ("term_months", "0", "期限应在"),
        ("term_months", "121", "期限应在"),
        ("purpose", "", "error-summary"),
        ("purpose", "casino", "error-summary"),
    ],
)
def test_a_need_that_cannot_be_is_refused_and_stays_as_typed(client, firm, field, typed, words):
    prove(client, firm)
    response = client.post("/apply/need/", {**NEED, field: typed})
    shown = response.content.decode()
    assert response.status_code == 422
    assert words in shown
    assert "备货" in shown


@pytest.mark.parametrize(("typed", "fen"), [("0.1", 100_000), ("５０", 50_000_000), ("1,000", 1_000_000_000)])
def test_amounts_as_people_type_them(client, firm, typed, fen):
    prove(client, firm)
    client.post("/apply/need/", {**NEED, "amount": typed})
    assert Draft.objects.get().data["amount"] == fen


def test_what_was_typed_when_the_session_ended_is_kept(client, firm):
    prove(client, firm)
    del client.cookies["sessionid"]
    assert client.post("/apply/need/", NEED).url == "/apply/phone/"
    assert Draft.objects.get().data["purpose_text"] == "备货"
    client.post("/apply/phone/", {"phone": PHONE, "code": people.code_for(PHONE)})
    assert client.get("/apply/send/").url == "/apply/consent/"


def test_a_consent_ticked_after_the_session_ended_is_not_asked_for_again(client, firm):
    prove(client, firm)
    client.post("/apply/need/", NEED)
    del client.cookies["sessionid"]
    assert client.post("/apply/consent/", {"agreed": "on"}).url == "/apply/phone/"
    proved = client.post("/apply/phone/", {"phone": PHONE, "code": people.code_for(PHONE)})
    assert proved.url == "/apply/matches/"
    assert [one.purpose for one in registry.consents_of(firm.pk)] == ["matching"]


@pytest.mark.parametrize(
    ("typed", "words"), [("餐", "请再多输几个字"), ("ct", "请再多输几个字"), ("没有的", "没有找到")]
)
def test_too_little_typed_is_told_from_an_unknown_firm(client, firm, typed, words):
    assert words in client.get("/apply/check/", {"q": typed}).content.decode()


def test_a_draft_is_found_again_from_another_browser(client, firm):
    prove(client, firm)
    client.post("/apply/need/", NEED)
    client.cookies.clear()
    client.post("/my/sign-in/", {"phone": PHONE, "code": people.code_for(PHONE)})
    assert "30" in client.get("/apply/need/").content.decode()
    assert Draft.objects.count() == 1


def test_a_draft_on_a_shared_phone_is_not_shown_to_the_next_person(client, firm):
    prove(client, firm)
    client.post("/apply/need/", NEED)
    people.sign_in(client, people.owner())
    assert client.get("/apply/need/").url == "/apply/"


def test_an_old_draft_is_not_brought_back(client, firm):
    prove(client, firm)
    client.post("/apply/need/", NEED)
    Draft.objects.update(updated_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    assert client.get("/apply/need/").url == "/apply/"


def test_the_owner_comes_back_to_the_page_asked_for(client):
    response = client.post("/my/sign-in/?next=/apply/", {"phone": PHONE, "code": people.code_for(PHONE)})
    assert response.url == "/apply/"
    client.cookies.clear()
    response = client.post("/my/sign-in/?next=//evil.example/", {"phone": PHONE, "code": people.code_for(PHONE)})
    assert response.url == "/my/"


@pytest.fixture
def code():
    from huoshui.access.actor import SYSTEM
    from huoshui.financing import actions

    return actions.create_code(SYSTEM, kind="market", label="迎泽市场", district_code="140106")


def test_a_scanned_code_goes_with_the_application(client, code):
    assert client.get(f"/c/{code.token}").url == "/apply/"
    assert "迎泽市场" in client.get("/apply/").content.decode()
    assert Draft.objects.get().data["code_token"] == code.token


@pytest.mark.parametrize("token", ["UNKNOWN", "<script>", "%00", "x" * 300])
def test_an_unknown_code_does_not_stand_in_the_way(client, token):
    shown = client.get(f"/c/{token}", follow=True).content.decode()
    assert "不影响申请" in shown
    assert 'name="q"' in shown
    assert "<script>x" not in shown


def test_a_usual_amount_counts_without_scripts(client, firm):
    prove(client, firm)
    picked = {"amount": "", "amount_pick": "50", "term_months": " ", "term_pick": "24", "purpose": "order"}
    assert client.post("/apply/need/", picked).url == "/apply/consent/"
    assert (Draft.objects.get().data["amount"], Draft.objects.get().data["term_months"]) == (50_000_000, 24)


def test_what_was_typed_counts_more_than_a_tick(client, firm):
    prove(client, firm)
    client.post("/apply/need/", {**NEED, "amount_pick": "50"})
    assert Draft.objects.get().data["amount"] == 30_000_000


def test_an_owner_signs_out_from_any_of_the_own_pages(client, firm):
    prove(client, firm)
    assert 'action="/accounts/logout/"' in client.get("/my/").content.decode()
    client.post("/accounts/logout/")
    assert client.get("/my/").status_code == 302
