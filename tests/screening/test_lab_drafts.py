"""Drafts of the policy lab: who keeps them, versions that never change, the snapshot they were counted on."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, IntegrityError, connection, transaction

from factories.firms import firm
from factories.people import staff
from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.roles import Role
from huoshui.audit import queries as audit
from huoshui.kernel.errors import DomainError, Refused, Stale
from huoshui.screening import actions_lab, lab_snapshot, queries_lab
from huoshui.screening.models_lab import PolicyDraft, PolicyDraftVersion
from tests.conftest import as_web_role

pytestmark = pytest.mark.django_db
RULE = {"all": [{"fact": "kind", "op": "=", "value": "company"}]}
OTHER = {"all": [{"fact": "kind", "op": "=", "value": "cooperative"}]}


@pytest.fixture
def office() -> Actor:
    return staff(Role.FINANCE_OFFICER, kind="government")


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(default_storage, "path", lambda name: str(tmp_path / name))
    monkeypatch.setattr(lab_snapshot, "_open", {})


def saved(actor: Actor, **given: Any) -> tuple[int, int]:
    return actions_lab.save_draft(actor, **{"name": "扩围方案", "criteria": RULE, **given})


def test_a_draft_is_kept_with_name_number_and_owner(office: Actor) -> None:
    pk, number = saved(office, kind="subsidy", base="programme:SUB:1", figures={"yes": 7}, snapshot="abc")
    found = queries_lab.draft(office, pk)
    assert (found.name, number, found.owner, found.own) == ("扩围方案", 1, office.name, True)
    assert (found.newest.criteria, found.newest.figures) == (RULE, {"yes": 7})
    assert "LAB_DRAFT_SAVED" in [event.kind for event in audit.events(SYSTEM)]


def test_saving_again_adds_a_version_and_keeps_the_first(office: Actor) -> None:
    pk, _ = saved(office)
    assert saved(office, draft_id=pk, seen_number=1, criteria=OTHER) == (pk, 2)
    found = queries_lab.draft(office, pk)
    assert [each.criteria for each in found.versions] == [OTHER, RULE]
    assert found.version(1).criteria == RULE


def test_who_did_not_see_the_newest_version_does_not_overwrite_it(office: Actor) -> None:
    pk, _ = saved(office)
    saved(office, draft_id=pk, seen_number=1)
    with pytest.raises(Stale):
        saved(office, draft_id=pk, seen_number=1)
    assert queries_lab.draft(office, pk).last_number == 2


def test_another_office_reads_but_does_not_write(office: Actor) -> None:
    pk, _ = saved(office)
    stranger = staff(Role.FINANCE_OFFICER, kind="government")
    assert queries_lab.draft(stranger, pk).own is False
    with pytest.raises(Refused) as caught:
        saved(stranger, draft_id=pk, seen_number=1)
    assert caught.value.code == "policy_draft_foreign"
    with pytest.raises(Refused):
        actions_lab.drop_draft(stranger, draft_id=pk)


@pytest.mark.parametrize("role", [Role.TASKFORCE_OFFICER, Role.BANK_HEAD, Role.AUDITOR])
def test_who_has_no_lab_neither_saves_nor_reads(role: Role, office: Actor) -> None:
    pk, _ = saved(office)
    stranger = staff(role)
    for act in (lambda: saved(stranger), lambda: queries_lab.drafts(stranger), lambda: queries_lab.draft(stranger, pk)):
        with pytest.raises(DomainError) as caught:
            act()
        assert caught.value.code == "not_permitted"


def test_every_problem_is_named_at_once(office: Actor) -> None:
    broken = {"all": [{"fact": "luck", "op": "="}, {"fact": "employees", "op": ">=", "value": "NaN"}, {"any": []}]}
    with pytest.raises(Refused) as caught:
        saved(office, name=" ", kind="gift", note="长" * 201, criteria=broken)
    assert [problem.code for problem in caught.value.problems] == [
        "unknown_fact", "wrong_value", "empty_group", "name", "note", "kind",
    ]  # fmt: skip


def test_a_dropped_draft_leaves_the_list_but_not_the_record(office: Actor) -> None:
    pk, _ = saved(office)
    actions_lab.drop_draft(office, draft_id=pk)
    assert queries_lab.drafts(office) == []
    assert PolicyDraftVersion.objects.filter(draft_id=pk).count() == 1
    with pytest.raises(DomainError):
        actions_lab.drop_draft(office, draft_id=pk)


def test_the_web_role_cannot_change_a_saved_version(office: Actor) -> None:
    pk, _ = saved(office)
    for statement in (
        "UPDATE screening_policydraftversion SET note = 'x' WHERE draft_id = %s",
        "DELETE FROM screening_policydraftversion WHERE draft_id = %s",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), as_web_role(), connection.cursor() as cursor:
            cursor.execute(statement, [pk])


@pytest.mark.parametrize("change", [{"name": ""}, {"kind": "gift"}])
def test_the_database_refuses_a_draft_without_name_or_of_no_kind(office: Actor, change: dict[str, str]) -> None:
    pk, _ = saved(office)
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyDraft.objects.filter(pk=pk).update(**change)


def test_the_database_refuses_the_same_number_twice_and_numbers_below_one(office: Actor) -> None:
    pk, _ = saved(office)
    row = PolicyDraftVersion.objects.get(draft_id=pk)
    for number in (1, 0):
        row.pk, row.number = None, number
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)


def test_without_a_snapshot_there_is_no_effect_and_after_one_there_is(office: Actor) -> None:
    assert queries_lab.effect(office, RULE) is None
    for kind in ("company", "company", "cooperative"):
        firm(kind=kind)
    ground = lab_snapshot.refresh(office)
    found = queries_lab.effect(office, RULE, OTHER)
    assert found is not None
    effect, on = found
    assert on.sha256 == ground.sha256
    assert (effect.rows, effect.after, effect.before) == (ground.rows, (2, 1, 0), (1, 2, 0))


def test_a_new_snapshot_takes_the_place_of_the_old_one(office: Actor) -> None:
    firm(kind="company")
    first = lab_snapshot.refresh(office)
    assert queries_lab.effect(office, RULE)[0].rows == 1  # type: ignore[index]
    firm(kind="company")
    second = lab_snapshot.refresh(office)
    assert first.path != second.path
    assert lab_snapshot.ground() == second
    assert queries_lab.effect(office, RULE)[0].rows == 2  # type: ignore[index]


def test_asking_twice_for_a_snapshot_is_asking_once(office: Actor) -> None:
    actions_lab.ask_for_snapshot(office)
    actions_lab.ask_for_snapshot(office)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'screening.refresh_lab'")
        assert cursor.fetchone() == (1,)


def test_strangers_may_not_write_a_snapshot() -> None:
    with pytest.raises(DomainError):
        lab_snapshot.refresh(staff(Role.BANK_HEAD))
