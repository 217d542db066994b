"""Every kind of event there is, with its sentence. Packages register theirs in their own ``events.py``."""

from __future__ import annotations

from collections.abc import Mapping

from huoshui.kernel.text import Text

_KINDS: dict[str, Text] = {}


def register(kinds: Mapping[str, Text]) -> None:
    """Add *kinds* (code → sentence template over the event's facts); the same code twice with other words is an error."""
    for code, sentence in kinds.items():
        assert _KINDS.get(code, sentence) == sentence, f"event kind {code} is registered twice"
        _KINDS[code] = sentence


def sentence(code: str) -> Text:
    """Return the template of *code*; raises KeyError for a kind nobody registered."""
    return _KINDS[code]


def all_kinds() -> Mapping[str, Text]:
    """Return every registered kind."""
    return dict(_KINDS)
