"""How editions are made: all lists of a day from one pass over the snapshot, each written as its difference."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from django.db import connection
from django.db.models import F, QuerySet

from huoshui.access.actor import Actor
from huoshui.audit.actions import record
from huoshui.catalogue import queries as catalogue
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Stale
from huoshui.kernel.text import Text
from huoshui.registry import queries as registry
from huoshui.rules.firm import Rule
from huoshui.rules.tree import parse
from huoshui.screening import register_book
from huoshui.screening.membership import Flags, Ids, Population, fingerprint, judge_file
from huoshui.screening.models import ListChange, ListDefinition, ListEdition, ListMember, ListRule, Snapshot

_AT_ONCE = 50_000  # rows of one statement
_SHOWN = ("district_code", "industry_code", "size_class")
_NEW_MEMBERS = """
INSERT INTO screening_listmember (definition_id, enterprise_id, district_code, industry_code, size_class, since)
SELECT %s, firm, district, industry, size, number
FROM (SELECT %s::integer AS number) edition,
     unnest(%s::bigint[], %s::text[], %s::text[], %s::text[]) AS new (firm, district, industry, size)
"""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One list over one snapshot, before it is written: whom the rule takes."""

    rule: ListRule
    chosen: Flags
    unknown: int


def draw(path: Path, rules: Sequence[ListRule], *, as_of: dt.date) -> tuple[Population, list[Drawn]]:
    """Return the whole population and whom each of *rules* takes, exclusions and product fit applied."""
    facts = registry.dictionary()
    without = _exclusions(rules)
    offers = catalogue.offered_products(as_of) if any(each.needs_products for each in rules) else ()
    products = register_book.offer_rules((each for each in offers if each.kind == "loan"), facts)
    asked = [
        Rule(each.definition.code, each.definition.name, parse(each.criteria, facts)) for each in (*rules, *without)
    ]
    everybody = judge_file(path, [*{rule.code: rule for rule in asked}.values(), *products], facts, as_of=as_of)
    fits = everybody.how_many([rule.code for rule in products])
    return everybody, [_drawn(everybody, rule, fits) for rule in rules]


def _exclusions(rules: Sequence[ListRule]) -> list[ListRule]:
    codes = {code for rule in rules for code in rule.without}
    found = register_book.newest_rules(ListDefinition.objects.filter(code__in=codes))
    if missing := sorted(codes - {each.definition.code for each in found}):
        said = Text(f"排除名单不存在：{'、'.join(missing)}。", f"No such exclusion list: {', '.join(missing)}.")
        raise DomainError("no_exclusion", said, field="without", value=missing)
    return found


def _drawn(everybody: Population, rule: ListRule, fits: Ids) -> Drawn:
    code = rule.definition.code
    chosen = everybody.holds(code).copy()
    if rule.without:
        chosen &= ~everybody.any_of(rule.without)
    if rule.needs_products:
        chosen &= fits >= rule.needs_products
    return Drawn(rule, chosen, int(everybody.unknown[everybody.codes.index(code)].sum()))


def write(actor: Actor, everybody: Population, drawn: Drawn, snapshot: Snapshot) -> tuple[ListEdition, Ids]:
    """Write the next edition and how its members differ; return it with the numbers of the firms that came.

    Part of the caller's transaction. Raises Stale where another edition was made meanwhile.
    """
    definition, number = drawn.rule.definition, drawn.rule.definition.last_number + 1
    moved = ListDefinition.objects.filter(pk=definition.pk, last_number=number - 1).update(
        last_number=F("last_number") + 1
    )
    if moved != 1:
        raise Stale(what=definition.name)
    definition.last_number = number
    members, before = everybody.ids[drawn.chosen], members_of(definition.pk)
    came, went = np.setdiff1d(members, before), np.setdiff1d(before, members)
    _end(definition.pk, went, number - 1)
    _add(definition.pk, everybody, drawn.chosen & np.isin(everybody.ids, came), number)
    edition = ListEdition.objects.create(
        definition=definition,
        number=number,
        rule=drawn.rule,
        snapshot=snapshot,
        as_of=snapshot.as_of,
        firms=len(everybody.ids),
        count=len(members),
        unknown=drawn.unknown,
        came=len(came),
        went=len(went),
        figures=_figures(everybody, drawn.chosen),
        members_sha256=fingerprint(members),
        made_by=str(actor.person_id or "system"),
        made_at=clock.now(),
    )
    facts = {"name": definition.name, "number": number, "count": len(members), "came": len(came), "went": len(went)}
    record(
        actor, "LIST_MADE", ("list", definition.pk), facts=facts, rule_version=f"{definition.code}/{drawn.rule.number}"
    )
    return edition, came


