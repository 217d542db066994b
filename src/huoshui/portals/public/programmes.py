"""Public schemes for a visitor: what each gives, who fits, from which document."""

from __future__ import annotations

from dataclasses import dataclass

from huoshui.catalogue import schemes
from huoshui.catalogue.offers import ProgrammeView
from huoshui.kernel.text import Text
from huoshui.registry import queries as registry
from huoshui.rules import words
from huoshui.rules.tree import All, Atom, Node


@dataclass(frozen=True, slots=True)
class ProgrammePage:
    """A scheme in words: *conditions* are its criteria line by line."""

    view: ProgrammeView
    kind: Text
    benefit: Text
    conditions: tuple[Text, ...]


def programme_page(view: ProgrammeView) -> ProgrammePage:
    """Return a scheme as the page shows it."""
    benefit = schemes.benefit(view.kind, view.terms)
    return ProgrammePage(view, schemes.KINDS[view.kind], benefit, conditions(view.criteria))


def conditions(criteria: Node) -> tuple[Text, ...]:
    """Return criteria as sentences: one a line where all of several must hold, else one."""
    nodes = criteria.children if isinstance(criteria, All) else (criteria,)
    return tuple(_line(node) for node in nodes)


def _line(node: Node) -> Text:
    """Return a condition as a sentence; a division's code is said by its name."""
    if isinstance(node, Atom) and node.fact.code == "district_code" and node.op in ("=", "starts_with"):
        place = registry.district_name(str(node.value).ljust(6, "0"))
        return Text("在{place}登记", "registered in {place}").format(place=place)
    return words.sentence(node)
