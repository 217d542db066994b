"""What can be asked of lists, leads and runs. Values are frozen; rows are scoped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, When

from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.roles import Permission
from huoshui.access.row_security import acting
from huoshui.access.scope import scope
from huoshui.financing import queries as financing
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text
from huoshui.registry import queries as registry
from huoshui.rules import words
from huoshui.rules.firm import Trace, Verdict, explain
from huoshui.rules.tree import Atom, Not, facts_of, parse
from huoshui.screening import making, snapshots
from huoshui.screening.lead_lifecycle import WAITING
from huoshui.screening.list_kinds import KINDS, PUSHED
from huoshui.screening.membership import facts_in
from huoshui.screening.models import Lead, ListDefinition, ListEdition, ListMember, ListRule

_GRANTED = ("granted", "contracted", "lending", "lent", "settled")
_LENT = ("lending", "lent", "settled")
# the day a bank's word is owed; none once the lead is closed or applied for
ANSWER_BY = Case(When(state__in=WAITING, then=F("due_on")))
_CHANGES = 50  # shown of what changed since an edition


STAGES = {
    "pushed": Text("已推送", "Pushed"),
    "contacted": Text("已联系", "Contacted"),
    "applied": Text("已申请", "Applied"),
    "granted": Text("已授信", "Granted"),
    "lent": Text("已放贷", "Lent"),
}


@dataclass(frozen=True, slots=True)
class Conversion:
    """What came of an edition's leads: firms at each step."""

    pushed: int
    contacted: int
    applied: int
    granted: int
    lent: int
    refused: int
    recalled: int

    def steps(self) -> tuple[tuple[str, Text, int], ...]:
        """Return the steps with their codes, in words, the widest first."""
        return tuple((code, name, getattr(self, code)) for code, name in STAGES.items())


@dataclass(frozen=True, slots=True)
class EditionView:
    """An edition as one reader may see it: counts and figures are those of the reader's district."""

    id: int
    list_id: int
    code: str
    kind: str
    kind_name: Text
    name: Text
    source: str
    schedule: str
    number: int
    last_number: int
    as_of: dt.date
    made_at: dt.datetime
    firms: int
    count: int
    unknown: int
    came: int
    went: int
    whole: bool  # the reader sees the whole city
    figures: Mapping[str, Mapping[str, int]]
    rule_number: int
    rule: Text
    without: tuple[Text, ...]
    needs_products: int
    document_no: str
    snapshot: str
    members_sha256: str
    pushed: bool  # banks may be given this kind


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A firm that came onto a list (*listed*), or left it, between two editions, and the facts that changed."""

    enterprise_id: int
    name: str
    listed: bool
    facts: tuple[Text, ...]
    made_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Reason:
    """A line of the evidence of one firm: *depth* of the condition, what it asks, what was read, how it came out."""

    depth: int
    asked: Text
    read: Text | None
    verdict: Verdict

    @property
    def tone(self) -> str:
        """Return the colour of the verdict."""
        return {Verdict.YES: "green", Verdict.NO: "red"}.get(self.verdict, "yellow")


def definitions(actor: Actor) -> QuerySet[ListDefinition]:
    """Return the lists in use; nobody else than their readers sees any."""
    if actor.kind != "system" and (actor.org_kind == "bank" or not _reads(actor)):
        return ListDefinition.objects.none()
    return ListDefinition.objects.filter(active=True).order_by("id")


def _reads(actor: Actor) -> bool:
    return actor.may(Permission.READ_LISTS) or actor.may(Permission.MANAGE_LISTS)


def newest(actor: Actor) -> dict[int, ListEdition]:
    """Return each list's newest edition."""
    rows = ListEdition.objects.filter(definition__in=definitions(actor)).order_by("definition_id", "-number")
    return {each.definition_id: each for each in rows.distinct("definition_id")}


def count_for(actor: Actor, edition: ListEdition) -> int:
    """Return how many firms of an edition are in the reader's district."""
    return sum(_own(actor, edition.figures.get("district", {})).values()) if actor.district else edition.count


def _own(actor: Actor, by_district: Mapping[str, int]) -> dict[str, int]:
    return {code: count for code, count in by_district.items() if code.startswith(actor.district)}


def edition(actor: Actor, list_id: int, number: int | None = None) -> EditionView | None:
    """Return an edition of a list, the newest unless *number* is given; None before the first. DomainError: no list."""
    held = definitions(actor).filter(pk=list_id).first()
    if held is None:
        raise DomainError("no_list", Text("没有这个名单。", "There is no such list."), field="list", value=list_id)
    rows = ListEdition.objects.filter(definition=held, number=number or held.last_number)
    found = rows.select_related("definition", "rule", "snapshot").first()
    if found is None and number:
        said = Text("没有这一期名单。", "There is no such edition.")
        raise DomainError("no_edition", said, field="edition", value=number)
    return _view(actor, found) if found else None


