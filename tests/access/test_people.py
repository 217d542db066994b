"""Organisations, people, roles: who may make them, what is refused, and that nobody holds two administrations."""

from __future__ import annotations

import itertools
import threading
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from factories import people
from huoshui.access import actions, queries
from huoshui.access.actor import ANONYMOUS, SYSTEM, Actor, actor_for, district_prefix
from huoshui.access.models import Notice, Person, RoleGrant
from huoshui.access.roles import ROLE_LABELS, ROLE_PERMISSIONS, SEPARATE_ROLES, Permission, Role, permissions_of
from huoshui.audit.models import Event
from huoshui.kernel.errors import DomainError, Refused

pytestmark = pytest.mark.django_db
ADMINISTRATIONS = sorted(SEPARATE_ROLES)


@pytest.fixture
def security() -> Actor:
    return people.staff(Role.SECURITY_ADMIN)


def test_an_organisation_knows_its_place_in_the_tree() -> None:
    head = people.organisation("bank", level="head")
    branch = people.organisation("bank", level="branch", parent_id=head)
    desk = people.organisation("bank", level="branch", parent_id=branch)
    assert queries.organisation(desk).path == f"/{head}/{branch}/{desk}/"
    assert [office.id for office in queries.organisations(under=f"/{head}/")] == [head, branch, desk]


def test_making_an_organisation_twice_makes_one() -> None:
    first = people.organisation("bank", code="jsbank")
    assert people.organisation("bank", code="jsbank") == first


def test_everything_wrong_with_an_organisation_is_said_at_once() -> None:
    with pytest.raises(Refused) as refused:
        actions.create_organisation(SYSTEM, code="x", name="x", kind="temple", level="heaven", parent_id=10**9)
    assert {problem.field for problem in refused.value.problems} == {"kind", "level", "parent_id"}


def test_a_government_office_needs_its_area() -> None:
    with pytest.raises(Refused) as refused:
        actions.create_organisation(SYSTEM, code="x", name="x", kind="government", district_code="1401")
    assert refused.value.problems[0].field == "district_code"


def test_a_branch_belongs_to_its_own_kind() -> None:
    office = people.organisation("government")
    with pytest.raises(Refused, match="同一类型"):
        people.organisation("bank", parent_id=office)


def test_everything_wrong_with_a_person_is_said_at_once() -> None:
    with pytest.raises(Refused) as refused:
        actions.create_person(SYSTEM, username="张 三", name=" ", organisation_id=10**9, password="short")
    assert {problem.field for problem in refused.value.problems} == {
        "username", "name", "organisation_id", "password",
    }  # fmt: skip


def test_a_user_name_is_given_once() -> None:
    people.staff(username="zhang.san")
    with pytest.raises(Refused, match="已被使用"):
        people.staff(username="zhang.san")


def test_a_person_made_by_an_administrator_changes_the_password_first(security: Actor) -> None:
    made = actions.create_person(
        security, username="li.si", name="李四", organisation_id=people.organisation(), password=people.PASSWORD
    )
    assert Person.objects.get(pk=made).must_change_password


@pytest.mark.parametrize(
    "act",
    [
        lambda actor: actions.create_organisation(actor, code="x", name="x", kind="bank"),
        lambda actor: actions.create_person(actor, username="abc", name="x", organisation_id=1),
        lambda actor: actions.grant_role(actor, person_id=1, role=Role.LEADER),
        lambda actor: actions.end_role(actor, person_id=1, role=Role.LEADER),
        lambda actor: actions.set_password(actor, person_id=1, password=people.PASSWORD),
        lambda actor: actions.unlock(actor, person_id=1),
        lambda actor: actions.reset_factor(actor, person_id=1, reason="x"),
        lambda actor: actions.close_person(actor, person_id=1, reason="x"),
        lambda actor: actions.reopen_person(actor, person_id=1, reason="x"),
        lambda actor: actions.rekey(actor),
    ],
)
def test_only_security_administrators_manage_people(act: object) -> None:
    everybody = [ANONYMOUS, *(people.staff(role) for role in Role if role not in (Role.OWNER, Role.SECURITY_ADMIN))]
    for actor in everybody:
        with pytest.raises(DomainError, match="安全管理员"):
            act(actor)  # type: ignore[operator]


