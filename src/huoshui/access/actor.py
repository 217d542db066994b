"""The one who acts: a value every action and query takes first. Knows no database: deciding modules import it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from huoshui.access.roles import Permission, Role, permissions_of


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, for which organisation or firms, and what their roles permit.

    *kind*: staff, owner (of a firm), system (jobs and commands) or anonymous. *org_path* is the organisation's place
    in its tree ("/1/7/"); *district* the code prefix a government office answers for ("1401" city, "140105" county).
    """

    kind: str
    person_id: int | None = None
    name: str = ""
    organisation_id: int | None = None
    organisation_name: str = ""
    org_kind: str = ""
    org_level: str = ""
    org_path: str = ""
    district: str = ""
    roles: frozenset[Role] = frozenset()
    permissions: frozenset[Permission] = frozenset()
    enterprise_ids: tuple[int, ...] = ()
    request_id: str = field(default="", compare=False)

    def may(self, permission: Permission) -> bool:
        """Return whether a role of the actor grants *permission* (the first of the three questions)."""
        return self.kind == "system" or permission in self.permissions


class Office(Protocol):
    """What an actor needs to know of an organisation."""

    pk: int
    name: str
    kind: str
    level: str
    path: str
    district_code: str


class Someone(Protocol):
    """What an actor needs to know of a person."""

    pk: int
    name: str
    kind: str
    is_active: bool

    @property
    def office(self) -> Office | None: ...
    def held_roles(self) -> frozenset[Role]: ...
    def represented(self) -> tuple[int, ...]: ...


def actor_for(person: Someone, *, request_id: str = "") -> Actor:
    """Return the actor that *person* is now: roles not ended, firms represented. ANONYMOUS for a closed account."""
    if not person.is_active:
        return ANONYMOUS
    roles, office = person.held_roles(), person.office
    return Actor(
        kind=person.kind,
        person_id=person.pk,
        name=person.name,
        organisation_id=office.pk if office else None,
        organisation_name=office.name if office else "",
        org_kind=office.kind if office else "",
        org_level=office.level if office else "",
        org_path=office.path if office else "",
        district=district_prefix(office.district_code) if office else "",
        roles=roles,
        permissions=permissions_of(roles),
        enterprise_ids=person.represented(),
        request_id=request_id,
    )


def district_prefix(code: str) -> str:
    """Return what all codes inside the area begin with: "140100" (a city) gives "1401", "140000" (a province) "14"."""
    while code.endswith("00"):
        code = code[:-2]
    return code


ANONYMOUS = Actor(kind="anonymous")
SYSTEM = Actor(kind="system", name="system")
