"""Whether a maturing loan may be repaid by the bridge fund: every condition with its verdict and why. Pure.

Source: the city's published terms of its bridge fund; 晋政办发〔2023〕55号. The firm's conditions are the programme's
criteria; the loan's are the ones that no fact of the firm can say: working capital, about to mature, in good order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from huoshui.kernel.errors import Problem
from huoshui.kernel.money import Fen, human, round_half_up
from huoshui.kernel.text import Text
from huoshui.rules import words
from huoshui.rules.firm import Verdict, explain
from huoshui.rules.tree import All, Atom, Node


@dataclass(frozen=True, slots=True)
class OldLoan:
    """The loan that would be repaid; *balance* in fen. *working_capital*: its purpose is no fixed asset or project."""

    state: str
    balance: int
    matures_on: dt.date | None
    overdue_days: int
    five_class: str
    working_capital: bool


@dataclass(frozen=True, slots=True)
class Check:
    """One condition: *verdict*, *asked* (the condition), *found* (what was read), *remedy* where it does not hold."""

    code: str
    verdict: Verdict
    asked: Text
    found: Text
    remedy: Text | None = None

    @property
    def holds(self) -> bool:
        """Return whether the condition is known to hold."""
        return self.verdict is Verdict.YES


@dataclass(frozen=True, slots=True)
class Standing:
    """What else counts: the amount asked for (fen), the day, and another advance of the firm that is not closed."""

    amount: int
    today: dt.date
    other_open: bool = False


def checks(
    criteria: Node, facts: Mapping[str, Any], loan: OldLoan, standing: Standing, *, apply_days: int
) -> tuple[Check, ...]:
    """Return every condition, the firm's first. *apply_days*: how long before maturity one may ask.

    An unknown fact is a condition that does not hold yet, named as missing; it is never taken as met.
    """
    return (*of_firm(criteria, facts, standing.today), *_of_loan(loan, standing, apply_days))


def problems(found: tuple[Check, ...]) -> list[Problem]:
    """Return a problem for every condition that does not hold."""
    return [
        Problem(
            f"bridge_{check.code}",
            Text(f"{check.asked.zh}：{check.found.zh}。", f"{check.asked.en}: {check.found.en}."),
            field=check.code,
            remedy=check.remedy,
        )
        for check in found
        if not check.holds
    ]


def cap(committed: int, cover_pct: Decimal) -> Fen:
    """Return the most that may be advanced (fen) on a renewal of *committed* fen: *cover_pct* percent of it."""
    return Fen(round_half_up(committed * cover_pct / 100))


def of_firm(criteria: Node, facts: Mapping[str, Any], today: dt.date) -> tuple[Check, ...]:
    """Return the conditions of a programme's *criteria* as a firm's *facts* meet them on a day."""
    return tuple(_of_firm(criteria, facts, today))


def _of_firm(criteria: Node, facts: Mapping[str, Any], today: dt.date) -> Iterator[Check]:
    for part in criteria.children if isinstance(criteria, All) else (criteria,):
        trace = explain(part, facts, as_of=today)
        fact = part.fact if isinstance(part, Atom) else None
        asked = words.sentence(part)
        if trace.verdict is Verdict.UNKNOWN:
            yield Check(
                fact.code if fact else "criteria",
                Verdict.UNKNOWN,
                asked,
                Text("没有这项数据", "not known"),
                Text(
                    "请到“我的资料”核对，或请主管部门补充数据。",
                    "Check your data, or ask the department to supply it.",
                ),
            )
            continue
        read = words.value(fact, trace.value) if fact else Text("已核对", "checked")
        yield Check(fact.code if fact else "criteria", trace.verdict, asked, read)


def _of_loan(loan: OldLoan, standing: Standing, apply_days: int) -> Iterator[Check]:
    yield _check(
        "purpose",
        loan.working_capital,
        Text("流动资金贷款，不用于项目贷款", "A working-capital loan, not a project loan"),
        Text("流动资金贷款", "working capital") if loan.working_capital else Text("不是流动资金贷款", "it is not"),
    )
    left = (loan.matures_on - standing.today).days if loan.matures_on else None
    near = left is not None and 0 <= left <= apply_days
    yield _check(
        "matures_on",
        near,
        Text(f"贷款在 {apply_days} 天内到期", f"The loan matures within {apply_days} days"),
        _matures(loan.matures_on, left),
        Text("请在到期前申请。", "Apply in the days before it matures."),
    )
    good = loan.overdue_days == 0 and loan.five_class == "normal"
    yield _check(
        "overdue",
        good,
        Text("贷款正常，没有逾期", "The loan is in good order"),
        Text("正常", "normal") if good else Text(f"逾期 {loan.overdue_days} 天或已下调分类", "overdue or downgraded"),
        Text("请先与银行办理还款。", "Settle the arrears with the bank first."),
    )
    fits = loan.state == "active" and 0 < standing.amount <= loan.balance
    yield _check(
        "amount",
        fits,
        Text("金额不超过贷款余额", "Not more than is owed on the loan"),
        Text(
            f"申请 {human(standing.amount).zh}，余额 {human(loan.balance).zh}",
            f"asked {human(standing.amount).en}, owed {human(loan.balance).en}",
        ),
        Text("请按贷款余额填写。", "Ask for what is owed at most."),
    )
    yield _check(
        "one_open",
        not standing.other_open,
        Text("企业没有未结清的应急周转", "No other advance of the firm is open"),
        Text("另有一笔未结清", "another is open") if standing.other_open else Text("没有", "none"),
        Text("请先结清上一笔。", "Close the other one first."),
    )


def _check(code: str, holds: bool, asked: Text, found: Text, remedy: Text | None = None) -> Check:
    return Check(code, Verdict.YES if holds else Verdict.NO, asked, found, None if holds else remedy)


def _matures(day: dt.date | None, left: int | None) -> Text:
    if day is None or left is None:
        return Text("没有到期日", "it has no maturity")
    if left < 0:
        return Text(f"{day} 已到期", f"it matured on {day}")
    return Text(f"{day} 到期，还有 {left} 天", f"matures on {day}, {left} days from now")
