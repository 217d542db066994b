"""What can be asked about organisations, people, notices. Values are frozen; nothing here changes anything."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet

from huoshui.access import notice_texts, phones, vault, wordings
from huoshui.access.actions_sign_in import locked
from huoshui.access.actor import ANONYMOUS, Actor, actor_for
from huoshui.access.guard import opens
from huoshui.access.models import Delivery, Notice, Organisation, Person, RoleGrant
from huoshui.access.roles import ROLE_LABELS, SEPARATE_ROLES, Permission, Role
from huoshui.access.scope import scope
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text


@dataclass(frozen=True, slots=True)
class OrganisationView:
    """An organisation and its place in the tree."""

    id: int
    code: str
    name: Text
    kind: str
    level: str
    parent_id: int | None
    path: str
    district_code: str
    active: bool


@dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody who signs in, as the security administrator sees them. *phone* has its middle hidden."""

    id: int
    username: str
    name: str
    kind: str
    organisation_id: int | None
    organisation_name: str
    roles: tuple[tuple[Role, Text], ...]
    email: str
    phone: str
    language: str
    active: bool
    locked_until: dt.datetime | None
    factors: int
    last_sign_in: dt.datetime | None


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice in words."""

    id: int
    template: str
    text: Text
    link: str
    created_at: dt.datetime
    read_at: dt.datetime | None


def organisation(organisation_id: int) -> OrganisationView:
    """Return one organisation; DomainError where there is none."""
    found = Organisation.objects.filter(pk=organisation_id).first()
    if found is None:
        said = Text("没有这个机构。", "There is no such organisation.")
        raise DomainError("organisation_unknown", said, field="organisation_id", value=organisation_id)
    return _office(found)


def organisation_by_code(code: str) -> OrganisationView | None:
    """Return the organisation with *code*, None where there is none."""
    found = Organisation.objects.filter(code=code).first()
    return _office(found) if found else None


def organisations(*, kind: str = "", under: str = "", active: bool | None = True) -> tuple[OrganisationView, ...]:
    """Return organisations of *kind* whose path begins with *under*, parents before children."""
    rows = Organisation.objects.order_by("path")
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(path__startswith=under) if under else rows
    rows = rows.filter(active=active) if active is not None else rows
    return tuple(map(_office, rows))


def _office(row: Organisation) -> OrganisationView:
    return OrganisationView(
        id=row.pk,
        code=row.code,
        name=Text(row.name, row.name_en or row.name),
        kind=row.kind,
        level=row.level,
        parent_id=row.parent_id,
        path=row.path,
        district_code=row.district_code,
        active=row.active,
    )


def actor(person_id: int) -> Actor:
    """Return the actor that a person is now; ANONYMOUS where there is no such person or the account is closed."""
    person = Person.objects.acting().filter(pk=person_id).first()
    return actor_for(person) if person else ANONYMOUS


def actor_named(username: str) -> Actor:
    """Return the actor behind a user name; ANONYMOUS where there is none."""
    person = Person.objects.acting().filter(username=username).first()
    return actor_for(person) if person else ANONYMOUS


def actor_id(username: str) -> int | None:
    """Return the id of the account called *username*, open or closed; None where there is none."""
    return Person.objects.filter(username=username).values_list("pk", flat=True).first()


def people_of(
    actor: Actor, *, organisation_id: int | None = None, role: Role | None = None, text: str = ""
) -> QuerySet[Person]:
    """Return the people whom *actor* may see, as rows for a list: staff of the own tree, or all for administrators."""
    rows = scope(actor, Person.objects.filter(kind=Person.Kind.STAFF)).select_related("organisation")
    rows = rows.filter(organisation_id=organisation_id) if organisation_id else rows
    if role:
        rows = rows.filter(grants__role=role.value, grants__ended_at__isnull=True)
    if text:
        rows = rows.filter(name__icontains=text) | rows.filter(username__icontains=text)
    return rows.order_by("organisation__path", "name", "pk")


def colleagues(organisation_id: int, *, permission: Permission) -> tuple[tuple[int, str], ...]:
    """Return (id, name) of the active people of one organisation who hold *permission*, by name."""
    rows = Person.objects.acting().filter(organisation_id=organisation_id, is_active=True).order_by("name", "pk")
    return tuple((row.pk, row.name) for row in rows if actor_for(row).may(permission))


def person(actor: Actor, person_id: int) -> PersonView:
    """Return one person; DomainError where there is none or *actor* may not see them."""
    found = scope(actor, Person.objects.all()).filter(pk=person_id).select_related("organisation").first()
    if found is None:
        said = Text("没有这个人员。", "There is no such person.")
        raise DomainError("person_unknown", said, field="person_id", value=person_id)
    return people([found])[0]


def people(rows: Iterable[Person]) -> tuple[PersonView, ...]:
    """Return *rows* (of people_of) as values, with two more queries however many they are."""
    listed = list(rows)
    held: dict[int, list[Role]] = {}
    open_grants = RoleGrant.objects.filter(person__in=listed, ended_at__isnull=True).order_by("pk")
    for person_id, role in open_grants.values_list("person_id", "role"):
        held.setdefault(person_id, []).append(Role(role))
    factors: dict[int, int] = {}
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    for person_id in Authenticator.objects.filter(user__in=listed, type__in=kinds).values_list("user_id", flat=True):
        factors[person_id] = factors.get(person_id, 0) + 1
    return tuple(_person(row, held.get(row.pk, []), factors.get(row.pk, 0)) for row in listed)


def _person(row: Person, roles: list[Role], factors: int) -> PersonView:
    return PersonView(
        id=row.pk,
        username=row.username,
        name=row.name,
        kind=row.kind,
        organisation_id=row.organisation_id,
        organisation_name=row.organisation.name if row.organisation else "",
        roles=tuple((role, ROLE_LABELS[role]) for role in roles),
        email=row.email,
        phone=phones.masked(vault.decrypt(row.phone_cipher)) if row.phone_cipher else "",
        language=row.language,
        active=row.is_active,
        locked_until=row.locked_until if locked(row) else None,
        factors=factors,
        last_sign_in=row.last_login,
    )


def phone_index(phone: str) -> str:
    """Return the blind index of *phone*, to compare with one kept elsewhere; DomainError where it is no phone."""
    return vault.blind_index(phones.normalise(phone))


def notices_for(actor: Actor, *, unread: bool = False, limit: int = 100) -> list[NoticeView]:
    """Return the actor's notices in words, newest first."""
    rows = scope(actor, Notice.objects.order_by("-id"))
    rows = rows.filter(read_at__isnull=True) if unread else rows
    return [_notice(row, actor) for row in rows[:limit] if notice_texts.known(row.template)]


