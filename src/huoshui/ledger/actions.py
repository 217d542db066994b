"""What can be done to the books. Every act is one transaction and records an event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Q

from huoshui.access.actor import Actor
from huoshui.audit import actions as audit
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Problem, Refused
from huoshui.kernel.text import Text
from huoshui.ledger import books
from huoshui.ledger.books import Draft, Line
from huoshui.ledger.models import Account, Book, Entry, Hold, Posting
from huoshui.ledger.refusals import in_words

_POST = f"SELECT ordinal, id FROM ledger_post({', '.join(['%s'] * 15)})"  # noqa: S608  only placeholders


@dataclass(frozen=True, slots=True)
class Posted:
    """The answer to a posting: its id, and whether this call made it (False: the fact was in the books already)."""

    posting_id: int
    fresh: bool


def open_book(actor: Actor, *, code: str, name: str, name_en: str = "") -> int:
    """Return the id of book *code*, opened now where it does not exist."""
    with transaction.atomic():
        book, fresh = Book.objects.get_or_create(
            code=code, defaults={"name": name, "name_en": name_en, "created_at": clock.now()}
        )
        if fresh:
            audit.record(actor, "BOOK_OPENED", ("book", book.pk), facts={"code": code})
    return int(book.pk)


def open_account(
    actor: Actor,
    *,
    book_id: int,
    code: str,
    name: str,
    side: str,
    guarded: bool = True,
    name_en: str = "",
    institution_id: int | None = None,
) -> int:
    """Return the id of account *code* of the book, opened now where it does not exist. *side*: debit or credit."""
    with transaction.atomic():
        account, fresh = Account.objects.get_or_create(
            book_id=book_id,
            code=code,
            defaults={
                "name": name,
                "name_en": name_en,
                "side": side,
                "guarded": guarded,
                "institution_id": institution_id,
                "created_at": clock.now(),
            },
        )
        if fresh:
            audit.record(actor, "ACCOUNT_OPENED", ("account", account.pk), facts={"code": code, "side": side})
    return int(account.pk)


def post(actor: Actor, *, book_id: int, draft: Draft) -> Posted:
    """Put *draft* into the books once and return where it is.

    The same source again with the same content returns the first posting; with other content it is refused
    (``source_reused``). Raises Refused for an unsound draft, DomainError with the guard's name where the database refuses.
    """
    return post_many(actor, book_id=book_id, drafts=[draft])[0]


def post_many(actor: Actor, *, book_id: int, drafts: Sequence[Draft]) -> list[Posted]:
    """Put *drafts* into the books in one statement, all or none; the answers are in their order."""
    wrong = [problem for draft in drafts for problem in books.problems(draft)]
    if wrong:
        raise Refused(wrong)
    # alone, one statement is a transaction; inside another, a savepoint keeps a refusal from spoiling it
    with in_words(), transaction.atomic() if connection.in_atomic_block else nullcontext():
        made = _insert(actor, book_id, drafts)
    return [
        Posted(made[number], fresh=True) if number in made else _first_answer(draft)
        for number, draft in enumerate(drafts, start=1)
    ]


def reverse(actor: Actor, *, posting_id: int, on: dt.date, reason: str) -> Posted:
    """Undo a posting by its counter-posting; *reason* is owed. A posting is reversed once."""
    original = Posting.objects.get(pk=posting_id)
    lines = tuple(Line(entry.account_id, entry.amount) for entry in original.entries.order_by("line"))
    draft = Draft(
        source=f"reversal:{posting_id}",
        on=on,
        text=f"冲销 {original.text}"[:200],
        lines=books.reversal(lines),
        reverses=posting_id,
        reason=reason,
    )
    return post(actor, book_id=original.book_id, draft=draft)


def hold(
    actor: Actor, *, account_id: int, source: str, amount: int, text: str, expires_at: dt.datetime | None = None
) -> int:
    """Reserve *amount* fen on an account and return the hold's id; the same source again returns the first hold."""
    with in_words(), transaction.atomic():
        made, fresh = Hold.objects.get_or_create(
            source=source,
            defaults={
                "account_id": account_id,
                "amount": amount,
                "text": text,
                "expires_at": expires_at,
                "created_at": clock.now(),
            },
        )
        if (made.account_id, made.amount) != (account_id, amount):
            raise _reused(source)
        if fresh:
            audit.record(actor, "HOLD_MADE", ("hold", made.pk), facts={"source": source, "amount": amount})
    return int(made.pk)


