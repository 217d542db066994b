"""How an act on a bridge advance is written: locked, changed by compare-and-set, recorded, told."""

from __future__ import annotations

from typing import Any

from django.db.models import F

from huoshui.access import actions as access
from huoshui.access.actor import Actor
from huoshui.audit.actions import record
from huoshui.funds import bridge_lifecycle as lifecycle
from huoshui.funds.bridge_lifecycle import Act, Facts, State
from huoshui.funds.models.bridge import BridgeAdvance
from huoshui.funds.perform import plain
from huoshui.kernel import clock
from huoshui.kernel.errors import Stale
from huoshui.kernel.money import human


def lock_advance(row: BridgeAdvance) -> None:
    """Hold the row to the end of the transaction, as it was seen: acts on one advance follow one another."""
    same = BridgeAdvance.objects.select_for_update().filter(pk=row.pk, version=row.version)
    if same.values_list("pk", flat=True).first() is None:
        raise Stale(what="bridgeadvance")


def overdue(row: BridgeAdvance) -> bool:
    """Return whether the due day of an advance has passed."""
    return row.due_on is not None and clock.today() > row.due_on


def facts_of(row: BridgeAdvance, *, reason: str = "", whole: bool = True, moved: bool = False) -> Facts:
    """Return what the lifecycle's guards look at."""
    return Facts(
        reserved_by=row.reserved_by_id, reason=reason, overdue=overdue(row), whole=whole,
        approved=row.advanced_by_id is not None, moved=moved,
    )  # fmt: skip


def move(
    actor: Actor,
    row: BridgeAdvance,
    act: Act,
    said: dict[str, Any],
    *,
    facts: Facts | None = None,
    reason: str = "",
    **changes: Any,
) -> None:
    """Change the row where it still is as seen, exactly one, and record the event."""
    given = facts or facts_of(row, reason=reason)
    to = lifecycle.target(row.state, act, given)
    if to in lifecycle.CLOSED_STATES:
        changes |= {"closed_at": clock.now(), "close_reason": reason}
    same = BridgeAdvance.objects.filter(pk=row.pk, state=row.state, version=row.version)
    if same.update(state=to, version=F("version") + 1, **changes) != 1:
        raise Stale(what="bridgeadvance")
    log(actor, lifecycle.TRANSITIONS[State(row.state), act].event, row, said, reason=reason)
    row.refresh_from_db()


def log(actor: Actor, kind: str, row: BridgeAdvance, said: dict[str, Any], *, reason: str = "") -> None:
    """Record what happened to an advance."""
    facts = {"number": row.number, **said}
    record(actor, kind, ("bridge", row.pk), topic=f"bridge:{row.pk}", facts=facts, reason=reason)


def tell_firm(actor: Actor, row: BridgeAdvance, template: str, said: dict[str, Any]) -> None:
    """Tell the firm."""
    facts = plain({"number": row.number, "amount": human(row.amount), **said})
    access.notify(actor, template=template, facts=facts, link=f"/my/bridge/{row.pk}/", enterprise_id=row.enterprise_id)


def tell_bank(actor: Actor, row: BridgeAdvance, template: str, said: dict[str, Any]) -> None:
    """Tell the branch that holds the loan."""
    facts = plain({"number": row.number, "amount": human(row.amount), **said})
    access.notify(actor, template=template, facts=facts, link=f"/bank/bridge/{row.pk}/", organisation_id=branch_of(row))


def branch_of(row: BridgeAdvance) -> int:
    """Return the organisation that holds the loan and is paid."""
    return int(row.bank_path.strip("/").split("/")[-1])
