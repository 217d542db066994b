"""Who may administer whom: the security administrator everybody else, nobody themselves."""

from __future__ import annotations

from huoshui.access.actor import Actor
from huoshui.access.models import Person
from huoshui.access.roles import Permission
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text


def require_administration(actor: Actor, *, of: int | None = None) -> None:
    """Refuse unless *actor* administers people, and is not the person *of* whom the act is about."""
    if not actor.may(Permission.ADMINISTER_PEOPLE):
        raise DomainError(
            "not_permitted",
            Text("只有安全管理员可以管理人员。", "Only a security administrator manages people."),
            field="actor",
            value=actor.name,
        )
    if of is not None and of == actor.person_id:
        raise DomainError(
            "not_oneself",
            Text("不能对自己的账号做这项操作。", "Nobody does this to their own account."),
            field="person_id",
            value=of,
            remedy=Text("请另一位安全管理员办理。", "Ask another security administrator."),
        )


def found(person_id: int) -> Person:
    """Return the person, locked until the transaction ends; DomainError where there is none."""
    person = Person.objects.select_for_update().filter(pk=person_id).first()
    if person is None:
        raise DomainError(
            "person_unknown", Text("没有这个人员。", "There is no such person."), field="person_id", value=person_id
        )
    return person
