"""What must stand before money is paid out, told by packages above that keep it: a guarantee in force.

The packages above know this one and not the other way round; they name themselves when the application starts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from huoshui.kernel.errors import Problem

Condition = Callable[[int], Problem | None]
_CONDITIONS: dict[str, Condition] = {}


def needs(collateral: str, condition: Condition) -> None:
    """Let *condition* (the bank's case) say why a loan with this security may not be drawn yet; from ready()."""
    _CONDITIONS[collateral] = condition


def problems(loan: Any) -> list[Problem]:
    """Return what stands against paying out money of *loan* now."""
    condition = _CONDITIONS.get(loan.collateral)
    found = condition(loan.referral_id) if condition and loan.referral_id else None
    return [found] if found else []
