"""First pages say what is due to every role; a bank reads and answers complaints; the operator words notices."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from factories import cases as made
from factories import people
from huoshui.access.models import NoticeWording
from huoshui.access.roles import Role
from huoshui.kernel import clock
from huoshui.service import actions_complaint, actions_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def complained():
    """A complaint about the bank that lent, taken up by the taskforce."""
    with clock.at(made.START):
        place = made.city()
        made.case(place, "lent")
        filed = actions_complaint.file_complaint(
            place.owner, kind="complaint", subject="bank", words="收费没有说明", enterprise_id=place.firm.pk,
            target_id=place.bank.id,
        )  # fmt: skip
        actions_complaint.act_on_complaint(place.taskforce, complaint_id=filed.id, act="accept")
    return place, filed


def test_late_work_stands_first_on_the_offices_and_the_banks_page(client, complained):
    place, _filed = complained
    with clock.at(made.START + dt.timedelta(days=60)):
        for actor, page, words in (
            (place.taskforce, "gov:home", "件投诉已逾期"),
            (place.bank.head, "bank:home", "件投诉已逾期未答复"),
        ):
            people.sign_in(client, actor)
            assert words in client.get(reverse(page)).text


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in (Role.OWNER, Role.LEADER, Role.GUARANTEE_LEAD)], ids=str
)
def test_every_role_has_a_first_page(client, role):
    people.sign_in(client, people.staff(role))
    answer = client.get("/home/", follow=True)
    assert answer.status_code == 200
    assert "今天要做的" in answer.text


def test_a_bank_states_its_case_and_its_owner_is_told(client, complained):
    place, filed = complained
    people.sign_in(client, place.bank.head)
    assert filed.number in client.get(reverse("bank:complaints")).text
    page = reverse("bank:complaint", args=[filed.id])
    assert client.post(page, {"words": ""}).status_code == 422
    assert client.post(page, {"words": "系评估费，由评估公司收取。"}).status_code == 302
    people.sign_in(client, place.taskforce)
    assert "系评估费" in client.get(reverse("gov:complaint", args=[filed.id])).text


def test_another_bank_does_not_find_the_complaint(client, complained):
    people.sign_in(client, people.staff(Role.BANK_HEAD, kind="bank"))
    assert client.get(reverse("bank:complaint", args=[complained[1].id])).status_code == 404


def test_a_bank_sees_the_events_it_takes_part_in(client, complained):
    place, _filed = complained
    starts = clock.now() + dt.timedelta(days=3)
    for title, banks in (("餐饮对接会", (place.bank.id,)), ("别家的会", ())):
        plan = actions_event.Plan(
            kind="matchmaking", title=title, place="大厅", starts_at=starts, ends_at=starts + dt.timedelta(hours=2),
            seats=9, bank_ids=banks,
        )  # fmt: skip
        actions_event.open_event(place.taskforce, plan=plan)
    people.sign_in(client, place.bank.officer)
    page = client.get(reverse("bank:events")).text
    assert "餐饮对接会" in page
    assert "别家的会" not in page


def test_the_operator_gives_a_notice_new_words(client):
    people.sign_in(client, people.staff(Role.SYSTEM_ADMIN))
    assert "EVENT_CANCELLED" in client.get(reverse("gov:notice_templates")).text
    page = reverse("gov:notice_template", args=["EVENT_CANCELLED"])
    wrong = client.post(page, {"zh": "{when} 的活动取消", "en": "cancelled", "seen_version": "1"})
    assert wrong.status_code == 422
    assert "{title}" in wrong.text
    assert client.post(page, {"zh": "{title} 不办了", "en": "{title} is off", "seen_version": "1"}).status_code == 302
    assert NoticeWording.objects.get().version == 2
    assert client.post(reverse("gov:quiet_hours"), {"begins": "22:00", "ends": "07:30"}).status_code == 302
    assert "22:00–07:30" in client.get(reverse("gov:notice_templates")).text
    assert client.get(reverse("gov:deliveries")).status_code == 200


def test_a_firms_first_page_says_what_waits_for_it(client, complained):
    place, filed = complained
    starts = clock.now() + dt.timedelta(days=3)
    plan = actions_event.Plan(
        kind="session", title="贴息讲座", place="大厅", starts_at=starts, ends_at=starts + dt.timedelta(hours=2), seats=9,
        wanted=actions_event.Wanted(most=5),
    )  # fmt: skip
    actions_event.open_event(place.taskforce, plan=plan)
    actions_complaint.act_on_complaint(place.taskforce, complaint_id=filed.id, act="ask_evidence", words="请补合同号")
    people.sign_in(client, place.owner)
    page = client.get(reverse("enterprise:home")).text
    assert "1 件投诉等您补充依据" in page
    assert "1 场活动邀请您，请回复" in page


def test_a_firm_finds_events_and_its_own_sign_ups_with_the_answer(client, complained):
    place, _filed = complained
    starts = clock.now() + dt.timedelta(days=3)
    opened = [
        actions_event.open_event(
            place.taskforce,
            plan=actions_event.Plan(
                kind=kind, title=title, place="大厅", starts_at=starts, ends_at=starts + dt.timedelta(hours=2), seats=1
            ),
        )
        for kind, title in (("matchmaking", "餐饮对接会"), ("roadshow", "股权路演日"))
    ]
    people.sign_in(client, place.owner)
    page = client.get(reverse("enterprise:events")).text
    assert page.count("还有 1 个名额") == 2
    assert "餐饮对接会" not in client.get(reverse("enterprise:events"), {"kind": "roadshow"}).text
    one = reverse("enterprise:event", args=[opened[0]])
    assert client.post(one, {"comes": "1", "question": "没有抵押能贷吗"}).status_code == 302
    page = client.get(reverse("enterprise:events")).text
    assert page.index("我的报名和邀请") < page.index("没有抵押能贷吗") < page.index("可以报名的活动")
    assert "名额已满" in client.get(one).text
    with clock.at(starts + dt.timedelta(days=1)):
        assert "参加过的活动" in client.get(reverse("enterprise:events")).text
        assert "这场活动已经结束" in client.get(one).text
