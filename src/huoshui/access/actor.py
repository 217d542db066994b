"""The one who acts: a value every action and query takes first."""

from __future__ import annotations

from dataclasses import dataclass, field

from huoshui.access.roles import Permission, Role


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


ANONYMOUS = Actor(kind="anonymous")
SYSTEM = Actor(kind="system", name="system")
