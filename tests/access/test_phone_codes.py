"""A firm's person signs in with phone and one-time code: how numbers are read, how codes hold, how limits bite."""

from __future__ import annotations

import datetime as dt
import json
import threading
from typing import Any

import pytest
from django.db import connections

from factories import people
from huoshui.access import actions, phones, queries, vault
from huoshui.access.models import Delivery, OneTimeCode, Person
from huoshui.access.roles import Role
from huoshui.audit.models import Event
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError

pytestmark = pytest.mark.django_db
PHONE = "13935100001"


@pytest.mark.parametrize(
    "typed",
    [
        PHONE,
        " 139 3510 0001 ",
        "139-3510-0001",
        "+86 13935100001",
        "0086-13935100001",
        "8613935100001",
        "１３９３５１００００１",
    ],
)
def test_a_number_is_read_as_people_type_it(typed: str) -> None:
    assert phones.normalise(typed) == PHONE


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "请填写手机号"),
        ("   ", "请填写手机号"),
        ("1393510000", "10 位"),
        ("139351000011", "12 位"),
        ("0351-4012345", "不是手机号"),
        ("12935100001", "不是手机号"),
        ("1393510000a", "只能是数字"),
        ("一三九", "只能是数字"),
    ],
)
def test_what_is_wrong_with_a_number_is_said(typed: str, words: str) -> None:
    with pytest.raises(DomainError) as refused:
        phones.normalise(typed)
    assert words in refused.value.text.zh
    assert (refused.value.field, refused.value.value) == ("phone", typed)


def test_a_right_code_makes_the_owner_once_and_finds_them_ever_after() -> None:
    first = actions.check_code(PHONE, people.code_for(PHONE))
    with clock.at(clock.now() + dt.timedelta(minutes=2)):
        again = actions.check_code("+86 " + PHONE, people.code_for(PHONE))
    assert again.pk == first.pk
    assert first.kind == "owner"
    assert queries.actor(first.pk).roles == {Role.OWNER}
    assert queries.actor(first.pk).enterprise_ids == ()


def test_neither_number_nor_code_is_kept_in_the_clear() -> None:
    code = people.code_for(PHONE)
    actions.check_code(PHONE, code)
    person = Person.objects.get(kind="owner")
    assert person.phone_cipher is not None
    assert PHONE.encode() not in bytes(person.phone_cipher)
    assert vault.decrypt(person.phone_cipher) == PHONE
    assert PHONE not in (person.name + person.username + str(person.phone_hash))
    assert code not in OneTimeCode.objects.get().code_hash
    assert PHONE not in json.dumps(list(Event.objects.values_list("facts", flat=True)))


def test_outside_practice_mode_the_code_is_told_to_nobody_but_the_phone(settings: Any) -> None:
    settings.DEMO = False
    sent = actions.send_code(PHONE)
    assert sent.practice_code is None
    assert "******" in Delivery.objects.get().body
    assert queries.last_practice_message(PHONE) == Delivery.objects.get().body


def test_in_practice_mode_the_operator_can_read_the_code(settings: Any) -> None:
    settings.DEMO = True
    sent = actions.send_code(PHONE)
    assert sent.practice_code
    assert sent.practice_code in (queries.last_practice_message(PHONE) or "")
    assert sent.phone == "139****0001"


@pytest.mark.parametrize(("seconds", "good"), [(299, True), (300, False), (301, False)])
def test_a_code_holds_five_minutes(seconds: int, good: bool) -> None:
    start = clock.now()
    with clock.at(start):
        code = people.code_for(PHONE)
    with clock.at(start + dt.timedelta(seconds=seconds)):
        if good:
            actions.check_code(PHONE, code)
        else:
            with pytest.raises(DomainError, match="失效"):
                actions.check_code(PHONE, code)


def test_a_code_works_once() -> None:
    code = people.code_for(PHONE)
    actions.check_code(PHONE, code)
    with pytest.raises(DomainError, match="失效"):
        actions.check_code(PHONE, code)


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


@pytest.mark.parametrize(("wrong_tries", "good"), [(4, True), (5, False)])
def test_five_wrong_tries_use_a_code_up(wrong_tries: int, good: bool) -> None:
    code = people.code_for(PHONE)
    for left in range(4, 4 - wrong_tries, -1):
        with pytest.raises(DomainError, match=f"还可以试 {left} 次"):
            actions.check_code(PHONE, other_than(code))
    if good:
        actions.check_code(PHONE, code)
    else:
        with pytest.raises(DomainError, match="太多次"):
            actions.check_code(PHONE, code)


def test_a_code_is_good_for_its_phone_and_its_purpose_only() -> None:
    code = people.code_for(PHONE, purpose="consent")
    with pytest.raises(DomainError):
        actions.check_code("13935100002", code, purpose="consent")
    with pytest.raises(DomainError):
        actions.check_code(PHONE, code)
    assert actions.check_code(PHONE, code, purpose="consent").kind == "owner"


