"""The public page and its files: what a stranger sees, and what nobody does."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
from django.urls import reverse

from factories import cases as made
from factories import people
from huoshui.access.roles import Role
from huoshui.kernel import clock
from huoshui.statistics import actions

pytestmark = pytest.mark.django_db
APRIL = dt.datetime(2026, 4, 2, 10, 0, tzinfo=clock.ZONE)


@pytest.fixture
def published():
    with clock.at(made.START):
        made.case(made.city(), "lent")
        city = people.organisation("government", district_code="140100", level="city")
        office = [people.staff(Role.OFFICE, at=city) for _ in range(2)]
    with clock.at(APRIL):
        actions.refresh(on=APRIL.date())
        pk = actions.draft_bulletin(office[0], template="districts", kind="month", last=dt.date(2026, 3, 31))
        actions.freeze_bulletin(office[1], bulletin_id=pk, seen_version=1)
        actions.publish_bulletin(office[0], bulletin_id=pk, seen_version=2)
        yield pk


def test_before_anything_is_counted_the_page_says_when_it_comes(client, db):
    page = client.get(reverse("public:figures"))
    assert page.status_code == 200
    assert "还没有公开数据" in page.text
    assert client.get(reverse("public:figures_data", args=["csv"])).status_code == 404


def test_a_single_firm_is_hidden_on_the_page_and_in_the_files(client, published):
    page = client.get(reverse("public:figures"))
    assert "＊" in page.text
    assert "50.00" not in page.text
    told = client.get(reverse("public:figures_data", args=["json"])).json()
    hidden = [row for row in told["rows"] if row["measure"] == "lent_amount" and row["district"] == made.DISTRICT]
    assert hidden == [hidden[0] | {"value": None, "hidden": True}]
    assert told["hidden_below"] == 5


def test_the_csv_reads_like_the_json(client, published):
    rows = list(
        csv.DictReader(
            io.StringIO(client.get(reverse("public:figures_data", args=["csv"])).content.decode("utf-8-sig"))
        )
    )
    told = client.get(reverse("public:figures_data", args=["json"])).json()["rows"]
    assert [row["value"] or None for row in rows] == [row["value"] for row in told]


def test_a_published_bulletin_hides_what_the_office_sees(client, published):
    page = client.get(reverse("public:bulletin", args=[published]))
    assert page.status_code == 200
    assert "50.00" not in page.text
    assert client.get(reverse("public:bulletin_file", args=[published, "pdf"])).content.startswith(b"%PDF")
    assert client.get(reverse("public:bulletin_file", args=[published, "xlsx"])).content.startswith(b"PK")


def test_a_bulletin_that_is_not_published_is_not_there(client, published):
    assert client.get(reverse("public:bulletin", args=[published + 1])).status_code == 404


def test_the_page_asks_little_of_the_database(client, published, django_assert_max_num_queries):
    client.get(reverse("public:figures"))
    with django_assert_max_num_queries(40):
        client.get(reverse("public:figures"))
