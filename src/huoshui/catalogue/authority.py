"""The first and second question of every act of this package: may this role, and to this object."""

from __future__ import annotations

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text


def require(actor: Actor, permission: Permission) -> None:
    """Refuse unless a role of *actor* grants *permission*."""
    if not actor.may(permission):
        raise DomainError(
            "not_permitted", Text("您的岗位没有此项权限。", "Your role does not include this."), field=str(permission)
        )


def require_own(actor: Actor, path: str) -> None:
    """Refuse unless the organisation at *path* is the actor's own or below it."""
    own = actor.kind == "system" or (bool(actor.org_path) and path.startswith(actor.org_path))
    if not own:
        raise DomainError(
            "not_own",
            Text("只能维护本机构的内容。", "Only what belongs to your own institution."),
            field="organisation",
        )
