"""What a guarantor may still take on: every limit with its figure, for one guarantee more. Pure.

Sources: 融资担保公司监督管理条例 §15–16 (10 or 15 times net assets; 10 % a customer, 15 % a group); 政府性融资担保、再担保
机构绩效评价指引 (at least 80 % small and agricultural, at least 50 % up to 5 million a customer); 10 million a customer, 1 % a
year. A share that is too low already does not stand against a guarantee that raises it. Worked: docs/guarantees.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from huoshui.kernel.errors import Problem
from huoshui.kernel.money import human
from huoshui.kernel.rates import rate_text
from huoshui.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Rules:
    """The limits: amounts in fen, shares and the fee in percent, multiples of net assets."""

    single_max: int
    leverage: Decimal
    leverage_small: Decimal
    single_share_pct: Decimal
    group_share_pct: Decimal
    small_share_pct: Decimal
    small_ticket_share_pct: Decimal
    small_ticket: int
    fee_pct: Decimal


@dataclass(frozen=True, slots=True)
class Standing:
    """A guarantor's net assets (fen), and whether it serves mainly small firms and farms (the higher multiple)."""

    net_assets: int
    mainly_small: bool


@dataclass(frozen=True, slots=True)
class Liability:
    """What a guarantor stands in for, fen: whose, of which group ("" none), and whether small or agricultural."""

    customer: int
    group: str
    amount: int
    small: bool


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit: what it would be (*figure*) and may be (*limit*), in fen or in percent (*percent*)."""

    code: str
    name: Text
    figure: Decimal
    limit: Decimal
    holds: bool
    percent: bool = False
    at_least: bool = False

    @property
    def said(self) -> Text:
        """Return the figure as people read it."""
        return _said(self.figure, self.percent)

    @property
    def allowed(self) -> Text:
        """Return the limit as people read it."""
        value, (zh, en) = _said(self.limit, self.percent), ("≥ ", "≥ ") if self.at_least else ("≤ ", "≤ ")
        return Text(f"{zh}{value.zh}", f"{en}{value.en}")


def multiple(rules: Rules, standing: Standing) -> Decimal:
    """Return how many times its net assets the guarantor may stand in for."""
    return rules.leverage_small if standing.mainly_small else rules.leverage


def ceilings(rules: Rules, standing: Standing) -> tuple[int, int]:
    """Return the most in all and the most for one customer, fen, cut to whole fen."""
    whole = int(standing.net_assets * multiple(rules, standing))
    return whole, min(rules.single_max, int(standing.net_assets * rules.single_share_pct / 100))


def limits(
    rules: Rules,
    standing: Standing,
    held: Sequence[Liability],
    new: Liability | None = None,
    fee_pct: Decimal | None = None,
) -> tuple[Limit, ...]:
    """Return every limit as it would stand with *new* on top of what is *held*; without *new*, as it stands."""
    book = [*held, *([new] if new else [])]
    found = [_most("leverage", sum(one.amount for one in book), standing.net_assets * multiple(rules, standing))]
    if new is not None:
        customer = _of_customer(book, new.customer)
        found += [
            _most("single_max", customer, Decimal(rules.single_max)),
            _most("single_share", customer, standing.net_assets * rules.single_share_pct / 100),
            _most("group_share", _of_group(book, new), standing.net_assets * rules.group_share_pct / 100),
        ]
    found += _shares(rules, book, new)
    if fee_pct is not None:
        found.append(Limit("fee", NAMES["fee"], fee_pct, rules.fee_pct, fee_pct <= rules.fee_pct, percent=True))
    return tuple(found)


def problems(found: Sequence[Limit]) -> list[Problem]:
    """Return a problem for every limit that does not hold, with figure and limit."""
    return [
        Problem(
            f"guarantee_{limit.code}",
            Text(
                f"{limit.name.zh}将为 {limit.said.zh}，限额 {limit.allowed.zh}。",
                f"{limit.name.en} would be {limit.said.en}; the limit is {limit.allowed.en}.",
            ),
            field="rate_pct" if limit.code == "fee" else limit.code,
            value=str(limit.figure),
        )
        for limit in found
        if not limit.holds
    ]


NAMES = {
    "leverage": Text("担保责任余额", "Liability in all"),
    "single_max": Text("单户担保余额", "Liability for the customer"),
    "single_share": Text("单户占净资产限额", "Customer within its share of net assets"),
    "group_share": Text("关联客户占净资产限额", "Group within its share of net assets"),
    "small_share": Text("小微涉农占比", "Share small and agricultural"),
    "small_ticket_share": Text("单户小额业务占比", "Share of small tickets"),
    "fee": Text("担保年费率", "Fee a year"),
}


def _most(code: str, figure: int, limit: Decimal) -> Limit:
    return Limit(code, NAMES[code], Decimal(figure), limit, figure <= limit)


def _of_customer(book: Sequence[Liability], customer: int) -> int:
    return sum(one.amount for one in book if one.customer == customer)


def _of_group(book: Sequence[Liability], new: Liability) -> int:
    same = [one for one in book if one.customer == new.customer or (new.group and one.group == new.group)]
    return sum(one.amount for one in same)


def _shares(rules: Rules, book: Sequence[Liability], new: Liability | None) -> list[Limit]:
    whole = sum(one.amount for one in book)
    if not whole:
        return []
    per_customer: dict[int, int] = {}
    for one in book:
        per_customer[one.customer] = per_customer.get(one.customer, 0) + one.amount
    small = sum(one.amount for one in book if one.small)
    tickets = sum(total for total in per_customer.values() if total <= rules.small_ticket)
    raises = new is not None and per_customer[new.customer] <= rules.small_ticket
    return [
        _least("small_share", small, whole, rules.small_share_pct, excused=new is not None and new.small),
        _least("small_ticket_share", tickets, whole, rules.small_ticket_share_pct, excused=raises),
    ]


def _least(code: str, part: int, whole: int, limit: Decimal, *, excused: bool) -> Limit:
    figure = (Decimal(part) * 100 / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)
    holds = excused or part * 100 >= limit * whole
    return Limit(code, NAMES[code], figure, limit, holds, percent=True, at_least=True)


def _said(value: Decimal, percent: bool) -> Text:
    return Text(f"{rate_text(value)}%", f"{rate_text(value)} %") if percent else human(int(value))
