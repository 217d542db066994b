"""Drafts of the policy lab as their list shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from huoshui.catalogue.schemes import KINDS
from huoshui.kernel.text import Text
from huoshui.screening.queries_lab import Draft, DraftVersion


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft with its newest version's figures; *kind* in words."""

    draft: Draft
    newest: DraftVersion
    kind: Text | None
    yes: Any
    lent: Any
    cost: Any


def line(draft: Draft) -> DraftLine:
    """Return *draft* as a line."""
    figures = draft.newest.figures
    return DraftLine(draft, draft.newest, KINDS.get(draft.kind), *map(figures.get, ("yes", "lent", "cost")))


def version_choices(drafts: list[Draft]) -> list[tuple[str, str]]:
    """Return every saved version for a select, by draft, newest first."""
    return [
        (f"draft:{draft.id}:{version.number}", f"{draft.name} · v{version.number}")
        for draft in drafts
        for version in draft.versions
    ]
