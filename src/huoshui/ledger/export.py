"""The books as files: Excel for auditors (one line a leg), beancount text for an independent program."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from typing import IO, Any

from huoshui.ledger import queries
from huoshui.ledger.models import Account, Book

FEN = Decimal(100)
EXACT_IN_EXCEL = 10**15  # Excel keeps fifteen digits; a figure of more is written as text rather than rounded
# whatever people typed stays text: no formula, no link
_PLAIN_TEXT = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_ROOTS = {"debit": "Assets", "credit": "Liabilities"}


def beancount(book: str) -> Iterator[str]:
    """Yield the lines of *book* as a beancount file, with a balance assertion for every account at the end."""
    rows = list(Account.objects.filter(book__code=book).order_by("code").values_list("code", "side"))
    names = {code: account_name(code, side) for code, side in rows}
    first, last = _span(book)
    yield f'option "title" "{book}"'
    yield 'option "operating_currency" "CNY"'
    yield from (f"{first} open {name} CNY" for name in names.values())
    for _posting, legs in groupby(queries.journal(book, first=first, last=last), key=lambda leg: leg.posting_id):
        lines = list(legs)
        yield f'{lines[0].on} * "{_plain(lines[0].text)}" ^{_link(lines[0].source)}'
        yield from (f"  {names[leg.account]}  {_yuan(leg.debit - leg.credit)} CNY" for leg in lines)
    morrow = last + dt.timedelta(days=1)
    for line in queries.trial_balance(book, as_of=last):
        yield f"{morrow} balance {names[line.code]}  {_yuan(line.debit - line.credit)} CNY"


def account_name(code: str, side: str) -> str:
    """Return the beancount name of an account: root by side, each part capitalised, other characters as dashes."""
    parts = [re.sub(r"[^A-Za-z0-9-]", "-", part) or "X" for part in code.split(":")]
    return ":".join(
        [_ROOTS[side], *(part[0].upper() + part[1:] if part[0].isalpha() else f"N{part}" for part in parts)]
    )


def workbook(target: IO[bytes], book: str, *, first: dt.date, last: dt.date) -> int:
    """Write trial balance and journal of *book* as Excel into *target*; return the number of legs. Memory stays flat."""
    import xlsxwriter  # heavy, and most processes write no workbook

    with xlsxwriter.Workbook(target, _PLAIN_TEXT) as file:
        money = file.add_format({"num_format": "#,##0.00"})
        _sheet(file, "试算平衡 Trial balance", ["科目", "名称", "借方", "贷方"], _trial(book, last), money)
        return _sheet(
            file,
            "日记账 Journal",
            ["日期", "凭证", "行", "业务依据", "摘要", "科目", "名称", "借方", "贷方"],
            _legs(book, first, last),
            money,
        )


def _sheet(file: Any, name: str, heads: list[str], rows: Iterator[list[object]], money: Any) -> int:
    sheet = file.add_worksheet(name[:31])
    sheet.write_row(0, 0, heads)
    number = 0
    totals = [0, 0]
    for number, row in enumerate(rows, start=1):
        totals = [totals[0] + int(str(row[-2])), totals[1] + int(str(row[-1]))]
        sheet.write_row(number, 0, row[:-2])
        for column, fen in enumerate(row[-2:], start=len(row) - 2):
            _figure(sheet, number, column, int(str(fen)), money)
    sheet.write(number + 1, 0, "合计 Total")
    for column, fen in enumerate(totals, start=len(heads) - 2):
        _figure(sheet, number + 1, column, fen, money)
    return number


def _figure(sheet: Any, row: int, column: int, fen: int, money: Any) -> None:
    """Write *fen* in 元: as a number where Excel keeps every digit of it, else as text."""
    if abs(fen) < EXACT_IN_EXCEL:
        sheet.write_number(row, column, float(Decimal(fen) / FEN), money)
    else:
        sheet.write_string(row, column, _yuan(fen))


def _trial(book: str, last: dt.date) -> Iterator[list[object]]:
    for line in queries.trial_balance(book, as_of=last):
        yield [line.code, line.name, line.debit, line.credit]


def _legs(book: str, first: dt.date, last: dt.date) -> Iterator[list[object]]:
    for leg in queries.journal(book, first=first, last=last):
        yield [
            leg.on.isoformat(),
            leg.posting_id,
            leg.line,
            leg.source,
            leg.text,
            leg.account,
            leg.account_name,
            leg.debit,
            leg.credit,
        ]


def _span(book: str) -> tuple[dt.date, dt.date]:
    days = Book.objects.get(code=book).postings.order_by("posted_on").values_list("posted_on", flat=True)
    first, last = days.first(), days.last()
    if first is None or last is None:
        today = dt.date(1970, 1, 1)
        return today, today
    return first, last


def _yuan(fen: int) -> str:
    return f"{Decimal(fen) / FEN:.2f}"


def _plain(text: str) -> str:
    return text.replace("\\", "＼").replace('"', "”").replace("\n", " ")


def _link(source: str) -> str:
    return re.sub(r"[^A-Za-z0-9/._-]", "-", source)