def editions(actor: Actor, list_id: int) -> list[ListEdition]:
    """Return the editions of a list, newest first, the last thirty."""
    rows = ListEdition.objects.filter(definition__in=definitions(actor), definition_id=list_id)
    return list(rows.order_by("-number")[:30])


def _view(actor: Actor, found: ListEdition) -> EditionView:
    held, rule = found.definition, found.rule
    whole = not actor.district or sum(_own(actor, found.figures["district"]).values()) == found.count
    own = {"district": _own(actor, found.figures["district"])}
    return EditionView(
        id=found.pk,
        list_id=held.pk,
        code=held.code,
        kind=held.kind,
        kind_name=KINDS[held.kind],
        name=Text(held.name, held.name_en),
        source=held.source,
        schedule=held.schedule,
        number=found.number,
        last_number=held.last_number,
        as_of=found.as_of,
        made_at=found.made_at,
        firms=found.firms,
        count=count_for(actor, found),
        unknown=found.unknown,
        came=found.came,
        went=found.went,
        whole=whole,
        figures=found.figures if whole else own,
        rule_number=rule.number,
        rule=rule_words(rule),
        without=_names(rule.without),
        needs_products=rule.needs_products,
        document_no=rule.document_no,
        snapshot=found.snapshot.sha256,
        members_sha256=found.members_sha256,
        pushed=held.kind in PUSHED,
    )


def rule_words(rule: ListRule) -> Text:
    """Return a list's rule as one sentence."""
    return words.sentence(parse(rule.criteria, registry.dictionary()))


def _names(codes: Sequence[str]) -> tuple[Text, ...]:
    found = ListDefinition.objects.filter(code__in=codes).values_list("code", "name", "name_en")
    named = {code: Text(name, name_en) for code, name, name_en in found}
    return tuple(named.get(code, Text(code, code)) for code in codes)


def members(actor: Actor, list_id: int, number: int, *, change: str = "") -> QuerySet[ListMember]:
    """Return the members of an edition that *actor* may see; *change* in: new since the one before, out: gone since."""
    rows = scope(actor, ListMember.objects.filter(definition_id=list_id)).select_related("enterprise")
    if change == "in":
        return rows.filter(since=number)
    return rows.filter(until=number - 1) if change == "out" else making.within(rows, number)


def usable(actor: Actor) -> list[tuple[str, Text]]:
    """Return code and name of the lists with an edition whose firms may be called on or invited."""
    rows = definitions(actor).exclude(kind="exclusion").filter(last_number__gt=0)
    return [(row.code, Text(row.name, row.name_en)) for row in rows]


def firms_on(actor: Actor, code: str) -> QuerySet[ListMember, int]:
    """Return the ids of the firms on a list's newest edition that *actor* may see. Raises DomainError (no_list)."""
    held = definitions(actor).filter(code=code).exclude(kind="exclusion").first()
    if held is None:
        raise DomainError("no_list", Text("没有这个名单。", "There is no such list."), field="listed", value=code)
    return members(actor, held.pk, held.last_number).order_by().values_list("enterprise_id", flat=True)


def changes(actor: Actor, edition: EditionView) -> list[ChangeView]:
    """Return what single firms changed on an exclusion list since its newest edition's snapshot, the latest first."""
    if edition.kind != "exclusion" or edition.number != edition.last_number:
        return []
    held, facts = ListDefinition.objects.get(pk=edition.list_id), registry.dictionary()
    rows = scope(actor, making.changes_since(held)).select_related("enterprise").order_by("-id")[:_CHANGES]
    return [
        ChangeView(
            row.enterprise_id,
            row.enterprise.name,
            row.listed,
            tuple(facts[code].label for code in row.facts if code in facts),
            row.made_at,
        )
        for row in rows
    ]


def evidence(actor: Actor, list_id: int, number: int, enterprise_id: int) -> list[Reason]:
    """Return why a firm is on an edition, condition by condition, from the snapshot it was made from.

    Raises DomainError where the reader may not see the firm. The read is the caller's to record (registry.enterprise).
    """
    found = ListEdition.objects.select_related("rule", "snapshot", "definition").filter(
        definition_id=list_id, number=number
    )
    held = scope(actor, ListMember.objects.filter(definition_id=list_id, enterprise_id=enterprise_id)).exists()
    row = found.first()
    if row is None or not held or not _reads(actor):
        raise DomainError(
            "no_member", Text("名单中没有这个主体。", "The firm is not on the list."), value=enterprise_id
        )
    facts = registry.dictionary()
    node = parse(row.rule.criteria, facts)
    read = facts_in(snapshots.path_of(row.snapshot), [enterprise_id], facts_of(node), facts)
    return list(_lines(explain(node, read.get(enterprise_id, {}), as_of=row.as_of), 0))


