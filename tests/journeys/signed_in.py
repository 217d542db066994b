"""Cookies of people who are signed in already, for loads that measure pages and not signing in. Needs a built demo."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.test import Client

BACKENDS = {"staff": "huoshui.access.sign_in.StaffBackend", "owner": "huoshui.access.sign_in.PhoneCodeBackend"}


def staff_cookie(username: str) -> str:
    """Return the cookie of a member of staff."""
    return _cookie(_client(username=username))


def firm_cookie() -> str:
    """Return the cookie of an owner who has said what the firm needs and agreed to be matched."""
    from huoshui.registry import queries

    owners = get_user_model().objects.filter(kind="owner", represents__ended_at=None).order_by("pk")
    owner = owners.first()
    assert owner is not None, "the demo has no owner; build it first"
    client = _client(username=owner.username)
    firm = queries.own_view(owner.represents.first().enterprise_id)
    client.post("/apply/", {"uscc": firm.uscc})
    client.post("/apply/firm/")
    client.post("/apply/need/", {"amount": "30", "term_months": "12", "purpose": "working_capital"})
    client.post("/apply/consent/", {"agreed": "on"})
    assert client.get("/apply/matches/").status_code == 200, "the match page does not open"
    return _cookie(client)


def _client(**wanted: str) -> Client:
    person = get_user_model().objects.get(**wanted)
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(person, backend=BACKENDS[person.kind])
    return client


def _cookie(client: Client) -> str:
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
