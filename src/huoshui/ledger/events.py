"""Sentences of the books' events."""

from huoshui.audit.kinds import register
from huoshui.kernel.text import Text

register(
    {
        "BOOK_OPENED": Text("开立账簿 {code}", "Opened book {code}"),
        "ACCOUNT_OPENED": Text("开立账户 {code}", "Opened account {code}"),
        "LEDGER_POSTED": Text("入账 {postings} 笔", "Posted {postings}"),
        "HOLD_MADE": Text("占用资金：{source}", "Held money: {source}"),
        "HOLD_VOIDED": Text("释放占用：{source}", "Freed hold: {source}"),
        "HOLDS_EXPIRED": Text("{count} 笔占用到期释放", "{count} holds expired"),
        "PERIOD_CLOSED": Text("结账至 {through}", "Closed through {through}"),
    }
)
