"""Firms that no bank can take wait with a reason, and go out by themselves when a bank can take them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np
import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.urls import reverse

from conftest import as_web_role
from factories import offers, people
from huoshui.access.actor import SYSTEM
from huoshui.access.roles import Role
from huoshui.access.row_security import acting
from huoshui.audit.models import Event
from huoshui.catalogue import actions as catalogue
from huoshui.catalogue import presets
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.screening import actions_lead, queries_waiting
from huoshui.screening.actions_recall import recall_silent
from huoshui.screening.actions_waiting import push_again
from huoshui.screening.left_over import OBSTACLES, Why, why_left
from huoshui.screening.models import Lead, LeadPush, LeadWaiting, ListDefinition
from tests.screening.test_lists import CLOSED, NEVER, define, make, make_firm, offer_of

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 3, 9, tzinfo=clock.ZONE)


@pytest.fixture(autouse=True)
def _city(tmp_path, monkeypatch) -> Iterator[None]:
    monkeypatch.setattr(default_storage, "path", lambda name: str(tmp_path / name))
    with clock.at(NOW), acting(SYSTEM):
        presets.install(SYSTEM)
        yield


@pytest.fixture
def desk() -> int:
    """A branch in 小店区 that holds four open leads, with a product that everybody fits."""
    bank = offers.bank()
    place = offers.branch(bank, capacity=1)
    offer_of(bank)
    return place


def edition() -> int:
    define()
    return int(make()[0].pk)


def push(number: int, **given) -> int:
    try:
        return actions_lead.push(SYSTEM, edition_id=number, **given)
    except DomainError as nobody:
        if nobody.code != "nothing_to_push":
            raise
        return 0


def waiting() -> dict[int, str]:
    return dict(LeadWaiting.objects.values_list("enterprise_id", "reason"))


class TestWhy:
    def test_each_firm_has_the_nearest_reason(self):
        fits = np.array([[True, True, False, True]])
        still = np.array([[True, False, False, True]])
        found = why_left(
            [0, 1, 2, 3], ["a", "a", "a", "b"], fits=fits, still=still, banks=np.array([7]), serving={"a": {7}}
        )
        assert found == [(0, Why.FULL), (1, Why.SILENT), (2, Why.UNFIT), (3, Why.UNSERVED)]

    def test_a_product_of_a_bank_without_a_branch_there_does_not_count(self):
        one = np.array([[True]])
        assert why_left([0], ["a"], fits=one, still=one, banks=np.array([7]), serving={"a": {8}}) == [(0, Why.UNFIT)]

    def test_nobody_left_is_nothing_to_say(self):
        none = np.zeros((0, 0), np.bool_)
        assert why_left([], [], fits=none, still=none, banks=np.zeros(0, np.int64), serving={}) == []


class TestWaiting:
    def test_whom_a_full_branch_cannot_take_waits_and_it_is_recorded(self, desk):
        made = [make_firm() for _ in range(6)]
        with as_web_role():
            assert push(edition()) == 4
        assert waiting() == dict.fromkeys(made[4:], "full")
        (kept,) = LeadPush.objects.all()
        assert (kept.given, kept.left, kept.open_branches) == (4, 2, [])
        assert Event.objects.get(kind="LEADS_LEFT").facts["count"] == 2

    def test_a_district_without_a_branch_and_a_firm_that_nothing_fits_are_told_apart(self, desk):
        head = people.staff(Role.BANK_HEAD, at=offers.bank())
        elsewhere, unfit = make_firm(district_code="140106"), make_firm(district_code="140107")
        offers.branch(head.organisation_id, districts=("140107",))
        push(edition())
        assert waiting() == {elsewhere: "unserved", unfit: "unfit"}

    def test_a_firm_that_its_only_bank_left_without_a_word_waits_for_another_one(self, desk):
        firm = make_firm()
        push(edition())
        with clock.at(NOW + dt.timedelta(days=8)):
            recall_silent()
            assert waiting() == {firm: "silent"}

    def test_a_firm_that_comes_onto_an_exclusion_list_waits_no_more(self, desk):
        firm = make_firm(district_code="140106")
        push(edition())
        actions_lead.withdraw_excluded([firm])
        assert waiting() == {}

    def test_trying_some_districts_leaves_what_waits_elsewhere(self, desk):
        here, there = make_firm(district_code="140106"), make_firm(district_code="140107")
        number = edition()
        push(number)
        since = LeadWaiting.objects.get(enterprise_id=here).since
        with clock.at(NOW + dt.timedelta(hours=1)):
            push(number, districts=["140106"])
        assert waiting() == {here: "unserved", there: "unserved"}
        assert LeadWaiting.objects.get(enterprise_id=here).since == since, "for the same reason since then"

    def test_a_county_sees_its_own_part_and_a_bank_nothing(self, desk):
        make_firm(district_code="140106")
        push(edition())
        counts = []
        for district, role, kind in (("140106", Role.TASKFORCE_LEAD, "government"), ("140105", Role.TASKFORCE_LEAD, "government"), ("", Role.BANK_HEAD, "bank")):  # fmt: skip
            actor = people.staff(role, at=people.organisation(kind, district_code=district))
            with acting(actor), as_web_role():
                counts.append((LeadWaiting.objects.count(), queries_waiting.waiting(actor, held()).count()))
        assert counts == [(1, 1), (0, 0), (0, 0)]

    def test_the_database_knows_the_reasons_and_keeps_a_push_as_it_was(self, desk):
        make_firm(district_code="140106")
        push(edition())
        for change in (
            lambda: LeadWaiting.objects.update(reason="else"),
            lambda: LeadPush.objects.update(given=9),
            lambda: LeadPush.objects.all().delete(),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                change()
        assert set(OBSTACLES) == set(Why)


def held() -> int:
    return int(ListDefinition.objects.get(code="never").pk)


class TestAgain:
    def test_what_waits_goes_out_when_a_branch_raises_its_capacity(self, desk):
        made = [make_firm() for _ in range(6)]
        push(edition())
        assert push_again() == 0, "nothing came back"
        assert LeadPush.objects.count() == 1, "and nothing was tried"
        lead = people.staff(Role.BRANCH_LEAD, at=desk)
        catalogue.set_capacity(lead, branch_id=desk, weekly_capacity=2)
        assert push_again() == 2
        assert waiting() == {}
        assert set(Lead.objects.values_list("enterprise_id", flat=True)) == set(made)

    def test_a_lead_that_is_reported_on_makes_room_for_the_next(self, desk):
        for _ in range(5):
            make_firm()
        push(edition())
        manager = people.staff(Role.ACCOUNT_MANAGER, at=desk)
        actions_lead.refused(manager, lead_id=Lead.objects.first().pk, reason_code="no_need")
        assert push_again() == 1

    def test_room_elsewhere_is_no_reason_to_try(self, desk):
        make_firm(district_code="140106")
        push(edition())
        offers.branch(offers.bank(), districts=("140107",))
        push_again()
        assert LeadPush.objects.count() == 1

    def test_a_new_product_is_found_by_the_days_thorough_look(self, desk):
        firm = make_firm(district_code="140106")
        bank = offers.bank()
        offers.branch(bank, districts=("140106",))
        push(edition())
        assert waiting() == {firm: "unfit"}
        offer_of(bank)
        assert push_again() == 0
        assert push_again(thorough=True) == 1

    def test_who_left_the_list_is_not_handed_out(self, desk):
        make_firm(district_code="140106")
        define_id = edition()
        push(define_id)
        from huoshui.screening import actions_list

        actions_list.change_rule(SYSTEM, list_id=held(), criteria=CLOSED, document_no="测试〔2026〕2号")
        make()
        assert push_again(thorough=True) == 0
        assert waiting() == {}


def test_the_list_says_how_many_wait_why_and_what_to_do(client, desk):
    for district in ("140105", "140106", "140106"):
        make_firm(district_code=district)
    number = edition()
    office = people.staff(Role.OFFICE, at=people.organisation("government", district_code="140100", level="city"))
    people.sign_in(client, office)
    page, preview = (reverse(f"gov:{name}", args=[held()]) for name in ("firm_list", "firm_list_push"))
    assert "暂无银行能接" not in client.get(page).text
    assert OBSTACLES[Why.UNSERVED].remedy.zh in client.get(preview).text
    push(number)
    text = client.get(page).text
    assert "区县没有接单的网点" in text
    assert OBSTACLES[Why.UNSERVED].remedy.zh in text
    rows = reverse("gov:firm_list_waiting", args=[held()])
    assert f"{rows}?reason=unserved" in text
    assert "共 2 条" in client.get(rows, {"reason": "unserved"}).text
    assert client.get(rows, {"export": "csv"}).status_code == 200
    excluded = define("closed", kind="exclusion", criteria=NEVER)
    make("closed")
    assert client.get(reverse("gov:firm_list_waiting", args=[excluded])).status_code == 404
    assert "推送情况" not in client.get(reverse("gov:firm_list", args=[excluded])).text
