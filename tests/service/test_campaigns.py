"""Campaigns: who calls on whom, how far a grid is, what a phone sends late or twice, and who looks at a visit again."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories import firms, people
from huoshui.access.actor import Actor
from huoshui.access.roles import Role
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Refused
from huoshui.service import actions_campaign as actions
from huoshui.service import queries_campaign as queries
from huoshui.service.actions_campaign import Wanted
from huoshui.service.campaigns import Street, coverage, drawn, grid_of, way
from huoshui.service.models import QualityCheck, Target


class TestPure:
    STREETS = (Street(1, ("坞城路",), 7), Street(2, ("坞城",), 8), Street(3, ("平阳路", "平阳南路"), None))

    def test_the_longest_word_decides_which_grid_an_address_lies_in(self) -> None:
        assert grid_of("太原市坞城路12号", self.STREETS) == self.STREETS[0]
        assert grid_of("太原市坞城南街3号", self.STREETS) == self.STREETS[1]
        assert grid_of("太原市长风街1号", self.STREETS) is None

    def test_a_keeper_takes_the_grid_and_the_rest_is_shared_evenly(self) -> None:
        given_firms = [(n, f"太原市长风街{n}号") for n in range(1, 8)] + [(9, "太原市坞城路9号")]
        places = way(given_firms, self.STREETS, [20, 21])
        assert next(one for one in places if one.firm == 9).visitor == 7
        load = [sum(one.visitor == each for one in places) for each in (20, 21)]
        assert sorted(load) == [3, 4]

    def test_firms_are_walked_by_house_number_not_by_its_spelling(self) -> None:
        places = way([(1, "太原市平阳路100号"), (2, "太原市平阳路9号"), (3, "太原市平阳路20号")], self.STREETS, [20])
        assert [one.firm for one in places] == [2, 3, 1]

    def test_without_any_visitor_a_firm_has_none(self) -> None:
        assert way([(1, "太原市长风街1号")], self.STREETS, [])[0].visitor is None

    @given(st.sets(st.integers(1, 10_000)), st.integers(1, 100))
    def test_a_draw_is_of_the_asked_size_and_the_same_for_everybody(self, visits: set[int], percent: int) -> None:
        found = drawn(visits, percent=percent, seed="x")
        assert len(found) == -(-len(visits) * percent // 100)
        assert set(found) <= visits
        assert found == drawn(sorted(visits, reverse=True), percent=percent, seed="x")

    def test_coverage_counts_each_firm_at_every_stage_it_reached(self) -> None:
        rows = [(1, True, True, True, True), (1, True, True, False, False), (1, False, False, False, False)]
        found = coverage(rows)[1]
        assert (found.targets, found.visited, found.willing, found.matched, found.paid) == (3, 2, 2, 1, 1)
        assert found.share() == 667_000
        assert coverage([]) == {}


@pytest.fixture
def office(db: None) -> tuple[Actor, Actor]:
    """A taskforce lead of Yingze and a visitor of the same office, with three firms on one street and one elsewhere."""
    lead = people.staff(Role.TASKFORCE_LEAD, kind="government")
    visitor = people.staff(Role.VISITOR, at=lead.organisation_id)
    for number in (5, 12, 30):
        firms.firm(f"太原柳巷{number}号餐饮有限公司", district_code="140106", address=f"太原市柳巷{number}号")
    firms.firm("太原远方机械有限公司", district_code="140105", address="太原市柳巷1号")
    return lead, visitor


def opened(lead: Actor, **changes: Any) -> int:
    today = clock.today()
    values: dict[str, Any] = {
        "name": "柳巷走访", "first_day": today, "last_day": today + dt.timedelta(days=30), "wanted": Wanted()
    }  # fmt: skip
    return actions.open_campaign(lead, **values | changes)


def called(visitor: Actor, target: int, **changes: Any) -> Any:
    values: dict[str, Any] = {"client_id": uuid.uuid4(), "visited_on": clock.today(), "outcome": "no_need"}
    return actions.visit_target(visitor, target_id=target, **values | changes)


def test_a_campaign_reaches_the_districts_firms_and_tells_the_visitor(office: tuple[Actor, Actor]) -> None:
    lead, visitor = office
    actions.save_grid(
        lead, code="YZ-1", name="柳巷网格", street="柳巷街道", words=["柳巷"], keeper_id=visitor.person_id
    )
    opened(lead)
    found = queries.calls(visitor)
    assert [call.address for call in found] == ["太原市柳巷5号", "太原市柳巷12号", "太原市柳巷30号"]
    assert {call.grid for call in found} == {"柳巷网格"}
    from huoshui.access import queries as access

    assert "柳巷走访" in access.notices_for(visitor)[0].text.zh


def test_a_visit_moves_the_grids_figures_and_leaves_the_list_of_tomorrow(office: tuple[Actor, Actor]) -> None:
    lead, visitor = office
    pk = opened(lead)
    first = queries.calls(visitor)[0]
    made = called(
        visitor, first.id, outcome="need", need={"amount": 30_000_000, "term_months": 12, "purpose": "working_capital"}
    )
    assert made.demand_id
    board = queries.board(lead, queries.campaigns(lead).get(pk=pk))
    assert (board.total.targets, board.total.visited, board.total.willing, board.total.paid) == (3, 1, 1, 0)
    assert [call.outcome for call in queries.calls(visitor)] == ["", "", "need"]


def test_the_same_visit_sent_twice_is_one(office: tuple[Actor, Actor]) -> None:
    lead, visitor = office
    opened(lead)
    target, key = queries.calls(visitor)[0].id, uuid.uuid4()
    assert called(visitor, target, client_id=key).again is False
    assert called(visitor, target, client_id=key).again is True
    assert Target.objects.filter(visit__isnull=False).count() == 1


def test_a_visit_of_tomorrow_is_refused_and_the_firm_stays_to_visit(office: tuple[Actor, Actor]) -> None:
    lead, visitor = office
    opened(lead)
    target = queries.calls(visitor)[0].id
    with pytest.raises(Refused, match="走访日期"):
        called(visitor, target, visited_on=clock.today() + dt.timedelta(days=1))
    assert queries.calls(visitor)[0].id == target


def test_a_firm_of_another_visitor_is_not_on_the_list(office: tuple[Actor, Actor]) -> None:
    lead, visitor = office
    opened(lead)
    stranger = people.staff(Role.VISITOR, kind="government")
    with pytest.raises(DomainError, match="不在您的走访名单"):
        called(stranger, queries.calls(visitor)[0].id)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"last_day": dt.date(2020, 1, 1)}, "last_day"),
        ({"wanted": Wanted(aims=("rich",))}, "aims"),
        ({"wanted": Wanted(most=0)}, "most"),
    ],
)
def test_what_is_wrong_with_a_campaign_is_named(
    office: tuple[Actor, Actor], changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        opened(office[0], **changes)
    assert field in {problem.field for problem in refused.value.problems}


def test_a_campaign_that_reaches_nobody_is_not_opened(office: tuple[Actor, Actor]) -> None:
    with pytest.raises(DomainError, match="没有符合条件的企业"):
        opened(office[0], wanted=Wanted(label="专精特新"))


def test_never_visited_leaves_out_whoever_was(office: tuple[Actor, Actor]) -> None:
    lead, visitor = office
    opened(lead)
    called(visitor, queries.calls(visitor)[0].id)
    assert len(actions.chosen(lead, Wanted(aims=("never_visited",)))) == 2


def test_nobody_checks_their_own_visit_and_doubt_needs_a_reason(office: tuple[Actor, Actor]) -> None:
    lead, visitor = office
    pk = opened(lead)
    called(visitor, queries.calls(visitor)[0].id)
    own = queries.targets(lead, pk).filter(visit=None).first()
    assert own is not None
    Target.objects.filter(pk=own.pk).update(visitor_id=lead.person_id)
    called(lead, own.pk)
    assert actions.draw_sample(lead, campaign_id=pk) == 1
    for target in Target.objects.filter(visit__isnull=False, quality__isnull=True):
        QualityCheck.objects.create(target=target, district_code="140106", drawn_at=clock.now())
    mine = QualityCheck.objects.get(target=own)
    other = QualityCheck.objects.exclude(pk=mine.pk).get()
    with pytest.raises(Refused, match="不能抽查自己的走访"):
        actions.check_visit(lead, check_id=mine.pk, verdict="sound")
    with pytest.raises(Refused, match="存疑请写明原因"):
        actions.check_visit(lead, check_id=other.pk, verdict="doubtful")
    actions.check_visit(lead, check_id=other.pk, verdict="sound")
    assert QualityCheck.objects.get(pk=other.pk).checker_id == lead.person_id


def test_a_phone_sends_what_waited_and_hears_of_each(office: tuple[Actor, Actor], client: Any) -> None:
    lead, visitor = office
    opened(lead)
    first, second, third = queries.calls(visitor)
    people.sign_in(client, visitor)
    page = client.get("/gov/round/")
    assert page.status_code == 200
    assert first.name in page.content.decode()
    assert client.get("/gov/round/sync/").json()["token"]
    tomorrow = (clock.today() + dt.timedelta(days=1)).isoformat()
    key = str(uuid.uuid4())
    said = {"client_id": key, "target": first.id, "visited_on": clock.today().isoformat(), "outcome": "no_need"}
    waiting = [
        said,
        said,
        {**said, "client_id": str(uuid.uuid4()), "target": second.id, "visited_on": tomorrow},
        {**said, "client_id": str(uuid.uuid4()), "target": third.id, "outcome": "need", "amount": "30",
         "term_months": "12", "purpose": "working_capital"},
        "nonsense",
    ]  # fmt: skip
    answer = client.post("/gov/round/sync/", json.dumps(waiting), content_type="application/json").json()["answers"]
    assert [one["state"] for one in answer] == ["done", "again", "refused", "done", "refused"]
    assert "晚于今天" in answer[2]["problems"][0]
    assert answer[3]["demand"] is True
    assert client.post("/gov/round/sync/", "{", content_type="application/json").status_code == 400


def test_the_pages_of_a_campaign_open_for_the_lead(office: tuple[Actor, Actor], client: Any) -> None:
    lead, visitor = office
    people.sign_in(client, lead)
    form = {
        "name": "春季走访",
        "first_day": clock.today().isoformat(),
        "last_day": clock.today().isoformat(),
        "most": "10",
    }
    assert "符合条件的有 3 户" in client.post("/gov/campaigns/new/", {**form, "count": "1"}).content.decode()
    made = client.post("/gov/campaigns/new/", {**form, "open": "1"})
    assert made.status_code == 302
    called(visitor, queries.calls(visitor)[0].id)
    client.post(f"{made.url}sample/")
    board = client.get(made.url).content.decode()
    assert "走访覆盖" in board
    assert "未划入网格" in board
    check = QualityCheck.objects.get()
    refused = client.post(f"{made.url}sample/{check.pk}/", {"verdict": "doubtful"})
    assert refused.status_code == 422
    assert client.get(f"{made.url}firms/?done=1").status_code == 200
    assert client.get("/gov/grids/").status_code == 200
    assert client.post("/gov/campaigns/new/", {**form, "name": "", "open": "1"}).status_code == 422
