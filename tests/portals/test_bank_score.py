"""The thin-file score on a bank's case page: only where the city shows it, only of what the firm agreed to."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from factories import cases, firms, people
from factories.people import sign_in
from huoshui.access.actor import SYSTEM
from huoshui.access.roles import Role
from huoshui.access.row_security import acting
from huoshui.catalogue import actions as catalogue
from huoshui.kernel import clock

pytestmark = pytest.mark.django_db
TOLD = {"invoice_amount_12m": 300_000_000, "invoice_months": 12, "invoice_customers": 40}


@pytest.fixture
def opened(client: Any) -> Any:
    """A case of a firm whose invoices are known; the page as its account manager opens it."""
    place = cases.city(banks=1)
    with acting(SYSTEM):
        firms.sheet(place.firm, "tax", clock.today(), **TOLD)
    pk = cases.case(place, "offered")
    sign_in(client, place.bank.officer)
    return place, lambda: client.get(reverse("bank:case", args=[pk])).text


def show_to_banks() -> None:
    office = people.staff(Role.OFFICE)
    with acting(SYSTEM):
        catalogue.set_parameter(
            office, path="score.shown_to_banks", value="on", valid_from=clock.today(), document_no="1号"
        )


def test_it_is_off_until_the_city_turns_it_on(opened: Any) -> None:
    place, page = opened
    reader = people.person(place.bank.officer).organisation
    firms.consent(place.firm, reader, people.person(place.owner), data_kinds=["register", "tax", "invoices"])
    assert "薄信息评分" not in page()
    show_to_banks()
    shown = page()
    assert "薄信息评分" in shown
    assert "评分理由" in shown
    assert reverse("shared:score_card") in shown


def test_a_firm_that_agreed_to_nothing_has_no_score_here(opened: Any) -> None:
    _place, page = opened
    show_to_banks()
    assert "薄信息评分" not in page()


def test_the_model_card_says_how_small_the_sample_is(client: Any) -> None:
    sign_in(client, people.staff(Role.ACCOUNT_MANAGER))
    page = client.get(reverse("shared:score_card")).text
    assert "82" in page
    assert "0.922 (0.842–0.975)" in page
    assert "低于 1,329,000" in page
