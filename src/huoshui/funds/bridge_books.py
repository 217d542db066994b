"""The books of the bridge fund: which accounts there are, and the posting of each leg. Drafts are pure values."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from huoshui.access.actor import Actor
from huoshui.kernel.text import Text
from huoshui.ledger import actions as ledger
from huoshui.ledger import queries as books
from huoshui.ledger.books import Draft, Line, transfer

BOOK = "bridge"
NAME = Text("应急周转保障资金", "Emergency bridge fund")

# code → name, side, guarded. Debits are what the fund has; nothing of it can fall below zero or below what is held
ACCOUNTS: dict[str, tuple[Text, str, bool]] = {
    "bank": (Text("资金专户", "Fund's bank account"), "debit", True),
    "sent": (Text("已拨付待还旧贷", "Sent to repay old loans"), "debit", True),
    "bridging": (Text("旧贷已还待放新贷", "Old loan repaid, new one awaited"), "debit", True),
    "renewed": (Text("新贷已放待归还", "New loan granted, return awaited"), "debit", True),
    "capital": (Text("财政拨入资金", "Appropriations"), "credit", True),
    "fees": (Text("占用费收入（补充资金）", "Fees that stay in the fund"), "credit", True),
    "costs": (Text("占用费可列支部分", "Fees that may pay costs"), "credit", True),
}
OUT = {"advanced": "sent", "repaid": "bridging", "renewed": "renewed"}  # state → where its money stands


@dataclass(frozen=True, slots=True)
class Accounts:
    """Ids of the accounts by code."""

    book: int
    ids: dict[str, int]

    def __getitem__(self, code: str) -> int:
        return self.ids[code]


def open_books(actor: Actor) -> Accounts:
    """Return the accounts, opened now where they do not exist."""
    book = ledger.open_book(actor, code=BOOK, name=NAME.zh, name_en=NAME.en)
    ids = {
        code: ledger.open_account(
            actor, book_id=book, code=code, name=name.zh, name_en=name.en, side=side, guarded=guarded
        )
        for code, (name, side, guarded) in ACCOUNTS.items()
    }
    return Accounts(book, ids)


def accounts(actor: Actor) -> Accounts:
    """Return the accounts, in one look where they exist."""
    found = {view.code: view.id for view in books.accounts(BOOK)}
    return Accounts(books.book_id(BOOK), found) if found.keys() >= ACCOUNTS.keys() else open_books(actor)


def paid_in(where: Accounts, *, source: str, on: dt.date, amount: int, document_no: str) -> Draft:
    """Return the posting of an appropriation of *amount* fen by a document."""
    return transfer(
        source=source,
        on=on,
        text=f"拨入资金 {document_no}",
        debit=where["bank"],
        credit=where["capital"],
        amount=amount,
    )


def leg(where: Accounts, *, number: str, pk: int, name: str, on: dt.date, amount: int, part: str = "") -> Draft:
    """Return the posting of the leg *name*: advanced (out of the fund), repaid, or renewed; *part* names the payment."""
    from_, to = {"advanced": ("bank", "sent"), "repaid": ("sent", "bridging"), "renewed": ("bridging", "renewed")}[name]
    said = {"advanced": "拨付归还旧贷", "repaid": "旧贷已还", "renewed": "新贷已放"}[name]
    return transfer(
        source=f"bridge:{pk}:{name}{part}",
        on=on,
        text=f"{number} {said}",
        debit=where[to],
        credit=where[from_],
        amount=amount,
    )


def returned(
    where: Accounts,
    *,
    source: str,
    number: str,
    on: dt.date,
    principal: int,
    fee: int,
    came_from: str,
    cost_share_pct: Decimal,
) -> Draft:
    """Return the posting of money back: principal from where it stood, the fee split between fund and costs.

    Costs get *cost_share_pct* percent of the fee rounded down, so that they never get more than their share.
    """
    costs = int(fee * cost_share_pct // 100)
    parts = [
        Line(where["bank"], principal + fee),
        Line(where[came_from], -principal),
        Line(where["fees"], costs - fee),
        Line(where["costs"], -costs),
    ]
    return Draft(source, on, f"{number} 归还", tuple(part for part in parts if part.amount))
