"""Staff sign in with password and second factor; wrong tries lock, idle sessions end, changed passwords end sessions."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from factories import people
from huoshui.access import actions
from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.models import Notice, Person
from huoshui.access.roles import Role
from huoshui.audit.models import Event
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Refused

pytestmark = pytest.mark.django_db
LOGIN, HOME, NOTICES = "/accounts/login/", "/home/", "/notices/"


@pytest.fixture
def officer() -> Actor:
    return people.staff(Role.TASKFORCE_OFFICER, password=people.PASSWORD, username="officer")


@pytest.fixture
def security() -> Actor:
    return people.staff(Role.SECURITY_ADMIN)


def attempt(client: Client, password: str = people.PASSWORD, **more: Any) -> Any:
    return client.post(LOGIN, {"login": "officer", "password": password, **more})


def row(actor: Actor) -> Person:
    return Person.objects.get(pk=actor.person_id)


def kinds(actor: Actor) -> list[str]:
    found = Event.objects.filter(subject_type="person", subject_id=str(actor.person_id))
    return list(found.order_by("id").values_list("kind", flat=True))


def with_factor(actor: Actor) -> str:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(row(actor), secret)
    return secret


def code_of(secret: str, step: int = 0) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + step))


def test_the_right_password_signs_in_and_is_recorded(client: Client, officer: Actor) -> None:
    response = attempt(client)
    assert response.status_code == 302
    assert response["Location"] == HOME
    assert "SIGNED_IN" in kinds(officer)
    assert client.get(NOTICES).status_code == 200


def test_signing_in_changes_the_session_key_so_that_a_planted_one_is_worth_nothing(
    client: Client, officer: Actor
) -> None:
    client.get(LOGIN)
    session = client.session
    session["planted"] = "1"
    session.save()
    before = session.session_key
    attempt(client)
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def test_a_form_without_its_token_is_refused(officer: Actor) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(LOGIN, {"login": "officer", "password": people.PASSWORD}).status_code == 403


@pytest.mark.parametrize(("tries", "locked"), [(4, False), (5, True), (6, True)])
def test_five_wrong_passwords_lock_the_account(tries: int, locked: bool, client: Client, officer: Actor) -> None:
    for _ in range(tries):
        assert attempt(client, "wrong").status_code == 200
    assert (row(officer).locked_until is not None) is locked
    assert attempt(client).status_code == (200 if locked else 302)  # the right password does not open a lock
    assert kinds(officer).count("SIGN_IN_FAILED") == min(tries, 5)
    assert ("ACCOUNT_LOCKED" in kinds(officer)) is locked
    assert Notice.objects.filter(person_id=officer.person_id, template="ACCOUNT_LOCKED").exists() is locked


def test_a_locked_account_says_so_and_until_when(client: Client, officer: Actor) -> None:
    for _ in range(5):
        attempt(client, "wrong")
    page = attempt(client).content.decode()
    until = row(officer).locked_until
    assert until is not None
    assert "锁定" in page
    assert until.astimezone(clock.ZONE).strftime("%H:%M") in page


@pytest.mark.parametrize(("minutes", "opens"), [(14, False), (15, True), (16, True)])
def test_a_lock_opens_by_itself_after_a_quarter_of_an_hour(
    minutes: int, opens: bool, client: Client, officer: Actor
) -> None:
    start = clock.now()
    with clock.at(start):
        for _ in range(5):
            attempt(client, "wrong")
    with clock.at(start + dt.timedelta(minutes=minutes)):
        assert (attempt(client).status_code == 302) is opens


def test_a_right_password_forgets_the_wrong_ones_before_it(client: Client, officer: Actor) -> None:
    for _ in range(4):
        attempt(client, "wrong")
    attempt(client)
    assert row(officer).failed_attempts == 0


def test_the_figures_of_the_lock_are_settings(client: Client, officer: Actor, settings: Any) -> None:
    settings.ACCESS_POLICY = {"lock.attempts": 2}
    attempt(client, "wrong")
    attempt(client, "wrong")
    assert row(officer).locked_until is not None


def test_a_security_administrator_unlocks(client: Client, officer: Actor, security: Actor) -> None:
    for _ in range(5):
        attempt(client, "wrong")
    actions.unlock(security, person_id=row(officer).pk)
    assert attempt(client).status_code == 302
    with pytest.raises(DomainError, match="没有被锁定"):
        actions.unlock(security, person_id=row(officer).pk)


def test_nobody_else_unlocks(client: Client, officer: Actor) -> None:
    colleague = people.staff(Role.SYSTEM_ADMIN)
    with pytest.raises(DomainError, match="安全管理员"):
        actions.unlock(colleague, person_id=row(officer).pk)


def test_an_unknown_name_looks_like_a_wrong_password(client: Client, officer: Actor) -> None:
    words = "用户名或密码不正确"
    assert words in attempt(client, "wrong").content.decode()
    assert words in client.post(LOGIN, {"login": "nobody", "password": "x"}).content.decode()


def test_an_owner_of_a_firm_cannot_sign_in_with_a_password(client: Client) -> None:
    owner = people.owner()
    name = row(owner).username
    assert client.post(LOGIN, {"login": name, "password": "!"}).status_code == 200
    assert client.post(LOGIN, {"login": name, "password": ""}).status_code == 200


def test_a_closed_account_ends_at_once(client: Client, officer: Actor, security: Actor) -> None:
    attempt(client)
    actions.close_person(security, person_id=row(officer).pk, reason="离职")
    assert client.get(NOTICES).status_code == 302
    assert attempt(Client()).status_code == 200
    actions.reopen_person(security, person_id=row(officer).pk, reason="返岗")
    assert attempt(client).status_code == 302


def test_there_is_no_way_to_make_oneself_an_account(client: Client) -> None:
    response = client.post(
        "/accounts/signup/", {"username": "intruder", "password1": people.PASSWORD, "password2": people.PASSWORD}
    )
    assert response.status_code in (200, 302, 404)
    assert not Person.objects.filter(username="intruder").exists()


# second factor


def test_staff_without_second_factor_get_nowhere_but_to_setting_one_up(
    client: Client, officer: Actor, settings: Any
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    attempt(client)
    for path in (HOME, NOTICES):
        response = client.get(path)
        assert response.status_code == 302, path
        assert response["Location"] == "/accounts/2fa/totp/activate/", path
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200
    part = client.get(NOTICES, headers={"HX-Request": "true"})
    assert part.status_code == 401
    assert part["HX-Redirect"] == "/accounts/2fa/totp/activate/"


def test_setting_up_an_authenticator_opens_the_way_and_keeps_its_secret_encrypted(
    client: Client, officer: Actor, settings: Any
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    attempt(client)
    page = client.get("/accounts/2fa/totp/activate/")
    assert page.status_code == 200, page.headers
    secret = client.session[totp.SECRET_SESSION_KEY]
    response = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    assert response.status_code == 302, response.content.decode()
    assert client.get(NOTICES).status_code == 200
    assert "FACTOR_ADDED" in kinds(officer)
    kept = Authenticator.objects.get(user_id=officer.person_id, type="totp").data["secret"]
    assert secret not in kept


def test_the_password_alone_does_not_sign_in_who_has_a_second_factor(client: Client, officer: Actor) -> None:
    secret = with_factor(officer)
    response = attempt(client)
    assert response["Location"] == "/accounts/2fa/authenticate/"
    assert client.get(NOTICES).status_code == 302
    assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert client.get(NOTICES).status_code == 302
    assert client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)}).status_code == 302
    assert client.get(NOTICES).status_code == 200


def test_a_code_works_once(client: Client, officer: Actor) -> None:
    secret = with_factor(officer)
    code = code_of(secret)
    attempt(client)
    assert client.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302
    other = Client()
    attempt(other)
    assert other.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 200


def test_wrong_codes_lock_the_account_like_wrong_passwords(client: Client, officer: Actor) -> None:
    secret = with_factor(officer)
    attempt(client)
    for _ in range(5):
        assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert row(officer).locked_until is not None
    response = client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert response.status_code == 302
    assert response["Location"] == LOGIN
    assert client.get(NOTICES).status_code == 302


def test_a_security_administrator_resets_a_lost_factor_and_every_session_ends(
    client: Client, officer: Actor, security: Actor
) -> None:
    with_factor(officer)
    client.force_login(row(officer), backend="huoshui.access.sign_in.StaffBackend")
    assert actions.reset_factor(security, person_id=row(officer).pk, reason="当面核验身份证") == 1
    assert not Authenticator.objects.filter(user_id=officer.person_id).exists()
    assert client.get(NOTICES).status_code == 302
    assert "FACTOR_RESET" in kinds(officer)
    with pytest.raises(DomainError, match="写明"):
        actions.reset_factor(security, person_id=row(officer).pk, reason=" ")


def test_in_practice_mode_no_second_factor_is_asked_for(client: Client, officer: Actor, settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    attempt(client)
    assert client.get(NOTICES).status_code == 200


# passwords and sessions


def test_a_password_set_by_somebody_else_has_to_be_changed_first(
    client: Client, officer: Actor, security: Actor, settings: Any
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    actions.set_password(security, person_id=row(officer).pk, password="Jinyang-hu-1971")
    attempt(client, "Jinyang-hu-1971")
    assert client.get(NOTICES)["Location"] == "/accounts/password/change/"
    new = "Chongshan-si-1381"
    done = client.post(
        "/accounts/password/change/", {"oldpassword": "Jinyang-hu-1971", "password1": new, "password2": new}
    )
    assert done.status_code == 302, done.content.decode()
    assert not row(officer).must_change_password
    assert client.get(NOTICES)["Location"] == "/accounts/2fa/totp/activate/"
    assert "PASSWORD_CHANGED" in kinds(officer)


def test_changing_the_password_ends_the_sessions_on_other_devices(client: Client, officer: Actor) -> None:
    attempt(client)
    elsewhere = Client()
    attempt(elsewhere)
    assert elsewhere.get(NOTICES).status_code == 200
    new = "Chongshan-si-1381"
    client.post("/accounts/password/change/", {"oldpassword": people.PASSWORD, "password1": new, "password2": new})
    assert elsewhere.get(NOTICES).status_code == 302
    assert client.get(NOTICES).status_code == 200


def test_signing_out_everywhere_ends_every_session(client: Client, officer: Actor) -> None:
    attempt(client)
    actions.sign_out_everywhere(officer, person_id=row(officer).pk)
    assert client.get(NOTICES).status_code == 302
    with pytest.raises(DomainError):
        actions.sign_out_everywhere(officer, person_id=row(people.owner()).pk)


@pytest.mark.parametrize(("idle", "alive"), [(29 * 60, True), (31 * 60, False)])
def test_a_session_ends_when_it_has_been_idle_too_long(idle: int, alive: bool, client: Client, officer: Actor) -> None:
    attempt(client)
    client.get(NOTICES)
    Session.objects.update(expire_date=timezone.now() + dt.timedelta(minutes=30) - dt.timedelta(seconds=idle))
    assert (client.get(NOTICES).status_code == 200) is alive


def test_every_use_lets_the_time_out_begin_anew_without_a_write_each_time(client: Client, officer: Actor) -> None:
    attempt(client)
    client.get(NOTICES)
    Session.objects.update(expire_date=timezone.now() + dt.timedelta(minutes=5))
    client.get(NOTICES)  # within the same minute: nothing is written
    assert Session.objects.get().expire_date < timezone.now() + dt.timedelta(minutes=6)
    session = client.session
    session["seen"] = int(time.time()) - 120
    session.save()
    Session.objects.update(expire_date=timezone.now() + dt.timedelta(minutes=5))
    client.get(NOTICES)
    assert Session.objects.get().expire_date > timezone.now() + dt.timedelta(minutes=25)


def test_the_session_cookie_outlives_the_session_so_that_a_form_can_be_given_back(
    client: Client, officer: Actor
) -> None:
    attempt(client)
    cookie = client.cookies["sessionid"]
    assert not cookie["max-age"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


# passwords that are refused


@pytest.mark.parametrize(
    ("password", "words"),
    [("short", "至少 10 位"), ("password123", "常见"), ("officer-12", "太相似")],
)
def test_a_weak_password_is_refused_in_words(password: str, words: str, officer: Actor, security: Actor) -> None:
    with pytest.raises(Refused) as refused:
        actions.set_password(security, person_id=row(officer).pk, password=password)
    assert any(words in problem.text.zh for problem in refused.value.problems)
    assert all(problem.value is None for problem in refused.value.problems)  # the password is never repeated


def test_every_act_on_an_account_is_recorded_once(officer: Actor, security: Actor) -> None:
    before = len(kinds(officer))
    actions.set_password(security, person_id=row(officer).pk, password="Jinyang-hu-1971")
    actions.reset_factor(security, person_id=row(officer).pk, reason="核验")
    actions.close_person(security, person_id=row(officer).pk, reason="离职")
    actions.reopen_person(SYSTEM, person_id=row(officer).pk, reason="返岗")
    actions.sign_out_everywhere(security, person_id=row(officer).pk)
    assert kinds(officer)[before:] == [
        "PASSWORD_SET", "FACTOR_RESET", "PERSON_CLOSED", "PERSON_REOPENED", "SIGNED_OUT_EVERYWHERE",
    ]  # fmt: skip
