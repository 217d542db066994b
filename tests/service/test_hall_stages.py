"""Where a firm stands, as the hall reports it: by whom, with what, who reads it; nothing is rewritten."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from conftest import as_web_role
from factories import firms, people
from huoshui.access.actor import Actor
from huoshui.access.queries import actor as actor_of
from huoshui.access.queries import notices_for
from huoshui.access.roles import Role
from huoshui.access.row_security import acting
from huoshui.kernel.errors import DomainError, Refused
from huoshui.service import actions_hall as actions
from huoshui.service import queries_hall as queries
from huoshui.service.models import StageReport

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Actor:
    return people.staff(Role.SERVICE_DESK, kind="operator")


@pytest.fixture
def owner() -> Actor:
    made = people.owner()
    firms.represented(firms.firm(district_code="140106"), people.person(made))
    return actor_of(made.person_id or 0)


def test_the_firm_is_told_and_reads_the_newest_stage_with_each_bank(desk: Actor, owner: Actor) -> None:
    firm, bank = owner.enterprise_ids[0], people.organisation("bank")
    actions.report_stage(desk, enterprise_id=firm, stage="comparison")
    actions.report_stage(desk, enterprise_id=firm, stage="account", bank_id=bank)
    actions.report_stage(desk, enterprise_id=firm, stage="approval", bank_id=bank, note="预计三天")
    with as_web_role(), acting(owner):
        assert [(row.bank_id, row.stage) for row in queries.stages(owner, firm)] == [
            (bank, "approval"),
            (None, "comparison"),
        ]
        assert "预计三天" in notices_for(owner)[0].text.zh


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"enterprise_id": 0}, "enterprise"),
        ({"stage": "waiting"}, "stage"),
        ({"stage": "diligence"}, "bank_id"),
    ],
)
def test_what_is_wrong_is_named_at_its_field(desk: Actor, owner: Actor, given: dict[str, object], field: str) -> None:
    values = {"enterprise_id": owner.enterprise_ids[0], "stage": "papers"} | given
    with pytest.raises(Refused) as refused:
        actions.report_stage(desk, **values)  # type: ignore[arg-type]
    assert [problem.field for problem in refused.value.problems] == [field]


def test_only_the_hall_reports(owner: Actor) -> None:
    with pytest.raises(DomainError):
        actions.report_stage(owner, enterprise_id=owner.enterprise_ids[0], stage="papers")


def test_another_firm_and_another_bank_do_not_read_it(desk: Actor, owner: Actor) -> None:
    bank = people.organisation("bank")
    actions.report_stage(desk, enterprise_id=owner.enterprise_ids[0], stage="account", bank_id=bank)
    stranger = people.staff(Role.BANK_HEAD, kind="bank")
    with as_web_role(), acting(stranger):
        assert not queries.stages(stranger).exists()
        assert not StageReport.objects.exists()


def test_the_database_knows_the_stages_and_keeps_reports(desk: Actor, owner: Actor) -> None:
    pk = actions.report_stage(desk, enterprise_id=owner.enterprise_ids[0], stage="papers")
    with pytest.raises(IntegrityError, match="stagereport_stage_known"), transaction.atomic():
        StageReport.objects.filter(pk=pk).update(stage="waiting")
