"""How acts on funds, payments and subsidies are done: allowed first, then written as the platform in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import F, Model

from huoshui.access import row_security
from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.roles import Permission
from huoshui.access.scope import scope
from huoshui.funds.constraints import SENTENCES
from huoshui.kernel.errors import DomainError, Problem, Refused, Stale
from huoshui.kernel.text import Text

Row = TypeVar("Row", bound=Model)


@contextmanager
def writing() -> Iterator[None]:
    """One transaction whose writes may reach every row that follows from an act already allowed."""
    with _spoken(), transaction.atomic():
        if row_security.bound().kind == "system":
            yield
        else:
            with row_security.acting(SYSTEM):
                yield


@contextmanager
def _spoken() -> Iterator[None]:
    try:
        yield
    except IntegrityError as broken:
        name = str(getattr(getattr(broken.__cause__, "diag", None), "constraint_name", None) or "")
        if name not in SENTENCES:
            raise
        raise Refused([Problem(name, SENTENCES[name])]) from broken


def require(actor: Actor, *permissions: Permission) -> None:
    """Refuse unless a role of *actor* grants one of *permissions*."""
    if not any(actor.may(permission) for permission in permissions):
        words = Text("您的岗位没有此项权限。", "Your role does not include this.")
        raise DomainError("not_permitted", words, field="permission", value=str(permissions[0]))


def person_of(actor: Actor) -> int:
    """Return the person who acts. Raises DomainError where a job tries what only a human being answers for."""
    if actor.person_id is None:
        words = Text("这项操作必须由本人办理。", "Only a person may do this.")
        raise DomainError("person_needed", words, field="actor", value=actor.kind)
    return actor.person_id


def found(actor: Actor, model: type[Row], pk: int) -> Row:
    """Return the row if *actor* may see it. Raises DomainError otherwise."""
    row = scope(actor, model._default_manager.filter(pk=pk)).first()
    if row is None:
        words = Text("没有这条记录，或您无权查看。", "No such record, or not yours to see.")
        raise DomainError("not_found", words, field=f"{model._meta.model_name}_id", value=pk)
    return row


def refuse_if(problems: list[Problem]) -> None:
    """Raise Refused with every problem, if there is one."""
    if problems:
        raise Refused(problems)


def swap(row: Model, seen: int | None = None, **changes: Any) -> None:
    """Change *row* where it still is as seen (id, state, version): exactly one row, else Stale. Also sets it on *row*."""
    current: Any = row
    if seen is not None and seen != current.version:
        raise Stale(what=row._meta.model_name or "")
    rows = type(row)._default_manager.filter(pk=row.pk, state=current.state, version=current.version)
    if rows.update(version=F("version") + 1, **changes) != 1:
        raise Stale(what=row._meta.model_name or "")
    current.version += 1
    for name, value in changes.items():
        setattr(row, name, value)


def problem(
    field: str, value: object, zh: str, en: str, *, code: str = "", remedy: tuple[str, str] | None = None
) -> Problem:
    """Return a problem of a field in the user's words; *remedy*: what to do, in both languages."""
    return Problem(code or f"fund_{field}", Text(zh, en), field, value, Text(*remedy) if remedy else None)


def plain(facts: dict[str, Any]) -> dict[str, Any]:
    """Return *facts* as notices keep them: a Text in both languages."""
    return {name: {"zh": fact.zh, "en": fact.en} if isinstance(fact, Text) else fact for name, fact in facts.items()}
