"""The payment file that goes to the custodian bank: what it says, as CSV and as Excel, and its digest. Pure.

Columns: 序号, 支付编号, 收款人户名, 收款账号, 开户行, 金额(元), 用途. The last line holds count and total, so that a file cut
short is seen. Text that a spreadsheet would take for a formula is quoted.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass

from huoshui.kernel.money import yuan_text

HEADER = ("序号", "支付编号", "收款人户名", "收款账号", "开户行", "金额（元）", "用途")
_MADE = dt.datetime(2000, 1, 1)  # noqa: DTZ001  the workbook's own stamp: the same rows give the same bytes


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the file; *amount* in fen."""

    number: str
    payee: str
    account: str
    bank: str
    amount: int
    text: str


def rows(items: Sequence[Item], *, file_number: str) -> list[tuple[str, ...]]:
    """Return the lines of the file: header, one a payment, and the closing line with count and total."""
    body = [
        (str(at), _plain(one.number), _plain(one.payee), one.account, _plain(one.bank), yuan_text(one.amount), _plain(one.text))
        for at, one in enumerate(items, start=1)
    ]  # fmt: skip
    total = yuan_text(sum(one.amount for one in items))
    return [HEADER, *body, ("合计", file_number, f"{len(items)} 笔", "", "", total, "")]


def as_csv(lines: Sequence[Sequence[str]]) -> str:
    """Return *lines* as CSV text with CRLF, as banks' programs read it."""
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    return out.getvalue()


def as_excel(lines: Sequence[Sequence[str]]) -> bytes:
    """Return *lines* as a workbook; every cell is text, so that accounts keep their zeros."""
    import xlsxwriter  # heavy, and most processes write no workbook

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False})
    book.set_properties({"created": _MADE})
    sheet = book.add_worksheet("支付明细")
    bold = book.add_format({"bold": True})
    for at, line in enumerate(lines):
        for column, cell in enumerate(line):
            sheet.write_string(at, column, cell, bold if at in (0, len(lines) - 1) else None)
    for column, width in enumerate((6, 20, 32, 26, 28, 16, 36)):
        sheet.set_column(column, column, width)
    book.close()
    return out.getvalue()


def digest(text: str) -> str:
    """Return the SHA-256 of the CSV as it is downloaded (UTF-8 with its mark)."""
    return hashlib.sha256(text.encode("utf-8-sig")).hexdigest()


def _plain(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text
