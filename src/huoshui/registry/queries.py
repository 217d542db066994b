"""What can be asked of the register. Reads by others than the firm itself leave an event with their consent and reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import QuerySet

from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.roles import Permission
from huoshui.access.row_security import acting
from huoshui.access.scope import scope
from huoshui.audit.actions import record
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text
from huoshui.registry import dictionary as facts_known
from huoshui.registry import masking, views
from huoshui.registry import search as searching
from huoshui.registry.data_kinds import DATA_KINDS, KIND_OF_SOURCE, MATCHING, PURPOSES, RETENTION_YEARS, kind_of
from huoshui.registry.dictionary import dictionary
from huoshui.registry.divisions import (
    DivisionView,
    district_name,
    districts,
    districts_ever,
    gazetteer,
    gone_whole,
    townships,
)
from huoshui.registry.models import Consent, Enterprise, EnterpriseChange, FactSheet, Representative
from huoshui.registry.scoping import ancestors, within
from huoshui.registry.search import Hit
from huoshui.registry.views import ConsentView, EnterpriseView, FactValue

__all__ = [
    "DATA_KINDS", "KIND_OF_SOURCE", "PURPOSES", "RETENTION_YEARS", "ConsentView", "DivisionView", "EnterpriseView",
    "FactValue", "Hit", "changes", "consents_of", "dictionary", "district_name", "districts", "districts_ever",
    "enterprise", "enterprise_by_uscc", "enterprises", "fact_values", "facts_for_rules", "facts_of_many", "gazetteer", "gone_whole",
    "kind_of", "log_list", "matching_taken_back", "may_read", "names_of", "own_view", "phone_on_register", "phone_on_register", "readable_kinds", "representatives_of", "represented", "search",
    "survivor_id", "townships",
]  # fmt: skip


def search(actor: Actor | None, text: str, *, limit: int = 10) -> list[Hit]:
    """Return up to *limit* firms that *text* names, best first. Anybody may ask: only public columns are told.

    People who may read the register also get the masked address.
    """
    return searching.search(text, limit=limit, addresses=actor is not None and actor.may(Permission.READ_REGISTER))


def survivor_id(enterprise_id: int) -> int:
    """Return the firm that *enterprise_id* was merged into, itself when it was not."""
    merged = Enterprise.objects.filter(pk=enterprise_id).values_list("merged_into_id", flat=True).first()
    return merged or enterprise_id


def enterprise_by_uscc(uscc: str) -> int | None:
    """Return the id of the firm with this credit code (of the survivor, if it was merged), or None."""
    found = Enterprise.objects.filter(uscc=uscc).values_list("pk", "merged_into_id").first()
    return (found[1] or found[0]) if found else None


def enterprise(actor: Actor, enterprise_id: int, *, reason: str = "") -> EnterpriseView:
    """Return the firm as *actor* may see it: in full, by consent in part, or de-identified.

    In full: the firm itself, jobs, and government or auditors within their district. Institutions see what the firm
    lets them, the rest masked. Every read by another is recorded with its consent and *reason*. Raises DomainError
    for a firm that does not exist and for somebody who may see none at all.
    """
    if actor.kind == "anonymous":
        raise _no_such(enterprise_id)
    if actor.org_kind in ("bank", "guarantor"):
        with acting(SYSTEM):  # row security shows nothing without consent; what is shown instead is decided below
            firm, facts = _loaded(enterprise_id)
        return _by_consent(actor, firm, facts, reason)
    firm, facts = _loaded(enterprise_id)
    if actor.kind == "system" or (actor.kind == "owner" and enterprise_id in actor.enterprise_ids):
        return views.full(firm, facts)
    if not scope(actor, Enterprise.objects.filter(pk=enterprise_id)).exists():
        raise _no_such(enterprise_id)
    _log(actor, firm.pk, "full", reason)
    return views.full(firm, facts)


def _loaded(enterprise_id: int) -> tuple[Enterprise, dict[str, FactValue]]:
    firm = Enterprise.objects.filter(pk=enterprise_id).first()
    if firm is None:
        raise _no_such(enterprise_id)
    return firm, fact_values(enterprise_id)


def _no_such(enterprise_id: int) -> DomainError:
    words = Text("没有这个主体，或您无权查看。", "There is no such firm, or it is not yours to see.")
    return DomainError("no_enterprise", words, field="enterprise", value=enterprise_id)


def _by_consent(actor: Actor, firm: Enterprise, facts: Mapping[str, FactValue], reason: str) -> EnterpriseView:
    given = list(_open_consents(actor.org_path, [firm.pk]))
    readable = frozenset(kind for consent in given for kind in consent.data_kinds)
    seen = views.partial(firm, facts, readable)
    _log(actor, firm.pk, "deidentified" if seen.deidentified else "consent", reason, [each.pk for each in given])
    return seen


def _log(actor: Actor, enterprise_id: int, view: str, reason: str, consents: list[int] | None = None) -> None:
    facts: dict[str, Any] = {"view": view, "consents": consents or []}
    record(actor, "ENTERPRISE_READ", ("enterprise", enterprise_id), facts=facts, reason=reason)


def own_view(enterprise_id: int) -> EnterpriseView:
    """Return the whole firm for the platform's own reckoning (matching, pre-checks). Never shown to a person as it is."""
    with acting(SYSTEM):
        firm, facts = _loaded(enterprise_id)
    return views.full(firm, facts)


