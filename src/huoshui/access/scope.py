"""Which rows an actor may see: the only way a list is made. Packages register a rule for each of their tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from huoshui.access.actor import Actor

Row = TypeVar("Row", bound=Model)
Rule = Callable[[Actor, Any], Any]
_RULES: dict[type[Model], Rule] = {}


def register(model: type[Model], rule: Rule) -> None:
    """Let *rule* (actor, queryset) → queryset narrow every list of *model*; called from the package's ready()."""
    _RULES[model] = rule


def scope(actor: Actor, queryset: QuerySet[Row]) -> QuerySet[Row]:
    """Return the rows of *queryset* that *actor* may see; a stranger sees none; LookupError where no rule is written."""
    rule = _RULES.get(queryset.model)
    if rule is None:
        raise LookupError(f"no scope is registered for {queryset.model.__name__}")
    if actor.kind == "anonymous":
        return queryset.none()
    narrowed: QuerySet[Row] = queryset if actor.kind == "system" else rule(actor, queryset)
    return narrowed


def scoped_models() -> frozenset[type[Model]]:
    """Return every table that has a rule."""
    return frozenset(_RULES)