def test_a_newer_code_makes_the_older_one_void() -> None:
    start = clock.now()
    with clock.at(start):
        old = people.code_for(PHONE)
    with clock.at(start + dt.timedelta(seconds=61)):
        new = people.code_for(PHONE)
        if old != new:
            with pytest.raises(DomainError):
                actions.check_code(PHONE, old)
        actions.check_code(PHONE, new)


@pytest.mark.parametrize(("seconds", "allowed"), [(59, False), (60, True)])
def test_another_code_is_sent_after_a_minute(seconds: int, allowed: bool) -> None:
    start = clock.now()
    with clock.at(start):
        actions.send_code(PHONE)
    with clock.at(start + dt.timedelta(seconds=seconds)):
        if allowed:
            actions.send_code(PHONE)
        else:
            with pytest.raises(DomainError, match="1 秒后"):
                actions.send_code(PHONE)


@pytest.mark.parametrize(("minutes", "allowed"), [(59, False), (61, True)])
def test_a_phone_gets_six_codes_an_hour(minutes: int, allowed: bool) -> None:
    start = clock.now()
    for number in range(6):
        with clock.at(start + dt.timedelta(seconds=61 * number)):
            actions.send_code(PHONE)
    with clock.at(start + dt.timedelta(minutes=minutes)):
        if allowed:
            actions.send_code(PHONE)
        else:
            with pytest.raises(DomainError, match="次数过多"):
                actions.send_code(PHONE)


def test_an_address_gets_so_many_codes_an_hour_whatever_the_phones(settings: Any) -> None:
    settings.ACCESS_POLICY = {"code.per_address_hour": 3}
    for number in range(3):
        actions.send_code(f"1393510000{number}", address="10.1.1.1")
    with pytest.raises(DomainError, match="当前网络"):
        actions.send_code("13935100009", address="10.1.1.1")
    actions.send_code("13935100009", address="10.1.1.2")


def test_a_refused_request_for_a_code_shows_no_full_number() -> None:
    actions.send_code(PHONE)
    with pytest.raises(DomainError) as refused:
        actions.send_code(PHONE)
    assert refused.value.value == "139****0001"


def test_a_closed_owner_does_not_get_in() -> None:
    owner = people.owner(phone=PHONE)
    Person.objects.filter(pk=owner.person_id).update(is_active=False)
    with clock.at(clock.now() + dt.timedelta(minutes=2)), pytest.raises(DomainError, match="已停用"):
        actions.check_code(PHONE, people.code_for(PHONE))


def test_staff_with_the_same_phone_are_not_signed_in_past_their_password() -> None:
    staff = people.staff(Role.VISITOR, phone=PHONE)
    owner = people.owner(phone=PHONE)
    assert owner.person_id != staff.person_id
    assert owner.roles == {Role.OWNER}


@pytest.mark.django_db(transaction=True)
def test_of_two_uses_of_one_code_at_the_same_moment_one_wins() -> None:
    code = people.code_for(PHONE)
    start, results = threading.Barrier(4), []

    def use() -> None:
        try:
            start.wait()
            results.append(actions.check_code(PHONE, code).pk)
        except DomainError as refused:
            results.append(refused.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, results))[1:] == ["code_wrong"] * 3
    assert Person.objects.filter(kind="owner").count() == 1


# keys


def test_what_an_older_key_wrote_is_read_and_found_until_it_is_written_again(settings: Any) -> None:
    settings.DATA_KEYS = ["old"]
    owner = people.owner(phone=PHONE)
    settings.DATA_KEYS = ["new", "old"]
    with clock.at(clock.now() + dt.timedelta(minutes=2)):
        assert actions.check_code(PHONE, people.code_for(PHONE)).pk == owner.person_id
    from huoshui.access.actor import SYSTEM

    assert actions.rekey(SYSTEM) == 1
    settings.DATA_KEYS = ["new"]
    person = Person.objects.get(pk=owner.person_id)
    assert person.phone_cipher is not None
    assert vault.decrypt(person.phone_cipher) == PHONE
    assert person.phone_hash == vault.blind_index(PHONE)
    settings.DATA_KEYS = ["another"]
    with pytest.raises(ValueError, match="no key"):
        vault.decrypt(person.phone_cipher)


def test_an_index_under_one_key_tells_nothing_of_another(settings: Any) -> None:
    settings.DATA_KEYS = ["a"]
    first = vault.blind_index(PHONE)
    settings.DATA_KEYS = ["b", "a"]
    assert vault.blind_index(PHONE) != first
    assert vault.blind_indexes(PHONE)[1] == first