def _open_consents(org_path: str, enterprise_ids: Collection[int]) -> QuerySet[Consent]:
    return Consent.objects.filter(
        enterprise_id__in=enterprise_ids,
        reader_path__in=ancestors(org_path),
        withdrawn_at__isnull=True,
        until__gte=clock.today(),
    )


def may_read(org_path: str, enterprise_id: int, data_kind: str) -> bool:
    """Return whether an open consent lets the organisation at *org_path* (or one above it) read *data_kind*."""
    return _open_consents(org_path, [enterprise_id]).filter(data_kinds__contains=[data_kind]).exists()


def readable_kinds(org_path: str, enterprise_ids: Collection[int]) -> dict[int, frozenset[str]]:
    """Return, for each firm, the kinds of data that the organisation may read; for lists, in one query."""
    found: dict[int, frozenset[str]] = dict.fromkeys(enterprise_ids, frozenset())
    for firm, kinds in _open_consents(org_path, enterprise_ids).values_list("enterprise_id", "data_kinds"):
        found[firm] |= frozenset(kinds)
    return found


def names_of(actor: Actor, enterprise_ids: Collection[int]) -> dict[int, str]:
    """Return names for a list, masked where *actor* is an institution without consent. Lists record `log_list`."""
    rows = Enterprise.objects.filter(pk__in=enterprise_ids).values_list("pk", "name")
    if actor.org_kind not in ("bank", "guarantor"):
        return dict(rows)
    readable = readable_kinds(actor.org_path, enterprise_ids)
    with acting(SYSTEM):
        found = list(rows)
    return {number: name if "register" in readable[number] else masking.mask_name(name) for number, name in found}


def log_list(actor: Actor, enterprise_ids: Collection[int], *, reason: str) -> None:
    """Record that *actor* looked at a list of firms: one event, with how many and which."""
    if actor.kind in ("system", "owner") or not enterprise_ids:
        return
    facts = {"count": len(enterprise_ids), "enterprises": sorted(enterprise_ids)[:500]}
    record(actor, "ENTERPRISES_LISTED", ("register", "enterprises"), facts=facts, reason=reason)


def consents_of(enterprise_id: int, *, open_only: bool = False) -> list[ConsentView]:
    """Return the firm's consents, newest first."""
    found = Consent.objects.select_related("reader").filter(enterprise_id=enterprise_id).order_by("-given_at", "-id")
    seen = [views.consent_view(each) for each in found]
    return [each for each in seen if each.open] if open_only else seen


def matching_taken_back(enterprise_id: int) -> bool:
    """Return whether the firm let the platform match once and does no longer: withdrawn, or past its day."""
    last = Consent.objects.filter(enterprise_id=enterprise_id, purpose=MATCHING).order_by("-given_at", "-id").first()
    return last is not None and not views.consent_view(last).open


def representatives_of(enterprise_id: int) -> list[tuple[int, str]]:
    """Return the people who act for the firm: id and name."""
    found = Representative.objects.filter(enterprise_id=enterprise_id, ended_at__isnull=True)
    return list(found.order_by("id").values_list("person_id", "person__name"))


