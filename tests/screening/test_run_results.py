"""What a run over the register found is shown rule by rule, by district, beside the run before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from factories import firms, people
from huoshui.access.actor import SYSTEM
from huoshui.access.roles import Role
from huoshui.access.row_security import acting
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.screening import actions_list, actions_run, queries_run
from huoshui.screening.models import ScreeningRun

pytestmark = pytest.mark.django_db

HERE, THERE = firms.DISTRICT, firms.NEIGHBOUR


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(default_storage, "path", lambda name: str(tmp_path / name))


@pytest.fixture(autouse=True)
def _as_the_system() -> Iterator[None]:
    with acting(SYSTEM):
        yield


def firm(district: str, *, borrowed: bool | None) -> None:
    made = firms.firm(district_code=district)
    if borrowed is not None:
        firms.sheet(made, "credit", clock.today(), has_loan_history=borrowed)


def run() -> ScreeningRun:
    asked = actions_run.ask_run(SYSTEM)
    actions_run.work()
    asked.refresh_from_db()
    return asked


def never(held: ScreeningRun, district: str = "") -> queries_run.RuleCount:
    rows = queries_run.rule_counts(SYSTEM, held.pk, district=district)
    return next(row for row in rows if row.code == "list:never")


@pytest.fixture
def first() -> ScreeningRun:
    actions_list.define(
        SYSTEM,
        code="never",
        kind="never_borrowed",
        name="无贷户名单",
        name_en="Never borrowed",
        source="人民银行",
        criteria={"all": [{"fact": "has_loan_history", "op": "=", "value": False}]},
        document_no="测试〔2026〕1号",
    )
    firm(HERE, borrowed=False)
    firm(HERE, borrowed=True)
    firm(THERE, borrowed=None)
    return run()


def test_firms_are_counted_by_rule_and_district(first: ScreeningRun) -> None:
    whole, here = never(first), never(first, HERE)
    assert (whole.yes, whole.no, whole.unknown, whole.before) == (1, 1, 1, None)
    assert (here.yes, here.no, here.unknown, here.share) == (1, 1, 0, 0.5)
    assert whole.name.en == "Never borrowed"


def test_a_later_run_stands_beside_the_one_before(first: ScreeningRun) -> None:
    firm(THERE, borrowed=False)
    with clock.at(clock.now() + dt.timedelta(days=1)):
        second = never(run())
    assert (second.yes, second.before) == (2, never(first).yes)


def test_a_runs_files_are_those_three_and_no_other_path(first: ScreeningRun) -> None:
    assert queries_run.result_file(SYSTEM, first.pk, "counts.parquet").exists()
    for name in ("../manifest.json", ".lock", "other"):
        with pytest.raises(DomainError):
            queries_run.result_file(SYSTEM, first.pk, name)


def test_only_who_manages_lists_sees_a_run(first: ScreeningRun) -> None:
    with pytest.raises(DomainError) as caught:
        queries_run.rule_counts(people.staff(Role.TASKFORCE_OFFICER), first.pk)
    assert caught.value.code == "no_such_run"
