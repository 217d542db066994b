"""How many questions an act and a page ask of the database: no more than written here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories import cases
from factories.cases import START, City
from huoshui.access import row_security
from huoshui.access.actor import SYSTEM
from huoshui.financing import actions, queries
from huoshui.financing.models import Demand
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.registry import queries as registry

pytestmark = pytest.mark.django_db
STEPS = {"accept": 10, "contact": 7, "ask": 9, "complete": 8, "grant": 14, "sign": 13, "draw_half": 29, "draw_rest": 16}


@pytest.fixture
def place() -> Iterator[City]:
    with clock.at(START), row_security.acting(SYSTEM):
        made = cases.city()
        cases.case(made, "settled", by=cases.another_firm(made))  # what is kept in memory is there
        yield made


def asked(act: Callable[[], Any]) -> tuple[int, Any]:
    with CaptureQueriesContext(connection) as captured:
        answer = act()
    return len(captured), answer


def test_no_act_asks_more_than_its_budget(place: City) -> None:
    referral = cases.offered(place)[0]
    counts = {step: asked(lambda step=step: cases._STEPS[step](place, place.bank, referral))[0] for step in STEPS}
    assert {step: count for step, count in counts.items() if count > STEPS[step]} == {}


def test_dispatching_three_banks_asks_as_often_as_it_tells_and_no_more(place: City) -> None:
    made = cases.recommended(place)
    count, _ = asked(lambda: actions.dispatch(place.taskforce, demand_id=made))
    assert count <= 17


def test_lists_cost_the_same_for_one_row_and_for_many(place: City) -> None:
    def inbox() -> int:
        return asked(lambda: [(row.demand.number, row.due_at) for row in queries.inbox(place.bank.officer)])[0]

    cases.offered(place)
    one = inbox()
    for _ in range(4):
        cases.offered(place, by=cases.another_firm(place))
    assert inbox() == one == 1


def test_pages_stay_within_their_budget(place: City) -> None:
    referral = cases.case(place, "lent")
    demand = cases.demand_of(referral)
    assert asked(lambda: queries.tracking(place.owner, demand))[0] <= 10
    assert asked(lambda: queries.demand(place.taskforce, demand))[0] <= 20
    assert asked(lambda: queries.case(place.bank.officer, referral))[0] <= 8
    assert asked(lambda: queries.today(place.bank.officer))[0] <= 4


def test_withdrawing_ends_what_the_banks_of_the_demand_could_read(place: City) -> None:
    given = [{"reader_id": place.bank.id, "data_kinds": ["register", "tax"]}]
    referral = cases.offered(place, consents=given)[0]
    assert registry.may_read(place.bank.officer.org_path, place.firm.pk, "tax")
    actions.withdraw_demand(place.owner, demand_id=cases.demand_of(referral))
    assert not registry.may_read(place.bank.officer.org_path, place.firm.pk, "tax")
    assert Demand.objects.get(pk=cases.demand_of(referral)).close_reason == "withdrawn"


def test_a_paper_is_kept_once_and_only_the_firm_adds_it(place: City, settings: Any, tmp_path: Path) -> None:
    files = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": files}
    paper = {"enterprise_id": place.firm.pk, "kind": "articles", "file_name": "章程.pdf", "content": b"%PDF-1.7 x"}
    first, second = (actions.add_paper(place.owner, **paper) for _ in range(2))
    assert first == second
    for wrong in ({"content": b"MZ..."}, {"kind": "spell"}, {"content": b""}):
        with pytest.raises(DomainError):
            actions.add_paper(place.owner, **(paper | wrong))
    with pytest.raises(DomainError):
        actions.add_paper(place.bank.officer, **paper)
    assert [line.id for line in queries.papers(place.owner, enterprise_id=place.firm.pk)] == [first]
    actions.withdraw_paper(place.owner, paper_id=first)
    assert queries.papers(place.owner, enterprise_id=place.firm.pk) == ()