@pytest.mark.parametrize("act", ["grant_role", "end_role"])
def test_nobody_manages_their_own_roles(act: str, security: Actor) -> None:
    with pytest.raises(DomainError, match="自己"):
        getattr(actions, act)(security, person_id=security.person_id, role=Role.LEADER)


def test_a_granted_role_works_and_an_ended_one_stops(security: Actor) -> None:
    person = people.staff(kind="government")
    assert person.person_id
    actions.grant_role(security, person_id=person.person_id, role=Role.LEADER)
    actions.grant_role(security, person_id=person.person_id, role=Role.LEADER)  # again: nothing happens
    assert queries.actor(person.person_id).may(Permission.READ_STATISTICS)
    actions.end_role(security, person_id=person.person_id, role=Role.LEADER)
    assert not queries.actor(person.person_id).may(Permission.READ_STATISTICS)
    with pytest.raises(DomainError, match="没有这个角色"):
        actions.end_role(security, person_id=person.person_id, role=Role.LEADER)
    events = Event.objects.filter(subject_type="person", subject_id=str(person.person_id))
    kinds = events.values_list("kind", flat=True).order_by("id")
    assert list(kinds) == ["PERSON_CREATED", "ROLE_GRANTED", "ROLE_ENDED"]
    assert Notice.objects.filter(person_id=person.person_id).count() == 2
    assert RoleGrant.objects.filter(person_id=person.person_id).count() == 1  # the record of it stays


def test_the_owners_role_is_for_owners_only(security: Actor) -> None:
    person = people.staff(kind="bank")
    assert person.person_id
    with pytest.raises(Refused, match="企业用户"):
        actions.grant_role(security, person_id=person.person_id, role=Role.OWNER)
    owner = people.owner()
    assert owner.person_id
    with pytest.raises(Refused, match="企业用户"):
        actions.grant_role(security, person_id=owner.person_id, role=Role.LEADER)


@pytest.mark.parametrize("role", ADMINISTRATIONS)
def test_administrators_are_made_on_the_server_not_on_a_page(role: Role, security: Actor) -> None:
    person = people.staff(kind="operator")
    assert person.person_id
    with pytest.raises(Refused, match="不能在页面上授予"):
        actions.grant_role(security, person_id=person.person_id, role=role)


@pytest.mark.parametrize(("first", "second"), list(itertools.permutations(ADMINISTRATIONS, 2)))
def test_no_person_holds_two_administrations(first: Role, second: Role) -> None:
    person = people.staff(first, kind="operator")
    assert person.person_id
    with pytest.raises(Refused, match="不能由同一人担任"):
        actions.grant_role(SYSTEM, person_id=person.person_id, role=second)
    actions.end_role(SYSTEM, person_id=person.person_id, role=first)
    actions.grant_role(SYSTEM, person_id=person.person_id, role=second)  # one after the other is allowed


@pytest.mark.parametrize(("first", "second"), list(itertools.combinations(ADMINISTRATIONS, 2)))
def test_the_database_itself_refuses_two_administrations_in_one_hand(first: Role, second: Role) -> None:
    person = people.staff(first, kind="operator")
    with pytest.raises(IntegrityError, match="role_grant_administrations_apart"), transaction.atomic():
        RoleGrant.objects.create(person_id=person.person_id, role=second, granted_at=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_two_administrations_granted_at_the_same_moment_end_as_one() -> None:
    person = people.staff(kind="operator")
    assert person.person_id
    start, refusals = threading.Barrier(3), []

    def grant(role: Role) -> None:
        try:
            start.wait()
            actions.grant_role(SYSTEM, person_id=person.person_id or 0, role=role)
        except Refused as refused:
            refusals.append(refused.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=grant, args=[role]) for role in ADMINISTRATIONS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refusals == ["administration_separate"] * 2
    assert len(queries.actor(person.person_id).roles & SEPARATE_ROLES) == 1


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"role": "king"}, "role_grant_role_known"),
        ({"role": "leader", "granted_by": "self"}, "role_grant_not_to_oneself"),
        ({"role": "visitor"}, "role_grant_once"),
    ],
)
def test_the_database_keeps_grants_right(values: dict[str, str], constraint: str) -> None:
    person = people.staff(Role.VISITOR)
    by = person.person_id if values.get("granted_by") else None
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        RoleGrant.objects.create(
            person_id=person.person_id, role=values["role"], granted_by_id=by, granted_at=timezone.now()
        )


