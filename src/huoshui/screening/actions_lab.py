"""What can be done in the policy lab: keep a rule in the making as a numbered version, drop a draft, ask for a snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.db import transaction
from django.db.models import F
from procrastinate.exceptions import AlreadyEnqueued

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.audit import actions as audit
from huoshui.catalogue import criteria as reading
from huoshui.catalogue.schemes import KINDS
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Problem, Refused, Stale
from huoshui.kernel.text import Text
from huoshui.screening import tasks
from huoshui.screening.models_lab import PolicyDraft, PolicyDraftVersion

MOST_NAME, MOST_NOTE = 100, 200


@transaction.atomic
def save_draft(
    actor: Actor,
    *,
    name: str,
    criteria: dict[str, Any],
    draft_id: int | None = None,
    seen_number: int | None = None,
    base: str = "",
    kind: str = "",
    terms: Mapping[str, Any] | None = None,
    assumptions: Mapping[str, Any] | None = None,
    note: str = "",
    snapshot: str = "",
    figures: Mapping[str, Any] | None = None,
) -> tuple[int, int]:
    """Keep a rule in the making; return the draft's id and the number of the new version.

    *draft_id* None starts a draft. *seen_number*: the newest version that was seen; Stale where there is a newer one.
    Only colleagues of the office that started a draft add versions to it. Raises Refused with every problem.
    """
    _require(actor)
    assert actor.person_id, "who may use the lab is a person"
    assert actor.organisation_id, "of an office"
    draft = _open_draft(draft_id) if draft_id is not None else None
    if problems := _problems(actor, draft, name, kind, note, criteria):
        raise Refused(problems)
    if draft is None:
        draft = PolicyDraft.objects.create(
            name=name.strip(),
            base=base,
            kind=kind,
            owner_id=actor.person_id,
            organisation_id=actor.organisation_id,
            started_at=clock.now(),
        )
    number = _next_number(draft, seen_number, name.strip())
    PolicyDraftVersion.objects.create(
        draft=draft,
        number=number,
        criteria=criteria,
        terms=dict(terms or {}),
        assumptions=dict(assumptions or {}),
        note=note.strip(),
        snapshot=snapshot,
        figures=dict(figures or {}),
        saved_by_id=actor.person_id,
        saved_at=clock.now(),
    )
    facts = {
        "name": name.strip(),
        "number": number,
        "yes": (figures or {}).get("yes", "—"),
        "snapshot": snapshot[:12] or "—",
    }
    audit.record(actor, "LAB_DRAFT_SAVED", ("policy_draft", draft.pk), topic=f"policy_draft:{draft.pk}", facts=facts)
    return draft.pk, number


@transaction.atomic
def drop_draft(actor: Actor, *, draft_id: int) -> None:
    """Take a draft off the list; its versions stay on record. Only by colleagues of the office that started it."""
    _require(actor)
    draft = _open_draft(draft_id)
    if problem := _foreign(actor, draft):
        raise Refused([problem])
    if PolicyDraft.objects.filter(pk=draft.pk, dropped_at=None).update(dropped_at=clock.now()) != 1:
        raise Stale(what="policy_draft")
    topic = f"policy_draft:{draft.pk}"
    audit.record(actor, "LAB_DRAFT_DROPPED", ("policy_draft", draft.pk), topic=topic, facts={"name": draft.name})


@transaction.atomic
def ask_for_snapshot(actor: Actor) -> None:
    """Have the worker write the register anew; asking twice while it works is asking once."""
    _require(actor)
    with suppress(AlreadyEnqueued), transaction.atomic():
        tasks.refresh_lab.defer()
    audit.record(actor, "LAB_SNAPSHOT_ASKED", ("snapshot", "lab"))


def _require(actor: Actor) -> None:
    if not actor.may(Permission.USE_POLICY_LAB):
        raise DomainError("not_permitted", Text("您没有使用政策测算的权限。", "You may not use the policy lab."))


def _open_draft(draft_id: int) -> PolicyDraft:
    found = PolicyDraft.objects.filter(pk=draft_id, dropped_at=None).first()
    if found is None:
        said = Text("没有这个测算草稿，可能已被删除。", "There is no such draft; it may have been dropped.")
        raise DomainError("policy_draft_unknown", said, field="draft", value=draft_id)
    return found


def _foreign(actor: Actor, draft: PolicyDraft) -> Problem | None:
    if draft.organisation_id == actor.organisation_id:
        return None
    said = Text("这是其他单位的草稿。", "This draft belongs to another office.")
    remedy = Text("请以它为起点另存为自己的草稿。", "Start a draft of your own from it.")
    return Problem("policy_draft_foreign", said, "draft", draft.pk, remedy)


def _problems(
    actor: Actor, draft: PolicyDraft | None, name: str, kind: str, note: str, criteria: dict[str, Any]
) -> list[Problem]:
    problems = list(reading.problems(criteria))
    if not name.strip() or len(name.strip()) > MOST_NAME:
        said = Text(f"请填写草稿名称，不超过 {MOST_NAME} 字。", f"Name the draft in at most {MOST_NAME} characters.")
        problems.append(Problem("name", said, "name", name))
    if len(note.strip()) > MOST_NOTE:
        problems.append(
            Problem("note", Text(f"说明不超过 {MOST_NOTE} 字。", f"At most {MOST_NOTE} characters."), "note", note)
        )
    if kind and kind not in KINDS:
        problems.append(
            Problem("kind", Text("没有这种政策类型。", "There is no such kind of programme."), "kind", kind)
        )
    if draft is not None and (foreign := _foreign(actor, draft)):
        problems.append(foreign)
    return problems


def _next_number(draft: PolicyDraft, seen: int | None, name: str) -> int:
    expected = draft.last_number if seen is None else seen
    same = PolicyDraft.objects.filter(pk=draft.pk, last_number=expected, dropped_at=None)
    if same.update(last_number=F("last_number") + 1, name=name) != 1:
        raise Stale(what="policy_draft")
    return expected + 1
