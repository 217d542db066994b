"""A session that ended while a form was being filled loses nothing: what was typed is given back to the same person only."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from factories import people
from huoshui.access.actor import Actor
from huoshui.access.models import ParkedForm
from huoshui.access.roles import Role
from huoshui.kernel import clock

pytestmark = pytest.mark.django_db
FORM = "/notices/read/"  # any guarded address that takes a form
TYPED = {"amount": "300000", "note": "收购小麦\n分三次", "papers": ["执照", "流水"], "empty": ""}
PAGE = "http://testserver/notices/?page=2"


@pytest.fixture
def officer() -> Actor:
    return people.staff(Role.TASKFORCE_OFFICER, password=people.PASSWORD, username="officer")


def end_session() -> None:
    Session.objects.update(expire_date=timezone.now() - dt.timedelta(minutes=1))


def sign_in(client: Client, back: str, username: str = "officer") -> Any:
    address = f"/accounts/login/?next={back}"
    return client.post(address, {"login": username, "password": people.PASSWORD})


def sent_late(client: Client, officer: Actor, data: dict[str, Any] | None = None, **more: Any) -> Any:
    people.sign_in(client, officer)
    end_session()
    return client.post(FORM, data or TYPED, headers={"Referer": PAGE}, **more)


def test_what_was_typed_comes_back_after_signing_in_and_can_be_sent(client: Client, officer: Actor) -> None:
    response = sent_late(client, officer)
    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=%2Faccounts%2Fresume%2F"

    arrived = sign_in(client, "/accounts/resume/")
    assert arrived["Location"] == "/accounts/resume/"
    page = client.get("/accounts/resume/").content.decode()
    assert f'action="{FORM}"' in page
    for value in ("300000", "收购小麦", "分三次", "执照", "流水"):
        assert value in page
    assert page.count('name="papers"') == 2
    assert 'name="csrfmiddlewaretoken"' in page
    assert client.post(FORM, TYPED).status_code == 302  # what the page's button sends


def test_every_page_says_that_something_is_waiting(client: Client, officer: Actor) -> None:
    sent_late(client, officer)
    sign_in(client, "/notices/")
    assert 'href="/accounts/resume/"' in client.get("/notices/").content.decode()
    client.post("/accounts/resume/")
    assert 'href="/accounts/resume/"' not in client.get("/notices/").content.decode()


def test_the_page_knows_where_the_form_stood(client: Client, officer: Actor) -> None:
    sent_late(client, officer)
    sign_in(client, "/accounts/resume/")
    response = client.post("/accounts/resume/")
    assert response["Location"] == "/notices/?page=2"
    assert not ParkedForm.objects.exists()
    assert client.get("/accounts/resume/")["Location"] == "/home/"


def test_a_part_of_a_page_gets_a_header_that_moves_the_whole(client: Client, officer: Actor) -> None:
    people.sign_in(client, officer)
    end_session()
    response = client.post(FORM, TYPED, headers={"HX-Request": "true", "HX-Current-URL": PAGE})
    assert response.status_code == 401
    assert response["HX-Redirect"] == "/accounts/login/?next=%2Faccounts%2Fresume%2F"
    assert "Location" not in response
    sign_in(client, "/accounts/resume/")
    assert "300000" in client.get("/accounts/resume/").content.decode()


def test_nothing_secret_is_kept_and_what_is_kept_is_encrypted(client: Client, officer: Actor) -> None:
    sent_late(client, officer, {**TYPED, "password": "秘密甲", "code": "秘密乙", "csrfmiddlewaretoken": "秘密丙"})
    cipher = bytes(ParkedForm.objects.get().cipher)
    assert "收购小麦".encode() not in cipher
    sign_in(client, "/accounts/resume/")
    assert "秘密" not in client.get("/accounts/resume/").content.decode()


def test_files_are_named_to_be_chosen_again(client: Client, officer: Actor) -> None:
    sent_late(client, officer, {**TYPED, "scan": SimpleUploadedFile("执照.pdf", b"%PDF")})
    sign_in(client, "/accounts/resume/")
    page = client.get("/accounts/resume/").content.decode()
    assert "执照.pdf" in page
    assert "重新选择" in page


def test_markup_that_was_typed_is_shown_as_text(client: Client, officer: Actor) -> None:
    sent_late(client, officer, {"note": "<script>alert(1)</script>"})
    sign_in(client, "/accounts/resume/")
    page = client.get("/accounts/resume/").content.decode()
    assert "<script>alert(1)</script>" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_somebody_else_on_the_same_browser_sees_none_of_it(client: Client, officer: Actor) -> None:
    people.staff(Role.VISITOR, password=people.PASSWORD, username="another")
    sent_late(client, officer)
    sign_in(client, "/accounts/resume/", username="another")
    assert client.get("/accounts/resume/")["Location"] == "/home/"
    assert "300000" not in client.get("/notices/").content.decode()


def test_the_same_person_elsewhere_needs_the_browsers_cookie(client: Client, officer: Actor) -> None:
    sent_late(client, officer)
    elsewhere = Client()
    sign_in(elsewhere, "/home/")
    assert elsewhere.get("/accounts/resume/")["Location"] == "/home/"


@pytest.mark.parametrize(("minutes", "there"), [(59, True), (60, False)])
def test_it_is_kept_for_an_hour(minutes: int, there: bool, client: Client, officer: Actor) -> None:
    start = clock.now()
    with clock.at(start):
        sent_late(client, officer)
    sign_in(client, "/accounts/resume/")
    with clock.at(start + dt.timedelta(minutes=minutes)):
        assert (client.get("/accounts/resume/").status_code == 200) is there


def test_a_stranger_cannot_fill_the_table(client: Client) -> None:
    response = client.post(FORM, TYPED)
    assert response["Location"] == f"/accounts/login/?next={FORM.replace('/', '%2F')}"
    client.cookies["sessionid"] = "made-up"
    client.post(FORM, TYPED)
    assert not ParkedForm.objects.exists()


def test_a_form_too_large_is_not_kept(client: Client, officer: Actor, settings: Any) -> None:
    settings.ACCESS_POLICY = {"parked.kilobytes": 1}
    sent_late(client, officer, {"note": "字" * 1000})
    assert not ParkedForm.objects.exists()


def test_asking_for_a_page_parks_nothing(client: Client, officer: Actor) -> None:
    people.sign_in(client, officer)
    end_session()
    assert client.get("/notices/?page=3")["Location"] == "/accounts/login/?next=%2Fnotices%2F%3Fpage%3D3"
    assert not ParkedForm.objects.exists()


def test_a_referer_from_another_site_is_not_followed(client: Client, officer: Actor) -> None:
    people.sign_in(client, officer)
    end_session()
    client.post(FORM, TYPED, headers={"Referer": "https://evil.example/notices/"})
    sign_in(client, "/accounts/resume/")
    assert client.post("/accounts/resume/")["Location"] == FORM
