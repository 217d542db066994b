"""How public money works: leverage, net cost, turnover, cost per firm helped. Pure; amounts in fen."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from huoshui.kernel.money import round_half_up
from huoshui.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Spent:
    """What a fund's books and payments say. *moved*: loans it set in motion; *firms*: firms it was paid for; None unknown.

    *turnover*: times the money came back over the average fund, for money that only turns over.
    """

    code: str
    name: Text
    paid_in: int
    paid: int
    recovered: int
    left: int
    moved: int | None = None
    firms: int | None = None
    turnover: Decimal | None = None
    revolving: bool = False


@dataclass(frozen=True, slots=True)
class Performance:
    """A fund's figures; None (shown as "—") where there is no base."""

    spent: Spent
    leverage: Decimal | None
    loss_pct: Decimal | None
    used_pct: Decimal | None
    cost_per_firm: int | None


def performance(spent: Spent) -> Performance:
    """Return leverage (loans moved over money paid in), loss (paid and not recovered over money paid in, percent), the share
    used, and what a firm helped has cost net of recoveries.

    Money that only turns over is neither lost nor spent on a firm while it comes back: its loss and cost are unknown.
    """
    net = spent.paid - spent.recovered
    per_firm = Fraction(net, spent.firms) if spent.firms and not spent.revolving else None
    return Performance(
        spent,
        leverage=_two(Fraction(spent.moved, spent.paid_in)) if spent.moved and spent.paid_in else None,
        loss_pct=None if spent.revolving else _share(net, spent.paid_in),
        used_pct=_share(spent.paid_in + spent.recovered - spent.left, spent.paid_in + spent.recovered),
        cost_per_firm=None if per_firm is None else round_half_up(per_firm),
    )


def _share(part: int, whole: int) -> Decimal | None:
    return _two(Fraction(part * 100, whole)) if whole > 0 else None


def _two(value: Fraction) -> Decimal:
    return Decimal(round_half_up(value * 100)).scaleb(-2)
