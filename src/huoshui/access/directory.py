"""From a signed-in person to the actor the rest of the platform knows."""

from __future__ import annotations

from collections.abc import Callable

from huoshui.access.actor import ANONYMOUS, Actor
from huoshui.access.models import Person
from huoshui.access.roles import Role, permissions_of

# the register tells which firms an owner acts for; it is above this package, so it registers itself here
_FIRMS_OF: list[Callable[[int], tuple[int, ...]]] = []


def register_firms_of(find: Callable[[int], tuple[int, ...]]) -> None:
    """Let *find* say which firms a person represents (person id → enterprise ids)."""
    _FIRMS_OF[:] = [find]


def actor_for(person: Person, *, request_id: str = "") -> Actor:
    """Return the actor that *person* is now: organisation, roles, permissions, firms."""
    if not person.is_active:
        return ANONYMOUS
    roles = frozenset(Role(code) for code in person.grants.filter(ended_at__isnull=True).values_list("role", flat=True))
    office = person.organisation
    firms = _FIRMS_OF[0](person.pk) if person.kind == Person.Kind.OWNER and _FIRMS_OF else ()
    return Actor(
        kind=person.kind,
        person_id=person.pk,
        name=person.name,
        organisation_id=office.pk if office else None,
        organisation_name=office.name if office else "",
        org_kind=office.kind if office else "",
        org_level=office.level if office else "",
        org_path=office.path if office else "",
        district=_answers_for(office.level, office.district_code) if office else "",
        roles=roles,
        permissions=permissions_of(roles) if roles else frozenset(),
        enterprise_ids=firms,
        request_id=request_id,
    )


def _answers_for(level: str, district_code: str) -> str:
    """Return the code prefix of the area: two digits for a province, four for a city, six for a county."""
    return district_code[: {"province": 2, "city": 4}.get(level, 6)]
