"""A firm as the taskforce sees it: register, facts with source and day, consents, demands, visits, what was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.audit import queries as audit
from huoshui.audit.queries import Entry
from huoshui.financing import queries as financing
from huoshui.portals.shared.firm import FactLine, fact_lines, register_lines
from huoshui.portals.shared.lines import Line
from huoshui.registry import queries
from huoshui.registry.queries import ConsentView


@dataclass(frozen=True, slots=True)
class EnterprisePage:
    """All of one firm."""

    id: int
    name: str
    invented: bool
    lines: tuple[Line, ...]
    facts: tuple[FactLine, ...]
    consents: tuple[ConsentView, ...]
    demands: tuple[Any, ...]
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
        demands=tuple(financing.demands(actor, enterprise=enterprise_id)[:20]) if reads_demands else (),
        visits=tuple(financing.visits(actor, enterprise=enterprise_id)[:20]),
        timeline=tuple(audit.timeline(f"enterprise:{enterprise_id}", audience="staff")[:30]),
        may_visit=actor.may(Permission.RECORD_VISIT),
        may_enter=actor.may(Permission.ENTER_DEMAND),
    )
