"""Campaigns and events take their firms from a list: of its newest edition, in the office's own district."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from conftest import as_web_role
from factories import people
from huoshui.access.actor import SYSTEM
from huoshui.access.roles import Role
from huoshui.access.row_security import acting
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.service import actions_campaign as actions
from huoshui.service.actions_campaign import Wanted
from tests.screening.test_lists import CLOSED, define, later, make, make_firm

pytestmark = pytest.mark.django_db


@pytest.fixture
def listed(tmp_path, monkeypatch) -> Iterator[tuple[int, int]]:
    """A list of two firms of 小店区 and one of 迎泽区; a firm of 小店区 that has borrowed is not on it."""
    monkeypatch.setattr(default_storage, "path", lambda name: str(tmp_path / name))
    with clock.at(dt.datetime(2026, 3, 3, 9, tzinfo=clock.ZONE)), acting(SYSTEM):
        here = make_firm(), make_firm()
        make_firm(True)
        make_firm(district_code="140106")
        define()
        define("closed", kind="exclusion", criteria=CLOSED)
        make()
        yield here


@pytest.fixture
def lead():
    return people.staff(Role.TASKFORCE_LEAD, at=people.organisation("government", district_code="140105"))


def chosen(actor, **wanted) -> set[int]:
    with acting(actor), as_web_role():
        return {pk for pk, _address in actions.chosen(actor, Wanted(**wanted))}


def test_the_firms_of_the_newest_edition_in_the_own_district(listed, lead):
    assert chosen(lead, listed="never") == set(listed)
    assert len(chosen(lead)) == 3
    later(listed[0], has_loan_history=True)
    make()
    assert chosen(lead, listed="never") == {listed[1]}


@pytest.mark.parametrize("code", ["closed", "nonsense"])
def test_exclusion_lists_and_unknown_ones_are_refused(listed, lead, code):
    with pytest.raises(DomainError) as caught:
        actions.chosen(lead, Wanted(listed=code))
    assert caught.value.code == "no_list"


def test_the_office_chooses_the_list_on_the_page(client, listed, lead):
    people.sign_in(client, lead)
    address = reverse("gov:campaign_new")
    assert 'value="never"' in client.get(address).text
    assert 'value="closed"' not in client.get(address).text
    given = {"name": "无贷户走访", "first_day": "2026-03-04", "last_day": "2026-03-31", "most": "50", "listed": "never"}
    assert "符合条件的有 2 户" in client.post(address, given | {"count": "1"}).text
    assert 'value="never"' in client.get(reverse("gov:event_new")).text
