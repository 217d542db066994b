"""The books of a fund: its accounts and the posting of each step, from appropriation to payment and back. Pure drafts.

Two pairs stand side by side. Cash: what the treasury paid in, what is at the custodian bank, what was paid and what came
back. Budget: what may be spent, split into what is free, committed and spent. ``free`` never falls below zero, so nothing
is promised that was not appropriated; ``bank`` never falls below what is held, so nothing is paid that is not there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from huoshui.kernel.text import Text
from huoshui.ledger.books import Draft, Line

# code → name, side; all are guarded
ACCOUNTS: dict[str, tuple[Text, str]] = {
    "bank": (Text("资金专户", "Account at the custodian bank"), "debit"),
    "appropriated": (Text("财政拨款", "Appropriations"), "credit"),
    "paid": (Text("已支付", "Paid"), "debit"),
    "recovered": (Text("收回资金", "Recovered"), "credit"),
    "budget": (Text("预算总额", "Budget"), "debit"),
    "free": (Text("预算结余（未承诺）", "Budget not committed"), "credit"),
    "committed": (Text("已承诺未支付", "Committed"), "credit"),
    "spent": (Text("预算已执行", "Budget spent"), "credit"),
}
ADVANCE = "advance:{}"  # what an institution holds of the fund's money, by its organisation's id


@dataclass(frozen=True, slots=True)
class Accounts:
    """The book and the ids of its accounts by code."""

    book: int
    ids: Mapping[str, int]

    def __getitem__(self, code: str) -> int:
        return self.ids[code]


def appropriated(at: Accounts, *, source: str, on: dt.date, amount: int, text: str) -> Draft:
    """Return the posting of money the treasury paid in: cash and budget grow alike."""
    return _draft(source, on, text, at, {"bank": amount, "appropriated": -amount, "budget": amount, "free": -amount})


def committed(at: Accounts, *, source: str, on: dt.date, amount: int, text: str) -> Draft:
    """Return the posting that promises *amount*; a negative one gives the promise back."""
    return _draft(source, on, text, at, {"free": amount, "committed": -amount})


def paid(at: Accounts, *, source: str, on: dt.date, amount: int, text: str, out_of: str = "bank") -> Draft:
    """Return the posting of a payment out of the bank account, or out of what an institution was advanced."""
    return _draft(source, on, text, at, {"paid": amount, out_of: -amount, "committed": amount, "spent": -amount})


def advanced(at: Accounts, *, source: str, on: dt.date, amount: int, text: str, to: str) -> Draft:
    """Return the posting of cash given to an institution in advance of its claims; the budget is not spent yet."""
    return _draft(source, on, text, at, {to: amount, "bank": -amount})


def given_back(at: Accounts, *, source: str, on: dt.date, amount: int, text: str, by: str) -> Draft:
    """Return the posting of an advance given back at the yearly settlement."""
    return _draft(source, on, text, at, {"bank": amount, by: -amount})


def recovered(at: Accounts, *, source: str, on: dt.date, amount: int, text: str) -> Draft:
    """Return the posting of paid money that came back for good: it may be spent again."""
    moves = {"bank": amount, "recovered": -amount, "budget": amount, "free": -amount}
    return _draft(source, on, text, at, moves)


def _draft(source: str, on: dt.date, text: str, at: Accounts, moves: Mapping[str, int]) -> Draft:
    return Draft(source, on, text[:200], tuple(Line(at[code], amount) for code, amount in moves.items()))
