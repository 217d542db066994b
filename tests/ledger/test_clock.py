"""Postings and holds while the program's clock is wrong: the books keep the database's time and their order."""

from __future__ import annotations

import datetime as dt

import pytest

from huoshui.access.actor import SYSTEM
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.ledger import actions, queries, verify
from tests.ledger.conftest import DAY, Books

NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)


def test_postings_with_the_clock_set_back_and_forward_verify(real_books: Books) -> None:
    real_books.pay_in(1_000)
    for number, days in enumerate([-1, -400, 0, 3_000, -20_000]):
        with clock.at(NOW + dt.timedelta(days=days)):
            real_books.pay(100, source=f"p{number}")
    report = verify.verify()
    assert report.ok, report.problems
    assert (report.postings, queries.account(real_books.cash).amount) == (6, 500)


def test_what_was_known_when_goes_by_the_database_and_not_by_the_program(books: Books) -> None:
    before = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    with clock.at(NOW - dt.timedelta(days=4_000)):
        books.pay_in(1_000)
    assert queries.balance(books.cash, known_at=before) == 0
    assert queries.balance(books.cash, as_of=DAY) == 1_000


def test_a_clock_set_back_does_not_open_a_closed_period(books: Books) -> None:
    actions.close_period(SYSTEM, book_id=books.book, through=DAY)
    with clock.at(NOW - dt.timedelta(days=4_000)), pytest.raises(DomainError) as refusal:
        books.pay_in(1_000)
    assert refusal.value.code == "ledger_period_closed"


def test_a_hold_made_while_the_clock_was_back_expires_at_its_own_moment_once(books: Books) -> None:
    books.pay_in(1_000)
    with clock.at(NOW - dt.timedelta(days=400)):
        actions.hold(SYSTEM, account_id=books.cash, source="h", amount=700, text="占用", expires_at=NOW)
        assert actions.expire_holds(SYSTEM, at=NOW - dt.timedelta(microseconds=1)) == 0
        assert queries.account(books.cash).free == 300
        assert actions.expire_holds(SYSTEM, at=NOW) == 1
    assert actions.expire_holds(SYSTEM, at=NOW) == 0
    assert queries.account(books.cash).free == 1_000
