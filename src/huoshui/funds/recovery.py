"""How much of recovered money goes back to the pool that compensated the loss.

Net recovery in the proportion compensated; never below zero, never more than the pool is still owed. Worked table:
docs/algorithms/recovery.md.
"""

from __future__ import annotations

from fractions import Fraction

from huoshui.kernel.errors import Problem, Refused
from huoshui.kernel.money import Fen, round_half_up
from huoshui.kernel.text import Text


def to_pool(compensated: int, *, unpaid_principal: int, recovered: int, cost: int, returned_before: int = 0) -> Fen:
    """Return (recovered − cost) × compensated / unpaid principal in fen, rounded half up once.

    At least 0, at most *compensated* − *returned_before* (0 where more than that has come back already). Raises Refused with every problem (recovery_amount,
    recovery_unpaid).
    """
    _refuse_nonsense(compensated, unpaid_principal, recovered, cost, returned_before)
    share = round_half_up(Fraction((recovered - cost) * compensated, unpaid_principal))
    return Fen(max(0, min(share, compensated - returned_before)))


def _refuse_nonsense(compensated: int, unpaid_principal: int, recovered: int, cost: int, returned_before: int) -> None:
    amounts = {"compensated": compensated, "recovered": recovered, "cost": cost, "returned_before": returned_before}
    wrong = [
        _problem("recovery_amount", name, "金额不能小于零。", "An amount cannot be below zero.")
        for name, amount in amounts.items()
        if amount < 0
    ]
    if unpaid_principal <= 0:
        zh, en = "未还本金必须大于零。", "The unpaid principal must be above zero."
        wrong.append(_problem("recovery_unpaid", "unpaid_principal", zh, en))
    if wrong:
        raise Refused(wrong)


def _problem(code: str, field: str, zh: str, en: str) -> Problem:
    return Problem(code, Text(zh, en), field=field)
