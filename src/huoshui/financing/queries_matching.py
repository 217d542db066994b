"""What a firm may have today: offers, near misses and schemes, from what the register knows of it."""

from __future__ import annotations

from huoshui.access import row_security
from huoshui.access.actor import SYSTEM, Actor
from huoshui.catalogue import queries as catalogue
from huoshui.financing import ask as asking
from huoshui.financing import matching
from huoshui.financing.matching import Matches
from huoshui.kernel import clock
from huoshui.kernel.daycount import DayCount
from huoshui.kernel.errors import DomainError
from huoshui.kernel.money import Fen
from huoshui.kernel.text import Text
from huoshui.registry import queries as registry


def matches_for(actor: Actor, *, enterprise_id: int, ask: matching.Ask | asking.Ask) -> Matches:
    """Return what the firm may have for *ask*; its own people and staff who enter demands may ask.

    Where *ask* names no district, the firm's own is meant. Facts are read as the platform; only reasons are shown.
    """
    if actor.kind == "owner" and enterprise_id not in actor.enterprise_ids:
        words = Text("没有这个企业，或您不能代表它。", "No such firm, or you do not act for it.")
        raise DomainError("no_enterprise", words, field="enterprise_id", value=enterprise_id)
    if actor.kind == "owner" or actor.kind == "system":
        facts = registry.facts_for_rules(enterprise_id)
    else:
        with row_security.acting(SYSTEM):
            facts = registry.facts_for_rules(enterprise_id)
    on = clock.today()
    district = ask.district or str(facts.get("district_code", ""))
    wanted = matching.Ask(Fen(ask.amount), ask.term_months, ask.purpose, tuple(ask.collateral), district)
    return matching.match(
        catalogue.offered_products(on, district=district or None),
        catalogue.published_programmes(None, on),
        facts,
        wanted,
        on,
        remedies=catalogue.remedies(),
        day_count=DayCount(catalogue.parameter("loan.day_count")),
    )