def _notice(row: Notice, reader: Actor) -> NoticeView:
    said = wordings.say(row.template, row.facts, row.wording)
    # a notice to an office reaches colleagues of every role; its link only those whose role opens the page
    link = row.link if row.link and opens(reader, row.link) else ""
    return NoticeView(row.pk, row.template, said, link, row.created_at, row.read_at)


def inbox_count(actor: Actor) -> int:
    """Return how many notices the actor has not read."""
    return scope(actor, Notice.objects.filter(read_at__isnull=True)).count()


def last_practice_message(phone: str) -> str | None:
    """Return the newest message to *phone* that this installation wrote down; its code is in it in practice mode only."""
    indexes = vault.blind_indexes(phones.normalise(phone))
    sent = Delivery.objects.filter(recipient_hash__in=indexes, notice__isnull=True).order_by("-id")
    return sent.values_list("body", flat=True).first()


def administrator_roles_without_person() -> frozenset[str]:
    """Return those of the three administrations that nobody active holds."""
    held = RoleGrant.objects.filter(ended_at__isnull=True, person__is_active=True, role__in=sorted(SEPARATE_ROLES))
    return frozenset(SEPARATE_ROLES) - set(held.values_list("role", flat=True))


def deliveries(actor: Actor) -> QuerySet[Delivery]:
    """Return what was sent through which channel and what became of it, the latest first, for who keeps it running."""
    rows = Delivery.objects.select_related("notice").order_by("-id")
    return rows if actor.may(Permission.ADMINISTER_SYSTEM) else rows.none()


def unsent(actor: Actor) -> tuple[int, int]:
    """Return how many messages wait and how many failed for good within a week."""
    week = clock.now() - dt.timedelta(days=7)
    rows = deliveries(actor).order_by()
    return rows.filter(state="queued").count(), rows.filter(state="failed", created_at__gte=week).count()
