"""The postings of a guarantee in its fund's book, beside the fund's own accounts: the loss and who bears it. Pure drafts.

Two groups sum to zero each in one posting: the fund's cash and budget, and the loss against those who bear it. The bank's
share moves no money: it is what the bank is not paid.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from huoshui.funds.fund_books import Accounts
from huoshui.funds.guarantee_terms import BANK
from huoshui.ledger.books import Draft, Line

LOSS, BORNE = "loss", "borne:{}"


def paid_out(at: Accounts, *, source: str, on: dt.date, text: str, parts: Mapping[str, int]) -> Draft:
    """Return the posting of a payout: *parts* is what each party bears, fen, in all the loss."""
    amount = sum(part for name, part in parts.items() if name != BANK)
    cash = {"paid": amount, "bank": -amount, "committed": amount, "spent": -amount}
    return _draft(at, source, on, text, cash | {LOSS: sum(parts.values())} | _borne(parts, -1))


def recovered(at: Accounts, *, source: str, on: dt.date, text: str, parts: Mapping[str, int]) -> Draft:
    """Return the posting of money recovered: *parts* is what each party has back, fen; the bank's stays with the bank."""
    amount = sum(part for name, part in parts.items() if name != BANK)
    cash = {"bank": amount, "recovered": -amount, "budget": amount, "free": -amount}
    return _draft(at, source, on, text, cash | {LOSS: -sum(parts.values())} | _borne(parts, 1))


def _borne(parts: Mapping[str, int], sign: int) -> dict[str, int]:
    return {BORNE.format(name): sign * part for name, part in parts.items()}


def _draft(at: Accounts, source: str, on: dt.date, text: str, moves: Mapping[str, int]) -> Draft:
    return Draft(source, on, text[:200], tuple(Line(at[code], amount) for code, amount in moves.items() if amount))
