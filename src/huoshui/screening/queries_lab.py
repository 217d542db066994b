"""What can be asked of the policy lab: drafts and their versions, and the effect of a rule on the current snapshot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.catalogue import criteria as reading
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text
from huoshui.screening import lab_snapshot
from huoshui.screening.lab import Effect
from huoshui.screening.lab_snapshot import Ground
from huoshui.screening.models_lab import PolicyDraft, PolicyDraftVersion
from huoshui.screening.models_list import ListDefinition
from huoshui.screening.register_book import newest_rules

TRIES = (Permission.USE_POLICY_LAB, Permission.EDIT_PROGRAMMES, Permission.EDIT_PRODUCTS)


@dataclass(frozen=True, slots=True)
class DraftVersion:
    """One saved version. *figures*: yes, no, unknown, and loans, lent, cost (fen) where money was reckoned."""

    id: int
    number: int
    criteria: dict[str, Any]
    terms: Mapping[str, Any]
    assumptions: Mapping[str, Any]
    note: str
    snapshot: str
    figures: Mapping[str, Any]
    saved_by: str
    saved_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft with its versions, newest first. *own*: this reader's office may add versions."""

    id: int
    name: str
    base: str
    kind: str
    owner: str
    office: str
    own: bool
    last_number: int
    versions: tuple[DraftVersion, ...]

    @property
    def newest(self) -> DraftVersion:
        """Return the version saved last."""
        return self.versions[0]

    def version(self, number: int) -> DraftVersion:
        """Return version *number*. Raises DomainError where there is none."""
        found = next((each for each in self.versions if each.number == number), None)
        if found is None:
            said = Text("没有这个版本。", "There is no such version.")
            raise DomainError("policy_draft_unknown", said, field="number", value=number)
        return found


def drafts(actor: Actor) -> list[Draft]:
    """Return every draft, the one saved last first. Raises DomainError for people without the lab."""
    _require(actor)
    rows = _rows().filter(dropped_at=None)
    found = [_view(actor, row) for row in rows]
    return sorted(found, key=lambda draft: draft.newest.saved_at, reverse=True)


def draft(actor: Actor, draft_id: int) -> Draft:
    """Return one draft. Raises DomainError where there is none."""
    _require(actor)
    row = _rows().filter(pk=draft_id, dropped_at=None).first()
    if row is None:
        said = Text("没有这个测算草稿，可能已被删除。", "There is no such draft; it may have been dropped.")
        raise DomainError("policy_draft_unknown", said, field="draft", value=draft_id)
    return _view(actor, row)


@dataclass(frozen=True, slots=True)
class ListRuleView:
    """The newest rule of a list: who is on it."""

    code: str
    name: Text
    number: int
    criteria: dict[str, Any]


def list_rules(actor: Actor) -> list[ListRuleView]:
    """Return the newest rule of every list in use, by code."""
    _require(actor)
    rows = newest_rules(ListDefinition.objects.filter(active=True))
    found = [
        ListRuleView(row.definition.code, Text(row.definition.name, row.definition.name_en), row.number, row.criteria)
        for row in rows
    ]
    return sorted(found, key=lambda each: each.code)


def effect(
    actor: Actor, criteria: dict[str, Any], base: dict[str, Any] | None = None, *, as_of: dt.date | None = None
) -> tuple[Effect, Ground] | None:
    """Return what *criteria* do to the current snapshot beside *base*, and which snapshot; None where there is none.

    For people who try rules: the lab's, writers of programmes, banks' writers of products (who are shown counts only).
    Raises Refused with every problem of either tree.
    """
    if not any(actor.may(permission) for permission in TRIES):
        raise DomainError("not_permitted", Text("您没有测算的权限。", "You may not try rules."))
    after = reading.read(criteria)
    before = None if base is None else reading.read(base)
    opened = lab_snapshot.lab()
    if opened is None:
        return None
    lab, ground = opened
    return lab.effect(after, before, as_of=as_of or clock.today()), ground


def _require(actor: Actor) -> None:
    if not actor.may(Permission.USE_POLICY_LAB):
        raise DomainError("not_permitted", Text("您没有使用政策测算的权限。", "You may not use the policy lab."))


def _rows() -> Any:
    return PolicyDraft.objects.select_related("owner", "organisation").prefetch_related("versions__saved_by")


def _view(actor: Actor, row: PolicyDraft) -> Draft:
    versions = sorted(row.versions.all(), key=lambda each: -each.number)
    return Draft(
        id=row.pk,
        name=row.name,
        base=row.base,
        kind=row.kind,
        owner=row.owner.name,
        office=row.organisation.name,
        own=row.organisation_id == actor.organisation_id,
        last_number=row.last_number,
        versions=tuple(_version(each) for each in versions),
    )


def _version(row: PolicyDraftVersion) -> DraftVersion:
    return DraftVersion(
        id=row.pk,
        number=row.number,
        criteria=row.criteria,
        terms=row.terms,
        assumptions=row.assumptions,
        note=row.note,
        snapshot=row.snapshot,
        figures=row.figures,
        saved_by=row.saved_by.name,
        saved_at=row.saved_at,
    )
