"""What closing a period records."""

from __future__ import annotations

from huoshui.audit import kinds
from huoshui.kernel.text import Text

KINDS: dict[str, Text] = {
    "PERIOD_CLOSE_ASKED": Text("申请将{book}结账至 {through}", "Asked to close {book} through {through}"),
    "PERIOD_CLOSE_DROPPED": Text("{book}结账至 {through} 的申请未执行", "{book} was not closed through {through}"),
}


def register() -> None:
    """Make the sentences known."""
    kinds.register(KINDS)
