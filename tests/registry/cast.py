"""The people and offices of these tests: an owner, a stranger, two officers, a bank with a branch, another bank."""

from __future__ import annotations

import itertools
from typing import Any

from huoshui.access.actor import Actor
from huoshui.access.models import Organisation, Person
from huoshui.access.roles import Permission, Role, permissions_of

_numbers = itertools.count(1)


def organisation(
    kind: str, *, parent: Organisation | None = None, district: str = "", level: str = "city"
) -> Organisation:
    """Return an organisation at its place in the tree."""
    number = next(_numbers)
    made = Organisation.objects.create(
        code=f"{kind}-{number}",
        name=f"{kind}{number}",
        name_en=kind,
        kind=kind,
        level=level,
        parent=parent,
        district_code=district,
    )
    made.path = f"{parent.path if parent else '/'}{made.pk}/"
    made.save()
    return made


def person(office: Organisation | None = None, name: str = "张三") -> Person:
    """Return a person of *office*, or an owner of firms."""
    number = next(_numbers)
    kind = "staff" if office else "owner"
    return Person.objects.create(username=f"p{number}", name=f"{name}{number}", kind=kind, organisation=office)


def staff(office: Organisation, *roles: Role, district: str = "") -> Actor:
    """Return an actor of *office* with *roles*."""
    who = person(office)
    return Actor(
        kind="staff",
        person_id=who.pk,
        name=who.name,
        organisation_id=office.pk,
        organisation_name=office.name,
        org_kind=office.kind,
        org_level=office.level,
        org_path=office.path,
        district=district,
        roles=frozenset(roles),
        permissions=permissions_of(frozenset(roles)),
    )


def owner(*enterprise_ids: int) -> Actor:
    """Return the owner of firms."""
    who = person()
    return Actor(
        kind="owner",
        person_id=who.pk,
        name=who.name,
        roles=frozenset({Role.OWNER}),
        permissions=frozenset({Permission.APPLY, Permission.MANAGE_CONSENT}),
        enterprise_ids=enterprise_ids,
    )


def officer(district: str = "1401") -> Actor:
    """Return an officer of the city's office, who may import and decide corrections."""
    return staff(organisation("government", district="140100"), Role.OFFICE, district=district)


def events(kind: str) -> list[Any]:
    """Return the events of a kind, oldest first."""
    from huoshui.audit.models import Event

    return list(Event.objects.filter(kind=kind).order_by("id"))
