"""The service side of the demo city is made by the real actions, quickly."""

from __future__ import annotations

import pytest
from django.test import Client

from factories import firms, people
from huoshui.access.actor import SYSTEM
from huoshui.access.roles import Role
from huoshui.access.row_security import acting
from huoshui.catalogue import presets
from huoshui.config.demo import service
from huoshui.service import actions_hall, queries_policy
from huoshui.service.models import Complaint, Event


def test_the_demo_has_documents_calls_events_and_a_queue(db: None) -> None:
    presets.install(SYSTEM)
    office = people.organisation("government", district_code="140105")
    people.staff(Role.TASKFORCE_LEAD, at=office, username="lead.xiaodian")
    people.staff(Role.TASKFORCE_OFFICER, at=office, username="officer.xiaodian")
    people.staff(Role.VISITOR, at=office, username="visitor.xiaodian")
    people.staff(Role.SERVICE_DESK, username="desk")
    firms.firm(district_code="140105")
    with acting(SYSTEM):
        service.play()
    assert queries_policy.search("贴息怎么申请")
    assert sorted(Complaint.objects.values_list("state", flat=True)) == ["answered", "received"]
    assert not Event.objects.exists()  # the year's events are part of its history
    called, waiting = actions_hall.screen()
    assert (len(called), len(waiting)) == (2, 4)


@pytest.mark.parametrize(
    ("role", "path"),
    [
        (Role.OFFICE, "/gov/policies/"),
        (Role.TASKFORCE_LEAD, "/gov/complaints/"),
        (Role.TASKFORCE_LEAD, "/gov/complaints/counts/"),
        (Role.TASKFORCE_LEAD, "/gov/events/"),
        (Role.TASKFORCE_LEAD, "/gov/hall/needs/"),
        (Role.SERVICE_DESK, "/gov/hall/"),
    ],
)
def test_every_list_opens_while_it_is_empty(client: Client, db: None, role: Role, path: str) -> None:
    kind = "" if role == Role.SERVICE_DESK else "government"
    people.sign_in(client, people.staff(role, kind=kind))
    assert client.get(path).status_code == 200
