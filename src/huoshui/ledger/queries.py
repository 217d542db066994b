"""What can be asked of the books."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, Sum
from django.db.models.functions import TruncMonth

from huoshui.kernel.text import Text
from huoshui.ledger.models import Account, Balance, Book, Entry, Hold, Link, Posting


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account now, in fen on its own side: *amount* in the books, *held* reserved, *free* what may still be used."""

    id: int
    book: str
    code: str
    name: str
    name_en: str
    side: str
    amount: int
    held: int

    @property
    def free(self) -> int:
        """Return what is neither spent nor held."""
        return self.amount - self.held

    @property
    def said(self) -> Text:
        """Return its name in both languages."""
        return Text(self.name, self.name_en or self.name)


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of an account's statement; *balance* after it, on the account's own side. *recorded_at*: when it was known."""

    on: dt.date
    posting_id: int
    source: str
    text: str
    debit: int
    credit: int
    balance: int
    recorded_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class TrialLine:
    """An account in the trial balance of a day: what moved on each side since the beginning."""

    code: str
    name: str
    debit: int
    credit: int
    name_en: str = ""

    @property
    def said(self) -> Text:
        """Return its name in both languages."""
        return Text(self.name, self.name_en or self.name)


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One leg of a posting, in the order of the books."""

    posting_id: int
    on: dt.date
    recorded_at: dt.datetime
    source: str
    text: str
    line: int
    account: str
    account_name: str
    debit: int
    credit: int
    account_name_en: str = ""

    @property
    def said(self) -> Text:
        """Return the account's name in both languages."""
        return Text(self.account_name, self.account_name_en or self.account_name)


def book_id(code: str) -> int:
    """Return the id of book *code*; raises Book.DoesNotExist."""
    return int(Book.objects.only("id").get(code=code).pk)


def account_id(book: str, code: str) -> int:
    """Return the id of an account by the codes of book and account."""
    return int(Account.objects.only("id").get(book__code=book, code=code).pk)


def accounts(book: str) -> list[AccountView]:
    """Return every account of a book with its balance, by code."""
    rows = Balance.objects.filter(account__book__code=book).select_related("account__book").order_by("account__code")
    return [_view(row) for row in rows]


def account(account_id: int) -> AccountView:
    """Return one account with its balance; one read of one row, however long its history."""
    return _view(Balance.objects.select_related("account__book").get(pk=account_id))


def balance(account_id: int, *, as_of: dt.date | None = None, known_at: dt.datetime | None = None) -> int:
    """Return the balance on the account's own side, fen: of facts dated up to *as_of*, recorded up to *known_at*."""
    entries = Entry.objects.filter(account_id=account_id)
    if as_of is not None:
        entries = entries.filter(posted_on__lte=as_of)
    if known_at is not None:
        entries = entries.filter(posting__recorded_at__lte=known_at)
    side = Balance.objects.only("side").get(pk=account_id).side
    return side * int(entries.aggregate(total=Sum("amount"))["total"] or 0)


def statement(
    account_id: int, *, first: dt.date, last: dt.date, known_at: dt.datetime | None = None
) -> Iterator[StatementLine]:
    """Yield the account's lines from *first* to *last* with the running balance, oldest first.

    *known_at*: only what was recorded up to that moment, as the books stood then; None = all that is known now.
    """
    side = Balance.objects.only("side").get(pk=account_id).side
    running = balance(account_id, as_of=first - dt.timedelta(days=1), known_at=known_at)
    entries = Entry.objects.filter(account_id=account_id, posted_on__range=(first, last))
    if known_at is not None:
        entries = entries.filter(posting__recorded_at__lte=known_at)
    rows = entries.order_by("posted_on", "posting_id", "line").values_list(
        "posted_on", "posting_id", "posting__source", "posting__text", "amount", "posting__recorded_at"
    )
    for on, posting, source, text, amount, recorded in rows.iterator(chunk_size=2000):
        running += side * amount
        yield StatementLine(on, posting, source, text, max(amount, 0), max(-amount, 0), running, recorded)


def trial_balance(book: str, *, as_of: dt.date) -> list[TrialLine]:
    """Return debits and credits of every account up to a day; the two columns have the same sum."""
    up_to = Q(entries__posted_on__lte=as_of)
    rows = (
        Account.objects.filter(book__code=book)
        .annotate(
            debit=Sum("entries__amount", filter=up_to & Q(entries__amount__gt=0), default=0),
            credit=Sum("entries__amount", filter=up_to & Q(entries__amount__lt=0), default=0),
        )
        .order_by("code")
        .values_list("code", "name", "name_en", "debit", "credit")
    )
    return [TrialLine(code, name, int(debit), -int(credit), english) for code, name, english, debit, credit in rows]


