"""A day's plan: who gets what and why, confirmed through the ordinary act; demands claimed by banks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pytest

from factories import cases
from factories.cases import City
from huoshui.access import row_security
from huoshui.access.actor import SYSTEM
from huoshui.catalogue import actions as catalogue
from huoshui.financing import actions, jobs, queries
from huoshui.financing.dispatch import CAPACITY, CHOICE, FIT, INCUMBENT, Candidate, Desk
from huoshui.financing.dispatch_day import Fitting, Want, plan_day
from huoshui.financing.models import Demand, DispatchRun, Referral
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Stale

WEIGHTS = {"fit": 40, "cost": 25, "record": 20, "incumbent": 15}
DESKS = (Desk(11, "/b1/11", 1, 5), Desk(21, "/b2/21", 2, 5), Desk(31, "/b3/31", 3, 5))


def want(pk: int = 1, **changes: object) -> Want:
    values: dict[str, object] = {
        "demand_id": pk, "room": 1, "choices": (), "platform": True, "incumbents": (), "asked": frozenset(),
        "desks": DESKS, "fits": (Fitting(1, 101, 1, Decimal("3.5")), Fitting(2, 201, 2, Decimal("3.6"))), **changes,
    }  # fmt: skip
    return Want(**values)  # type: ignore[arg-type]


def plan(*wants: Want, **given: object) -> dict[int, list[tuple[int, str]]]:
    values: dict[str, object] = {"records": {}, "small": frozenset(), "weights": WEIGHTS, "share": 0.0, **given}
    day = plan_day(wants, **values)  # type: ignore[arg-type]
    found: dict[int, list[tuple[int, str]]] = {}
    for line in day.lines:
        found.setdefault(line.demand_id, []).append((line.offer.bank_id, line.offer.basis))
    return found


def test_the_cheapest_fit_gets_the_demand() -> None:
    assert plan(want()) == {1: [(1, FIT)]}


def test_a_bank_that_answers_in_time_is_preferred_to_a_slightly_cheaper_one() -> None:
    assert plan(want(), records={1: 100, 2: 1000}) == {1: [(2, FIT)]}


def test_the_present_lender_is_preferred_between_near_equals() -> None:
    assert plan(want(incumbents=(2,))) == {1: [(2, INCUMBENT)]}


def test_a_choice_of_the_firm_goes_out_even_to_a_full_branch() -> None:
    full = (Desk(11, "/b1/11", 1, 5, load=9), *DESKS[1:])
    assert plan(want(choices=(Candidate(1, 101, 1),), platform=False, desks=full)) == {1: [(1, CHOICE)]}


def test_a_bank_whose_products_do_not_fit_is_not_bothered_while_another_fits() -> None:
    assert plan(want(room=3)) == {1: [(1, FIT), (2, FIT)]}


def test_where_no_product_fits_a_branch_with_room_is_asked() -> None:
    ((_, basis),) = plan(want(fits=()))[1]
    assert basis == CAPACITY


def test_a_bank_that_was_asked_before_or_has_paused_is_left_out() -> None:
    paused = (DESKS[0], Desk(21, "/b2/21", 2, 5, paused=True), DESKS[2])
    assert plan(want(asked=frozenset({1}), desks=paused)) == {}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"desks": ()}, "没有网点服务该区县"),
        ({"desks": tuple(Desk(d.branch_id, d.path, d.bank_id, 5, paused=True) for d in DESKS)}, "暂停接单"),
        ({"asked": frozenset({1, 2, 3})}, "没有还没问过的合适银行"),
        ({"room": 0}, "已对接足够多的银行"),
        ({"desks": tuple(Desk(d.branch_id, d.path, d.bank_id, 0) for d in DESKS)}, "满额"),
    ],
)
def test_a_demand_without_a_bank_says_why(changes: dict[str, object], said: str) -> None:
    day = plan_day([want(**changes)], records={}, small=frozenset(), weights=WEIGHTS, share=0.0)
    assert not day.lines
    ((_, why),) = day.unplaced
    assert said in why.zh


@pytest.fixture
def place() -> Iterator[City]:
    with clock.at(cases.START), row_security.acting(SYSTEM):
        yield cases.city(banks=2)


@pytest.mark.django_db
def test_a_plan_sends_nothing_until_it_is_confirmed(place: City) -> None:
    demand = cases.recommended(place)
    run = actions.plan_run(place.taskforce)
    assert not Referral.objects.exists()
    row = DispatchRun.objects.get(pk=run)
    assert row.objective >= row.greedy_objective
    assert actions.confirm_run(place.taskforce, run_id=run, seen_version=row.version) == (1, 0)
    assert Demand.objects.get(pk=demand).state == "dispatched"
    assert Referral.objects.filter(demand_id=demand).exists()
    with pytest.raises(DomainError):
        actions.confirm_run(place.taskforce, run_id=run)


@pytest.mark.django_db
def test_what_changed_since_the_plan_is_left_out_with_the_reason(place: City) -> None:
    demand = cases.recommended(place)
    run = actions.plan_run(place.taskforce)
    actions.withdraw_demand(place.owner, demand_id=demand)
    assert actions.confirm_run(place.taskforce, run_id=run) == (0, 1)
    assert DispatchRun.objects.get(pk=run).result["left"][0]["demand"] == demand


@pytest.mark.django_db
def test_two_officers_cannot_both_confirm_a_plan(place: City) -> None:
    cases.recommended(place)
    run = actions.plan_run(place.taskforce)
    with pytest.raises(Stale):
        actions.confirm_run(place.taskforce, run_id=run, seen_version=99)


@pytest.mark.django_db
def test_a_bank_claims_a_demand_that_lies_open_without_knowing_the_firm(place: City) -> None:
    demand = cases.recommended(place, product_ids=[], platform_chooses=True)
    assert actions.open_to_claim(place.taskforce, demand_ids=[demand]).done == (demand,)
    held = place.bank
    (line,) = actions.claimable(held.officer)
    assert (line.demand_id, line.left) == (demand, 3)
    actions.claim(held.officer, demand_id=demand, branch_id=held.branch_id)
    assert Referral.objects.get(demand_id=demand).basis == "grab"
    assert actions.claimable(held.officer) == ()
    assert len(actions.claimable(place.banks[1].officer)) == 1


@pytest.mark.django_db
def test_a_claim_needs_room_and_stays_within_the_quota(place: City) -> None:
    demand, held = cases.recommended(place, platform_chooses=True), place.bank
    actions.open_to_claim(place.taskforce, demand_ids=[demand])
    catalogue.set_capacity(held.lead, branch_id=held.branch_id, weekly_capacity=0)
    with pytest.raises(DomainError, match="满额"):
        actions.claim(held.officer, demand_id=demand, branch_id=held.branch_id)
    with pytest.raises(DomainError, match="服务区县"):
        actions.claim(held.officer, demand_id=demand, branch_id=place.banks[1].branch_id)


@pytest.mark.django_db
def test_what_nobody_claims_in_time_the_platform_dispatches(place: City) -> None:
    demand = cases.recommended(place, product_ids=[], platform_chooses=True)
    actions.open_to_claim(place.taskforce, demand_ids=[demand])
    later = cases.START + dt.timedelta(hours=25)
    jobs.chase(later)
    row = Demand.objects.get(pk=demand)
    assert (row.state, row.grab_until) == ("dispatched", None)
    with clock.at(later):
        assert actions.claimable(place.bank.officer) == ()


@pytest.mark.django_db
def test_a_firm_that_chose_by_itself_is_not_laid_open(place: City) -> None:
    demand = cases.recommended(place, product_ids=[place.bank.product_id], platform_chooses=False)
    result = actions.open_to_claim(place.taskforce, demand_ids=[demand])
    assert not result.done
    assert queries.demands(place.taskforce, state="recommended").count() == 1
