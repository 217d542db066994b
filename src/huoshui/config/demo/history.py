"""Twelve months of the city's life, made by the real actions on a simulated clock."""

from __future__ import annotations


def replay() -> None:
    """Play the months up to today."""
