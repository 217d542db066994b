"""What the database itself refuses, whoever asks."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connection, transaction

from factories import offers
from huoshui.access.actor import SYSTEM
from huoshui.access.roles import Role
from huoshui.catalogue import presets
from huoshui.catalogue.constraints import SENTENCES, act
from huoshui.catalogue.models import (
    CalendarDay,
    ParameterValue,
    Product,
    ProductVersion,
    Programme,
    ProgrammeVersion,
    ReferenceRate,
    Stamp,
)
from huoshui.kernel import clock
from huoshui.kernel.errors import Refused

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def refused(name: str):
    """The block breaks the constraint called *name*."""
    return _Refused(name)


class _Refused:
    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()

    def __exit__(self, kind, error, trace) -> bool:
        self.block.__exit__(kind, error, trace)
        assert isinstance(error, IntegrityError), f"nothing was refused: {error!r}"
        assert self.name in f"{error} {getattr(error.__cause__.diag, 'constraint_name', '')}"
        return True


@pytest.fixture
def version() -> ProductVersion:
    return ProductVersion.objects.get(pk=offers.approved(offers.bank()))


def change(row, **values) -> None:
    type(row).objects.filter(pk=row.pk).update(**values)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("amount_max", 1),
        ("rate_ppm", 99_000),
        ("criteria", {}),
        ("fees", []),
        ("methods", ["bullet"]),
        ("valid_from", dt.date(2020, 1, 1)),
        ("summary", "更好"),
        ("decision_note", "改了"),
        ("number", 7),
    ],
)
def test_approved_terms_never_change(version, column, value):
    if getattr(version, column) == value:
        value = [{"name": "x"}]
    with refused("product_version_"):
        change(version, **{column: value})


def test_an_approved_version_may_only_end_sooner(version):
    change(version, valid_to=version.valid_from + 30 * DAY)
    change(version, valid_to=version.valid_from + 29 * DAY)
    with refused("product_version_frozen"):
        change(version, valid_to=version.valid_from + 30 * DAY)
    with refused("product_version_frozen"):
        change(version, valid_to=None)


@pytest.mark.parametrize("state", ["draft", "submitted", "rejected"])
def test_an_approved_version_does_not_go_back(version, state):
    with refused("product_version_frozen"):
        change(version, state=state)


def test_a_withdrawn_version_does_not_come_back(version):
    change(version, state="withdrawn", withdrawn_on=clock.today())
    with refused("product_version_"):
        change(version, state="approved", withdrawn_on=None)


def test_a_submitted_version_is_not_deleted_and_a_draft_may_be(version):
    with refused("product_version_kept"):
        version.delete()
    draft = offers.draft(offers.bank())
    ProductVersion.objects.filter(pk=draft).delete()
    assert not ProductVersion.objects.filter(pk=draft).exists()


def test_two_approved_versions_never_hold_on_one_day(version):
    twin = ProductVersion.objects.get(pk=version.pk)
    twin.pk, twin.number = None, 2
    with refused("product_version_apart"):
        twin.save(force_insert=True)
    change(version, valid_to=version.valid_from + 30 * DAY)
    twin.valid_from = version.valid_from + 30 * DAY
    with refused("product_version_apart"):
        twin.save(force_insert=True)
    twin.valid_from += DAY
    twin.save(force_insert=True)


def test_one_product_has_one_open_version(version):
    ProductVersion.objects.create(**_copy(version, number=2, state="draft"))
    with refused("product_version_one_open"):
        ProductVersion.objects.create(**_copy(version, number=3, state="draft"))


def test_who_submitted_is_not_who_decided(version):
    someone = offers.office_person().person_id
    with refused("product_version_four_eyes"):
        ProductVersion.objects.create(
            **_copy(version, number=2, state="rejected", submitted_by_id=someone, decided_by_id=someone)
        )


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("product_version_amounts", {"amount_min": 0}),
        ("product_version_amounts", {"amount_min": 2, "amount_max": 1}),
        ("product_version_terms", {"term_min_months": 0}),
        ("product_version_terms", {"term_min_months": 13, "term_max_months": 12}),
        ("product_version_rate", {"spread_bp": 10}),
        ("product_version_rate", {"rate_kind": "lpr_1y"}),
        ("product_version_rate", {"rate_kind": "shibor"}),
        ("product_version_validity", {"valid_to": dt.date(2025, 12, 31)}),
        ("product_version_state_known", {"state": "lost"}),
        ("product_version_withdrawn_on", {"withdrawn_on": dt.date(2026, 5, 1)}),
        ("product_version_decided", {"state": "rejected", "decided_at": None}),
        ("product_version_number", {"number": 1}),
    ],
)
def test_a_version_that_makes_no_sense_is_refused(version, name, changes):
    values = _copy(version, number=2, state="draft", decided_at=None) | changes
    with refused(name):
        ProductVersion.objects.create(**values)


def _copy(row: ProductVersion, **changes) -> dict:
    kept = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key}
    return kept | changes


@pytest.fixture
def published() -> ProgrammeVersion:
    presets.install(SYSTEM)
    return ProgrammeVersion.objects.get(programme__code="BRIDGE-TY")


@pytest.mark.parametrize(
    ("column", "value"), [("terms", {}), ("criteria", {}), ("document_no", "别的"), ("valid_from", dt.date(2020, 1, 1))]
)
def test_published_rules_never_change(published, column, value):
    with refused("programme_version_frozen"):
        change(published, **{column: value})


def test_a_published_programme_may_end_but_not_return(published):
    with refused("programme_version_frozen"):
        change(published, state="draft")
    change(published, state="ended", valid_to=clock.today())
    with refused("programme_version_frozen"):
        change(published, state="published")
    with refused("programme_version_frozen"):
        published.delete()


def test_two_published_versions_never_hold_on_one_day(published):
    with refused("programme_version_apart"):
        ProgrammeVersion.objects.create(
            programme=published.programme,
            number=2,
            state="published",
            document_no="x",
            terms={},
            criteria={},
            valid_from=clock.today(),
            published_at=clock.now(),
        )


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("programme_version_state_known", {"state": "lost", "published_at": clock.now()}),
        ("programme_version_published", {"state": "published"}),
        ("programme_version_published", {"state": "published", "published_at": clock.now(), "document_no": ""}),
        ("programme_version_validity", {"valid_to": dt.date(2025, 1, 1)}),
    ],
)
def test_a_programme_version_that_makes_no_sense_is_refused(name, changes):
    values = {"number": 1, "document_no": "x", "terms": {}, "criteria": {}, "valid_from": dt.date(2026, 1, 1)}
    programme = Programme.objects.create(code="X", kind="bridge", name="x")
    with refused(name):
        ProgrammeVersion.objects.create(programme=programme, **(values | changes))


def test_who_drafted_a_programme_is_not_who_published_it():
    someone = offers.office_person(Role.FINANCE_CHECKER).person_id
    programme = Programme.objects.create(code="X", kind="bridge", name="x")
    values = {"number": 1, "document_no": "x", "terms": {}, "criteria": {}, "valid_from": dt.date(2026, 1, 1)}
    with refused("programme_version_four_eyes"):
        ProgrammeVersion.objects.create(programme=programme, drafted_by_id=someone, published_by_id=someone, **values)


def test_one_programme_has_one_draft():
    programme = Programme.objects.create(code="X", kind="bridge", name="x")
    values = {"document_no": "x", "terms": {}, "criteria": {}, "valid_from": dt.date(2026, 1, 1)}
    ProgrammeVersion.objects.create(programme=programme, number=1, **values)
    with refused("programme_version_one_draft"):
        ProgrammeVersion.objects.create(programme=programme, number=2, **values)


def _value(valid_from: dt.date) -> ParameterValue:
    return ParameterValue.objects.create(
        path="dispatch.max_banks", valid_from=valid_from, value=2, document_no="x", set_at=clock.now()
    )


def test_a_policy_value_in_force_is_kept_and_one_to_come_may_be_corrected():
    past, future = _value(clock.today()), _value(clock.today() + 2 * DAY)
    with refused("parameter_value_frozen"):
        change(past, value=3)
    with refused("parameter_value_frozen"):
        past.delete()
    change(future, value=3)
    future.delete()


@pytest.mark.parametrize("values", [{"kind": "shibor"}, {"rate_ppm": 0}, {"rate_ppm": 360_001}])
def test_a_reference_rate_that_makes_no_sense_is_refused(values):
    base = {"kind": "lpr_1y", "effective_on": dt.date(2026, 11, 20), "rate_ppm": 30_000, "source": "x"}
    with refused("reference_rate_"):
        ReferenceRate.objects.create(**(base | values))


def test_a_reference_rate_is_published_once_a_day():
    base = {"kind": "lpr_1y", "effective_on": dt.date(2026, 11, 20), "rate_ppm": 30_000, "source": "x"}
    ReferenceRate.objects.create(**base)
    with refused("reference_rate_once"):
        ReferenceRate.objects.create(**base)


def test_a_special_day_is_a_holiday_or_a_workday():
    with refused("calendar_day_kind_known"):
        CalendarDay.objects.create(day=dt.date(2027, 1, 1), kind="feast")


def test_every_write_renews_the_stamp_of_its_subject(version):
    before = dict(Stamp.objects.values_list("subject", "mark"))
    _value(clock.today() + DAY)
    after = dict(Stamp.objects.values_list("subject", "mark"))
    assert after.pop("parameters") != before.pop("parameters", None)
    assert after == before


def test_every_sentence_belongs_to_a_guard_of_the_database():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint UNION SELECT indexname FROM pg_indexes UNION "
            "SELECT unnest(regexp_matches(prosrc, 'CONSTRAINT = ''(\\w+)''', 'g')) FROM pg_proc "
            "WHERE proname LIKE 'catalogue%'"
        )
        known = {name for (name,) in cursor.fetchall()}
    assert set(SENTENCES) <= known


def test_what_the_database_refuses_is_told_in_words(version):
    @act
    def careless() -> None:
        change(version, summary="更好")

    with pytest.raises(Refused) as refusal:
        careless()
    assert (refusal.value.code, "新建版本" in refusal.value.text.zh) == ("product_version_frozen", True)
    version.refresh_from_db()


def test_a_refusal_nobody_wrote_a_sentence_for_stays_what_it_is(version):
    @act
    def careless() -> None:
        ProductVersion.objects.create(**_copy(version, number=2, state="lost"))

    with pytest.raises(IntegrityError):
        careless()


@pytest.mark.django_db(transaction=True)
def test_of_two_banks_that_take_a_code_at_once_one_gets_it():
    bank, answers = offers.bank(), []

    def draft() -> None:
        try:
            offers.draft(bank, code="SAME-CODE")
            answers.append("done")
        except Refused as refusal:
            answers.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=draft) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers)[0] in ("catalogue_product_code_key", "done")
    assert answers.count("done") == 1
    assert Product.objects.filter(code="SAME-CODE").count() == 1
