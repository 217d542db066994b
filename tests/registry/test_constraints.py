"""What the database itself refuses, tried with the rows that break it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from factories import firms
from huoshui.registry.models import Consent, Correction, Enterprise, ImportBatch, Merge, Representative
from registry import cast

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)


def refused(constraint: str, act: Callable[[], Any]) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        act()


@pytest.mark.parametrize("uscc", ["911401051000000", "91140105100000015I", "911401051000000 51"])
def test_a_code_of_another_form_is_refused(uscc: str) -> None:
    refused("enterprise_uscc_form", lambda: firms.firm(uscc=uscc))


def test_a_code_is_registered_once() -> None:
    firm = firms.firm()
    refused("uscc", lambda: firms.firm(uscc=firm.uscc))


def test_capital_is_never_negative() -> None:
    refused("enterprise_capital_not_negative", lambda: firms.firm(registered_capital=-1))


def test_a_department_has_one_sheet_a_firm() -> None:
    firm = firms.firm()
    firms.sheet(firm, "tax", dt.date(2026, 1, 1))
    refused("fact_sheet_once_per_source", lambda: firms.sheet(firm, "tax", dt.date(2026, 2, 1)))


def batch(**given: Any) -> ImportBatch:
    values = {"source": "market", "file_name": "x", "sha256": "0", "started_by": "system", "started_at": NOW}
    return ImportBatch.objects.create(**values | given)


def test_the_rows_of_a_finished_batch_add_up() -> None:
    batch(state="done", rows=4, created=1, changed=1, unchanged=1, refused=1)
    batch(state="running", rows=9)
    refused(
        "import_batch_rows_add_up", lambda: batch(state="done", rows=5, created=1, changed=1, unchanged=1, refused=1)
    )


def test_one_open_consent_a_reader_and_purpose_and_it_names_data() -> None:
    firm, bank, who = firms.firm(), cast.organisation("bank"), cast.person()
    firms.consent(firm, bank, who)
    refused("consent_one_open", lambda: firms.consent(firm, bank, who))
    refused("consent_names_data", lambda: firms.consent(firm, bank, who, purpose="guarantee", data_kinds=[]))
    Consent.objects.update(withdrawn_at=NOW)
    firms.consent(firm, bank, who)


def test_a_person_acts_for_a_firm_once_at_a_time() -> None:
    firm, who = firms.firm(), cast.person()
    firms.represented(firm, who)
    refused("representative_once", lambda: firms.represented(firm, who))
    Representative.objects.update(ended_at=NOW)
    firms.represented(firm, who)


def test_a_record_is_merged_once_and_not_into_itself() -> None:
    first, second, third = (firms.firm(name) for name in ("甲公司", "乙公司", "丙公司"))

    def merge(survivor: Enterprise, absorbed: Enterprise) -> Merge:
        return Merge.objects.create(survivor=survivor, absorbed=absorbed, reason="x", merged_by="1", merged_at=NOW)

    merge(first, second)
    refused("merge_absorbed_once", lambda: merge(third, second))
    refused("merge_of_two", lambda: merge(third, third))


def correction(firm: Enterprise, **given: Any) -> Correction:
    values = {"field": "name", "reason": "x", "requested_by": "1", "requested_at": NOW}
    return Correction.objects.create(enterprise=firm, **values | given)


def test_a_correction_is_decided_by_another_person_with_a_day() -> None:
    firm = firms.firm()
    correction(firm)
    refused("correction_one_open", lambda: correction(firm))
    decided = {"state": "approved", "decided_at": NOW}
    refused("correction_decided_pair", lambda: correction(firm, field="kind", state="approved"))
    refused("correction_decided_pair", lambda: correction(firm, field="kind", **decided))
    refused("correction_two_people", lambda: correction(firm, field="kind", decided_by="1", **decided))
    correction(firm, field="kind", decided_by="2", **decided)
