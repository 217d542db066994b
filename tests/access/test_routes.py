"""Every address of the platform declares who may open it, and opens to nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.internal.flows.login import record_authentication
from allauth.core.context import request_context
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings as django_settings
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from factories import people
from huoshui.access.actor import ANONYMOUS, Actor
from huoshui.access.guard import Declared, actor_of, declared, freshly, public, requires, signed_in
from huoshui.access.roles import Permission, Role
from huoshui.audit.models import Event
from tests.conftest import WebRoleClient

pytestmark = pytest.mark.django_db

# views that others wrote, by the module they live in: what they ask of a visitor is theirs to check
FOREIGN = {
    "allauth.account.views": "sign-in, sign-out, own password; each asks for a session where one is needed",
    "allauth.mfa.base.views": "own second factors; asks for a session or a sign-in under way",
    "allauth.mfa.totp.views": "own second factors; asks for a session",
    "allauth.mfa.webauthn.views": "own second factors; asks for a session or a sign-in under way",
    "allauth.mfa.recovery_codes.views": "own recovery codes; asks for a session",
    "allauth.socialaccount.views": "the city's sign-in; makes no account",
    "allauth.socialaccount.providers.oauth2.views": "the city's sign-in",
    "allauth.socialaccount.providers.openid_connect.views": "the city's sign-in",
    "ninja.openapi.views": "the description of the interface for machines",
    "ninja.operation": "the interface for machines: keys and scopes, tested with it",
    "django.views.static": "front-end files",
}

# allauth's own redirects away from what this platform does not offer: accounts of other sites
FOREIGN_ADDRESSES = ("/accounts/social/",)


def routes() -> Iterator[tuple[str, Any]]:
    yield from _below(get_resolver().url_patterns, "/")


def _below(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[tuple[str, Any]]:
    for entry in patterns:
        address = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _below(entry.url_patterns, address)
        else:
            yield address, entry.callback


def module_of(view: Any) -> str:
    return str(getattr(view, "view_class", view).__module__)


OURS = [
    (address, view)
    for address, view in routes()
    if module_of(view) not in FOREIGN and not address.startswith(FOREIGN_ADDRESSES)
]
FIXED = sorted({address for address, _ in OURS if "<" not in address and "(" not in address})


@pytest.mark.parametrize(("address", "view"), OURS, ids=[address for address, _ in OURS])
def test_every_view_declares_who_may_open_it(address: str, view: Any) -> None:
    assert declared(view) is not None, f"{address} ({module_of(view)}.{view.__name__}) declares nothing"


def test_the_table_of_foreign_views_names_nothing_of_ours() -> None:
    assert not [module for module in FOREIGN if module.startswith("huoshui")]


@pytest.fixture(scope="module")
def visitors(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Actor]]:
    from django.core.management import call_command

    with django_db_blocker.unblock():
        try:
            found = {role.value: people.staff(role) for role in Role if role is not Role.OWNER}
            yield {"anonymous": ANONYMOUS, "owner": people.owner(), **found}
        finally:
            call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(scope="module")
def cookies(visitors: dict[str, Actor], django_db_blocker: Any) -> dict[str, str]:
    """Each visitor's session, begun once: what a page does to it is rolled back after each test."""
    with django_db_blocker.unblock():
        return {name: _session(actor) for name, actor in visitors.items()}


def _session(actor: Actor) -> str:
    client = WebRoleClient()
    if actor.person_id is None:
        return ""
    people.sign_in(client, actor)
    return client.cookies[django_settings.SESSION_COOKIE_NAME].value


def answers(path: str, cookies: dict[str, str]) -> Iterator[tuple[str, int]]:
    """Yield each visitor's name and the status that *path* answers it with."""
    for name, session in cookies.items():
        client = WebRoleClient(raise_request_exception=True)
        if session:
            client.cookies[django_settings.SESSION_COOKIE_NAME] = session
        yield name, client.get(path).status_code


def expected(asked: Declared, actor: Actor) -> set[int]:
    """What a plain GET may answer: a page, a way elsewhere, wrong method, nothing found; or a refusal."""
    if asked.admits(actor):
        return {200, 204, 302, 400, 404, 405, 422}
    return {302, 405} if actor.person_id is None else {403, 405}


def view_at(address: str) -> Any:
    return next(view for found, view in OURS if found == address)


