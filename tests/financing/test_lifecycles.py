"""Every state × act × role of demands and cases, generated from the two tables and compared with them."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.roles import ROLE_PERMISSIONS, Role
from huoshui.financing import demand_lifecycle as demands
from huoshui.financing import referral_lifecycle as cases
from huoshui.financing.demand_lifecycle import Act as DemandAct
from huoshui.financing.demand_lifecycle import State as DemandState
from huoshui.financing.referral_lifecycle import Act, Move, State

READY = demands.Facts(
    verdicts=tuple((number, "yes") for number in demands.STANDARDS),
    measures=("x",),
    open_repairs=1,
    reason="—",
    cases=1,
)
CASE_READY = cases.Facts(
    papers=("x",), overdue=True, contract_overdue=True, reason_code="x", words="x", reason="x", balance=0
)


def who(role: Role) -> Actor:
    return Actor(kind="staff", person_id=7, roles=frozenset({role}), permissions=ROLE_PERMISSIONS[role])


@pytest.mark.parametrize(("state", "act"), list(itertools.product(DemandState, DemandAct)))
def test_each_role_may_do_to_a_demand_what_the_table_says_and_nothing_else(state: DemandState, act: DemandAct) -> None:
    row = demands.TRANSITIONS.get((state, act))
    for role in Role:
        allowed = row is not None and bool(set(row.permissions) & ROLE_PERMISSIONS[role])
        facts = replace(READY, green=True) if act is DemandAct.UNGREEN else READY
        assert bool(demands.decide(state, act, actor=who(role), facts=facts)) == allowed


@pytest.mark.parametrize(("state", "act"), list(itertools.product(State, Act)))
def test_each_role_may_do_to_a_case_what_the_table_says_and_nothing_else(state: State, act: Act) -> None:
    row = cases.TRANSITIONS.get((state, act))
    for role in Role:
        allowed = row is not None and bool(set(row.permissions) & ROLE_PERMISSIONS[role])
        assert bool(cases.decide(state, act, actor=who(role), facts=CASE_READY)) == allowed


@pytest.mark.parametrize("key", list(demands.TRANSITIONS))
def test_every_refusal_of_a_demand_names_all_reasons_in_both_languages(key: tuple[DemandState, DemandAct]) -> None:
    bare = demands.Facts(open_banks=9, rated=True, drawn=True)
    decision = demands.decide(*key, actor=who(Role.AUDITOR), facts=bare)
    assert decision.reasons[0].code == "not_permitted"
    assert all(problem.text.zh and problem.text.en for problem in decision.reasons)
    row = demands.TRANSITIONS[key]
    expected = 1 + len(row.guards) + row.reason
    assert len(decision.reasons) >= expected - 1  # a standard that is missing is not also "not met"


@pytest.mark.parametrize("state", list(State))
def test_buttons_are_exactly_what_may_be_done(state: State) -> None:
    for role in Role:
        shown = set(cases.available(state, actor=who(role), facts=CASE_READY))
        assert shown == {act for act in Act if cases.decide(state, act, actor=who(role), facts=CASE_READY)}


def test_a_closed_case_stays_closed() -> None:
    assert not [key for key in cases.TRANSITIONS if key[0] in cases.CLOSED_STATES]


def test_every_state_can_be_reached_and_none_is_a_trap() -> None:
    reached = {State.OFFERED}
    for _ in State:
        reached |= {row.to for (state, _), row in cases.TRANSITIONS.items() if state in reached}
        reached |= {State.LENT} if State.LENDING in reached else set()
    assert reached == set(State)
    for state in cases.OPEN_STATES:
        assert any(row.to is not state for (at, _), row in cases.TRANSITIONS.items() if at is state)


def test_only_banks_grant_decline_and_pay_out() -> None:
    for act in (Act.GRANT, Act.DECLINE, Act.SIGN, Act.DRAW):
        rows = [row for (_, done), row in cases.TRANSITIONS.items() if done is act]
        holders = {role for role in Role for row in rows if set(row.permissions) & ROLE_PERMISSIONS[role]}
        assert holders <= {Role.ACCOUNT_MANAGER, Role.BRANCH_LEAD}


def test_a_refusal_always_asks_for_code_and_words() -> None:
    for state in cases.UNDECIDED_STATES:
        for code, words in (("", ""), ("x", " "), ("", "x")):
            facts = cases.Facts(reason_code=code, words=words)
            refused = cases.decide(state, Act.DECLINE, actor=SYSTEM, facts=facts)
            assert [problem.code for problem in refused.reasons] == ["refusal_needs_reason"]


def test_asking_for_papers_pauses_and_their_arrival_runs_the_decision_clock() -> None:
    for state in (State.CONTACTED, State.COMPLETE):
        assert ("decide", Move.PAUSE) in cases.TRANSITIONS[state, Act.ASK_PAPERS].clocks
    for act in (Act.PAPERS_ARRIVED, Act.COMPLETE):
        assert ("decide", Move.RUN) in cases.TRANSITIONS[State.PAPERS_OWED, act].clocks


def test_whoever_entered_a_demand_cannot_recommend_it_but_a_colleague_can() -> None:
    officer = who(Role.TASKFORCE_OFFICER)
    for entered_by, allowed in ((7, False), (8, True), (None, True)):
        facts = demands.Facts(verdicts=READY.verdicts, entered_by=entered_by)
        decision = demands.decide(DemandState.DECLARED, DemandAct.RECOMMEND, actor=officer, facts=facts)
        assert bool(decision) == allowed


@pytest.mark.parametrize(("open_banks", "allowed"), [(0, True), (2, True), (3, False), (4, False)])
def test_no_more_banks_than_the_parameter_allows(open_banks: int, *, allowed: bool) -> None:
    facts = demands.Facts(open_banks=open_banks, max_banks=3)
    decision = demands.decide(DemandState.DISPATCHED, DemandAct.OFFER, actor=SYSTEM, facts=facts)
    assert bool(decision) == allowed


@pytest.mark.parametrize(
    ("held", "another", "expected"),
    [
        (["offered", "granted"], False, ("granted", "")),
        (["granted", "lending"], False, ("lent", "")),
        (["lent", "declined"], False, ("lent", "")),
        (["settled", "withdrawn"], False, ("closed", "settled")),
        (["declined", "declined"], False, ("closed", "all_declined")),
        (["declined", "recalled"], True, ("recommended", "")),
        (["declined", "complete"], False, ("dispatched", "")),
        (["recalled"], False, ("recommended", "")),
        (["withdrawn"], False, ("recommended", "")),
    ],
)
def test_a_demand_follows_the_answers_of_all_its_banks(
    held: list[str], *, another: bool, expected: tuple[str, str]
) -> None:
    assert demands.follow(held, another_bank=another) == expected


@pytest.mark.parametrize("held", list(itertools.combinations_with_replacement(list(State), 2)))
def test_whatever_banks_answer_a_demand_has_a_state_and_a_reason_when_closed(held: tuple[State, State]) -> None:
    state, why = demands.follow(held, another_bank=False)
    assert bool(why) == (state is DemandState.CLOSED)
    if set(held) & {State.LENDING, State.LENT}:
        assert state is DemandState.LENT
