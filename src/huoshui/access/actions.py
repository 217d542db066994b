"""What can be done with organisations, people, roles and notices. Every act is one transaction and records an event."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from huoshui.access.actor import Actor
from huoshui.access.models import Delivery, Notice, Organisation, Person, RoleGrant
from huoshui.access.roles import SEPARATE_ROLES, Role
from huoshui.audit import actions as audit
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text


def create_organisation(
    actor: Actor,
    *,
    code: str,
    name: str,
    kind: str,
    name_en: str = "",
    level: str = "none",
    parent_id: int | None = None,
    district_code: str = "",
) -> int:
    """Return the id of organisation *code*, made now where it does not exist."""
    with transaction.atomic():
        office, fresh = Organisation.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "name_en": name_en,
                "kind": kind,
                "level": level,
                "parent_id": parent_id,
                "district_code": district_code,
            },
        )
        if fresh:
            above = Organisation.objects.get(pk=parent_id).path if parent_id else "/"
            office.path = f"{above}{office.pk}/"
            office.save(update_fields=["path"])
            audit.record(actor, "ORGANISATION_CREATED", ("organisation", office.pk), facts={"name": name})
    return int(office.pk)


def create_person(
    actor: Actor,
    *,
    username: str,
    name: str,
    organisation_id: int,
    password: str | None = None,
    email: str = "",
) -> int:
    """Return the id of a new member of staff. Raises DomainError username_taken."""
    with transaction.atomic():
        if Person.objects.filter(username=username).exists():
            raise DomainError(
                "username_taken",
                Text("用户名“{u}”已被使用。", "The user name “{u}” is taken.").format(u=username),
                field="username",
                value=username,
                remedy=Text("请换一个用户名。", "Choose another one."),
            )
        person = Person(username=username, name=name, organisation_id=organisation_id, email=email)
        person.set_password(password)
        person.save()
        audit.record(actor, "PERSON_CREATED", ("person", person.pk), facts={"username": username, "name": name})
    return int(person.pk)


def grant_role(actor: Actor, *, person_id: int, role: Role) -> None:
    """Give *person* a role. The three administrations are never in one hand."""
    with transaction.atomic():
        held = {
            Role(code)
            for code in RoleGrant.objects.filter(person_id=person_id, ended_at=None).values_list("role", flat=True)
        }
        if role in held:
            return
        if role in SEPARATE_ROLES and held & SEPARATE_ROLES:
            raise DomainError(
                "administration_separate",
                Text(
                    "系统、安全、审计管理员不能由同一人担任。",
                    "System, security and audit administration are never one person's.",
                ),
                field="role",
                value=role.value,
                remedy=Text("请指定另一位人员。", "Name another person."),
            )
        RoleGrant.objects.create(
            person_id=person_id, role=role.value, granted_by_id=actor.person_id, granted_at=clock.now()
        )
        audit.record(actor, "ROLE_GRANTED", ("person", person_id), facts={"role": role.value})


def notify(
    actor: Actor,
    *,
    template: str,
    facts: dict[str, Any],
    link: str = "",
    person_id: int | None = None,
    organisation_id: int | None = None,
    enterprise_id: int | None = None,
) -> int:
    """Leave a notice for a person, an organisation or a firm and queue its delivery; part of the caller's transaction."""
    notice = Notice.objects.create(
        template=template,
        facts=facts,
        link=link,
        person_id=person_id,
        organisation_id=organisation_id,
        enterprise_id=enterprise_id,
        created_at=clock.now(),
    )
    Delivery.objects.create(notice=notice, channel="recorded", body=template, created_at=clock.now())
    return int(notice.pk)
