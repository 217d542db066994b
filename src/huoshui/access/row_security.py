"""Tells the database for whom it reads: settings that the row policies look at. Unset, a policy shows nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection

from huoshui.access.actor import ANONYMOUS, Actor
from huoshui.access.roles import Permission

_bound: ContextVar[Actor] = ContextVar("bound_actor", default=ANONYMOUS)
_BIND = (
    "SELECT set_config('huoshui.kind', %s, false), set_config('huoshui.org_path', %s, false),"
    " set_config('huoshui.district', %s, false), set_config('huoshui.enterprises', %s, false),"
    " set_config('huoshui.person', %s, false)"
)
_DESK = frozenset({Permission.READ_REGISTER, Permission.READ_DEMANDS})


def reach(actor: Actor) -> str:
    """Return how far *actor* sees rows of firms and banks: all, district, institution, firm, or "" for none of them."""
    if actor.kind == "system":
        return "all"
    if actor.kind == "owner":
        return "firm"
    if actor.org_kind in ("bank", "guarantor"):
        return "institution" if actor.org_path else ""
    if actor.org_kind == "government":
        return "district" if actor.district else ""
    # platform desks and auditors see rows only where a role of theirs reads them: a system administrator does not
    return "all" if actor.org_kind in ("operator", "auditor") and actor.permissions & _DESK else ""


def bind(actor: Actor) -> None:
    """Make *actor* the one whom this connection's row policies judge by, until the next bind or reset."""
    firms = ",".join(map(str, actor.enterprise_ids))
    with connection.cursor() as cursor:
        cursor.execute(
            _BIND, [reach(actor), actor.org_path, actor.district, "{" + firms + "}", str(actor.person_id or "")]
        )
    _bound.set(actor)


def introduce(person_id: int) -> None:
    """Tell the database only who it is: enough to read which firms the person acts for, before bind names them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('huoshui.person', %s, false)", [str(person_id)])


def reset() -> None:
    """Take the actor off the connection; a connection that cannot be cleaned is closed."""
    _bound.set(ANONYMOUS)
    if connection.connection is None or connection.connection.closed:
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('huoshui.kind', '', false), set_config('huoshui.person', '', false)")
    except Exception:
        if connection.in_atomic_block:  # the transaction is lost anyway, and with it what bind set inside it
            return
        connection.close()


def release() -> None:
    """Reset where somebody is bound; costs nothing for a visitor who never was."""
    if _bound.get() != ANONYMOUS:
        reset()


def bound() -> Actor:
    """Return the actor whom row policies judge by now."""
    return _bound.get()


@contextmanager
def acting(actor: Actor) -> Iterator[Actor]:
    """Bind *actor* inside the block and the one before after it; also a decorator, for jobs and commands."""
    before = _bound.get()
    bind(actor)
    try:
        yield actor
    finally:
        if before == ANONYMOUS:
            reset()
        else:
            _restore(before)


def _restore(actor: Actor) -> None:
    # inside a broken transaction nothing can be bound; its rollback brings the settings from before it back
    if connection.in_atomic_block and connection.needs_rollback:
        _bound.set(actor)
        return
    bind(actor)
