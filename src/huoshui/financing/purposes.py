"""The uses of a loan, as demands name them: the catalogue's table, which programmes are written against too."""

from __future__ import annotations

from huoshui.catalogue.purposes import PURPOSES, Purpose

__all__ = ["PURPOSES", "Purpose", "themes_of"]


def themes_of(purpose: Purpose | None, *, small: bool, credit: int, limit: int) -> list[str]:
    """Return the finance themes of a loan: those of its purpose, and inclusive finance for a small customer.

    *small*: a small or micro firm or an individual business; *credit*: all its credit with this loan, *limit*: up to which
    (fen, included) it counts. Source: the financial regulator's definition of inclusive small-firm loans
    (parameter loan.inclusive_limit).
    """
    found = set(purpose.themes if purpose else ())
    return sorted(found | {"inclusive"}) if small and credit <= limit else sorted(found)
