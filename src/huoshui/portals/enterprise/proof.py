"""Proving that somebody may speak for a firm: the register's phone, or a photo of the licence."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest

from huoshui.access import actions as access
from huoshui.access import queries as people
from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.guard import actor_of
from huoshui.access.row_security import acting
from huoshui.access.sign_in import again
from huoshui.access.sign_in import enter as sign_in
from huoshui.financing import actions as financing
from huoshui.portals.enterprise import drafts
from huoshui.portals.enterprise.drafts import Typed
from huoshui.registry import actions as registry
from huoshui.registry import queries as register


def enter(request: HttpRequest, typed: Typed, *, phone: str, code: str) -> Actor:
    """Check the code, sign the owner in, and take the register's phone as proof. Raises DomainError (code_wrong …)."""
    person = access.check_code(phone, code)
    actor = sign_in(request, person)
    drafts.bind(typed, person.pk)
    firm = typed.enterprise_id
    if firm is None or firm in actor.enterprise_ids:
        return actor
    with acting(SYSTEM):  # until it is proved, row security hides the firm from its owner
        if not register.phone_on_register(firm, people.phone_index(phone)):
            return actor
        registry.represent(actor, person_id=person.pk, enterprise_id=firm, proof="phone_on_register")
    return again(request)


def by_licence(request: HttpRequest, typed: Typed, *, file: Any, declared: bool) -> Actor:
    """Let the person act for the firm on a photo of its licence, which is kept as a paper of the firm.

    Raises DomainError where the file is no picture or too big; then nobody acts for anybody.
    """
    actor, firm = actor_of(request), typed.enterprise_id
    assert declared, "the form asks for it"
    assert actor.person_id is not None, "the step opens to owners only"
    assert firm is not None, "the step opens once a firm is named"
    with transaction.atomic():
        with acting(SYSTEM):
            registry.represent(actor, person_id=actor.person_id, enterprise_id=firm, proof="licence_photo")
        speaker = again(request)
        financing.add_paper(
            speaker, enterprise_id=firm, kind="business_licence", file_name=file.name, content=file.read()
        )
    return speaker
