"""No page of any role shows a foreign firm: every address is opened by everybody, with the ids of what is not theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command

from access.test_routes import FIXED, PARAMETERISED, view_at
from factories import people
from factories.city import City, build
from huoshui.access.guard import declared
from huoshui.registry.models import Enterprise
from tests.conftest import WebRoleClient

pytestmark = pytest.mark.django_db

# who must not see which firm; audit_admin is not among them: the log tells what was done to whom
BLIND = {
    "anonymous": ("a", "b"),
    "owner_a": ("b",),
    "owner_b": ("a",),
    "manager_a": ("b",),
    "manager_b": ("a",),
    "county_a": ("b",),
    "county_b": ("a",),
    "guarantor": ("a", "b"),
    "system_admin": ("a", "b"),
    "security_admin": ("a", "b"),
}
TABLES = ("registry.Enterprise", "registry.Consent", "financing.Demand", "financing.Referral", "financing.Loan")
TABLES += ("financing.Paper", "financing.PaperRequest", "financing.Visit", "financing.CreditDecision")


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: Any) -> Iterator[City]:
    with django_db_blocker.unblock():
        try:
            yield build()
        finally:
            call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(scope="module")
def ids(city: City, django_db_blocker: Any) -> list[int]:
    with django_db_blocker.unblock():
        return sorted({pk for table in TABLES for pk in apps.get_model(table).objects.values_list("pk", flat=True)})


def secrets_of(city: City, firms: tuple[str, ...]) -> list[str]:
    """What nobody foreign may read: a firm's name and its credit code."""
    wanted = {"a": city.firm_a, "b": city.firm_b}
    rows = Enterprise.objects.filter(pk__in=[wanted[firm] for firm in firms]).values_list("name", "uscc")
    return [text for row in rows for text in row]


def said(client: WebRoleClient, path: str) -> str:
    response = client.get(path)
    if response.streaming:
        return b"".join(response.streaming_content).decode(errors="replace")  # type: ignore[attr-defined]
    return response.content.decode(errors="replace")


def visitor(city: City, name: str) -> WebRoleClient:
    client = WebRoleClient(raise_request_exception=True)
    if city.actors[name].person_id is not None:
        people.sign_in(client, city.actors[name])
    return client


@pytest.mark.parametrize("name", BLIND)
def test_no_list_shows_a_foreign_firm(name: str, city: City) -> None:
    client, hidden = visitor(city, name), secrets_of(city, BLIND[name])
    pages = ((path, said(client, path)) for path in FIXED)
    assert [(path, text) for path, page in pages for text in hidden if text in page] == []


@pytest.mark.parametrize("name", BLIND)
def test_no_record_of_a_foreign_firm_opens(name: str, city: City, ids: list[int]) -> None:
    client, hidden = visitor(city, name), secrets_of(city, BLIND[name])
    shown = []
    for address in PARAMETERISED:
        if "<int:" not in address:
            continue
        # who may not open the page at all is refused before any record is looked for: one is enough to see that
        asked = declared(view_at(address))
        for number in ids if asked and asked.admits(city.actors[name]) else ids[:1]:
            path = re.sub(r"<(?:\w+:)?[^>]+>", "x", re.sub(r"<int:[^>]+>", str(number), address))
            page = said(client, path)
            shown += [(path, text) for text in hidden if text in page]
    assert shown == []


def test_the_firms_own_people_do_see_it(city: City) -> None:
    """The test above would pass on a platform that shows nothing at all."""
    for name, firm in (("owner_a", "a"), ("county_a", "a"), ("manager_a", "a")):
        client, own = visitor(city, name), secrets_of(city, (firm,))
        assert any(text in said(client, path) for path in FIXED for text in own), name
