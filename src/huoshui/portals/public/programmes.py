"""Public schemes for a visitor: what each gives, who fits, from which document."""

from __future__ import annotations

from dataclasses import dataclass

from huoshui.catalogue import schemes
from huoshui.catalogue.offers import ProgrammeView
from huoshui.kernel.text import Text
from huoshui.rules import words
from huoshui.rules.tree import All, Node


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
    return tuple(words.sentence(node) for node in nodes)
