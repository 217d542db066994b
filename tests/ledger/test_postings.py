"""Posting, reversing, holding and closing through the doors."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from huoshui.access.actor import SYSTEM
from huoshui.kernel.errors import DomainError, Refused
from huoshui.ledger import actions, queries, verify
from huoshui.ledger.books import Draft, Line
from tests.ledger.conftest import DAY, Books


def test_a_posting_moves_both_accounts(books: Books) -> None:
    books.pay_in(1_000)
    books.pay(400)
    assert queries.account(books.cash).amount == 600
    assert queries.account(books.budget).amount == 1_000
    assert queries.account(books.firms).amount == 400


def test_the_same_fact_again_returns_the_first_answer(books: Books) -> None:
    first = books.pay_in(1_000)
    assert books.pay_in(1_000) == first
    assert queries.account(books.cash).amount == 1_000


def test_the_same_fact_with_another_amount_is_refused(books: Books) -> None:
    books.pay_in(1_000)
    with pytest.raises(Refused) as refusal:
        books.pay_in(999)
    assert refusal.value.code == "source_reused"


def test_a_draft_names_everything_that_is_wrong_with_it(books: Books) -> None:
    with pytest.raises(Refused) as refusal:
        actions.post(SYSTEM, book_id=books.book, draft=Draft(" ", DAY, "x", (Line(books.cash, 0),)))
    assert [problem.code for problem in refusal.value.problems] == ["source_missing", "too_few_lines", "amount_range"]


def test_an_overdraft_is_refused_in_words_and_nothing_moves(books: Books) -> None:
    books.pay_in(100)
    with pytest.raises(DomainError) as refusal:
        books.pay(101)
    assert refusal.value.code == "balance_covers_holds"
    assert queries.account(books.cash).amount == 100


def test_many_postings_go_in_together_or_not_at_all(books: Books) -> None:
    books.pay_in(100)
    drafts = [books.payment(60, source="a"), books.payment(60, source="b")]
    with pytest.raises(DomainError):
        actions.post_many(SYSTEM, book_id=books.book, drafts=drafts)
    assert queries.account(books.cash).amount == 100


def test_many_postings_answer_in_order_with_known_ones_among_them(books: Books) -> None:
    books.pay_in(100)
    known = books.pay(10, source="known")
    drafts = [books.payment(5, source="x"), books.payment(10, source="known"), books.payment(6, source="y")]
    answers = actions.post_many(SYSTEM, book_id=books.book, drafts=drafts)
    assert [answer.fresh for answer in answers] == [True, False, True]
    assert answers[1].posting_id == known


def test_a_reversal_undoes_and_is_done_once(books: Books) -> None:
    books.pay_in(100)
    paid = books.pay(40)
    undone = actions.reverse(SYSTEM, posting_id=paid, on=DAY, reason="付错企业")
    assert queries.account(books.cash).amount == 100
    again = actions.reverse(SYSTEM, posting_id=paid, on=DAY, reason="付错企业")
    assert (again.posting_id, again.fresh) == (undone.posting_id, False)


def test_a_reversal_without_reason_is_refused(books: Books) -> None:
    paid = books.pay_in(100)
    with pytest.raises(Refused) as refusal:
        actions.reverse(SYSTEM, posting_id=paid, on=DAY, reason=" ")
    assert refusal.value.code == "reason_missing"


def test_six_holds_of_1000_on_5000_the_sixth_is_refused(books: Books) -> None:
    books.pay_in(5_000_00)
    for number in range(5):
        actions.hold(SYSTEM, account_id=books.cash, source=f"h{number}", amount=1_000_00, text="占用")
    with pytest.raises(DomainError) as refusal:
        actions.hold(SYSTEM, account_id=books.cash, source="h5", amount=1_000_00, text="占用")
    assert refusal.value.code == "balance_covers_holds"
    assert queries.account(books.cash).free == 0


def test_a_hold_is_posted_from_the_money_it_reserved(books: Books) -> None:
    books.pay_in(100)
    held = actions.hold(SYSTEM, account_id=books.cash, source="h", amount=100, text="占用")
    posted = actions.post_hold(SYSTEM, hold_id=held, draft=books.payment(100))
    again = actions.post_hold(SYSTEM, hold_id=held, draft=books.payment(100))
    assert (again.posting_id, again.fresh) == (posted.posting_id, False)
    assert (queries.account(books.cash).amount, queries.account(books.cash).held) == (0, 0)


def test_money_that_is_held_cannot_be_paid_out_past_the_hold(books: Books) -> None:
    books.pay_in(100)
    actions.hold(SYSTEM, account_id=books.cash, source="h", amount=60, text="占用")
    with pytest.raises(DomainError):
        books.pay(41)
    books.pay(40, source="fits")


def test_a_voided_hold_frees_its_money_and_cannot_be_posted(books: Books) -> None:
    books.pay_in(100)
    held = actions.hold(SYSTEM, account_id=books.cash, source="h", amount=100, text="占用")
    actions.void_hold(SYSTEM, hold_id=held, reason="银行撤回承诺")
    assert queries.account(books.cash).free == 100
    with pytest.raises(DomainError) as refusal:
        actions.post_hold(SYSTEM, hold_id=held, draft=books.payment(100))
    assert refusal.value.code == "ledger_hold_ends_once"


def test_holds_expire_at_their_moment_and_only_once(books: Books) -> None:
    books.pay_in(100)
    end = dt.datetime(2026, 3, 20, 12, tzinfo=dt.UTC)
    actions.hold(SYSTEM, account_id=books.cash, source="h", amount=100, text="占用", expires_at=end)
    assert actions.expire_holds(SYSTEM, at=end - dt.timedelta(seconds=1)) == 0
    assert actions.expire_holds(SYSTEM, at=end) == 1
    assert actions.expire_holds(SYSTEM, at=end) == 0
    assert queries.open_holds(books.cash) == []


def test_a_balance_is_known_by_day_and_by_moment(books: Books) -> None:
    books.pay_in(100, source="a", on=DAY)
    books.pay_in(50, source="b", on=DAY + dt.timedelta(days=2))
    assert queries.balance(books.cash, as_of=DAY - dt.timedelta(days=1)) == 0
    assert queries.balance(books.cash, as_of=DAY) == 100
    assert queries.balance(books.cash, as_of=DAY + dt.timedelta(days=2)) == 150
    assert queries.balance(books.cash, known_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC)) == 0


def test_a_statement_runs_from_the_balance_before_it(books: Books) -> None:
    books.pay_in(100, source="a", on=DAY)
    books.pay(30, source="b", on=DAY + dt.timedelta(days=1))
    lines = list(queries.statement(books.cash, first=DAY + dt.timedelta(days=1), last=DAY + dt.timedelta(days=9)))
    assert [(line.debit, line.credit, line.balance) for line in lines] == [(0, 30, 70)]


def test_a_statement_shows_the_books_as_they_were_known(books: Books) -> None:
    books.pay_in(100, source="a", on=DAY)
    span = {"first": DAY, "last": DAY + dt.timedelta(days=9)}
    (line,) = queries.statement(books.cash, **span)
    assert line.recorded_at is not None
    just_before = line.recorded_at - dt.timedelta(microseconds=1)
    assert list(queries.statement(books.cash, **span, known_at=just_before)) == []
    assert list(queries.statement(books.cash, **span, known_at=line.recorded_at)) == [line]


def test_trial_balance_has_equal_columns(books: Books) -> None:
    books.pay_in(100)
    books.pay(30)
    lines = queries.trial_balance("fund", as_of=DAY)
    assert sum(line.debit for line in lines) == sum(line.credit for line in lines) == 130


def test_a_closed_period_refuses_in_words(books: Books) -> None:
    actions.close_period(SYSTEM, book_id=books.book, through=DAY)
    with pytest.raises(DomainError) as refusal:
        books.pay_in(1)
    assert refusal.value.code == "ledger_period_closed"


def test_sound_books_verify(real_books: Books) -> None:
    real_books.pay_in(1_000)
    real_books.pay(300)
    report = verify.verify()
    assert report.ok, report.problems
    assert report.postings == 2


@pytest.mark.parametrize(
    ("attack", "said"),
    [
        ("UPDATE ledger_entry SET amount = amount * 2", "was changed"),
        ("UPDATE ledger_posting SET text = 'x' WHERE source = 'out'", "link 2 was changed"),
        ("DELETE FROM ledger_link WHERE seq = 1", "link 1 is missing"),
        ("UPDATE ledger_balance SET amount = amount + 1, guarded = false", "balance is not the sum"),
        ("UPDATE ledger_balance SET held = 1, guarded = false", "held is not the sum"),
        ("DELETE FROM ledger_entry WHERE line = 2", "does not balance"),
    ],
)
def test_books_changed_behind_the_guards_do_not_verify(real_books: Books, attack: str, said: str) -> None:
    real_books.pay_in(1_000)
    real_books.pay(300)
    with connection.cursor() as cursor:  # as the owner of the machine could
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(attack)
        cursor.execute("SET session_replication_role = DEFAULT")
    report = verify.verify()
    assert any(said in problem for problem in report.problems), report.problems


def test_the_same_payment_50_times_at_once_has_one_effect(real_books: Books) -> None:
    real_books.pay_in(1_000)

    def once(_: int) -> int:
        try:
            return real_books.pay(700)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        assert len(set(pool.map(once, range(50)))) == 1
    assert queries.account(real_books.cash).amount == 300
    assert verify.verify().ok


def test_payments_at_once_never_overdraw(real_books: Books) -> None:
    real_books.pay_in(1_000)

    def attempt(number: int) -> bool:
        try:
            real_books.pay(90, source=f"p{number}")
        except DomainError:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        paid = sum(pool.map(attempt, range(30)))
    assert paid == 11
    assert queries.account(real_books.cash).amount == 10
    assert verify.verify().ok
