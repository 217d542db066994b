"""An exclusion list follows one firm at once when its facts change; editions stay as they were."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from factories import firms, people
from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.roles import Role
from huoshui.access.row_security import acting
from huoshui.catalogue import presets
from huoshui.kernel import clock
from huoshui.registry import actions as registry
from huoshui.screening import actions_list, making, queries_list
from huoshui.screening.models import ListChange, ListDefinition
from tests.conftest import as_web_role

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 2)
MORNING = dt.datetime(2026, 3, 3, 9, tzinfo=clock.ZONE)
DISHONEST = {"any": [{"fact": "dishonest", "op": "=", "value": True}]}


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(default_storage, "path", lambda name: str(tmp_path / name))


@pytest.fixture
def firm() -> Any:
    """A clean firm and an exclusion list of dishonest debtors, made once."""
    with clock.at(MORNING), acting(SYSTEM):
        presets.install(SYSTEM)
        made = firms.firm()
        firms.sheet(made, "credit", DAY, dishonest=False, has_loan_history=False)
        actions_list.define(
            SYSTEM, code="bad", kind="exclusion", name="失信主体", name_en="Dishonest", source="法院",
            criteria=DISHONEST, document_no="测试〔2026〕1号",
        )  # fmt: skip
        actions_list.make(SYSTEM, codes=["bad"])
        yield int(made.pk)


def say(firm: int, hours: int, actor: Actor = SYSTEM, **values: object) -> None:
    with clock.at(MORNING + dt.timedelta(hours=hours)):
        registry.record_facts(actor, enterprise_id=firm, source="credit", as_of=dt.date(2026, 3, 3), values=values)


def test_a_fact_that_excludes_counts_at_once_and_is_taken_back_at_once(firm: int) -> None:
    say(firm, 1, dishonest=True)
    assert making.excluded_all().tolist() == [firm]
    say(firm, 2, dishonest=False)
    assert making.excluded_all().tolist() == []
    assert list(ListChange.objects.order_by("id").values_list("listed", flat=True)) == [True, False]


def test_other_facts_and_the_same_verdict_change_nothing(firm: int) -> None:
    say(firm, 1, has_loan_history=True)
    say(firm, 2, dishonest=True)
    say(firm, 3, dishonest=True, has_loan_history=False)
    assert ListChange.objects.count() == 1


def test_the_next_edition_takes_the_change_over(firm: int) -> None:
    say(firm, 1, dishonest=True)
    with clock.at(MORNING + dt.timedelta(hours=5)):
        (edition,) = actions_list.make(SYSTEM, codes=["bad"])
        held = ListDefinition.objects.get(code="bad")
        assert (edition.number, edition.came) == (2, 1)
        assert making.changes_since(held).count() == 0
        assert making.excluded_all().tolist() == [firm]
    say(firm, 6, dishonest=False)
    assert making.excluded_all().tolist() == []
    assert making.members_of(held.pk).tolist() == [firm], "the edition stays as it was"


def test_an_officer_of_the_county_sees_the_change_and_others_do_not(firm: int) -> None:
    say(firm, 1, dishonest=True)
    here = people.staff(Role.TASKFORCE_OFFICER, at=people.organisation("government", district_code="140105"))
    held = ListDefinition.objects.get(code="bad").pk
    for actor, seen in ((here, 1), (people.staff(Role.TASKFORCE_OFFICER), 0)):
        who = actor
        with acting(who), as_web_role():
            edition = queries_list.edition(who, held, None)
            assert edition is not None
            assert len(queries_list.changes(who, edition)) == seen


def test_a_change_is_written_once(firm: int) -> None:
    say(firm, 1, dishonest=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        ListChange.objects.update(listed=False)
