"""What a firm may have today: offers, near misses and schemes, from what the register knows of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from huoshui.access import row_security
from huoshui.access.actor import SYSTEM, Actor
from huoshui.catalogue import queries as catalogue
from huoshui.catalogue.offers import Offer
from huoshui.financing import ask as asking
from huoshui.financing import matching
from huoshui.financing.matching import Facts, Matches
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
    offers = catalogue.offered_products(on, district=district or None)
    return _RECENT.find(offers, facts, wanted, on)


class _Recent:
    """The last answers: the same offers, policy, facts and request have the same matches, so they are found once.

    An answer is used only while the catalogue gives the very objects it was computed from, which it does until a table
    changes; the objects are held with it, so that their identities are not given to others.
    """

    MOST = 200

    def __init__(self) -> None:
        self._held: dict[tuple[Any, ...], tuple[tuple[Any, ...], Matches]] = {}

    def find(self, offers: tuple[Offer, ...], facts: Facts, wanted: matching.Ask, on: dt.date) -> Matches:
        """Return the matches, computed where they are not among the last."""
        programmes, remedies = catalogue.published_programmes(None, on), catalogue.remedies()
        count = DayCount(catalogue.parameter("loan.day_count"))
        given = (offers, programmes, remedies)
        key = (repr(sorted(facts.items())), wanted, on, count)
        held = self._held.get(key)
        if held is not None and all(old is new or old == new for old, new in zip(held[0], given, strict=True)):
            return held[1]
        matches = matching.match(offers, programmes, facts, wanted, on, remedies=remedies, day_count=count)
        if len(self._held) >= self.MOST:
            self._held.clear()
        self._held[key] = (given, matches)
        return matches


_RECENT = _Recent()