def post_hold(actor: Actor, *, hold_id: int, draft: Draft) -> Posted:
    """Turn a hold into its posting: the reservation ends and the money moves in one transaction."""
    with in_words(), transaction.atomic():
        held = Hold.objects.select_related("account").select_for_update().get(pk=hold_id)
        if held.state != Hold.State.POSTED:
            held.posting_id = draft.source
            _end(held, Hold.State.POSTED, "")  # ended first, so that the guard counts the money once
        elif held.posting_id != draft.source:
            raise _reused(draft.source)
        return post(actor, book_id=held.account.book_id, draft=draft)


def void_hold(actor: Actor, *, hold_id: int, reason: str) -> None:
    """Free a hold; *reason* is recorded. Voiding an ended hold is refused."""
    with in_words(), transaction.atomic():
        held = Hold.objects.select_for_update().get(pk=hold_id)
        _end(held, Hold.State.VOIDED, reason)
        audit.record(actor, "HOLD_VOIDED", ("hold", hold_id), facts={"source": held.source}, reason=reason)


def expire_holds(actor: Actor, *, at: dt.datetime) -> int:
    """Free every open hold whose time is over and return how many; safe to run twice."""
    with transaction.atomic():
        over = (
            Hold.objects.select_for_update(skip_locked=True)
            .filter(Q(expires_at__lte=at), state=Hold.State.OPEN)
            .order_by("account_id", "id")
        )
        ended = list(over)
        for held in ended:
            _end(held, Hold.State.EXPIRED, "expired")
        if ended:
            audit.record(actor, "HOLDS_EXPIRED", ("hold", ended[0].pk), facts={"count": len(ended)})
    return len(ended)


def close_period(actor: Actor, *, book_id: int, through: dt.date) -> None:
    """Close a book through a day: nothing dated on or before it is taken any more. Waits for postings under way."""
    with in_words(), transaction.atomic():
        book = Book.objects.select_for_update().get(pk=book_id)
        book.closed_through = through
        book.save(update_fields=["closed_through"])
        audit.record(actor, "PERIOD_CLOSED", ("book", book_id), facts={"through": through.isoformat()})


def _insert(actor: Actor, book_id: int, drafts: Sequence[Draft]) -> dict[int, int]:
    lines = [(n, no, line) for n, draft in enumerate(drafts, 1) for no, line in enumerate(draft.lines, 1)]
    with connection.cursor() as cursor:
        cursor.execute(
            _POST,
            [
                book_id,
                _array(_quoted(draft.source) for draft in drafts),
                _array(draft.on.isoformat() for draft in drafts),
                _array(_quoted(draft.text) for draft in drafts),
                _array("NULL" if draft.reverses is None else str(draft.reverses) for draft in drafts),
                _array(_quoted(draft.reason) for draft in drafts),
                _array(str(n) for n, _, _ in lines),
                _array(str(no) for _, no, _ in lines),
                _array(str(line.account) for _, _, line in lines),
                _array(str(line.amount) for _, _, line in lines),
                clock.now(),
                str(actor.person_id or actor.kind),
                actor.name,
                actor.organisation_name,
                actor.request_id,
            ],
        )
        return dict(cursor.fetchall())


def _array(elements: Iterable[str]) -> str:
    """Return PostgreSQL's text of an array: a driver that looks at each element takes as long as the server's work."""
    return "{" + ",".join(elements) + "}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _first_answer(draft: Draft) -> Posted:
    first = Posting.objects.get(source=draft.source)
    known = Entry.objects.filter(posting=first).order_by("line").values_list("account_id", "amount")
    if first.posted_on != draft.on or list(known) != [(line.account, line.amount) for line in draft.lines]:
        raise _reused(draft.source)
    return Posted(int(first.pk), fresh=False)


def _end(held: Hold, state: Hold.State, reason: str) -> None:
    held.state, held.reason, held.ended_at = state, reason, clock.now()
    held.save(update_fields=["state", "reason", "ended_at", "posting"])


def _reused(source: str) -> DomainError:
    return Refused(
        [
            Problem(
                "source_reused",
                Text("同一业务依据已用其他内容入账。", "This source is in the books with other content."),
                "source",
                source,
                Text(
                    "请核对后使用新的业务编号，或冲销原分录。",
                    "Check it; use a new number or reverse the first posting.",
                ),
            )
        ]
    )
