"""Firms for tests: right credit codes, any state, written straight into the tables."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from django.utils import timezone

from huoshui.kernel import uscc
from huoshui.registry import pinyin
from huoshui.registry.models import Consent, Enterprise, FactSheet, Representative

DISTRICT, NEIGHBOUR = "140105", "140106"
_numbers = itertools.count(10_000_000)


def code(number: int | None = None, *, registrar: str = "91", division: str = DISTRICT) -> str:
    """Return a valid credit code; another each time unless *number* is given."""
    body = f"{number if number is not None else next(_numbers):08d}"
    first = f"{registrar}{division}{body}{uscc.organisation_check_character(body)}"
    return first + uscc.check_character(first)


def firm(name: str = "太原龙城机械有限公司", **given: Any) -> Enterprise:
    """Return a registered, active company of 小店区; *given* overrides any column."""
    now = timezone.now()
    values: dict[str, Any] = {
        "uscc": code(),
        "name": name,
        "name_pinyin": pinyin.key(name),
        "name_initials": pinyin.initials(name),
        "kind": "company",
        "district_code": DISTRICT,
        "address": "太原市小店区长治路1号",
        "industry_code": "C3411",
        "established_on": dt.date(2015, 3, 15),
        "registered_capital": 500_000_000,
        "created_at": now,
        "updated_at": now,
    }
    return Enterprise.objects.create(**values | given)


def sheet(enterprise: Enterprise, source: str, as_of: dt.date, **values: Any) -> FactSheet:
    """Return what *source* said of the firm on *as_of*; values as stored."""
    return FactSheet.objects.create(
        enterprise=enterprise, source=source, as_of=as_of, values=values, recorded_at=timezone.now()
    )


def consent(enterprise: Enterprise, reader: Any, person: Any, **given: Any) -> Consent:
    """Return an open consent to *reader* for a loan application; *given* overrides any column."""
    values: dict[str, Any] = {
        "reader_path": reader.path,
        "purpose": "loan_application",
        "data_kinds": ["register", "tax"],
        "given_at": timezone.now(),
        "until": dt.date(2099, 12, 31),
        "text_version": "2026-11",
    }
    return Consent.objects.create(enterprise=enterprise, reader=reader, given_by=person, **values | given)


def represented(enterprise: Enterprise, person: Any) -> Representative:
    """Return that *person* acts for the firm."""
    return Representative.objects.create(
        enterprise=enterprise, person=person, proof="phone_on_register", confirmed_at=timezone.now()
    )
