"""Lists of the books: trial balance, journal and account statement; each is exported with one line a leg."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from huoshui.funds.fund_forecast import Forecast
from huoshui.funds.queries_overview import FundLine
from huoshui.kernel.clock import ZONE
from huoshui.kernel.text import Text
from huoshui.ledger import queries as ledger
from huoshui.ledger.queries import AccountView, BookView, StatementLine
from huoshui.portals.shared.fields import plain_day
from huoshui.portals.shared.tables import Column, Empty, Table
from huoshui.portals.shared.tables_filters import DateFilter, Filter, FilterView, Input, TextFilter, plain

SPAN = _("默认列出近一年，可在筛选条件中换日期。")


@dataclass(frozen=True, slots=True)
class DayChoice(Filter):
    """One day by which the rows were made already: nothing is left out here."""

    def view(self, query: QueryDict) -> FilterView:
        """Return the day typed, and what is wrong with it."""
        typed = plain(query.get(self.name, ""))[:40]
        inputs = (Input(self.name, self.label, typed),)
        try:
            day = dt.date.fromisoformat(plain_day(typed)) if typed else None
        except ValueError:
            said = gettext("“%(value)s”不是日期，请写成 2025-03-15；未按此项筛选。") % {"value": typed}
            return FilterView("date", self.name, self.label, inputs, None, True, said)
        return FilterView("date", self.name, self.label, inputs, day, day is not None)

    def apply(self, rows: Any, value: Any) -> Any:
        """Return *rows*."""
        return rows


SPAN_FILTER = DateFilter("on", _("日期"), "on")
UNTIL = DayChoice("on", _("截至"))
KNOWN = DayChoice("known", _("按哪天已入账"))


def span_of(query: QueryDict, today: dt.date) -> tuple[dt.date, dt.date]:
    """Return the first and the last day asked for; the year up to *today* where none is."""
    first, last = SPAN_FILTER.view(query).value or (None, None)
    last = last or today
    return first or last - dt.timedelta(days=364), last


def trial(book: BookView, on: dt.date) -> Table:
    """Return the trial balance of a book on a day; the last line is the sum of both sides."""
    rows = ledger.trial_balance(book.code, as_of=on)
    total = ledger.TrialLine("", gettext("合计"), sum(row.debit for row in rows), sum(row.credit for row in rows))
    return Table(
        name=f"trial-{book.code.replace(':', '-')}",
        title=_("试算平衡表"),
        rows=[*rows, total],
        columns=(
            Column("code", _("科目"), link=lambda row: _account(book, row.code)),
            Column("name", _("名称"), "said"),
            Column("debit", _("借方发生额"), "debit", "yuan"),
            Column("credit", _("贷方发生额"), "credit", "yuan"),
        ),
        filters=(UNTIL,),
        key="code",
        lead=_("%(name)s，截至 %(day)s，单位：元。") % {"name": _said(book.said), "day": on},
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
            Column("account", _("科目"), "said"),
            Column("debit", _("借方"), lambda row: row.debit or None, "yuan"),
            Column("credit", _("贷方"), lambda row: row.credit or None, "yuan"),
            Column("source", _("业务编号"), "source", shown=False),
            Column("recorded", _("入账时间"), "recorded_at", "minute", shown=False),
        ),
        filters=(
            TextFilter("q", _("摘要或科目"), fields=("text", "account_name", "account_name_en", "source")),
            SPAN_FILTER,
        ),
        key="posting_id",
        lead=SPAN,
        empty=Empty(_("这段时间没有分录")),
    )


def statement(book: BookView, account: AccountView, first: dt.date, last: dt.date, known: dt.date | None) -> Table:
    """Return an account's lines, the newest first, between its balances before and after them.

    *known*: the lines that were in the books at the end of that day; None = all that are there now.
    """
    return Table(
        name=f"account-{account.code.replace(':', '-')}",
        title=f"{_said(book.said)} · {_said(account.said)}",
        rows=_lines(account.id, first, last, known),
        columns=(
            Column("on", _("日期"), "on", "day"),
            Column("posting", _("分录"), lambda row: row.posting_id or None, link=_posting),
            Column("text", _("摘要"), "text", "words"),
            Column("debit", _("借方"), lambda row: row.debit or None, "yuan"),
            Column("credit", _("贷方"), lambda row: row.credit or None, "yuan"),
            Column("balance", _("账面余额"), "balance", "yuan"),
            Column("recorded", _("入账时间"), "recorded_at", "minute"),
            Column("source", _("业务编号"), "source", shown=False),
        ),
        filters=(TextFilter("q", _("摘要或业务编号"), fields=("text", "source")), SPAN_FILTER, KNOWN),
        key="posting_id",
        lead=_("余额有两个日期：业务发生到哪一天，账上记到哪一天。补记或冲正以前的业务，不改变当时看到的余额。"),
    )


def _lines(account: int, first: dt.date, last: dt.date, known: dt.date | None) -> list[StatementLine]:
    moment = None if known is None else dt.datetime.combine(known, dt.time.max, ZONE)
    before = first - dt.timedelta(days=1)
    opening = ledger.balance(account, as_of=before, known_at=moment)
    lines = list(ledger.statement(account, first=first, last=last, known_at=moment))[::-1]
    closing = lines[0].balance if lines else opening
    words = (
        gettext("期末余额，按 %(day)s 已入账的分录") % {"day": known}
        if known
        else gettext("期末余额，按目前已入账的分录")
    )
    found = [_balance(last, words, closing), *lines, _balance(before, gettext("期初余额"), opening)]
    if known is not None and (now := ledger.balance(account, as_of=last)) != closing:
        found.insert(0, _balance(last, gettext("期末余额，按目前已入账的分录"), now))
    return found


def _balance(on: dt.date, words: str, fen: int) -> StatementLine:
    return StatementLine(on, 0, "", words, 0, 0, fen)


def _posting(row: Any) -> str:
    return reverse("gov:posting", args=[row.posting_id]) if row.posting_id else ""


def overview(lines: list[tuple[FundLine, Forecast]]) -> Table:
    """Return every fund with its figures, for the file of the overview; amounts in yuan."""
    amounts = (
        ("paid_in", _("拨入")), ("cash", _("专户余额")), ("held", _("预留")), ("promised", _("承诺")), ("paid", _("已支付")),
        ("recovered", _("收回")), ("out", _("在外")), ("left", _("可用")), ("moved", _("撬动贷款")), ("reach", _("用完约")),
    )  # fmt: skip
    return Table(
        name="funds",
        title=_("资金总览"),
        rows=lines,
        columns=(
            Column("code", _("代码"), lambda row: row[0].code),
            Column("name", _("资金"), lambda row: row[0].name),
            *(Column(name, label, partial(_figure, name), "yuan") for name, label in amounts),
            Column("used", _("已用（%）"), lambda row: row[0].used_pct),
            Column("leverage", _("倍数"), lambda row: row[0].leverage),
            Column("monthly", _("月均净流出"), lambda row: row[1].monthly, "yuan"),
            Column("empty", _("预计用完"), lambda row: row[1].empty_on, "day"),
        ),
        key=lambda row: row[0].code,
    )


def _said(text: Text) -> str:
    return text.in_(get_language() or "zh")


def _figure(name: str, row: tuple[FundLine, Forecast]) -> int | None:
    found: int | None = getattr(row[0], name)
    return found
