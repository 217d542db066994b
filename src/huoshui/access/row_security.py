"""Tells the database for whom it reads: settings that the row policies look at. Unset, a policy shows nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection

from huoshui.access.actor import ANONYMOUS, Actor
from huoshui.access.roles import Permission

_bound: ContextVar[Actor] = ContextVar("bound_actor", default=ANONYMOUS)
_NAMES = (
    *("kind", "org_path", "district", "enterprises", "person", "paths"),
    *("district_from", "district_to", "path_from", "path_to"),
)
BIND = "SELECT " + ", ".join(f"set_config('huoshui.{name}', %s, false)" for name in _NAMES)
_LAST = "z"  # behind every digit and slash, in any collation
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


def settings_of(actor: Actor) -> list[str]:
    """Return the values that BIND sets for *actor*, in its order."""
    kind = reach(actor)
    firms, paths = ",".join(map(str, actor.enterprise_ids)), ",".join(_upwards(actor.org_path))
    district = actor.district if kind == "district" else ""
    path = actor.org_path if kind == "institution" else ""
    return [
        *(kind, actor.org_path, actor.district, f"{{{firms}}}", str(actor.person_id or ""), f"{{{paths}}}"),
        *(district, district + _LAST, path, path + _LAST),
    ]


def bind(actor: Actor) -> None:
    """Make *actor* the one whom this connection's row policies judge by, until the next bind or reset."""
    with connection.cursor() as cursor:
        cursor.execute(BIND, settings_of(actor))
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


def _upwards(path: str) -> list[str]:
    """Return a path and those above it: "/1/7/" gives "/1/7/" and "/1/"."""
    parts = path.strip("/").split("/") if path.strip("/") else []
    return ["/" + "/".join(parts[:depth]) + "/" for depth in range(len(parts), 0, -1)]


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