def fact_values(enterprise_id: int) -> dict[str, FactValue]:
    """Return every known fact of the firm by code, each from its latest sheet."""
    sheets = list(FactSheet.objects.filter(enterprise_id=enterprise_id))
    return views.newest(sheets, clock.today())


def facts_for_rules(enterprise_id: int) -> dict[str, object]:
    """Return the firm's facts typed for `rules.firm`: fen, int, Decimal, bool, date, text, frozenset of labels.

    The register's own columns are facts too. What is not known is not in the table.
    """
    return facts_of_many([enterprise_id]).get(enterprise_id, {})


def facts_of_many(enterprise_ids: Collection[int]) -> dict[int, dict[str, object]]:
    """Return `facts_for_rules` of many firms, in two queries."""
    sheets: dict[int, list[FactSheet]] = {}
    for sheet in FactSheet.objects.filter(enterprise_id__in=enterprise_ids):
        sheets.setdefault(sheet.enterprise_id, []).append(sheet)
    today = clock.today()
    return {
        firm.pk: _typed(views.newest(sheets.get(firm.pk, []), today)) | _register_facts(firm)
        for firm in Enterprise.objects.filter(pk__in=enterprise_ids)
    }


def _typed(values: Mapping[str, FactValue]) -> dict[str, object]:
    known = facts_known.definitions()
    return {
        code: facts_known.typed(known[code], fact.value)
        for code, fact in values.items()
        if code in known and fact.value is not None
    }


def _register_facts(firm: Enterprise) -> dict[str, object]:
    told: dict[str, object] = {
        "district_code": firm.district_code,
        "kind": firm.kind,
        "status": firm.status,
        "industry_code": firm.industry_code or None,
        "established_on": firm.established_on,
        "registered_capital": firm.registered_capital,
        "size_class": firm.size_class,
        "labels": frozenset(firm.labels),
    }
    known = facts_known.definitions()
    return {code: value for code, value in told.items() if value is not None and code in known}


def phone_on_register(enterprise_id: int, phone_index: str) -> bool:
    """Return whether the phone with this blind index is the one that the register has of the firm."""
    return bool(phone_index) and Enterprise.objects.filter(pk=enterprise_id, phone_hash=phone_index).exists()


def enterprises(
    actor: Actor,
    *,
    text: str = "",
    district: str = "",
    kind: str = "",
    status: str = "",
    size_class: str = "",
    section: str = "",
    label: str = "",
) -> QuerySet[Enterprise]:
    """Return the firms that *actor* may see and the filters allow (empty = any), in pinyin order of their names.

    *text*: name, part of it, initials or code. *district*: code or its beginning. *section*: beginning of the industry
    code ("C", "F52"). Merged records are left out.
    """
    found = scope(actor, Enterprise.objects.filter(merged_into__isnull=True))
    if text:
        found = searching.matching(found, text)
    if district:
        found = found.filter(**within(district))
    if section:
        found = found.filter(industry_code__startswith=section)
    if label:
        found = found.filter(labels__contains=[label])
    exact = {"kind": kind, "status": status, "size_class": size_class}
    found = found.filter(**{name: value for name, value in exact.items() if value})
    return found.order_by("name_pinyin", "id")


def named(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Return those of *rows* (already scoped, each with its enterprise) whose firm's name, initials or code match."""
    return searching.named(rows, text)


def changes(
    actor: Actor, enterprise_id: int, *, limit: int = 200
) -> list[tuple[dt.datetime, str, object, object, str]]:
    """Return what changed in the firm's record, newest first: when, field, old, new, source."""
    if not scope(actor, Enterprise.objects.filter(pk=enterprise_id)).exists():
        raise _no_such(enterprise_id)
    found = EnterpriseChange.objects.filter(enterprise_id=enterprise_id).order_by("-recorded_at", "-id")[:limit]
    return [(each.recorded_at, each.field, each.old, each.new, each.source) for each in found]


def represented(enterprise_ids: Collection[int]) -> set[int]:
    """Return which of the firms somebody acts for on the platform: the ones that read a notice."""
    found = Representative.objects.filter(enterprise_id__in=list(enterprise_ids), ended_at__isnull=True)
    return set(found.values_list("enterprise_id", flat=True))
