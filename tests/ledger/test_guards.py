"""Every guard of the books, attacked with plain SQL past the doors."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction

from tests.ledger.conftest import DAY, Books

POSTING = """INSERT INTO ledger_posting (book_id, source, posted_on, text, lines, reason, actor_id, recorded_at)
             VALUES (%s, %s, %s, 't', %s, '', 'x', now()) RETURNING id"""
ENTRY = "INSERT INTO ledger_entry (posting_id, line, account_id, amount, posted_on) VALUES (%s, %s, %s, %s, %s)"


def run(sql: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def refused(guard: str, sql: str, *values: object) -> None:
    with pytest.raises(DatabaseError, match=guard):
        run(sql, *values)


def whole(
    lines: list[tuple[int, int]], book: int, *, day: dt.date = DAY, declared: int | None = None
) -> tuple[str, list[object]]:
    """Return one statement that writes a posting with its lines, as the door does."""
    rows = ", ".join("(%s::bigint, %s::int, %s::bigint)" for _ in lines)
    sql = f"""
        WITH p AS ({POSTING}), l(account, n, amount) AS (VALUES {rows})
        INSERT INTO ledger_entry (posting_id, line, account_id, amount, posted_on)
        SELECT p.id, l.n, l.account, l.amount, %s::date FROM p, l"""
    values: list[object] = [book, "raw", day, declared or len(lines)]
    for number, (account, amount) in enumerate(lines, start=1):
        values += [account, number, amount]
    return sql, [*values, day]


def test_an_empty_posting_is_refused(books: Books) -> None:
    refused("ledger_unbalanced", POSTING, books.book, "empty", DAY, 2)


def test_a_posting_that_declares_one_line_is_refused(books: Books) -> None:
    sql, values = whole([(books.budget, 5)], books.book)
    refused("posting_has_two_lines", sql, *values)


def test_a_one_sided_posting_is_refused(books: Books) -> None:
    sql, values = whole([(books.cash, 5)], books.book, declared=2)
    refused("ledger_unbalanced", sql, *values)


@pytest.mark.parametrize("difference", [-1, 1])
def test_a_posting_that_is_off_by_one_fen_is_refused(books: Books, difference: int) -> None:
    sql, values = whole([(books.cash, 500), (books.budget, -500 + difference)], books.book)
    refused("ledger_unbalanced", sql, *values)


def test_a_posting_that_balances_is_taken(books: Books) -> None:
    sql, values = whole([(books.cash, 500), (books.budget, -500)], books.book)
    run(sql, *values)


def test_a_line_of_another_book_is_refused(books: Books) -> None:
    from tests.ledger.conftest import open_books

    other = open_books("other")
    sql, values = whole([(books.cash, 500), (other.budget, -500)], books.book)
    refused("ledger_unbalanced", sql, *values)


@pytest.mark.parametrize(
    "verb", ["UPDATE ledger_{t} SET id = id", "DELETE FROM ledger_{t}", "TRUNCATE ledger_{t} CASCADE"]
)
@pytest.mark.parametrize("table", ["posting", "entry", "link"])
def test_nothing_in_the_books_changes_or_goes(books: Books, verb: str, table: str) -> None:
    books.pay_in(100)
    run("SET CONSTRAINTS ALL IMMEDIATE")  # a pending chain link would refuse the TRUNCATE before its guard is asked
    refused("ledger_append_only", verb.format(t=table))


def test_a_line_cannot_slip_into_an_old_posting(books: Books) -> None:
    posting = books.pay_in(100)
    refused("ledger_posting_sealed", ENTRY, posting, 3, books.cash, 7, DAY)


def test_not_even_a_balanced_pair_in_the_same_transaction_slips_in(books: Books) -> None:
    posting = books.pay_in(100)
    pair = "INSERT INTO ledger_entry (posting_id, line, account_id, amount, posted_on) VALUES (%s,3,%s,7,%s),(%s,4,%s,-7,%s)"
    refused("ledger_posting_sealed", pair, posting, books.cash, DAY, posting, books.budget, DAY)


def test_a_line_number_cannot_be_used_twice(books: Books) -> None:
    posting = books.pay_in(100)
    refused("entry_line_once", ENTRY, posting, 1, books.cash, 7, DAY)


def test_a_second_posting_of_the_same_fact_is_refused(books: Books) -> None:
    books.pay_in(100, source="raw")
    sql, values = whole([(books.cash, 500), (books.budget, -500)], books.book)
    refused("source", sql, *values)


def test_a_closed_period_takes_nothing_up_to_its_last_day(books: Books) -> None:
    run("UPDATE ledger_book SET closed_through = %s WHERE id = %s", DAY, books.book)
    for day in (DAY - dt.timedelta(days=1), DAY):
        sql, values = whole([(books.cash, 5), (books.budget, -5)], books.book, day=day)
        refused("ledger_period_closed", sql, *values)
    sql, values = whole([(books.cash, 5), (books.budget, -5)], books.book, day=DAY + dt.timedelta(days=1))
    run(sql, *values)


@pytest.mark.parametrize("earlier", [DAY - dt.timedelta(days=1), None])
def test_a_closed_period_is_not_opened_again(books: Books, earlier: dt.date | None) -> None:
    run("UPDATE ledger_book SET closed_through = %s WHERE id = %s", DAY, books.book)
    refused(
        "ledger_period_stays_closed", "UPDATE ledger_book SET closed_through = %s WHERE id = %s", earlier, books.book
    )


def test_a_guarded_account_goes_to_zero_and_not_one_fen_below(books: Books) -> None:
    books.pay_in(100)
    sql, values = whole([(books.firms, 101), (books.cash, -101)], books.book)
    refused("balance_covers_holds", sql, *values)
    sql, values = whole([(books.firms, 100), (books.cash, -100)], books.book)
    run(sql, *values)


def test_a_guarded_credit_account_is_guarded_on_its_own_side(books: Books) -> None:
    from huoshui.access.actor import SYSTEM
    from huoshui.ledger import actions

    due = actions.open_account(SYSTEM, book_id=books.book, code="due", name="应付", side="credit")
    sql, values = whole([(due, 1), (books.budget, -1)], books.book)
    refused("balance_covers_holds", sql, *values)


def test_balances_cannot_be_removed_nor_accounts_changed_in_nature(books: Books) -> None:
    refused("ledger_append_only", "DELETE FROM ledger_balance")
    refused("ledger_account_fixed", "UPDATE ledger_account SET guarded = false WHERE id = %s", books.cash)
    refused("ledger_account_fixed", "UPDATE ledger_account SET side = 'credit' WHERE id = %s", books.cash)


@pytest.mark.parametrize("amount", [0, 9 * 10**17 + 1])
def test_amounts_outside_the_range_are_refused(books: Books, amount: int) -> None:
    sql, values = whole([(books.firms, amount), (books.budget, -amount)], books.book)
    refused("entry_amount_range", sql, *values)


def test_a_hold_starts_open_and_ends_once(books: Books) -> None:
    books.pay_in(100)
    made = "INSERT INTO ledger_hold (account_id, source, amount, state, text, reason, created_at, ended_at) VALUES (%s, %s, 10, %s, 't', '', now(), %s) RETURNING id"
    refused("ledger_hold_starts_open", made, books.cash, "h0", "voided", dt.datetime.now(dt.UTC))
    run(made, books.cash, "h1", "open", None)
    end = "UPDATE ledger_hold SET state = 'voided', ended_at = now() WHERE source = 'h1'"
    refused(
        "ledger_hold_ends_once", "UPDATE ledger_hold SET amount = 1, state='voided', ended_at=now() WHERE source = 'h1'"
    )
    run(end)
    refused("ledger_hold_ends_once", end)
    refused("ledger_append_only", "DELETE FROM ledger_hold")


def test_a_posting_of_an_unknown_book_and_a_line_of_nothing_known_are_refused(books: Books) -> None:
    sql, values = whole([(books.cash, 500), (books.budget, -500)], 999_999)
    refused("ledger_book_unknown", sql, *values)
    sql, values = whole([(999_999, 500), (books.budget, -500)], books.book)
    refused("ledger_unbalanced", sql, *values)
    refused("ledger_posting_sealed", ENTRY, 999_999, 1, books.cash, 7, DAY)


def test_a_line_of_another_day_than_its_posting_is_refused(books: Books) -> None:
    sql, values = whole([(books.cash, 500), (books.budget, -500)], books.book)
    refused("ledger_unbalanced", sql, *values[:-1], DAY + dt.timedelta(days=1))


def test_a_counter_posting_of_nothing_is_refused(books: Books) -> None:
    sql, values = whole([(books.cash, 500), (books.budget, -500)], books.book)
    undoing = sql.replace("(book_id,", "(reverses_id, book_id,").replace("VALUES (", "VALUES (999999, ", 1)
    refused("ledger_reversal_differs", undoing.replace("'', 'x'", "'r', 'x'"), *values)


def test_an_account_keeps_its_number(books: Books) -> None:
    refused("ledger_account_fixed", "UPDATE ledger_account SET id = 999999 WHERE id = %s", books.cash)


def test_a_link_is_not_made_by_hand(books: Books) -> None:
    posting = books.pay_in(100)
    made = "INSERT INTO ledger_link (book_id, seq, posting_id, previous, digest) VALUES (%s, 1, %s, '', '')"
    refused("ledger_link_made_by_chain", made, books.book, posting)
