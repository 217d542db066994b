"""The fact dictionary as the criteria editor needs it, in the reader's language."""

from __future__ import annotations

from huoshui.portals.shared.choices import said
from huoshui.portals.shared.criteria_editor import FactField
from huoshui.registry import queries
from huoshui.rules.facts import Kind

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
            fact.unit,
            tuple((value, value) for value in fact.values),
        )
        for fact in known.values()
    }
