"""A book with three accounts, opened by the doors."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest

from huoshui.access.actor import SYSTEM
from huoshui.ledger import actions
from huoshui.ledger.books import Draft, transfer

DAY = dt.date(2026, 3, 10)


@dataclass(frozen=True)
class Books:
    book: int
    cash: int  # guarded, debit: the fund's account
    budget: int  # not guarded, credit: where the money came from
    firms: int  # not guarded, debit: paid to firms

    def pay_in(self, amount: int, *, source: str = "in", on: dt.date = DAY) -> int:
        draft = transfer(source=source, on=on, text="拨入", debit=self.cash, credit=self.budget, amount=amount)
        return actions.post(SYSTEM, book_id=self.book, draft=draft).posting_id

    def payment(self, amount: int, *, source: str = "out", on: dt.date = DAY) -> Draft:
        return transfer(source=source, on=on, text="支付", debit=self.firms, credit=self.cash, amount=amount)

    def pay(self, amount: int, *, source: str = "out", on: dt.date = DAY) -> int:
        return actions.post(SYSTEM, book_id=self.book, draft=self.payment(amount, source=source, on=on)).posting_id


def open_books(code: str = "fund") -> Books:
    book = actions.open_book(SYSTEM, code=code, name="测试资金")
    return Books(
        book=book,
        cash=actions.open_account(SYSTEM, book_id=book, code="cash", name="专户", side="debit"),
        budget=actions.open_account(SYSTEM, book_id=book, code="budget", name="拨款", side="credit", guarded=False),
        firms=actions.open_account(SYSTEM, book_id=book, code="firms", name="已付企业", side="debit", guarded=False),
    )


@pytest.fixture
def books(db: None) -> Books:
    return open_books()


@pytest.fixture
def real_books(transactional_db: None) -> Books:
    """Books whose transactions really commit, for chains and races."""
    return open_books()
