"""Which rows an actor may see: one function a table, registered by the package that owns it. The only way a list is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from huoshui.access.actor import Actor

M = TypeVar("M", bound=Model)
Scope = Callable[[Actor, QuerySet[Any]], QuerySet[Any]]

_SCOPES: dict[type[Model], Scope] = {}


def register(model: type[Model], narrow: Scope) -> None:
    """Say how rows of *model* are narrowed to what an actor may see."""
    _SCOPES[model] = narrow


def scope(actor: Actor, rows: QuerySet[M]) -> QuerySet[M]:
    """Return those of *rows* that *actor* may see; a table nobody registered is an error, a stranger sees nothing."""
    if actor.kind == "system":
        return rows
    if actor.kind == "anonymous":
        return rows.none()
    return _SCOPES[rows.model](actor, rows)


def scoped_models() -> frozenset[type[Model]]:
    """Return the tables that have a scope."""
    return frozenset(_SCOPES)