_GROUPS = {
    "All": Text("以下全部满足", "All of"),
    "Any_": Text("以下任一满足", "Any of"),
    "Not": Text("以下不成立", "Not"),
}


def _lines(trace: Trace, depth: int) -> list[Reason]:
    if isinstance(trace.node, Atom):
        read = words.value(trace.node.fact, trace.value)
        return [Reason(depth, words.requirement(trace.node), read, trace.verdict)]
    name = "Not" if isinstance(trace.node, Not) else type(trace.node).__name__
    found = [Reason(depth, _GROUPS[name], None, trace.verdict)]
    for child in trace.children:
        found += _lines(child, depth + 1)
    return found


def leads(actor: Actor, *, edition_id: int | None = None, list_id: int | None = None) -> QuerySet[Lead]:
    """Return the leads *actor* may see, newest first; a bank those of its own places."""
    rows = scope(actor, Lead.objects.select_related("bank", "branch", "product", "edition__definition", "officer"))
    given = {"edition_id": edition_id, "edition__definition_id": list_id}
    return rows.filter(**{name: value for name, value in given.items() if value}).order_by("-pushed_at", "id")


@dataclass(frozen=True, slots=True)
class WaitingLeads:
    """A bank's open leads: nobody contacted yet, and due until a day (included)."""

    new: int
    due: int


def waiting_leads(actor: Actor, *, soon: dt.date) -> WaitingLeads:
    """Return what waits at the reader's bank; *soon*: the day until which a lead counts as due."""
    if not _reads(actor):
        return WaitingLeads(0, 0)
    rows = scope(actor, Lead.objects.filter(state__in=WAITING))
    return WaitingLeads(
        **rows.aggregate(new=Count("pk", filter=Q(state="new")), due=Count("pk", filter=Q(due_on__lte=soon)))
    )


def conversion(actor: Actor, *, list_id: int, edition_id: int | None = None) -> Conversion:
    """Return what came of a list's (or one edition's) leads, as far as *actor* sees them."""
    rows = leads(actor, list_id=list_id, edition_id=edition_id).order_by()
    counted = rows.aggregate(
        pushed=Count("id"),
        contacted=Count("id", filter=Q(contacted_at__isnull=False) | Q(applied_at__isnull=False)),
        applied=Count("id", filter=Q(applied_at__isnull=False)),
        refused=Count("id", filter=Q(state="refused")),
        recalled=Count("id", filter=Q(state="recalled")),
    )
    got = _outcomes(rows)
    return Conversion(**counted, granted=len(got["granted"]), lent=len(got["lent"]))


def reached(rows: QuerySet[Lead], stage: str) -> QuerySet[Lead]:
    """Narrow *rows* to the leads that came as far as *stage* (a code of STAGES): those that `conversion` counts."""
    if stage in ("granted", "lent"):
        return rows.filter(pk__in=_outcomes(rows.order_by())[stage])
    if stage == "contacted":
        return rows.filter(Q(contacted_at__isnull=False) | Q(applied_at__isnull=False))
    return rows.filter(applied_at__isnull=False) if stage == "applied" else rows


def _outcomes(rows: QuerySet[Lead]) -> dict[str, set[int]]:
    """Return the leads whose firm got credit, and money, from the bank after it was handed over; one a firm and bank."""
    applied = rows.filter(applied_at__isnull=False).order_by("-pushed_at", "-pk")
    asked = {
        (firm, bank): (at, pk)  # the first time that the bank was given the firm
        for pk, firm, bank, at in applied.values_list("pk", "enterprise_id", "bank_id", "pushed_at")
    }
    if not asked:
        return {"granted": set(), "lent": set()}
    with acting(SYSTEM):
        cases = financing.cases(SYSTEM).filter(enterprise_id__in={firm for firm, _bank in asked}, state__in=_GRANTED)
        found = list(cases.order_by().values_list("enterprise_id", "bank_id", "offered_at", "state"))
    came = [(asked[firm, bank], at, state) for firm, bank, at, state in found if (firm, bank) in asked]
    got = [(pk, state) for (since, pk), at, state in came if at >= since]
    return {"granted": {pk for pk, _state in got}, "lent": {pk for pk, state in got if state in _LENT}}


def exclusions(actor: Actor) -> list[tuple[str, Text]]:
    """Return code and name of each exclusion list in use."""
    rows = definitions(actor).filter(kind="exclusion").values_list("code", "name", "name_en")
    return [(code, Text(name, name_en)) for code, name, name_en in rows]


def rule_of(actor: Actor, list_id: int) -> ListRule | None:
    """Return the newest rule of a list."""
    rows: Any = ListRule.objects.filter(definition__in=definitions(actor), definition_id=list_id)
    found: ListRule | None = rows.order_by("-number").first()
    return found
