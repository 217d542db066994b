"""Many firms at once: what stands aside for speed is back afterwards, and refuses what it refused before."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest
from django.db import IntegrityError, connection, transaction

from factories.firms import code, firm
from huoshui.access.actor import SYSTEM
from huoshui.registry import bulk
from huoshui.registry.loading import load_enterprises
from huoshui.registry.models import FactSheet

pytestmark = pytest.mark.django_db


def load(count: int) -> None:
    codes = [code() for _ in range(count)]
    firms = pl.DataFrame({"uscc": codes, "name": "某商店", "kind": "company", "district_code": "140105"})
    load_enterprises(
        SYSTEM,
        firms=firms,
        facts={"tax": pl.DataFrame({"uscc": codes, "tax_grade": ["A"] * count})},
        as_of=dt.date(2026, 1, 1),
    )


def references() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, convalidated, condeferrable, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = 'registry_factsheet'::regclass AND contype = 'f' ORDER BY conname"
        )
        return list(cursor.fetchall())


@pytest.mark.parametrize(("from_rows", "there"), [(1, 0), (1, 9), (50_000, 0)])
def test_references_are_as_they_were_whether_or_not_they_stood_aside(
    monkeypatch: pytest.MonkeyPatch, from_rows: int, there: int
) -> None:
    monkeypatch.setattr(bulk, "_REBUILD_FROM", from_rows)
    if there:
        load(there)
    before = references()
    load(5)
    assert references() == before
    assert FactSheet.objects.count() == there + 5


def test_a_sheet_of_no_firm_is_refused_when_the_references_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "_REBUILD_FROM", 1)
    firm()

    def orphan() -> None:
        with connection.cursor() as cursor, bulk.references_aside(cursor, 5):
            cursor.execute(
                "INSERT INTO registry_factsheet (enterprise_id, source, as_of, values, recorded_at)"
                " VALUES (-1, 'tax', '2026-01-01', '{}', now())"
            )

    with pytest.raises(IntegrityError), transaction.atomic():
        orphan()
