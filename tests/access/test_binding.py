"""Whom the database believes it serves: bound for one request, taken off at its end, restored after a block."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from factories import firms, people
from huoshui.access.actor import ANONYMOUS, SYSTEM, Actor
from huoshui.access.guard import actor_of
from huoshui.access.housekeeping import clear_out
from huoshui.access.middleware import ActorMiddleware
from huoshui.access.models import OneTimeCode, ParkedForm
from huoshui.access.roles import Role
from huoshui.access.row_security import acting, bind, bound, reset, settings_of
from huoshui.access.scope import register, scope, scoped_models
from huoshui.kernel import clock
from huoshui.registry.models import Enterprise, Representative

pytestmark = pytest.mark.django_db


def kind() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('huoshui.kind', true)")
        return str(cursor.fetchone()[0] or "")


@pytest.fixture(autouse=True)
def _nobody_bound() -> Iterator[None]:
    reset()
    yield
    reset()


def asked(user: Any) -> HttpRequest:
    request = HttpRequest()
    request.user = user
    request.META["HTTP_X_REQUEST_ID"] = "proxy-17"
    return request


def test_a_request_is_bound_to_its_person_and_to_nobody_afterwards() -> None:
    officer = people.staff(Role.TASKFORCE_OFFICER)
    seen: list[tuple[str, Actor]] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append((kind(), actor_of(request)))
        return HttpResponse()

    ActorMiddleware(view)(asked(people.person(officer)))
    assert seen == [("district", officer)]
    assert seen[0][1].request_id == "proxy-17"
    assert (kind(), bound()) == ("", ANONYMOUS)


def test_a_stranger_is_bound_to_nobody_and_costs_no_query(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        ActorMiddleware(lambda request: HttpResponse())(asked(AnonymousUser()))


def test_a_view_that_fails_leaves_nobody_bound() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ActorMiddleware(view)(asked(people.person(people.staff(Role.LEADER))))
    assert (kind(), bound()) == ("", ANONYMOUS)


def test_a_streaming_answer_keeps_its_actor_until_its_last_piece() -> None:
    def view(request: HttpRequest) -> StreamingHttpResponse:
        return StreamingHttpResponse(kind() for _ in range(2))

    response = ActorMiddleware(view)(asked(people.person(people.staff(Role.TASKFORCE_OFFICER))))
    assert isinstance(response, StreamingHttpResponse)
    assert list(response.streaming_content) == [b"district", b"district"]
    for close in response._resource_closers:  # what the server runs when it closes the answer
        close()
    assert (kind(), bound()) == ("", ANONYMOUS)


def test_an_owner_is_bound_to_the_firms_they_act_for() -> None:
    owner, firm, ended = people.owner(), firms.firm(), firms.firm("太原旧事商贸有限公司")
    now = clock.now()
    Representative.objects.create(enterprise=firm, person_id=owner.person_id, proof="x", confirmed_at=now)
    Representative.objects.create(
        enterprise=ended, person_id=owner.person_id, proof="x", confirmed_at=now, ended_at=now
    )
    seen: list[Actor] = []
    ActorMiddleware(lambda request: seen.append(actor_of(request)) or HttpResponse())(asked(people.person(owner)))
    assert seen[0].enterprise_ids == (firm.pk,)


def test_a_block_is_bound_and_the_one_before_it_comes_back() -> None:
    officer = people.staff(Role.TASKFORCE_OFFICER)
    bind(officer)
    with acting(SYSTEM) as actor:
        assert (actor, kind()) == (SYSTEM, "all")
        with acting(ANONYMOUS):
            assert kind() == ""
        assert kind() == "all"
    assert (kind(), bound()) == ("district", officer)


def test_a_block_that_fails_is_unbound_too() -> None:
    with pytest.raises(ZeroDivisionError), acting(SYSTEM):
        raise ZeroDivisionError
    assert kind() == ""


def test_a_block_inside_a_transaction_that_is_lost_binds_nobody_else() -> None:
    officer = people.staff(Role.TASKFORCE_OFFICER)
    bind(officer)
    with transaction.atomic():
        with acting(SYSTEM):
            transaction.set_rollback(True)
        assert bound() == officer
    assert kind() == "district"


def test_a_job_is_bound_by_a_decorator() -> None:
    @acting(SYSTEM)
    def job() -> str:
        return kind()

    assert [job(), job()] == ["all", "all"]
    assert kind() == ""


paths = st.lists(st.integers(1, 99), max_size=4).map(lambda ids: "/" + "".join(f"{number}/" for number in ids))


@given(
    path=paths,
    district=st.sampled_from(["", "14", "1401", "140105"]),
    firms_of=st.lists(st.integers(1, 10**9), max_size=5),
    where=st.sampled_from(["government", "bank", "guarantor", "operator", "auditor", ""]),
    who=st.sampled_from(["staff", "owner", "anonymous", "system"]),
)
def test_nobody_is_given_more_than_one_range(
    path: str, district: str, firms_of: list[int], where: str, who: str
) -> None:
    actor = Actor(kind=who, org_kind=where, org_path=path, district=district, enterprise_ids=tuple(firms_of))
    values = dict(zip(_names(), settings_of(actor), strict=True))
    assert (values["kind"] == "all") is (who == "system")
    if values["kind"] == "district":
        assert values["district_from"] == district != ""
    if values["kind"] == "institution":
        assert values["path_from"] == path != ""
    assert values["enterprises"] == "{" + ",".join(map(str, firms_of)) + "}"


def _names() -> tuple[str, ...]:
    from huoshui.access.row_security import _NAMES

    return _NAMES


# scopes


def test_a_list_comes_only_from_a_registered_rule() -> None:
    with pytest.raises(LookupError, match="OneTimeCode"):
        scope(people.staff(Role.LEADER), OneTimeCode.objects.all())
    assert Enterprise in scoped_models()


def test_a_stranger_gets_an_empty_list_and_the_system_all_of_it() -> None:
    firms.firm()
    assert scope(ANONYMOUS, Enterprise.objects.all()).count() == 0
    assert scope(SYSTEM, Enterprise.objects.all()).count() == 1


def test_a_rule_narrows_for_everybody_else() -> None:
    from huoshui.access import scope as module

    kept = dict(module._RULES)
    try:
        register(OneTimeCode, lambda actor, rows: rows.filter(purpose=actor.name))
        OneTimeCode.objects.create(
            phone_hash="x", code_hash="x", purpose="mine", created_at=clock.now(), expires_at=clock.now()
        )
        assert scope(Actor(kind="staff", person_id=1, name="mine"), OneTimeCode.objects.all()).count() == 1
        assert scope(Actor(kind="staff", person_id=1, name="other"), OneTimeCode.objects.all()).count() == 0
    finally:
        module._RULES.clear()
        module._RULES.update(kept)


# what is forgotten


def test_what_is_over_is_forgotten_and_the_rest_kept() -> None:
    now = clock.now()
    hour, day = dt.timedelta(hours=1), dt.timedelta(days=1)
    for number, ends in enumerate([hour, -hour / 2, -2 * hour]):
        Session.objects.create(session_key=f"k{number}", session_data="", expire_date=timezone.now() + ends)
        ParkedForm.objects.create(token_hash=str(number), path="/", cipher=b"", created_at=now, expires_at=now + ends)
    for age in (hour, 2 * day):
        OneTimeCode.objects.create(phone_hash="x", code_hash="x", created_at=now - age, expires_at=now)
    assert clear_out() == {"sessions": 1, "parked_forms": 2, "codes": 1}
