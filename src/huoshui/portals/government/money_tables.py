"""Lists of the books: trial balance, journal and account statement; each is exported with one line a leg."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huoshui.ledger import queries as ledger
from huoshui.ledger.queries import AccountView, BookView
from huoshui.portals.shared.tables import Column, Empty, Table
from huoshui.portals.shared.tables_filters import DateFilter, Filter, TextFilter

SPAN = _("默认列出近一年；地址里的 since、until 可以换成别的日期。")


def trial(book: BookView, on: dt.date) -> Table:
    """Return the trial balance of a book on a day; the last line is the sum of both sides."""
    rows = ledger.trial_balance(book.code, as_of=on)
    total = ledger.TrialLine("", str(_("合计")), sum(row.debit for row in rows), sum(row.credit for row in rows))
    return Table(
        name=f"trial-{book.code.replace(':', '-')}",
        title=_("试算平衡表"),
        rows=[*rows, total],
        columns=(
            Column("code", _("科目"), link=lambda row: _account(book, row.code)),
            Column("name", _("名称")),
            Column("debit", _("借方发生额"), "debit", "yuan"),
            Column("credit", _("贷方发生额"), "credit", "yuan"),
        ),
        key="code",
        lead=_("%(name)s，截至 %(day)s，单位：元。") % {"name": book.name, "day": on},
    )


def _account(book: BookView, code: str) -> str:
    return reverse("gov:statement", args=[book.code, code]) if code else ""


def journal(book: BookView, first: dt.date, last: dt.date) -> Table:
    """Return every leg of the book from *first* to *last*, the newest first."""
    rows = list(ledger.journal(book.code, first=first, last=last))[::-1]
    return Table(
        name=f"journal-{book.code.replace(':', '-')}",
        title=_("序时账"),
        rows=rows,
        columns=(
            Column("on", _("日期"), "on", "day"),
            Column("posting", _("分录"), "posting_id", link=_posting),
            Column("line", _("行"), "line", "count", shown=False),
            Column("text", _("摘要"), "text", "words"),
            Column("account", _("科目"), "account_name"),
            Column("debit", _("借方"), lambda row: row.debit or None, "yuan"),
            Column("credit", _("贷方"), lambda row: row.credit or None, "yuan"),
            Column("source", _("业务编号"), "source", shown=False),
            Column("recorded", _("入账时间"), "recorded_at", "minute", shown=False),
        ),
        filters=_filters("account_name"),
        key="posting_id",
        lead=SPAN,
        empty=Empty(_("这段时间没有分录")),
    )


def statement(account: AccountView, first: dt.date, last: dt.date) -> Table:
    """Return an account's lines with the balance after each, the newest first."""
    rows = list(ledger.statement(account.id, first=first, last=last))[::-1]
    return Table(
        name=f"account-{account.code.replace(':', '-')}",
        title=account.name,
        rows=rows,
        columns=(
            Column("on", _("日期"), "on", "day"),
            Column("posting", _("分录"), "posting_id", link=_posting),
            Column("text", _("摘要"), "text", "words"),
            Column("debit", _("借方"), lambda row: row.debit or None, "yuan"),
            Column("credit", _("贷方"), lambda row: row.credit or None, "yuan"),
            Column("balance", _("余额"), "balance", "yuan"),
            Column("source", _("业务编号"), "source", shown=False),
        ),
        filters=_filters("text"),
        key="posting_id",
        lead=SPAN,
        empty=Empty(_("这段时间没有分录")),
    )


def _filters(field: str) -> tuple[Filter, ...]:
    return (TextFilter("q", _("摘要或科目"), fields=("text", field, "source")), DateFilter("on", _("日期"), "on"))


def _posting(row: Any) -> str:
    return reverse("gov:posting", args=[row.posting_id])
