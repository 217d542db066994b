"""Writes down what a push handed out and whom nobody could take."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from huoshui.access.actor import Actor
from huoshui.audit.actions import record
from huoshui.kernel import clock
from huoshui.screening.left_over import Why
from huoshui.screening.models import LeadPush, LeadWaiting, ListEdition

_AT_ONCE = 50_000  # rows of one statement
_WAIT = """
INSERT INTO screening_leadwaiting
       (definition_id, enterprise_id, district_code, industry_code, size_class, reason, since)
SELECT %s, firm, district, industry, size, reason, %s
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[]) AS new (firm, district, industry, size, reason)
ON CONFLICT (definition_id, enterprise_id) DO UPDATE
   SET district_code = EXCLUDED.district_code, industry_code = EXCLUDED.industry_code, size_class = EXCLUDED.size_class,
       reason = EXCLUDED.reason,
       since = CASE WHEN screening_leadwaiting.reason = EXCLUDED.reason THEN screening_leadwaiting.since
                    ELSE EXCLUDED.since END
"""


@dataclass(frozen=True, slots=True)
class Left:
    """A firm that no bank can take now."""

    enterprise_id: int
    district_code: str
    industry_code: str
    size_class: str
    why: Why


def keep_waiting(
    actor: Actor,
    edition: ListEdition,
    left: Sequence[Left],
    *,
    only: Collection[int] | None,
    districts: Collection[str],
) -> None:
    """Let the firms *left* wait, and no others of those that were tried (*only*, or all of *districts*).

    Part of the push's transaction. A firm that waits for the same reason as before waits since then.
    """
    tried = LeadWaiting.objects.filter(definition_id=edition.definition_id)
    if only is not None:
        tried = tried.filter(enterprise_id__in=list(only))
    elif districts:
        tried = tried.filter(district_code__in=list(districts))
    still = {each.enterprise_id for each in left}
    gone = [pk for pk, firm in tried.values_list("pk", "enterprise_id") if firm not in still]
    for start in range(0, len(gone), _AT_ONCE):
        LeadWaiting.objects.filter(pk__in=gone[start : start + _AT_ONCE]).delete()
    for start in range(0, len(left), _AT_ONCE):
        _write(edition.definition_id, left[start : start + _AT_ONCE])
    if left:
        facts = {"name": edition.definition.name, "count": len(left)}
        record(actor, "LEADS_LEFT", ("list", edition.definition_id), facts=facts)


def _write(definition_id: int, some: Sequence[Left]) -> None:
    columns: list[list[Any]] = [
        [each.enterprise_id for each in some],
        [each.district_code for each in some],
        [each.industry_code for each in some],
        [each.size_class for each in some],
        [each.why.value for each in some],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_WAIT, [definition_id, clock.now(), *columns])


def note_push(
    actor: Actor, edition: ListEdition, *, given: Collection[int], left: int, open_after: Sequence[int]
) -> None:
    """Keep what the push came to; firms given wait on no list any more."""
    LeadWaiting.objects.filter(enterprise_id__in=list(given)).delete()
    LeadPush.objects.create(
        definition_id=edition.definition_id,
        edition=edition,
        given=len(given),
        left=left,
        open_branches=list(open_after),
        made_by=str(actor.person_id or "system"),
        made_at=clock.now(),
    )
