"""Every kind of event there is, with its sentence. Packages register theirs in their own ``events.py``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from huoshui.kernel.text import Text

_KINDS: dict[str, Text] = {}
_STAFF_ONLY: set[str] = set()


def register(kinds: Mapping[str, Text], *, staff_only: Collection[str] = ()) -> None:
    """Add *kinds* (code → sentence template over the event's facts); the same code twice with other words is an error.

    *staff_only* codes are left out of the timeline that a firm sees.
    """
    for code, sentence in kinds.items():
        assert _KINDS.get(code, sentence) == sentence, f"event kind {code} is registered twice"
        _KINDS[code] = sentence
    _STAFF_ONLY.update(staff_only)


def sentence(code: str) -> Text:
    """Return the template of *code*; raises KeyError for a kind nobody registered."""
    return _KINDS[code]


def all_kinds() -> Mapping[str, Text]:
    """Return every registered kind."""
    return dict(_KINDS)


def staff_only() -> frozenset[str]:
    """Return the kinds that a firm does not see."""
    return frozenset(_STAFF_ONLY)


def say(code: str, facts: Mapping[str, Any]) -> Text:
    """Return the event in words; a kind that is no longer registered shows its code, so that old events stay readable."""
    return filled(_KINDS.get(code, Text(code, code)), facts)


def filled(words: Text, facts: Mapping[str, Any]) -> Text:
    """Return *words* with *facts*: {"zh": …, "en": …} speaks both languages, a fact that nobody gave shows as "—"."""
    return Text(words.zh.format_map(_given(facts, "zh")), words.en.format_map(_given(facts, "en")))


class _Given(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "—"


def _given(facts: Mapping[str, Any], language: str) -> _Given:
    return _Given({name: _said(fact, language) for name, fact in facts.items()})


def _said(fact: Any, language: str) -> Any:
    if isinstance(fact, Text):
        return fact.in_(language)
    return fact[language] if isinstance(fact, dict) and fact.keys() == {"zh", "en"} else fact
