"""The rules of a day for the whole register: every product on offer, every published programme, every list."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping

from huoshui.catalogue import queries as catalogue
from huoshui.catalogue.offers import Offer
from huoshui.registry import queries as registry
from huoshui.rules.book import Book
from huoshui.rules.facts import Fact
from huoshui.rules.firm import Rule
from huoshui.rules.tree import All, Any_, Atom, Node, parse, to_json
from huoshui.screening.models import ListDefinition, ListRule

PRODUCT, SCHEME, LIST = "product:", "scheme:", "list:"


def gather(on: dt.date) -> Book:
    """Return the rules in force on *on*. Codes: "product:FS001", "scheme:SUB-1", "list:prospects"."""
    facts = registry.dictionary()
    rules = [*offer_rules(catalogue.offered_products(on), facts), *scheme_rules(on), *list_rules(facts)]
    return Book(tuple(sorted(rules, key=lambda rule: rule.code)), {})


def offer_rules(offers: Iterable[Offer], facts: Mapping[str, Fact]) -> list[Rule]:
    """Return what each product asks, its districts included."""
    return [
        Rule(
            f"{PRODUCT}{offer.code}",
            offer.name.zh,
            _within(offer, facts),
            rate_pct=offer.rate_pct,
            max_amount=int(offer.amount_max),
        )
        for offer in offers
    ]


def scheme_rules(on: dt.date) -> list[Rule]:
    """Return what each published programme asks."""
    return [
        Rule(f"{SCHEME}{each.code}", each.name.zh, each.criteria, source=each.document_no)
        for each in catalogue.published_programmes(on=on)
    ]


def list_rules(facts: Mapping[str, Fact]) -> list[Rule]:
    """Return the newest rule of each list in use."""
    rules = newest_rules(ListDefinition.objects.filter(active=True))
    return [
        Rule(
            f"{LIST}{each.definition.code}", each.definition.name, parse(each.criteria, facts), source=each.document_no
        )
        for each in rules
    ]


def newest_rules(definitions: Iterable[ListDefinition]) -> list[ListRule]:
    """Return the newest rule of each definition, in order of code."""
    found = ListRule.objects.filter(definition__in=definitions).select_related("definition")
    return list(found.order_by("definition__code", "-number").distinct("definition__code"))


def book_hash(book: Book) -> str:
    """Return the hash of everything in *book* that decides: codes, criteria, order of preference."""
    told = [[r.code, to_json(r.criteria), str(r.rate_pct), r.max_amount] for r in book.rules]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _within(offer: Offer, facts: Mapping[str, Fact]) -> Node:
    if not offer.districts:
        return offer.criteria
    place = facts["district_code"]
    where: tuple[Node, ...] = tuple(Atom(place, "starts_with", code) for code in offer.districts)
    return All((offer.criteria, where[0] if len(where) == 1 else Any_(where)))
