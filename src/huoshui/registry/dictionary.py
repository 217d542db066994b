"""The facts that may be known of a firm."""

from __future__ import annotations

from huoshui.registry.imports.fields import Field


def fields() -> tuple[Field, ...]:
    return ()
