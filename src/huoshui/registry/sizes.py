"""Keeps the size class of firms in step with what is known of them."""

from __future__ import annotations


def refresh_touched() -> int:
    return 0
