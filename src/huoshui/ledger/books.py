"""What makes a posting sound, decided before the database is asked. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from huoshui.kernel.errors import Problem
from huoshui.kernel.text import Text

LARGEST = 9 * 10**17  # fen, the same limit as the column


@dataclass(frozen=True, slots=True)
class Line:
    """*amount* fen on *account* (its id): debit positive, credit negative, never zero."""

    account: int
    amount: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A posting to be made. *source* names the business fact and is posted once: "subsidy:claim:12:paid"."""

    source: str
    on: dt.date
    text: str
    lines: tuple[Line, ...]
    reverses: int | None = None
    reason: str = ""


def problems(draft: Draft) -> list[Problem]:
    """Return everything that is wrong with *draft* by itself; an empty list when it is sound."""
    return [problem for problem in _all(draft) if problem is not None]


def transfer(*, source: str, on: dt.date, text: str, debit: int, credit: int, amount: int) -> Draft:
    """Return the draft that moves *amount* fen (positive) to account *debit* from account *credit*."""
    return Draft(source, on, text, (Line(debit, amount), Line(credit, -amount)))


def reversal(draft_lines: Iterable[Line]) -> tuple[Line, ...]:
    """Return the lines that undo *draft_lines*."""
    return tuple(Line(line.account, -line.amount) for line in draft_lines)


def _all(draft: Draft) -> Iterable[Problem | None]:
    total = sum(line.amount for line in draft.lines)
    yield _if(
        not draft.source.strip(),
        "source_missing",
        Text("缺少业务依据编号。", "The source of the posting is missing."),
        "source",
    )
    yield _if(
        len(draft.lines) < 2,
        "too_few_lines",
        Text("一笔分录至少要有两行。", "A posting has at least two lines."),
        "lines",
        len(draft.lines),
    )
    yield _if(
        total != 0,
        "unbalanced",
        Text("借贷不平，相差 {total} 分。", "Debits and credits differ by {total} fen.").format(total=total),
        "lines",
        total,
    )
    yield _if(
        any(line.amount == 0 or abs(line.amount) > LARGEST for line in draft.lines),
        "amount_range",
        Text("每行金额须不为零且在可记范围内。", "A line's amount must not be zero and must be within range."),
        "lines",
    )
    yield _if(
        draft.reverses is not None and not draft.reason.strip(),
        "reason_missing",
        Text("冲销必须说明原因。", "A counter-posting needs its reason."),
        "reason",
    )


def _if(wrong: bool, code: str, text: Text, field: str, value: object = None) -> Problem | None:
    return Problem(code, text, field, value) if wrong else None
