"""A lead has a day by which the bank's word is owed; without it the firm goes to the next bank with room."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Iterator

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from factories import offers, people
from huoshui.access.actor import SYSTEM
from huoshui.access.models import Notice
from huoshui.access.roles import Role
from huoshui.access.row_security import acting
from huoshui.catalogue import presets
from huoshui.kernel import clock
from huoshui.screening import actions_lead
from huoshui.screening.actions_recall import Recalled, recall_silent
from huoshui.screening.models import Lead
from tests.screening.test_lists import define, make, make_firm, offer_of

pytestmark = pytest.mark.django_db
PUSHED = dt.datetime(2026, 3, 3, 9, tzinfo=clock.ZONE)  # a Tuesday; five working days later is Tuesday the 10th


@pytest.fixture(autouse=True)
def _city(tmp_path, monkeypatch) -> Iterator[None]:
    monkeypatch.setattr(default_storage, "path", lambda name: str(tmp_path / name))
    with clock.at(PUSHED), acting(SYSTEM):
        presets.install(SYSTEM)
        yield


def a_bank() -> tuple[int, int]:
    """Return a bank and its branch in 小店区 with a product that everybody fits."""
    number = offers.bank()
    place = offers.branch(number)
    offer_of(number)
    return number, place


@pytest.fixture
def banks() -> list[tuple[int, int]]:
    return [a_bank(), a_bank()]


@pytest.fixture
def lead(banks) -> Lead:
    make_firm()
    define()
    actions_lead.push(SYSTEM, edition_id=make()[0].pk)
    return Lead.objects.get()


def on(month: int, day: int, hour: int = 9):
    return clock.at(dt.datetime(2026, month, day, hour, tzinfo=clock.ZONE))


def look(month: int, day: int) -> Recalled:
    with on(month, day):
        return recall_silent()


def states() -> list[tuple[int, str]]:
    return list(Lead.objects.order_by("pk").values_list("bank_id", "state"))


def told(template: str) -> list[int]:
    return list(Notice.objects.filter(template=template).values_list("organisation_id", flat=True))


def test_a_bank_that_is_silent_loses_the_firm_to_the_next_one_the_day_after_the_deadline(lead):
    assert lead.due_on == dt.date(2026, 3, 10)
    assert look(3, 9) == Recalled(reminded=1, recalled=0, passed_on=0)
    assert look(3, 10) == Recalled(0, 0, 0), "the last day is the bank's"
    assert look(3, 11) == Recalled(0, 1, 1)
    (first, was), (second, now) = states()
    assert (first, was, now) == (lead.bank_id, "recalled", "new")
    assert second != first
    assert told("LEADS_DUE") == [first]
    assert told("LEADS_RECALLED_NEWS") == [first]
    assert second in told("LEADS_ARRIVED")
    assert look(3, 11) == Recalled(0, 0, 0), "twice on a day is once"


def test_contact_gives_the_bank_more_days_and_a_report_ends_the_clock(lead, banks):
    place = dict(banks)[lead.bank_id]
    manager = people.staff(Role.ACCOUNT_MANAGER, at=place)
    with on(3, 10):
        actions_lead.contacted(manager, lead_id=lead.pk)
    lead.refresh_from_db()
    assert lead.due_on == dt.date(2026, 3, 31)
    assert look(3, 11).recalled == 0
    with on(3, 30):
        actions_lead.refused(manager, lead_id=lead.pk, reason_code="no_need")
    assert look(4, 20) == Recalled(0, 0, 0), "a refusal is not silence: the firm rests"


def test_a_firm_that_every_bank_left_waits_and_none_gets_it_twice(lead):
    look(3, 11)
    assert look(3, 20) == Recalled(0, 1, 0)
    assert [state for _bank, state in states()] == ["recalled", "recalled"]


def test_a_firm_is_passed_on_as_often_as_the_parameter_says(lead, banks):
    a_bank()
    a_bank()
    for day in (11, 20, 31):
        look(3, day)
    assert look(4, 30).passed_on == 0
    assert len(states()) == 3


def test_a_lead_from_before_there_were_deadlines_gets_one_from_today(lead):
    Lead.objects.update(due_on=None)
    assert look(3, 16) == Recalled(0, 0, 0)
    lead.refresh_from_db()
    assert lead.due_on == dt.date(2026, 3, 23)


def test_on_a_day_off_nobody_is_reminded(lead):
    Lead.objects.update(due_on=dt.date(2026, 3, 9))
    assert look(3, 7).reminded == 0, "a Saturday"
    assert look(3, 6).reminded == 1


def test_the_banks_first_page_counts_what_it_opens(client, lead, banks):
    manager = people.staff(Role.ACCOUNT_MANAGER, at=dict(banks)[lead.bank_id])
    people.sign_in(client, manager)
    with on(3, 9):
        home = client.get(reverse("bank:home")).text
        link = re.search(r'href="([^"]*due_to=2026-03-10[^"]*)"', home)
        assert "条名单线索最迟下一工作日反馈" in home
        assert "2026-03-10" in client.get(html.unescape(link[1])).text
    with on(3, 10):
        actions_lead.contacted(manager, lead_id=lead.pk)
        home = client.get(reverse("bank:home")).text
        assert "条名单线索" not in home, "contacted, and not due before the 31st"
