"""People and organisations in a state: a bank with two branches, a county office, an owner with a firm."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.contrib.auth import get_user_model
from django.test import override_settings

from huoshui.access import actions, queries
from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.roles import Role

PASSWORD = "Fenhe-liuyu-2026"
_numbers = count(1)


def organisation(kind: str = "bank", **fields: Any) -> int:
    """Return the id of a new organisation of *kind*; a government office answers for Yingze unless told otherwise."""
    number = next(_numbers)
    if kind == "government":
        fields = {"district_code": "140106", "level": "county", **fields}
    fields = {"code": f"{kind}-{number}", "name": f"机构{number}", **fields}
    return actions.create_organisation(SYSTEM, kind=kind, **fields)


def staff(*roles: Role, at: int | None = None, kind: str = "", password: str | None = None, **fields: Any) -> Actor:
    """Return a new member of staff holding *roles*, at organisation *at* or a new one of the fitting kind."""
    number = next(_numbers)
    where = at if at is not None else organisation(kind or _kind_for(roles))
    fields = {"username": f"staff{number}", "name": f"人员{number}", **fields}
    person_id = actions.create_person(SYSTEM, organisation_id=where, password=password, **fields)
    for role in roles:
        actions.grant_role(SYSTEM, person_id=person_id, role=role)
    return queries.actor(person_id)


def owner(*, phone: str | None = None) -> Actor:
    """Return somebody who signed in with a phone for the first time; registry.actions.represent gives them a firm."""
    number = phone or f"139{next(_numbers):08}"
    return queries.actor(actions.check_code(number, code_for(number)).pk)


def code_for(phone: str, **how: Any) -> str:
    """Return a code sent to *phone*, read off the page as in practice mode."""
    with override_settings(DEMO=True):
        sent = actions.send_code(phone, **how)
    assert sent.practice_code
    return sent.practice_code


def person(actor: Actor) -> Any:
    """Return the row that Django signs in, for client.force_login."""
    return get_user_model().objects.get(pk=actor.person_id)


def sign_in(client: Any, actor: Actor) -> None:
    """Sign *actor* in on a test client, by the way that their kind takes."""
    backend = "PhoneCodeBackend" if actor.kind == "owner" else "StaffBackend"
    client.force_login(person(actor), backend=f"huoshui.access.sign_in.{backend}")


def _kind_for(roles: tuple[Role, ...]) -> str:
    if not roles:
        return "bank"
    kinds = {
        Role.ACCOUNT_MANAGER: "bank",
        Role.BRANCH_LEAD: "bank",
        Role.BANK_HEAD: "bank",
        Role.GUARANTEE_OFFICER: "guarantor",
        Role.GUARANTEE_LEAD: "guarantor",
        Role.SERVICE_DESK: "operator",
        Role.SYSTEM_ADMIN: "operator",
        Role.SECURITY_ADMIN: "operator",
        Role.AUDIT_ADMIN: "auditor",
        Role.AUDITOR: "auditor",
    }
    return kinds.get(roles[0], "government")
