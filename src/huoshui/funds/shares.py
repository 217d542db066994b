"""Who bears how much of a loss under a guarantee: named shares in percent, split to the fen.

Source of the preset (guarantor 40, provincial re-guarantee 20, national fund 20, bank 20): 国办发〔2019〕6号. Worked table:
docs/algorithms/guarantee.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from huoshui.kernel.errors import Problem, Refused
from huoshui.kernel.money import Fen, allocate, yuan_text
from huoshui.kernel.rates import rate_text
from huoshui.kernel.text import Text


def share_out(amount: int, *, shares: Mapping[str, Decimal]) -> dict[str, Fen]:
    """Return what each name bears of *amount* (fen): largest remainder, ties to the earlier, summing exactly.

    *shares* in percent, in order. Raises Refused with every problem (shares_amount, shares_negative, shares_sum).
    """
    wrong = []
    if amount < 0:
        wrong.append(_problem("shares_amount", "amount", "金额不能小于零。", "The amount cannot be below zero."))
    wrong += [
        _problem(
            "shares_negative", f"shares.{name}", f"“{name}”的比例小于零。", f"The share of “{name}” is below zero."
        )
        for name, share in shares.items()
        if share < 0
    ]
    total = sum(shares.values(), Decimal(0))
    if total != 100:
        zh, en = (
            f"比例合计 {rate_text(total)}%，应为 100%。",
            f"The shares add up to {rate_text(total)} %, not to 100 %.",
        )
        wrong.append(_problem("shares_sum", "shares", zh, en))
    if wrong:
        raise Refused(wrong)
    parts = allocate(amount, list(shares.values()))
    return {name: Fen(part) for name, part in zip(shares, parts, strict=True)}


def share_back(net: int, *, owed: Mapping[str, int]) -> dict[str, Fen]:
    """Return what of *net* fen that came back each name gets: in proportion to what each is still *owed* (fen).

    Largest remainder, ties to the earlier, summing exactly; nobody gets more than is owed, and when all is back each has
    exactly what it bore. Raises Refused (shares_back) where *net* is below 0 or more than is owed in all.
    """
    whole = sum(owed.values())
    if not 0 <= net <= whole:
        zh, en = f"净追回应在 0 与 {yuan_text(whole)} 元之间。", f"Between 0 and {yuan_text(whole)} yuan, net of cost."
        raise Refused([_problem("shares_back", "recovered", zh, en)])
    parts = allocate(net, list(owed.values())) if net else [0] * len(owed)
    return {name: Fen(part) for name, part in zip(owed, parts, strict=True)}


def _problem(code: str, field: str, zh: str, en: str) -> Problem:
    return Problem(code, Text(zh, en), field=field)
