"""Which people, organisations and notices an actor sees."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from huoshui.access.actor import Actor
from huoshui.access.models import Notice, Organisation, Person
from huoshui.access.roles import Permission
from huoshui.access.scope import register


def _people(actor: Actor, rows: QuerySet[Person]) -> QuerySet[Person]:
    if actor.permissions & {Permission.ADMINISTER_PEOPLE, Permission.READ_AUDIT}:
        return rows
    own = Q(pk=actor.person_id)
    if actor.org_path:
        own |= Q(kind=Person.Kind.STAFF, organisation__path__startswith=actor.org_path)
    return rows.filter(own)


def _notices(actor: Actor, rows: QuerySet[Notice]) -> QuerySet[Notice]:
    mine = Q(person_id=actor.person_id) if actor.person_id else Q(pk__in=[])
    if actor.organisation_id:
        mine |= Q(organisation_id=actor.organisation_id)
    if actor.enterprise_ids:
        mine |= Q(enterprise_id__in=actor.enterprise_ids)
    return rows.filter(mine)


def _organisations(actor: Actor, rows: QuerySet[Organisation]) -> QuerySet[Organisation]:
    return rows  # names of offices and banks are public


register(Person, _people)
register(Notice, _notices)
register(Organisation, _organisations)
