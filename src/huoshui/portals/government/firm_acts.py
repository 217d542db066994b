"""From the visit form to the call that is recorded: a need is declared in the same step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from huoshui.financing.actions import DemandAsk

_NEED = ("amount", "term_months", "purpose")


def visit_values(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `record_visit` takes: the call, and the demand where an amount was named."""
    values = {name: value for name, value in data.items() if name not in _NEED}
    asked = None
    if data.get("amount"):
        asked = DemandAsk(data["amount"], data["term_months"], data["purpose"], data.get("note", ""))
    return values | {"demand": asked}