def members_of(definition_id: int, *, number: int | None = None) -> Ids:
    """Return the numbers of the firms on a list now, or in edition *number*; ascending."""
    rows = ListMember.objects.filter(definition_id=definition_id)
    rows = rows.filter(until__isnull=True) if number is None else within(rows, number)
    found = rows.order_by().values_list("enterprise_id", flat=True).iterator(chunk_size=_AT_ONCE)
    return np.sort(np.fromiter(found, np.int64))


def within(rows: QuerySet[ListMember], number: int) -> QuerySet[ListMember]:
    """Narrow *rows* of one list to the members of edition *number*."""
    return rows.filter(since__lte=number).exclude(until__lt=number)


def _figures(everybody: Population, chosen: Flags) -> dict[str, dict[str, int]]:
    return {
        "district": everybody.tally("district_code", chosen),
        "section": everybody.tally("industry_code", chosen, first=1),
        "size": everybody.tally("size_class", chosen),
    }


def _end(definition_id: int, went: Ids, last: int) -> None:
    for start in range(0, len(went), _AT_ONCE):
        gone = went[start : start + _AT_ONCE].tolist()
        rows = ListMember.objects.filter(definition_id=definition_id, until__isnull=True, enterprise_id__in=gone)
        rows.update(until=last)


def _add(definition_id: int, everybody: Population, new: Flags, number: int) -> None:
    """Insert rather than COPY: the web role's row security allows no COPY."""
    places = np.flatnonzero(new)
    for start in range(0, len(places), _AT_ONCE):
        some = places[start : start + _AT_ONCE]
        with connection.cursor() as cursor:
            cursor.execute(
                _NEW_MEMBERS,
                [
                    definition_id,
                    number,
                    everybody.ids[some].tolist(),
                    *(everybody.texts(each, some) for each in _SHOWN),
                ],
            )


def excluded_all() -> Ids:
    """Return the numbers of the firms on any exclusion list now, changes since the last edition included; ascending."""
    lists = ListDefinition.objects.filter(kind="exclusion", active=True)
    found = [_now_on(each) for each in lists]
    return np.unique(np.concatenate(found)) if found else np.zeros(0, np.int64)


def _now_on(definition: ListDefinition) -> Ids:
    moved = dict(changes_since(definition).order_by("id").values_list("enterprise_id", "listed"))  # the last one counts
    on = np.array([firm for firm, listed in moved.items() if listed], np.int64)
    off = np.array([firm for firm, listed in moved.items() if not listed], np.int64)
    return np.union1d(np.setdiff1d(members_of(definition.pk), off), on)


def changes_since(definition: ListDefinition) -> QuerySet[ListChange]:
    """Return what single firms changed on a list since the snapshot of its newest edition."""
    last = ListEdition.objects.filter(definition=definition).order_by("-number")
    taken = last.values_list("snapshot__taken_at", flat=True).first()
    rows = ListChange.objects.filter(definition=definition)
    return rows.filter(made_at__gt=taken) if taken else rows


def on_list(definition: ListDefinition, enterprise_id: int) -> bool:
    """Return whether a firm is on a list now, changes since the last edition included."""
    moved = changes_since(definition).filter(enterprise_id=enterprise_id).order_by("-id")
    listed: bool | None = moved.values_list("listed", flat=True).first()
    if listed is not None:
        return listed
    held = ListMember.objects.filter(definition=definition, enterprise_id=enterprise_id, until__isnull=True)
    return bool(held.exists())
