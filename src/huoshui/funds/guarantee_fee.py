"""The fee of a guarantee: amount × yearly rate × months ÷ 12. Pure. Worked table: docs/algorithms/guarantee-fee.md."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from huoshui.kernel.errors import Problem, Refused
from huoshui.kernel.money import Fen, round_half_up
from huoshui.kernel.text import Text


def fee_for(amount: int, *, rate_pct: Decimal, months: int) -> Fen:
    """Return the fee in fen for *amount* fen guaranteed over *months* at *rate_pct* a year, rounded half up once.

    Raises Refused with every problem (guarantee_fee_amount, guarantee_fee_rate_pct, guarantee_fee_months).
    """
    wrong = [
        Problem(f"guarantee_fee_{name}", Text(zh, en), field=name, value=value)
        for name, value, bad, zh, en in (
            ("amount", amount, amount < 0, "金额不能小于零。", "The amount cannot be below zero."),
            ("rate_pct", rate_pct, rate_pct < 0, "费率不能小于零。", "The rate cannot be below zero."),
            ("months", months, months < 1, "期限至少一个月。", "The term is at least a month."),
        )
        if bad
    ]
    if wrong:
        raise Refused(wrong)
    return Fen(round_half_up(Fraction(rate_pct) * amount * months / 1200))
