"""A firm as the taskforce sees it: register, facts with source and day, consents, demands, visits, what was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.audit import queries as audit
from huoshui.audit.queries import Entry
from huoshui.financing import queries as financing
from huoshui.financing.demand_lifecycle import STATE_NAMES, State
from huoshui.kernel.text import Text
from huoshui.portals.shared.firm import FactLine, fact_lines, register_lines
from huoshui.portals.shared.lines import Line
from huoshui.registry import queries
from huoshui.registry.queries import ConsentView

SHOWN = 20


@dataclass(frozen=True, slots=True)
class DemandLine:
    """A demand of the firm in short; the amount in fen."""

    pk: int
    number: str
    amount: int
    state_name: Text


@dataclass(frozen=True, slots=True)
class EnterprisePage:
    """All of one firm."""

    id: int
    name: str
    invented: bool
    lines: tuple[Line, ...]
    facts: tuple[FactLine, ...]
    consents: tuple[ConsentView, ...]
    demands: tuple[DemandLine, ...]
    reads_demands: bool
    visits: tuple[Any, ...]
    timeline: tuple[Entry, ...]
    may_visit: bool
    may_enter: bool


def enterprise_page(actor: Actor, enterprise_id: int) -> EnterprisePage:
    """Return the page; the read is recorded by the register."""
    view = queries.enterprise(actor, enterprise_id, reason="case_work")
    reads_demands = actor.may(Permission.READ_DEMANDS)
    return EnterprisePage(
        id=view.id,
        name=view.name,
        invented=view.invented,
        lines=register_lines(view),
        facts=fact_lines(view),
        consents=tuple(queries.consents_of(enterprise_id)),
        demands=_demands(actor, enterprise_id) if reads_demands else (),
        reads_demands=reads_demands,
        visits=tuple(financing.visits(actor, enterprise=enterprise_id)[:20]),
        timeline=_timeline(enterprise_id),
        may_visit=actor.may(Permission.RECORD_VISIT),
        may_enter=actor.may(Permission.ENTER_DEMAND),
    )


def _demands(actor: Actor, enterprise_id: int) -> tuple[DemandLine, ...]:
    rows = financing.demands(actor, enterprise=enterprise_id)[:SHOWN]
    return tuple(DemandLine(row.pk, row.number, row.amount, STATE_NAMES[State(row.state)]) for row in rows)


def _timeline(enterprise_id: int) -> tuple[Entry, ...]:
    """Return what happened to the firm and who read it, newest first."""
    happened = audit.timeline(f"enterprise:{enterprise_id}", audience="staff")
    reads = audit.reads_of("enterprise", enterprise_id, kind="ENTERPRISE_READ")
    newest = sorted({entry.id: entry for entry in [*happened, *reads]}.values(), key=lambda entry: -entry.id)
    return tuple(newest[:SHOWN])
