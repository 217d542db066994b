"""Tells the database for whom a connection reads, so that its row-security policies can judge.

Settings on the connection: ``huoshui.kind`` (staff, owner, system, anonymous), ``huoshui.org_kind``, ``huoshui.org_path``,
``huoshui.district`` and ``huoshui.enterprises`` ("{1,2}"). Unset means: sees nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from huoshui.access.actor import ANONYMOUS, Actor

_SET = """SELECT set_config('huoshui.kind', %s, false), set_config('huoshui.org_kind', %s, false),
                 set_config('huoshui.org_path', %s, false), set_config('huoshui.district', %s, false),
                 set_config('huoshui.enterprises', %s, false)"""


def bind(actor: Actor) -> None:
    """Name *actor* to the database for everything that this connection does from now on."""
    enterprises = "{" + ",".join(str(number) for number in actor.enterprise_ids) + "}"
    with connection.cursor() as cursor:
        cursor.execute(_SET, [actor.kind, actor.org_kind, actor.org_path, actor.district, enterprises])


def release() -> None:
    """Forget whom the connection served: what follows sees nothing until somebody is bound."""
    bind(ANONYMOUS)


@contextmanager
def acting(actor: Actor) -> Iterator[Actor]:
    """Bind *actor* inside the block, for jobs, commands and tests; nobody afterwards."""
    bind(actor)
    try:
        yield actor
    finally:
        release()
