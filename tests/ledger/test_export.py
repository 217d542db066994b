"""The books as files: beancount's own loader finds no error, and Excel shows every fen and runs no formula."""

from __future__ import annotations

import datetime as dt
import io
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from beancount import loader
from beancount.core.data import Open, Transaction

from huoshui.access.actor import SYSTEM
from huoshui.ledger import actions, export, queries
from huoshui.ledger.books import Draft, Line
from tests.ledger.conftest import DAY, Books

TEXTS = ["支付", 'said "yes"', "a\\b", "两\n行", "; no comment", "=1+1", "#tag ^link", "2026-01-01 open Assets:X", ""]


def generated(books: Books, seed: int, count: int = 40) -> None:
    """Fill the books with *count* drawn postings of 2 to 6 lines, holds and reversals among them."""
    chance = random.Random(seed)
    others = [
        actions.open_account(SYSTEM, book_id=books.book, code=code, name=code, side=side, guarded=False)
        for code, side in (("银行:一", "debit"), ("due:7/b", "credit"), ("9x", "debit"))
    ]
    books.pay_in(9 * 10**16 + seed)
    made = []
    for number in range(count):
        accounts = chance.sample([books.budget, books.firms, *others], chance.randint(1, 5))
        amounts = [chance.choice([1, -1]) * chance.randint(1, 10 ** chance.randint(1, 12)) for _ in accounts]
        if sum(amounts) <= 0:
            amounts = [-amount for amount in amounts]
        lines = [Line(*pair) for pair in zip(accounts, amounts, strict=True)]
        if sum(amounts):
            lines.append(Line(books.cash, -sum(amounts)))
        if len(lines) < 2:
            continue
        day = DAY + dt.timedelta(days=chance.randint(0, 200))
        draft = Draft(f"生成:{seed}:{number}", day, chance.choice(TEXTS), tuple(lines))
        made.append(actions.post(SYSTEM, book_id=books.book, draft=draft).posting_id)
    for posting in chance.sample(made, 5):
        actions.reverse(SYSTEM, posting_id=posting, on=DAY + dt.timedelta(days=201), reason="更正")


def loaded(book: str) -> tuple[list[Any], list[Any]]:
    entries, errors, _ = loader.load_string("\n".join(export.beancount(book)) + "\n")
    return entries, errors


@pytest.mark.parametrize("seed", range(12))
def test_beancount_finds_no_error_in_generated_books(books: Books, seed: int) -> None:
    generated(books, seed)
    entries, errors = loaded("fund")
    assert errors == []
    legs = list(queries.journal("fund", first=dt.date.min, last=dt.date.max))
    moved = [entry for entry in entries if isinstance(entry, Transaction)]
    assert len(moved) == len({leg.posting_id for leg in legs})
    assert sum(len(entry.postings) for entry in moved) == len(legs)
    assert len([entry for entry in entries if isinstance(entry, Open)]) == 6


def test_beancount_notices_a_leg_that_is_a_fen_short(books: Books) -> None:
    books.pay_in(1_234)
    text = "\n".join(export.beancount("fund")).replace("12.34", "12.33", 1) + "\n"
    _, errors, _ = loader.load_string(text)
    assert errors


def test_a_book_without_postings_is_a_valid_file(books: Books) -> None:
    assert loaded("fund")[1] == []


def sheets(*, first: dt.date = dt.date.min, last: dt.date = dt.date.max) -> tuple[Any, Any, int]:
    target = io.BytesIO()
    legs = export.workbook(target, "fund", first=first, last=last)
    file = openpyxl.load_workbook(target)
    return file.worksheets[0], file.worksheets[1], legs


def fen(cell: Any) -> int:
    """Return the fen a cell stands for, from what the file holds; a cell that is no whole fen fails."""
    exact = Decimal(str(cell.value)) * 100
    assert exact == exact.to_integral_value()
    return int(exact)


@pytest.mark.parametrize("seed", range(3))
def test_the_workbook_has_every_leg_and_totals_that_agree(books: Books, seed: int) -> None:
    generated(books, seed)
    trial, journal, legs = sheets()
    rows = list(journal.iter_rows(min_row=2))
    expected = list(queries.journal("fund", first=dt.date.min, last=dt.date.max))
    assert legs == len(expected) == len(rows) - 1
    assert [(fen(row[7]), fen(row[8])) for row in rows[:-1]] == [(leg.debit, leg.credit) for leg in expected]
    total = sum(leg.debit for leg in expected)
    assert (rows[-1][0].value, fen(rows[-1][7]), fen(rows[-1][8])) == ("合计 Total", total, total)
    last = list(trial.iter_rows(min_row=2))[-1]
    assert (fen(last[2]), fen(last[3])) == (total, total)


@pytest.mark.parametrize("text", ["=1+1", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "https://example.org"])
def test_a_text_that_looks_like_a_formula_stays_text(books: Books, text: str) -> None:
    line = (Line(books.cash, 5), Line(books.budget, -5))
    actions.post(SYSTEM, book_id=books.book, draft=Draft("in", DAY, text, line))
    _, journal, _ = sheets()
    cell = journal.cell(row=2, column=5)
    assert (cell.data_type, cell.value, cell.hyperlink) == ("s", text, None)


@pytest.mark.parametrize("amount", [1, 99, 10**15 - 1, 123_456_789_012_345])
def test_figures_up_to_fifteen_digits_are_numbers_exact_to_the_fen(books: Books, amount: int) -> None:
    books.pay_in(amount)
    _, journal, _ = sheets()
    cell = journal.cell(row=2, column=8)
    assert (cell.data_type, fen(cell)) == ("n", amount)


@pytest.mark.parametrize("amount", [10**15, 9 * 10**17, 123_456_789_012_345_678])
def test_figures_that_excel_would_round_are_written_as_text(books: Books, amount: int) -> None:
    books.pay_in(amount)
    trial, journal, _ = sheets()
    for cell in (journal.cell(row=2, column=8), trial.cell(row=3, column=3)):
        assert (cell.data_type, cell.value) == ("s", f"{amount // 100}.{amount % 100:02d}")


def test_the_command_writes_what_beancount_reads(books: Books, tmp_path: Path) -> None:
    books.pay_in(500)
    path = tmp_path / "fund.beancount"
    path.write_text("\n".join(export.beancount("fund")) + "\n", encoding="utf-8")
    _, errors, _ = loader.load_file(str(path))
    assert errors == []
