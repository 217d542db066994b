"""From a guard of the database to words for the person whose act it refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError

from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text

# the guard's name as it stands in the database's message → words, remedy
GUARDS: dict[str, tuple[Text, Text]] = {
    "balance_covers_holds": (
        Text("账户可用余额不足。", "The account does not hold enough."),
        Text("请核对余额与占用金额，或先拨入资金。", "Check balance and holds, or pay money in first."),
    ),
    "ledger_period_closed": (
        Text("该日期所在会计期间已结账。", "The period of that day is closed."),
        Text("请改用未结账期间的日期记账。", "Use a day in an open period."),
    ),
    "ledger_unbalanced": (
        Text(
            "分录不平衡或不完整，已被数据库拒绝。", "The posting is unbalanced or incomplete; the database refused it."
        ),
        Text("请检查每一行的账户与金额。", "Check account and amount of each line."),
    ),
    "posting_has_two_lines": (
        Text("一笔分录至少要有两行。", "A posting has at least two lines."),
        Text("请补充对方账户。", "Add the other side."),
    ),
    "ledger_append_only": (
        Text("账簿记录不可修改或删除。", "Records of the books are never changed or removed."),
        Text("请用红字冲销更正。", "Correct with a counter-posting."),
    ),
    "ledger_reversal_differs": (
        Text("冲销分录与原分录不一致。", "The counter-posting does not undo its original."),
        Text("请按原分录逐行反向冲销。", "Reverse the original line by line."),
    ),
    "ledger_posting_sealed": (
        Text("已入账的分录不可再添加行。", "No line can be added to a posting that is in the books."),
        Text("请另做一笔分录。", "Make another posting."),
    ),
    "ledger_hold_ends_once": (
        Text("该笔占用已经结束。", "This hold has ended already."),
        Text("请刷新后查看最新状态。", "Look at its state again."),
    ),
    "ledger_period_stays_closed": (
        Text("已结账的期间不能重新打开。", "A closed period is not opened again."),
        Text("请在当前期间做更正分录。", "Correct in the current period."),
    ),
    "ledger_posting_reverses_id": (
        Text("这笔分录已经冲销过一次。", "This posting was reversed before."),
        Text("请查看已有的冲销分录。", "Look at the counter-posting that exists."),
    ),
}


@contextmanager
def in_words() -> Iterator[None]:
    """Turn a guard's refusal inside the block into a DomainError with the guard's name as code."""
    try:
        yield
    except DatabaseError as refusal:
        said = str(refusal)
        for guard, (text, remedy) in GUARDS.items():
            if guard in said:
                raise DomainError(guard, text, remedy=remedy) from refusal
        raise
