"""How one firm stands to the lists that bring it offers: key enterprises and prospects."""

from __future__ import annotations

from dataclasses import dataclass

from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.row_security import acting
from huoshui.catalogue import criteria as reading
from huoshui.catalogue import queries as catalogue
from huoshui.financing.matching import Step, stands
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text
from huoshui.registry import queries as registry
from huoshui.rules.firm import Verdict
from huoshui.screening.models_list import ListDefinition, ListRule
from huoshui.screening.register_book import newest_rules

KINDS = ("key_enterprise", "prospects")


@dataclass(frozen=True, slots=True)
class ListFit:
    """A list, whether the firm would be on it today, and the single steps each of which would bring it there."""

    code: str
    name: Text
    verdict: Verdict
    steps: tuple[Step, ...]


def lists_for(actor: Actor, *, enterprise_id: int, products: int) -> list[ListFit]:
    """Return the lists that the firm is on or one step from, for its own people. *products*: how many fit it, which some
    lists ask for. Lists are left out where another list (of dishonest debtors, say) keeps the firm from them.
    """
    if enterprise_id not in actor.enterprise_ids and actor is not SYSTEM:
        words = Text("没有这个企业，或您不能代表它。", "No such firm, or you do not act for it.")
        raise DomainError("no_enterprise", words, field="enterprise_id", value=enterprise_id)
    facts, on, remedies = registry.facts_for_rules(enterprise_id), clock.today(), catalogue.remedies()
    with acting(SYSTEM):
        rules = {row.definition.code: row for row in newest_rules(ListDefinition.objects.filter(active=True))}

    def verdict_on(row: ListRule) -> tuple[Verdict, tuple[Step, ...]]:
        return stands(reading.read(row.criteria), facts, on, remedies=remedies)

    kept_from = {code for code, row in rules.items() if verdict_on(row)[0] is Verdict.YES}
    found = []
    for code, row in rules.items():
        listed = row.definition
        if listed.kind not in KINDS or kept_from & set(row.without) or products < row.needs_products:
            continue
        verdict, steps = verdict_on(row)
        if verdict is Verdict.YES or steps:
            found.append(ListFit(code, Text(listed.name, listed.name_en), verdict, steps))
    return found
