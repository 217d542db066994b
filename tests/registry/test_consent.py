"""Who may read what of a firm: consent given, replaced, withdrawn, run out; and what is seen without it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from factories import firms
from huoshui.access.actor import ANONYMOUS, SYSTEM
from huoshui.access.roles import Role
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Refused, Stale
from huoshui.registry import actions, queries
from huoshui.registry.models import Consent, Representative
from registry import cast

pytestmark = pytest.mark.django_db
TODAY = dt.datetime(2026, 11, 21, 12, tzinfo=clock.ZONE)


@pytest.fixture(autouse=True)
def _today() -> Any:
    with clock.at(TODAY):
        yield


@pytest.fixture
def bank() -> Any:
    return cast.organisation("bank")


def give(actor: Any, firm: Any, bank: Any, **how: Any) -> int:
    asked = {"purpose": "loan_application", "data_kinds": ["register", "tax"], "until": dt.date(2027, 11, 21)}
    return actions.give_consent(actor, enterprise_id=firm.pk, reader_id=bank.pk, **{**asked, **how})


def test_a_bank_and_its_branches_read_what_was_consented_and_nothing_else(bank: Any) -> None:
    firm, branch = firms.firm(), cast.organisation("bank", parent=bank)
    give(cast.owner(firm.pk), firm, bank)
    assert queries.may_read(bank.path, firm.pk, "tax")
    assert queries.may_read(branch.path, firm.pk, "tax")
    assert not queries.may_read(branch.path, firm.pk, "credit")
    assert not queries.may_read(cast.organisation("bank").path, firm.pk, "tax")


def test_a_consent_to_a_branch_is_none_to_the_head_office(bank: Any) -> None:
    firm, branch = firms.firm(), cast.organisation("bank", parent=bank)
    give(cast.owner(firm.pk), firm, branch)
    assert not queries.may_read(bank.path, firm.pk, "tax")


@pytest.mark.parametrize(("until", "readable"), [("2026-11-20", False), ("2026-11-21", True), ("2026-11-22", True)])
def test_a_consent_holds_through_its_last_day(bank: Any, until: str, readable: bool) -> None:
    firm = firms.firm()
    firms.consent(firm, bank, cast.person(), until=dt.date.fromisoformat(until))
    assert queries.may_read(bank.path, firm.pk, "tax") is readable
    assert queries.consents_of(firm.pk)[0].open is readable


def test_withdrawing_takes_one_step_and_works_at_once(bank: Any) -> None:
    firm = firms.firm()
    owner = cast.owner(firm.pk)
    consent = give(owner, firm, bank)
    actions.withdraw_consent(owner, consent_id=consent)
    assert not queries.may_read(bank.path, firm.pk, "tax")
    assert queries.consents_of(firm.pk, open_only=True) == []
    with pytest.raises(Stale):
        actions.withdraw_consent(owner, consent_id=consent)
    assert [len(cast.events(kind)) for kind in ("CONSENT_GIVEN", "CONSENT_WITHDRAWN")] == [1, 1]


def test_the_platform_may_be_let_match_and_nothing_else(bank: Any) -> None:
    firm = firms.firm()
    owner = cast.owner(firm.pk)
    for reader, purpose in ((None, "loan_application"), (bank.pk, "matching")):
        with pytest.raises(Refused):
            actions.give_consent(
                owner, enterprise_id=firm.pk, reader_id=reader, purpose=purpose, data_kinds=["tax"], until=TODAY.date()
            )
    with pytest.raises(IntegrityError, match="consent_platform_matches_only"), transaction.atomic():
        firms.consent(firm, bank, cast.person(), purpose="matching")


def test_a_consent_to_matching_opens_nothing_to_anybody(bank: Any) -> None:
    firm = firms.firm()
    owner = cast.owner(firm.pk)
    assert not queries.matching_taken_back(firm.pk)
    for _ in range(2):  # the second replaces the first
        given = actions.give_consent(
            owner, enterprise_id=firm.pk, reader_id=None, purpose="matching", data_kinds=["tax"], until=TODAY.date()
        )
    assert not queries.may_read(bank.path, firm.pk, "tax")
    assert Consent.objects.filter(withdrawn_at__isnull=True).count() == 1
    assert not queries.matching_taken_back(firm.pk)
    with clock.at(TODAY + dt.timedelta(days=1)):
        assert queries.matching_taken_back(firm.pk)
    actions.withdraw_consent(owner, consent_id=given)
    assert queries.matching_taken_back(firm.pk)


def test_a_new_consent_replaces_the_open_one_of_the_same_purpose(bank: Any) -> None:
    firm = firms.firm()
    owner = cast.owner(firm.pk)
    give(owner, firm, bank)
    give(owner, firm, bank, data_kinds=["credit"])
    give(owner, firm, bank, purpose="guarantee")
    assert Consent.objects.filter(withdrawn_at__isnull=True).count() == 2
    assert not Consent.objects.get(data_kinds=["credit"]).withdrawn_at


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"purpose": "nonsense"}, "consent_purpose"),
        ({"data_kinds": []}, "consent_data_kinds"),
        ({"data_kinds": ["register", "gossip"]}, "consent_data_kinds"),
        ({"until": dt.date(2026, 11, 20)}, "consent_until"),
    ],
)
def test_a_consent_must_name_purpose_kinds_and_a_day_to_come(bank: Any, how: dict[str, Any], code: str) -> None:
    firm = firms.firm()
    with pytest.raises(Refused) as caught:
        give(cast.owner(firm.pk), firm, bank, **how)
    assert [problem.code for problem in caught.value.problems] == [code]


def test_every_problem_of_a_consent_is_named_at_once(bank: Any) -> None:
    with pytest.raises(Refused) as caught:
        give(cast.owner(), firms.firm(), bank, purpose="x", data_kinds=[], until=dt.date(2020, 1, 1))
    assert len(caught.value.problems) == 4


def test_only_the_firm_itself_may_give_or_withdraw(bank: Any) -> None:
    firm = firms.firm()
    consent = give(cast.owner(firm.pk), firm, bank)
    for stranger in (cast.owner(), cast.staff(bank, Role.ACCOUNT_MANAGER), ANONYMOUS, SYSTEM):
        with pytest.raises(Refused):
            give(stranger, firm, bank)
        with pytest.raises(Refused):
            actions.withdraw_consent(stranger, consent_id=consent)


def test_staff_who_enter_a_consent_name_the_signed_paper(bank: Any) -> None:
    firm, office = firms.firm(), cast.organisation("government")
    desk = cast.staff(office, Role.SERVICE_DESK)
    with pytest.raises(Refused):
        give(desk, firm, bank)
    give(desk, firm, bank, paper="授权书 2026-17")
    assert cast.events("CONSENT_GIVEN")[0].facts["paper"] == "授权书 2026-17"


def test_a_consent_to_nobody_is_refused() -> None:
    firm = firms.firm()
    with pytest.raises(DomainError) as caught:
        actions.give_consent(
            cast.owner(firm.pk), enterprise_id=firm.pk, reader_id=0, purpose="loan_application",
            data_kinds=["tax"], until=dt.date(2027, 1, 1),
        )  # fmt: skip
    assert caught.value.code == "consent_reader"


# --- reading ---------------------------------------------------------------------------------------------------------


def known_firm() -> Any:
    firm = firms.firm(labels=["高新技术"])
    firms.sheet(
        firm, "tax", dt.date(2026, 1, 31), tax_grade="A", tax_paid_last_year=12_345_600, invoice_amount_12m=30_000_000
    )
    firms.sheet(firm, "court", dt.date(2026, 11, 1), dishonest=False, open_lawsuits=2)
    return firm


def test_without_consent_a_bank_sees_a_firm_it_cannot_recognise(bank: Any) -> None:
    firm = known_firm()
    seen = queries.enterprise(cast.staff(bank, Role.ACCOUNT_MANAGER), firm.pk, reason="名单推送")
    assert seen.deidentified
    assert seen.name == "太原****公司"
    assert seen.uscc == f"{firm.uscc[:8]}********{firm.uscc[-2:]}"
    assert seen.address == "太原市小店区***"
    assert (seen.registered_capital, seen.capital_band) == (None, "500万–1000万元")
    assert {code: fact.value for code, fact in seen.facts.items()} == {
        "dishonest": False,  # public
        "tax_paid_last_year": "10万–50万元",
        "invoice_amount_12m": "10万–50万元",
    }
    assert (seen.scope, seen.organisation_type) == ("", "")


def test_with_consent_a_bank_sees_the_kinds_it_was_given(bank: Any) -> None:
    firm = known_firm()
    consent = give(cast.owner(firm.pk), firm, bank)
    seen = queries.enterprise(cast.staff(bank, Role.ACCOUNT_MANAGER), firm.pk, reason="审批")
    assert not seen.deidentified
    assert (seen.name, seen.registered_capital) == (firm.name, firm.registered_capital)
    assert seen.facts["tax_grade"].value == "A"
    assert seen.facts["invoice_amount_12m"].value == "10万–50万元"
    assert "open_lawsuits" not in seen.facts
    [event] = cast.events("ENTERPRISE_READ")
    assert event.facts == {"view": "consent", "consents": [consent]}
    assert event.reason == "审批"


def test_the_firm_itself_reads_everything_and_leaves_no_event() -> None:
    firm = known_firm()
    seen = queries.enterprise(cast.owner(firm.pk), firm.pk)
    assert (seen.name, seen.facts["tax_paid_last_year"].value) == (firm.name, 12_345_600)
    assert cast.events("ENTERPRISE_READ") == []


def test_an_officer_reads_the_firms_of_the_district_only() -> None:
    firm, office = known_firm(), cast.organisation("government")
    near = cast.staff(office, Role.TASKFORCE_OFFICER, district="140105")
    far = cast.staff(office, Role.TASKFORCE_OFFICER, district="140106")
    assert not queries.enterprise(near, firm.pk, reason="走访").deidentified
    assert cast.events("ENTERPRISE_READ")[0].facts["view"] == "full"
    with pytest.raises(DomainError):
        queries.enterprise(far, firm.pk)


@pytest.mark.parametrize("kind", ["anonymous", "leader", "another owner"])
def test_strangers_read_no_firm(kind: str) -> None:
    firm = firms.firm()
    leader = cast.staff(cast.organisation("government"), Role.LEADER, district="1401")
    actor = {"anonymous": ANONYMOUS, "leader": leader, "another owner": cast.owner()}[kind]
    with pytest.raises(DomainError):
        queries.enterprise(actor, firm.pk)


def test_a_list_leaves_one_event_with_its_size() -> None:
    office = cast.staff(cast.organisation("government"), Role.OFFICE, district="1401")
    queries.log_list(office, [3, 1, 2], reason="重点企业库")
    [event] = cast.events("ENTERPRISES_LISTED")
    assert event.facts == {"count": 3, "enterprises": [1, 2, 3]}


def test_names_in_a_bank_s_list_are_masked_without_consent(bank: Any) -> None:
    open_one, closed = firms.firm("太原甲乙丙丁公司"), firms.firm("太原戊己庚辛公司")
    give(cast.owner(open_one.pk), open_one, bank)
    names = queries.names_of(cast.staff(bank, Role.ACCOUNT_MANAGER), [open_one.pk, closed.pk])
    assert names == {open_one.pk: "太原甲乙丙丁公司", closed.pk: "太原****公司"}


def test_lists_hold_what_the_actor_may_see(bank: Any) -> None:
    mine, other = firms.firm(), firms.firm(district_code="140106")
    give(cast.owner(mine.pk), mine, bank)
    office = cast.organisation("government")
    sees = {
        "owner": cast.owner(other.pk),
        "district": cast.staff(office, Role.TASKFORCE_OFFICER, district="140105"),
        "city": cast.staff(office, Role.OFFICE, district="1401"),
        "bank": cast.staff(bank, Role.ACCOUNT_MANAGER),
        "auditor": cast.staff(cast.organisation("auditor"), Role.AUDITOR),
        "leader": cast.staff(office, Role.LEADER, district="1401"),
        "anonymous": ANONYMOUS,
    }
    found = {who: {firm.pk for firm in queries.enterprises(actor)} for who, actor in sees.items()}
    assert found == {
        "owner": {other.pk}, "district": {mine.pk}, "city": {mine.pk, other.pk}, "bank": {mine.pk},
        "auditor": {mine.pk, other.pk}, "leader": set(), "anonymous": set(),
    }  # fmt: skip


# --- representatives -------------------------------------------------------------------------------------------------


def test_a_person_comes_to_act_for_a_firm_once() -> None:
    firm, who = firms.firm(), cast.person()
    first = actions.represent(SYSTEM, person_id=who.pk, enterprise_id=firm.pk, proof="phone_on_register")
    assert actions.represent(SYSTEM, person_id=who.pk, enterprise_id=firm.pk, proof="phone_on_register") == first
    assert queries.representatives_of(firm.pk) == [(who.pk, who.name)]
    assert who.represented() == (firm.pk,)
    assert len(cast.events("REPRESENTATIVE_CONFIRMED")) == 1


def test_acting_for_a_firm_can_end_and_begin_again() -> None:
    firm, owner = firms.firm(), cast.owner()
    assert owner.person_id is not None
    for _ in range(2):
        actions.represent(owner, person_id=owner.person_id, enterprise_id=firm.pk, proof="licence_photo")
        actions.end_representation(owner, person_id=owner.person_id, enterprise_id=firm.pk)
    assert Representative.objects.filter(ended_at__isnull=False).count() == 2
    with pytest.raises(Stale):
        actions.end_representation(owner, person_id=owner.person_id, enterprise_id=firm.pk)


def test_an_unknown_proof_or_a_stranger_s_hand_is_refused() -> None:
    firm, who = firms.firm(), cast.person()
    with pytest.raises(Refused):
        actions.represent(SYSTEM, person_id=who.pk, enterprise_id=firm.pk, proof="his word")
    with pytest.raises(Refused):
        actions.end_representation(cast.owner(), person_id=who.pk, enterprise_id=firm.pk)


def test_the_phone_on_the_register_is_compared_by_its_index() -> None:
    firm = firms.firm(phone_hash="ab" * 32)
    assert queries.phone_on_register(firm.pk, "ab" * 32)
    assert not queries.phone_on_register(firm.pk, "cd" * 32)
    assert not queries.phone_on_register(firms.firm("无电话公司").pk, "")