def journal(book: str, *, first: dt.date, last: dt.date) -> Iterator[JournalLine]:
    """Yield every leg of every posting dated from *first* to *last*, in the order of the books."""
    rows = (
        Entry.objects.filter(posting__book__code=book, posted_on__range=(first, last))
        .select_related("posting", "account")
        .order_by("posted_on", "posting_id", "line")
    )
    for entry in rows.iterator(chunk_size=2000):
        yield JournalLine(
            posting_id=entry.posting_id,
            on=entry.posted_on,
            recorded_at=entry.posting.recorded_at,
            source=entry.posting.source,
            text=entry.posting.text,
            line=entry.line,
            account=entry.account.code,
            account_name=entry.account.name,
            debit=max(entry.amount, 0),
            credit=max(-entry.amount, 0),
            account_name_en=entry.account.name_en,
        )


def open_holds(account_id: int) -> list[tuple[int, str, int]]:
    """Return (id, source, amount in fen) of the holds that are open on an account, oldest first."""
    rows = Hold.objects.filter(account_id=account_id, state=Hold.State.OPEN).order_by("id")
    return list(rows.values_list("id", "source", "amount"))


def debits_of(account_id: int, amount: int) -> list[tuple[int, str]]:
    """Return (posting, source) of what came into an account with exactly *amount* fen, oldest first."""
    rows = Entry.objects.filter(account_id=account_id, amount=amount).order_by("posting_id")
    return list(rows.values_list("posting_id", "posting__source"))


def _view(row: Balance) -> AccountView:
    account = row.account
    return AccountView(
        id=int(account.pk),
        book=account.book.code,
        code=account.code,
        name=account.name,
        name_en=account.name_en,
        side=account.side,
        amount=row.side * row.amount,
        held=row.held,
    )


@dataclass(frozen=True, slots=True)
class BookView:
    """The books of one fund; nothing is posted on or before *closed_through*."""

    id: int
    code: str
    name: str
    name_en: str
    closed_through: dt.date | None

    @property
    def said(self) -> Text:
        """Return its name in both languages."""
        return Text(self.name, self.name_en or self.name)


@dataclass(frozen=True, slots=True)
class MonthLine:
    """An account in one month: *first* day, debits, credits, and the balance on its own side at the end. Fen."""

    first: dt.date
    debit: int
    credit: int
    balance: int


@dataclass(frozen=True, slots=True)
class Leg:
    """One line of a posting with its account."""

    account_id: int
    code: str
    name: str
    name_en: str
    debit: int
    credit: int

    @property
    def said(self) -> Text:
        """Return the account's name in both languages."""
        return Text(self.name, self.name_en or self.name)


@dataclass(frozen=True, slots=True)
class PostingView:
    """A posting with its legs, its place in the chain, and what it reverses or was reversed by."""

    id: int
    book: str
    source: str
    on: dt.date
    recorded_at: dt.datetime
    text: str
    reason: str
    legs: tuple[Leg, ...]
    seq: int | None
    digest: str
    reverses: int | None
    reversed_by: int | None


def all_books() -> list[BookView]:
    """Return every book, by code."""
    rows = Book.objects.order_by("code")
    return [BookView(row.pk, row.code, row.name, row.name_en, row.closed_through) for row in rows]


def book(code: str) -> BookView | None:
    """Return the book *code*, None where there is none."""
    return next((view for view in all_books() if view.code == code), None)


def months(account_id: int, *, last: dt.date) -> list[MonthLine]:
    """Return the account month by month up to *last*, months without a line included, from its first line on."""
    side = Balance.objects.only("side").get(pk=account_id).side
    rows = (
        Entry.objects.filter(account_id=account_id, posted_on__lte=last)
        .annotate(month=TruncMonth("posted_on"))
        .values("month")
        .annotate(
            debit=Sum("amount", filter=Q(amount__gt=0), default=0),
            credit=Sum("amount", filter=Q(amount__lt=0), default=0),
        )
    )
    moved = {row["month"]: (int(row["debit"]), -int(row["credit"])) for row in rows}
    found, running, month = [], 0, min(moved, default=None)
    while month is not None and month <= last:
        debit, credit = moved.get(month, (0, 0))
        running += side * (debit - credit)
        found.append(MonthLine(month, debit, credit, running))
        month = (month + dt.timedelta(days=32)).replace(day=1)
    return found


def posting(posting_id: int) -> PostingView | None:
    """Return a posting with its legs, None where there is none."""
    row = Posting.objects.select_related("book").filter(pk=posting_id).first()
    if row is None:
        return None
    link = Link.objects.filter(posting_id=posting_id).first()
    legs = tuple(
        Leg(
            entry.account_id,
            entry.account.code,
            entry.account.name,
            entry.account.name_en,
            max(entry.amount, 0),
            max(-entry.amount, 0),
        )
        for entry in row.entries.select_related("account").order_by("line")
    )
    return PostingView(
        id=row.pk,
        book=row.book.code,
        source=row.source,
        on=row.posted_on,
        recorded_at=row.recorded_at,
        text=row.text,
        reason=row.reason,
        legs=legs,
        seq=link.seq if link else None,
        digest=bytes(link.digest).hex() if link else "",
        reverses=row.reverses_id,
        reversed_by=Posting.objects.filter(reverses_id=posting_id).values_list("pk", flat=True).first(),
    )