@pytest.mark.parametrize("address", FIXED)
def test_each_role_gets_only_what_is_declared(
    address: str, visitors: dict[str, Actor], cookies: dict[str, str], settings: Any
) -> None:
    settings.DEBUG_PROPAGATE_EXCEPTIONS = False
    asked = declared(view_at(address))
    assert asked is not None
    assert {
        name: status for name, status in answers(address, cookies) if status not in expected(asked, visitors[name])
    } == {}


def with_ids(address: str) -> str:
    """Return the address of a record that does not exist, or exists and is another's."""
    import re

    address = re.sub(r"<int:[^>]+>", "999999", address)
    address = re.sub(r"<uuid:[^>]+>", "00000000-0000-0000-0000-000000000000", address)
    return re.sub(r"<(?:\w+:)?[^>]+>", "x", address)


PARAMETERISED = sorted({address for address, _ in OURS if "<" in address and "(" not in address})


@pytest.mark.parametrize("address", PARAMETERISED)
def test_a_record_that_is_not_there_opens_to_nobody(
    address: str, visitors: dict[str, Actor], cookies: dict[str, str]
) -> None:
    asked = declared(view_at(address))
    assert asked is not None
    found = answers(with_ids(address), cookies)
    assert {name: status for name, status in found if status not in expected(asked, visitors[name])} == {}


# the guards themselves


class Asked:
    """A request as far as a guard looks at it."""

    def __init__(self, actor: Actor, path: str = "/x/", **headers: str) -> None:
        self.actor, self.path, self.method = actor, path, "GET"
        self.headers, self.COOKIES, self.POST = headers, {}, {}

    def get_full_path(self) -> str:
        return self.path


def test_a_stranger_is_sent_to_the_sign_in_of_staff_or_of_firms() -> None:
    staff_page = requires(Permission.READ_CASES)(lambda request: "page")
    firm_page = requires(Permission.APPLY)(lambda request: "page")
    assert staff_page(Asked(ANONYMOUS))["Location"].startswith("/accounts/login/?next=")
    assert firm_page(Asked(ANONYMOUS))["Location"].startswith("/my/sign-in/?next=")
    assert signed_in(lambda request: "page")(Asked(ANONYMOUS, "/my/loans/"))["Location"].startswith("/my/sign-in/")


def test_one_of_several_permissions_is_enough() -> None:
    view = requires(Permission.READ_CASES, Permission.READ_DEMANDS)(lambda request: "page")
    for permission in (Permission.READ_CASES, Permission.READ_DEMANDS):
        actor = Actor(kind="staff", person_id=1, permissions=frozenset({permission}))
        assert view(Asked(actor)) == "page"


def test_a_refusal_is_recorded_and_said_in_words(client: Client) -> None:
    visitor = people.staff(Role.VISITOR)
    people.sign_in(client, visitor)
    address = next(a for a in FIXED if (d := declared(view_at(a))) and d.permissions == {Permission.ADMINISTER_PEOPLE})
    response = client.get(address)
    assert response.status_code == 403
    assert "岗位没有打开此页面的权限" in response.content.decode()
    event = Event.objects.get(kind="ACCESS_REFUSED")
    assert event.actor_id == str(visitor.person_id)
    assert event.facts["page"] == address


def test_a_view_that_needs_no_permission_has_to_say_so() -> None:
    with pytest.raises(AssertionError):
        requires()
    assert declared(public(lambda request: None)) == Declared("public")
    assert declared(lambda request: None) is None


def test_a_request_without_middleware_is_nobodys() -> None:
    request = Asked(ANONYMOUS)
    del request.actor
    assert actor_of(request) is ANONYMOUS  # type: ignore[arg-type]


def test_an_act_that_cannot_be_taken_back_asks_staff_to_prove_themselves_again(settings: Any) -> None:
    view = freshly(lambda request: "done")
    officer = people.staff(Role.FINANCE_CHECKER, password=people.PASSWORD)
    request = RequestFactory().post("/x/")
    request.session, request.user, request.actor = {}, people.person(officer), officer  # type: ignore[attr-defined]
    settings.REQUIRE_SECOND_FACTOR = True
    with request_context(request), pytest.raises(ReauthenticationRequired):
        view(request)
    record_authentication(request, request.user, "password")
    with request_context(request):
        assert view(request) == "done"
    record = request.session["account_authentication_methods"][-1]
    record["at"] -= 301  # five minutes and a second ago
    with request_context(request), pytest.raises(ReauthenticationRequired):
        view(request)
    settings.REQUIRE_SECOND_FACTOR = False
    assert view(request) == "done"


def test_a_firm_whose_proof_is_a_code_is_not_asked_again(settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    owner = people.owner()
    assert freshly(lambda request: "done")(Asked(owner)) == "done"
