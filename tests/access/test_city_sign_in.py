"""Sign-in through the city's identity provider: matches staff who exist, makes nobody."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib.messages.storage.fallback import FallbackStorage
from django.test import Client, RequestFactory

from factories import people
from huoshui.access.models import Person
from huoshui.access.roles import Role
from huoshui.access.sign_in import AccountAdapter, CitySignInAdapter, FactorAdapter, address_of

pytestmark = pytest.mark.django_db


def request() -> Any:
    made = RequestFactory().get("/accounts/oidc/city/login/callback/")
    made.session = {}
    made._messages = FallbackStorage(made)
    return made


def arriving(claims: dict[str, Any], *, known: bool = False) -> Any:
    bound: list[Person] = []
    return SimpleNamespace(
        is_existing=known,
        account=SimpleNamespace(extra_data=claims),
        connect=lambda _, person: bound.append(person),
        bound=bound,
    )


@pytest.mark.parametrize("wrap", [lambda c: c, lambda c: {"userinfo": c}, lambda c: {"id_token": c}])
def test_staff_are_matched_by_user_name(wrap: Any) -> None:
    officer = people.staff(Role.VISITOR, username="wang.fang")
    login = arriving(wrap({"preferred_username": "wang.fang", "sub": "1"}))
    CitySignInAdapter().pre_social_login(request(), login)
    assert [person.pk for person in login.bound] == [officer.person_id]


@pytest.mark.parametrize(
    "claims", [{"preferred_username": "nobody"}, {"preferred_username": ""}, {}, {"sub": "wang.fang"}]
)
def test_a_stranger_is_sent_back_and_no_account_is_made(claims: dict[str, str]) -> None:
    people.staff(Role.VISITOR, username="wang.fang")
    before = Person.objects.count()
    asked = request()
    with pytest.raises(ImmediateHttpResponse) as sent:
        CitySignInAdapter().pre_social_login(asked, arriving(claims))
    assert sent.value.response["Location"] == "/accounts/login/"
    assert "平台没有用户名" in str(next(iter(asked._messages)))
    assert Person.objects.count() == before


def test_a_closed_account_and_a_firms_account_are_not_matched() -> None:
    closed, owner = people.staff(username="gone"), people.owner()
    Person.objects.filter(pk=closed.person_id).update(is_active=False)
    for name in ("gone", people.person(owner).username):
        with pytest.raises(ImmediateHttpResponse):
            CitySignInAdapter().pre_social_login(request(), arriving({"preferred_username": name}))


def test_an_identity_already_bound_passes_without_another_look() -> None:
    login = arriving({}, known=True)
    CitySignInAdapter().pre_social_login(request(), login)
    assert login.bound == []


def test_nobody_gets_an_account_by_arriving() -> None:
    assert not CitySignInAdapter().is_open_for_signup(request(), arriving({}))
    assert not AccountAdapter().is_open_for_signup(request())
    with pytest.raises(ImmediateHttpResponse):
        CitySignInAdapter().save_user(request(), arriving({}))


def test_secrets_of_factors_are_encrypted_and_read_back() -> None:
    kept = FactorAdapter().encrypt("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DP" not in kept
    assert FactorAdapter().decrypt(kept) == "JBSWY3DPEHPK3PXP"


@pytest.mark.parametrize(
    ("trusted", "forwarded", "address"),
    [
        (False, "6.6.6.6", "10.0.0.9"),  # anybody can write this header
        (True, "6.6.6.6, 10.1.1.1", "10.1.1.1"),  # the last one is the proxy's own word
        (True, "", "10.0.0.9"),
    ],
)
def test_the_visitors_address_is_not_taken_on_trust(trusted: bool, forwarded: str, address: str, settings: Any) -> None:
    settings.TRUST_PROXY = trusted
    asked = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="10.0.0.9")
    assert address_of(asked) == address


def test_signing_in_goes_on_in_the_persons_language(client: Client) -> None:
    officer = people.staff(Role.VISITOR, username="officer", password=people.PASSWORD)
    Person.objects.filter(pk=officer.person_id).update(language="en")
    response = client.post("/accounts/login/", {"login": "officer", "password": people.PASSWORD})
    assert response.cookies["language"].value == "en"
    again = Client()
    again.cookies["language"] = "zh-hans"
    chosen = again.post("/accounts/login/", {"login": "officer", "password": people.PASSWORD})
    assert "language" not in chosen.cookies
