"""Organisations, people and the roles they hold."""

from __future__ import annotations

import re

from django.db import IntegrityError, transaction

from huoshui.access import phones, vault
from huoshui.access.actions_notice import notify
from huoshui.access.actor import Actor
from huoshui.access.authority import found, require_administration
from huoshui.access.models import Organisation, Person, RoleGrant
from huoshui.access.passwords import checked_password
from huoshui.access.roles import ROLE_LABELS, SEPARATE_ROLES, Role
from huoshui.audit.actions import record
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Problem, Refused
from huoshui.kernel.text import Text

_USERNAME = re.compile(r"[A-Za-z0-9._-]{3,60}")


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
    """Return the id of organisation *code*, made now where it does not exist. Raises Refused with every problem."""
    require_administration(actor)
    with transaction.atomic():
        if there := Organisation.objects.filter(code=code).first():
            return int(there.pk)
        above = Organisation.objects.filter(pk=parent_id).first() if parent_id else None
        _check_organisation(kind, level, district_code, parent_id, above)
        made = Organisation.objects.create(
            code=code, name=name, name_en=name_en, kind=kind, level=level, parent=above, district_code=district_code
        )
        made.path = f"{above.path if above else '/'}{made.pk}/"
        made.save(update_fields=["path"])
        record(
            actor, "ORGANISATION_CREATED", ("organisation", made.pk), facts={"name": name, "code": code, "kind": kind}
        )
    return int(made.pk)


def _check_organisation(
    kind: str, level: str, district: str, parent_id: int | None, above: Organisation | None
) -> None:
    problems = []
    if kind not in Organisation.Kind.values:
        problems.append(_problem("kind", kind, "没有这种机构类型。", "There is no such kind of organisation."))
    if level not in Organisation.Level.values:
        problems.append(_problem("level", level, "没有这个层级。", "There is no such level."))
    if kind == "government" and not re.fullmatch(r"\d{6}", district):
        words = ("政府部门须填写六位管辖区划代码。", "A government office needs the six-digit code of its area.")
        problems.append(_problem("district_code", district, *words))
    if parent_id and above is None:
        problems.append(_problem("parent_id", parent_id, "没有这个上级机构。", "There is no such parent."))
    if above is not None and above.kind != kind:
        words = ("上级机构须为同一类型。", "The parent has to be of the same kind.")
        problems.append(_problem("parent_id", parent_id, *words))
    if problems:
        raise Refused(problems)


def create_person(
    actor: Actor,
    *,
    username: str,
    name: str,
    organisation_id: int,
    password: str | None = None,
    email: str = "",
    phone: str = "",
    must_change_password: bool | None = None,
) -> int:
    """Return the id of a new member of staff, who changes the password at the first sign-in. Refused with every problem.

    Without *password* nobody can sign in as the person until one is set. *must_change_password*: by default so when a
    security administrator made the account.
    """
    require_administration(actor)
    person = Person(username=username, name=name, organisation_id=organisation_id, email=email)
    _check_person(person, password)
    if phone:
        person.phone_cipher = vault.encrypt(phones.normalise(phone))
    person.set_password(password)
    by_hand = actor.kind != "system" if must_change_password is None else must_change_password
    person.must_change_password = by_hand and password is not None
    with transaction.atomic():
        try:
            with transaction.atomic():
                person.save()
        except IntegrityError:
            raise Refused([_taken(username)]) from None
        facts = {"username": username, "name": name, "organisation": organisation_id}
        record(actor, "PERSON_CREATED", ("person", person.pk), facts=facts)
    return int(person.pk)


def _check_person(person: Person, password: str | None) -> None:
    problems = []
    if not _USERNAME.fullmatch(person.username):
        words = (
            "用户名须为 3 至 60 位字母、数字、点、短横或下划线。",
            "A user name has 3 to 60 letters, digits, . _ or -.",
        )
        problems.append(_problem("username", person.username, *words))
    elif Person.objects.filter(username=person.username).exists():
        problems.append(_taken(person.username))
    if not person.name.strip():
        problems.append(_problem("name", person.name, "请填写姓名。", "The name is missing."))
    if not Organisation.objects.filter(pk=person.organisation_id or 0, active=True).exists():
        words = ("没有这个机构，或机构已停用。", "There is no such organisation, or it is closed.")
        problems.append(_problem("organisation_id", person.organisation_id, *words))
    if password is not None:
        problems += checked_password(password, person)
    if problems:
        raise Refused(problems)


