"""States of a product version: every state × act × role, and every reason named."""

from __future__ import annotations

import itertools

import pytest

from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.roles import Permission, Role, permissions_of
from huoshui.catalogue.lifecycle import ACT_NAMES, STATE_NAMES, TRANSITIONS, Act, Facts, State, available, decide

BANK = "/7/"
ROLES = [Role.BANK_HEAD, Role.OFFICE, Role.ACCOUNT_MANAGER, Role.OWNER, Role.AUDITOR, Role.LEADER]


def person(role: Role, *, number: int = 1, path: str = BANK) -> Actor:
    roles = frozenset({role})
    return Actor(kind="staff", person_id=number, org_path=path, roles=roles, permissions=permissions_of(roles))


def facts(*, submitted_by: int | None = 9, reason: str = "额度变化") -> Facts:
    return Facts(BANK, submitted_by, reason)


ALLOWED = {
    (State.DRAFT, Act.EDIT, Role.BANK_HEAD),
    (State.DRAFT, Act.SUBMIT, Role.BANK_HEAD),
    (State.SUBMITTED, Act.WITHDRAW, Role.BANK_HEAD),
    (State.APPROVED, Act.WITHDRAW, Role.BANK_HEAD),
    (State.SUBMITTED, Act.APPROVE, Role.OFFICE),
    (State.SUBMITTED, Act.REJECT, Role.OFFICE),
    (State.APPROVED, Act.REMOVE, Role.OFFICE),
}


@pytest.mark.parametrize(("state", "act", "role"), list(itertools.product(State, Act, ROLES)))
def test_only_the_table_allows(state, act, role):
    assert decide(state, act, actor=person(role), facts=facts()).allowed == ((state, act, role) in ALLOWED)


@pytest.mark.parametrize(("state", "act"), list(TRANSITIONS))
def test_jobs_and_commands_may_do_what_the_table_has(state, act):
    assert decide(state, act, actor=SYSTEM, facts=facts()).allowed


def test_whoever_submitted_may_not_decide():
    for act in (Act.APPROVE, Act.REJECT):
        decision = decide(State.SUBMITTED, act, actor=person(Role.OFFICE, number=9), facts=facts(submitted_by=9))
        assert [problem.code for problem in decision.reasons] == ["four_eyes"]


def test_another_banks_product_is_out_of_reach():
    decision = decide(State.DRAFT, Act.EDIT, actor=person(Role.BANK_HEAD, path="/8/"), facts=facts())
    assert [problem.code for problem in decision.reasons] == ["not_own_product"]


def test_a_branch_does_not_own_the_banks_products():
    decision = decide(State.DRAFT, Act.EDIT, actor=person(Role.BANK_HEAD, path="/7/70/"), facts=facts())
    assert not decision.allowed


@pytest.mark.parametrize(("reason", "allowed"), [("", False), ("  ", False), ("停售", True)])
def test_withdrawal_needs_words(reason, allowed):
    decision = decide(State.APPROVED, Act.WITHDRAW, actor=person(Role.BANK_HEAD), facts=facts(reason=reason))
    assert decision.allowed == allowed


def test_every_reason_is_named_at_once():
    stranger = person(Role.OWNER, path="/8/")
    decision = decide(State.APPROVED, Act.WITHDRAW, actor=stranger, facts=facts(reason=""))
    assert [problem.code for problem in decision.reasons] == ["not_permitted", "not_own_product", "reason_missing"]


def test_the_buttons_are_what_is_allowed_with_words_still_to_come():
    assert available(State.DRAFT, actor=person(Role.BANK_HEAD), facts=facts(reason="")) == (Act.EDIT, Act.SUBMIT)
    assert available(State.SUBMITTED, actor=person(Role.OFFICE), facts=facts(reason="")) == (Act.APPROVE, Act.REJECT)
    assert available(State.WITHDRAWN, actor=SYSTEM, facts=facts()) == ()


def test_decided_states_are_not_left_but_by_withdrawal():
    assert {act for state, act in TRANSITIONS if state in (State.REJECTED, State.WITHDRAWN)} == set()
    assert {row.to for (state, _), row in TRANSITIONS.items() if state == State.APPROVED} == {State.WITHDRAWN}


def test_every_state_and_act_has_a_name_in_both_languages():
    for names, keys in ((STATE_NAMES, State), (ACT_NAMES, Act)):
        assert set(names) == set(keys)
        assert all(name.zh and name.en for name in names.values())


def test_the_table_asks_for_permissions_that_exist():
    assert {row.permission for row in TRANSITIONS.values()} <= set(Permission)
