"""The fact dictionary as the criteria editor needs it, in the reader's language."""

from __future__ import annotations

from django.conf import settings

from huoshui.kernel.text import Text
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
            _stems(fact),
        )
        for fact in known.values()
    }


def _choices(fact: Fact) -> tuple[tuple[str, str], ...]:
    if fact.code == "district_code":
        return tuple(district_choices())
    # grades without names run from the lowest; people read A first
    values = fact.values if fact.names else fact.values[::-1]
    return tuple((value, said(fact.names[value]) if value in fact.names else value) for value in values)


def _stems(fact: Fact) -> tuple[tuple[str, str], ...]:
    if fact.code != "district_code":
        return ()
    city = settings.CITY
    return ((city["code"][:4], said(Text(city["zh"], city["en"]))), *district_choices())
