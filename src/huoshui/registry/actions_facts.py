"""What a department says of a firm is written down; a city adds a fact to the dictionary."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.audit.actions import record
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Problem, Refused
from huoshui.kernel.text import Text
from huoshui.registry import changes, dictionary, sizes
from huoshui.registry.models import Enterprise, FactDefinition, FactSheet, FactSheetHistory


def record_facts(
    actor: Actor, *, enterprise_id: int, source: str, as_of: dt.date, values: Mapping[str, object]
) -> dict[str, object]:
    """Write what *source* says of the firm on *as_of*; returns the facts that changed (code → value as stored).

    *values*: code → fen, int, Decimal, bool, date, text or collection of labels; None = nothing said. Earlier values
    stay as history; values older than those known become history only. Raises Refused with every unknown code and
    wrong type; DomainError for an unknown firm or a day in the future.
    """
    _may_record(actor)
    stored = _stored(values)
    if as_of > clock.today():
        raise DomainError(
            "facts_future",
            Text("事实的日期不能晚于今天。", "Facts cannot hold for the future."),
            field="as_of",
            value=as_of,
        )
    with transaction.atomic():
        firm = Enterprise.objects.select_for_update().filter(pk=enterprise_id).first()
        if firm is None:
            raise DomainError(
                "no_enterprise",
                Text("没有这个主体。", "There is no such firm."),
                field="enterprise",
                value=enterprise_id,
            )
        changed = _write(firm, source, as_of, stored)
        if changed:
            sizes.refresh(firm.pk)
            facts = {"source": source, "count": len(changed), "as_of": as_of.isoformat(), "codes": sorted(changed)}
            record(actor, "FACTS_RECORDED", ("enterprise", enterprise_id), facts=facts)
            changes.tell(actor, enterprise_id, changed)
    return changed


def _may_record(actor: Actor) -> None:
    allowed = (Permission.IMPORT_REGISTER, Permission.RECORD_VISIT, Permission.ENTER_DEMAND, Permission.APPLY)
    if not any(actor.may(permission) for permission in allowed):
        raise DomainError("not_permitted", Text("您没有登记事实的权限。", "You may not record facts."))


def _stored(values: Mapping[str, object]) -> dict[str, object]:
    known = dictionary.definitions()
    problems, stored = [], {}
    for code, value in values.items():
        if code not in known:
            words = Text(f"没有“{code}”这项事实。", f"There is no fact {code}.")
            problems.append(Problem("fact_unknown", words, field=code, value=value))
        elif value is not None:
            try:
                stored[code] = dictionary.stored(known[code], value)
            except (TypeError, ValueError):
                words = Text(
                    f"“{known[code].label.zh}”的值类型不对。", f"{known[code].label.en} has a value of a wrong type."
                )
                problems.append(Problem("fact_type", words, field=code, value=value))
    if problems:
        raise Refused(problems)
    return stored


def _write(firm: Enterprise, source: str, as_of: dt.date, stored: dict[str, object]) -> dict[str, object]:
    now = clock.now()
    sheet = FactSheet.objects.select_for_update().filter(enterprise=firm, source=source).first()
    if sheet is None:
        FactSheet.objects.create(enterprise=firm, source=source, as_of=as_of, values=stored, recorded_at=now)
        return stored
    if as_of < sheet.as_of:
        keep = {"enterprise": firm, "source": source, "as_of": as_of, "values": stored}
        if not FactSheetHistory.objects.filter(**keep).exists():
            FactSheetHistory.objects.create(**keep, recorded_at=now, replaced_at=now)
        return {}
    changed = {code: value for code, value in stored.items() if sheet.values.get(code) != value}
    if changed:
        FactSheetHistory.objects.create(
            enterprise=firm,
            source=source,
            as_of=sheet.as_of,
            values=sheet.values,
            recorded_at=sheet.recorded_at,
            replaced_at=now,
        )
    sheet.values = {**sheet.values, **stored}
    sheet.as_of, sheet.recorded_at = as_of, now
    sheet.save(update_fields=["values", "as_of", "recorded_at"])
    return changed


def define_fact(actor: Actor, *, definition: Mapping[str, Any]) -> None:
    """Add a fact of the city's own to the dictionary (same keys as the shipped file), or replace one it added.

    Raises Refused with everything wrong, also when the code is a shipped one. Needs EDIT_PARAMETERS.
    """
    if not actor.may(Permission.EDIT_PARAMETERS):
        raise DomainError("not_permitted", Text("您没有维护事实字典的权限。", "You may not edit the dictionary."))
    made = dictionary.parse(definition)
    with transaction.atomic():
        FactDefinition.objects.update_or_create(
            code=made.code, defaults={"definition": dict(definition), "added_at": clock.now()}
        )
        facts = {"code": made.code, "label": made.label.zh}
        record(actor, "FACT_DEFINED", ("fact", made.code), facts=facts)
    dictionary.forget()
