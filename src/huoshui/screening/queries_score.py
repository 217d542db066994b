"""The thin-file score of a firm, for those who may see it. Reading it is recorded."""

from __future__ import annotations

from collections.abc import Collection

from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.roles import Permission
from huoshui.access.row_security import acting
from huoshui.audit.actions import record
from huoshui.catalogue import queries as catalogue
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text
from huoshui.registry import queries as registry
from huoshui.screening.score import Assessment, assess, shipped
from huoshui.screening.score_features import FEATURES, from_facts

_INSTITUTIONS = ("bank", "guarantor")


def shown_to(actor: Actor) -> bool:
    """Return whether *actor* may see scores at all: the platform's officers; banks only where the city turned them on."""
    if actor.org_kind in _INSTITUTIONS:
        return str(catalogue.parameter("score.shown_to_banks")) == "on" and actor.may(Permission.READ_CASES)
    return actor.kind == "system" or actor.may(Permission.READ_REGISTER)


def assessment(actor: Actor, enterprise_id: int) -> Assessment | None:
    """Return the firm's score, None where too little is known. Raises DomainError as assessments() does."""
    return assessments(actor, [enterprise_id])[enterprise_id]


def assessments(actor: Actor, enterprise_ids: Collection[int]) -> dict[int, Assessment | None]:
    """Return the score of each firm; a bank's is made only of what the firm lets it read.

    Raises DomainError where *actor* may not see scores. Who may see the firms themselves is the caller's to have asked.
    """
    if not shown_to(actor):
        raise DomainError("not_permitted", Text("您不能查看评分。", "You may not see scores."))
    card, known = shipped(), _facts(actor, enterprise_ids)
    found = {firm: assess(from_facts(known.get(firm, {})), card) for firm in enterprise_ids}
    if actor.kind != "system" and any(found.values()):
        facts = {"count": len(found), "enterprises": sorted(found)[:500]}
        record(actor, "SCORE_READ", ("register", "scores"), facts=facts, rule_version=card.version)
    return found


def _facts(actor: Actor, enterprise_ids: Collection[int]) -> dict[int, dict[str, object]]:
    with acting(SYSTEM):
        known = registry.facts_of_many(enterprise_ids)
    if actor.org_kind not in _INSTITUTIONS:
        return known
    readable = registry.readable_kinds(actor.org_path, enterprise_ids)
    facts = registry.dictionary()
    needed = {each.fact: registry.kind_of(facts[each.fact].source, each.fact) for each in FEATURES if each.fact}
    return {
        firm: {code: value for code, value in told.items() if needed.get(code) in readable[firm]}
        for firm, told in known.items()
    }
