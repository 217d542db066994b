"""Closing the books of a fund through a day: one person asks, another confirms; then nothing is posted on those days."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.audit.actions import record
from huoshui.funds.models.period import PeriodClose
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Problem, Refused
from huoshui.kernel.text import Text
from huoshui.ledger import actions as ledger
from huoshui.ledger import queries as books


@dataclass(frozen=True, slots=True)
class AskedClose:
    """A close that waits: through which day, who asked and when; *may_confirm*: the reader is another who may."""

    id: int
    through: dt.date
    asked_by: str
    asked_at: dt.datetime
    may_confirm: bool


def open_close(actor: Actor, *, book: str) -> AskedClose | None:
    """Return the close that waits for a book, None where none does."""
    row = PeriodClose.objects.filter(book__code=book, ended_at__isnull=True).select_related("asked_by").first()
    if row is None:
        return None
    other = actor.may(Permission.APPROVE_PAYMENTS) and actor.person_id != row.asked_by_id
    return AskedClose(row.pk, row.through, row.asked_by.name, row.asked_at, other)


def ask_close(actor: Actor, *, book: str, through: dt.date) -> int:
    """Ask to close *book* through a day that is over; returns the request's id."""
    _require(actor, Permission.PREPARE_PAYMENTS)
    view = books.book(book)
    if view is None:
        raise DomainError("not_found", Text("没有这本账。", "There is no such book."), field="book", value=book)
    if through >= clock.today():
        raise _refused("through", through, "只能结到昨天或更早的日期。", "Only days that are over can be closed.")
    if view.closed_through is not None and through <= view.closed_through:
        said = f"账簿已结至 {view.closed_through}。", f"The book is closed through {view.closed_through}."
        raise _refused("through", through, *said)
    assert actor.person_id is not None, "a role is a person's"
    try:
        with transaction.atomic():
            made = PeriodClose.objects.create(
                book_id=view.id, through=through, asked_by_id=actor.person_id, asked_at=clock.now()
            )
            said_facts = {"book": view.name, "through": through}
            record(actor, "PERIOD_CLOSE_ASKED", ("book", view.id), topic=f"book:{book}", facts=said_facts)
    except IntegrityError as broken:
        if "period_one_open" not in str(broken):
            raise
        raise _refused(
            "through", through, "已有结账申请在等复核。", "A close waits to be confirmed already."
        ) from broken
    return int(made.pk)


def confirm_close(actor: Actor, *, close_id: int) -> None:
    """Confirm, as another person: the book is closed through the day; it is never opened again."""
    _require(actor, Permission.APPROVE_PAYMENTS)
    with transaction.atomic():
        row = _open(close_id)
        if row.asked_by_id == actor.person_id:
            raise _refused("actor", actor.person_id, "结账须由申请人以外的人复核。", "Another person confirms.")
        ledger.close_period(actor, book_id=row.book_id, through=row.through)
        _end(actor, row, confirmed=True)


def drop_close(actor: Actor, *, close_id: int) -> None:
    """Take the request back, or send it back; the book stays open."""
    _require(actor, Permission.PREPARE_PAYMENTS, Permission.APPROVE_PAYMENTS)
    with transaction.atomic():
        row = _open(close_id)
        _end(actor, row, confirmed=False)
        facts = {"book": row.book.name, "through": row.through}
        record(actor, "PERIOD_CLOSE_DROPPED", ("book", row.book_id), topic=f"book:{row.book.code}", facts=facts)


def _open(close_id: int) -> PeriodClose:
    rows = PeriodClose.objects.select_for_update(of=("self",)).select_related("book")
    row = rows.filter(pk=close_id, ended_at__isnull=True).first()
    if row is None:
        raise DomainError("not_found", Text("这项结账申请已经办结。", "This request has ended."), value=close_id)
    return row


def _end(actor: Actor, row: PeriodClose, *, confirmed: bool) -> None:
    row.ended_by_id, row.ended_at, row.confirmed = actor.person_id, clock.now(), confirmed
    row.save(update_fields=["ended_by", "ended_at", "confirmed"])


def _require(actor: Actor, *permissions: Permission) -> None:
    if not any(actor.may(permission) for permission in permissions):
        raise DomainError("not_permitted", Text("您的岗位没有此项权限。", "Your role does not include this."))


def _refused(field: str, value: object, zh: str, en: str) -> Refused:
    return Refused([Problem(f"period_{field}", Text(zh, en), field=field, value=value)])