def _problem(field: str, value: object, zh: str, en: str) -> Problem:
    return Problem(f"{field}_wrong", Text(zh, en), field=field, value=value)


def _taken(username: str) -> Problem:
    said = Text("用户名“{u}”已被使用。", "The user name “{u}” is taken.").format(u=username)
    remedy = Text("请换一个；每人一个账号，不得共用。", "Choose another one; accounts are never shared.")
    return Problem("username_taken", said, field="username", value=username, remedy=remedy)


def grant_role(actor: Actor, *, person_id: int, role: Role) -> None:
    """Give *person_id* a role; a role already held stays as it is.

    The three administrations are never in one hand, and only a command on the server grants them: no security
    administrator makes another one alone.
    """
    require_administration(actor, of=person_id)
    role = Role(role)
    with transaction.atomic():
        person = found(person_id)
        if role in person.held_roles():
            return
        _check_role(actor, person, role)
        try:
            with transaction.atomic():
                RoleGrant.objects.create(
                    person=person, role=role.value, granted_by_id=actor.person_id, granted_at=clock.now()
                )
        except IntegrityError:  # somebody granted at the same moment; the index is the judge
            raise Refused([_apart(role)]) from None
        facts = {"role": role.value, "username": person.username}
        record(actor, "ROLE_GRANTED", ("person", person_id), facts=facts)
        label = ROLE_LABELS[role]
        notify(actor, template="ROLE_GRANTED", facts={"role": {"zh": label.zh, "en": label.en}}, person_id=person_id)


def _check_role(actor: Actor, person: Person, role: Role) -> None:
    problems = []
    if (role is Role.OWNER) != (person.kind == Person.Kind.OWNER):
        words = ("企业用户角色只属于企业用户。", "The owner's role belongs to owners of firms, and nothing else does.")
        problems.append(_problem("role", role.value, *words))
    if role in SEPARATE_ROLES and person.held_roles() & SEPARATE_ROLES:
        problems.append(_apart(role))
    if role in SEPARATE_ROLES and actor.kind != "system":
        said = Text("管理员角色不能在页面上授予。", "Administrators are not made on a page.")
        how = Text(
            "请系统管理员在服务器上执行 huoshui user role {u} {r}。", "Run huoshui user role {u} {r} on the server."
        ).format(u=person.username, r=role.value)
        problems.append(Problem("administration_by_command", said, field="role", value=role.value, remedy=how))
    if problems:
        raise Refused(problems)


def _apart(role: Role) -> Problem:
    said = Text(
        "系统、安全、审计管理员不能由同一人担任。", "System, security and audit administration are never one person's."
    )
    remedy = Text("请指定另一位人员。", "Name another person.")
    return Problem("administration_separate", said, field="role", value=role.value, remedy=remedy)


def end_role(actor: Actor, *, person_id: int, role: Role) -> None:
    """Take a role away, from the next request on. DomainError where the person does not hold it."""
    require_administration(actor, of=person_id)
    role = Role(role)
    with transaction.atomic():
        person = found(person_id)
        ended = RoleGrant.objects.filter(person=person, role=role.value, ended_at__isnull=True)
        if ended.update(ended_at=clock.now()) != 1:
            said = Text("此人没有这个角色。", "The person does not hold this role.")
            raise DomainError("role_not_held", said, field="role", value=role.value)
        facts = {"role": role.value, "username": person.username}
        record(actor, "ROLE_ENDED", ("person", person_id), facts=facts)
        label = ROLE_LABELS[role]
        notify(actor, template="ROLE_ENDED", facts={"role": {"zh": label.zh, "en": label.en}}, person_id=person_id)


def close_person(actor: Actor, *, person_id: int, reason: str) -> None:
    """Close an account at once: no session of it lives on. The person's record stays."""
    _set_active(actor, person_id, active=False, reason=reason)


def reopen_person(actor: Actor, *, person_id: int, reason: str) -> None:
    """Open a closed account again."""
    _set_active(actor, person_id, active=True, reason=reason)


def _set_active(actor: Actor, person_id: int, *, active: bool, reason: str) -> None:
    require_administration(actor, of=person_id)
    if not reason.strip():
        raise DomainError("reason_missing", Text("请写明原因。", "Say why."), field="reason", value=reason)
    with transaction.atomic():
        person = found(person_id)
        person.is_active = active
        person.session_epoch += 1
        person.save(update_fields=["is_active", "session_epoch"])
        kind = "PERSON_REOPENED" if active else "PERSON_CLOSED"
        record(actor, kind, ("person", person_id), facts={"username": person.username}, reason=reason)
