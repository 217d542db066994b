"""The fact dictionary as the criteria editor needs it, in the reader's language."""

from __future__ import annotations

from huoshui.portals.shared.choices import district_choices, said
from huoshui.portals.shared.criteria_editor import FactField
from huoshui.registry import queries
from huoshui.rules.facts import Fact, Kind
from huoshui.rules.words import unit

# a free text is compared like a code: equal, one of, or by its beginning
KINDS = {Kind.TEXT: "code"}


def fact_fields() -> dict[str, FactField]:
    """Return every fact a criterion may ask about, by code, in the dictionary's order."""
    known = queries.dictionary()
    return {
        fact.code: FactField(
            fact.code,
            said(fact.label),
            KINDS.get(fact.kind, str(fact.kind)),
            said(known.sources[fact.source]) if fact.source in known.sources else fact.source,
            said(unit(fact)),
            _choices(fact),
        )
        for fact in known.values()
    }


def _choices(fact: Fact) -> tuple[tuple[str, str], ...]:
    if fact.code == "district_code":
        return tuple(district_choices())
    return tuple((value, said(fact.names[value]) if value in fact.names else value) for value in fact.values)
