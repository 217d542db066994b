"""Exclusion lists between two editions: one firm is judged anew as soon as one of its facts changes."""

from __future__ import annotations

from collections.abc import Collection

from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.row_security import acting
from huoshui.audit.actions import record
from huoshui.kernel import clock
from huoshui.registry import queries as registry
from huoshui.rules.firm import Verdict, evaluate
from huoshui.rules.tree import facts_of, parse
from huoshui.screening import making, register_book
from huoshui.screening.actions_lead import withdraw_excluded
from huoshui.screening.models import ListChange, ListDefinition, ListRule


def follow(actor: Actor, enterprise_id: int, codes: Collection[str]) -> None:
    """Put the firm on, or take it off, each exclusion list that reads one of the facts *codes*.

    Runs inside the transaction of the change. Open leads of a firm that came onto a list are taken back from banks.
    """
    facts = registry.dictionary()
    with acting(SYSTEM):
        rules = register_book.newest_rules(ListDefinition.objects.filter(kind="exclusion", active=True))
        for rule in rules:
            node = parse(rule.criteria, facts)
            if read := sorted(facts_of(node) & set(codes)):
                known = registry.facts_for_rules(enterprise_id)
                listed = evaluate(node, known, as_of=clock.today()) is Verdict.YES
                _note(actor, rule, enterprise_id, str(known.get("district_code", "")), listed, read)


def _note(actor: Actor, rule: ListRule, firm: int, district: str, listed: bool, read: list[str]) -> None:
    definition = rule.definition
    if listed == making.on_list(definition, firm):
        return
    ListChange.objects.create(
        definition=definition,
        rule=rule,
        enterprise_id=firm,
        district_code=district,
        listed=listed,
        facts=read,
        made_at=clock.now(),
    )
    kind = "FIRM_EXCLUDED" if listed else "FIRM_NO_LONGER_EXCLUDED"
    name = {"zh": definition.name, "en": definition.name_en}
    version = f"{definition.code}/{rule.number}"
    record(actor, kind, ("enterprise", firm), facts={"name": name, "codes": read}, rule_version=version)
    if listed:
        withdraw_excluded([firm])