def test_staff_belong_to_an_organisation_and_owners_to_none() -> None:
    with pytest.raises(IntegrityError, match="person_staff_has_organisation"), transaction.atomic():
        Person.objects.create(username="stray", name="x")
    with pytest.raises(IntegrityError, match="person_staff_has_organisation"), transaction.atomic():
        Person.objects.create(username="stray", name="x", kind="owner", organisation_id=people.organisation())


def test_the_platform_says_which_administration_nobody_holds() -> None:
    assert queries.administrator_roles_without_person() == SEPARATE_ROLES
    people.staff(Role.SYSTEM_ADMIN)
    audit = people.staff(Role.AUDIT_ADMIN)
    assert queries.administrator_roles_without_person() == {Role.SECURITY_ADMIN}
    Person.objects.filter(pk=audit.person_id).update(is_active=False)
    assert queries.administrator_roles_without_person() == {Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}


def test_a_person_sees_their_own_organisation_and_those_below(security: Actor) -> None:
    bank, other = people.organisation("bank"), people.organisation("bank")
    branch = people.organisation("bank", parent_id=bank)
    head, clerk, stranger = (people.staff(at=place) for place in (bank, branch, other))
    assert set(queries.people_of(head).values_list("pk", flat=True)) == {head.person_id, clerk.person_id}
    assert set(queries.people_of(clerk).values_list("pk", flat=True)) == {clerk.person_id}
    seen = set(queries.people_of(security).values_list("pk", flat=True))
    assert {head.person_id, clerk.person_id, stranger.person_id} <= seen
    with pytest.raises(DomainError):
        queries.person(clerk, stranger.person_id or 0)


def test_colleagues_are_those_who_may_do_the_work() -> None:
    branch = people.organisation("bank")
    manager, head = people.staff(Role.ACCOUNT_MANAGER, at=branch), people.staff(Role.BANK_HEAD, at=branch)
    found = [number for number, _ in queries.colleagues(branch, permission=Permission.HANDLE_CASES)]
    assert found == [manager.person_id]
    assert head.person_id not in found


@pytest.mark.parametrize(("code", "prefix"), [("140000", "14"), ("140100", "1401"), ("140105", "140105"), ("", "")])
def test_an_office_answers_for_what_its_code_begins_with(code: str, prefix: str) -> None:
    assert district_prefix(code) == prefix


def test_a_closed_account_acts_as_nobody() -> None:
    person = people.person(people.staff(Role.LEADER))
    person.is_active = False
    assert actor_for(person) == ANONYMOUS


def test_an_actor_is_made_with_one_query(django_assert_num_queries: object) -> None:
    person = people.staff(Role.LEADER)
    with django_assert_num_queries(1):  # type: ignore[operator]
        queries.actor(person.person_id or 0)


@pytest.mark.parametrize("role", Role)
def test_every_role_has_a_name_and_something_to_do(role: Role) -> None:
    assert ROLE_LABELS[role].zh
    assert ROLE_LABELS[role].en
    assert ROLE_PERMISSIONS[role]


def test_every_permission_belongs_to_a_role() -> None:
    assert permissions_of(frozenset(Role)) == frozenset(Permission)


def test_the_three_administrations_share_no_permission() -> None:
    for first, second in itertools.combinations(ADMINISTRATIONS, 2):
        assert not ROLE_PERMISSIONS[first] & ROLE_PERMISSIONS[second]


def test_a_shared_password_exists_in_practice_mode_only(settings: Any) -> None:
    who = people.staff(Role.VISITOR)
    settings.DEMO = False
    with pytest.raises(DomainError) as refused:
        actions.share_practice_password(SYSTEM, person_ids=[who.person_id], password="practice-only-1")
    assert refused.value.code == "practice_only"
    settings.DEMO = True
    actions.share_practice_password(SYSTEM, person_ids=[who.person_id], password="practice-only-1")
    person = Person.objects.get(pk=who.person_id)
    assert person.check_password("practice-only-1")
    assert not person.must_change_password
