"""A product's way from draft to offer: who may, what is refused, what closes what, what everybody sees."""

from __future__ import annotations

import datetime as dt
import threading
from decimal import Decimal

import pytest
from django.db import connection

from factories import offers
from huoshui.access.actor import ANONYMOUS, SYSTEM, Actor
from huoshui.access.roles import Role, permissions_of
from huoshui.audit.models import Event
from huoshui.catalogue import actions, queries
from huoshui.catalogue.lifecycle import Act, State
from huoshui.catalogue.models import Institution, ProductVersion
from huoshui.catalogue.terms import INSTITUTION_KINDS
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Refused, Stale

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
MOMENT = dt.datetime(2026, 11, 21, 10, 0, tzinfo=clock.ZONE)
TODAY = MOMENT.date()


@pytest.fixture(autouse=True)
def _at_a_fixed_day():
    with clock.at(MOMENT):
        yield


@pytest.fixture
def bank() -> int:
    return offers.bank()


@pytest.fixture
def head(bank) -> Actor:
    return offers.person(bank, Role.BANK_HEAD)


@pytest.fixture
def office() -> Actor:
    return offers.office_person()


def row(version_id: int) -> ProductVersion:
    return ProductVersion.objects.get(pk=version_id)


def events(kind: str) -> int:
    return Event.objects.filter(kind=kind).count()


class TestWay:
    def test_a_bank_drafts_and_submits_and_the_office_approves(self, bank, head, office):
        version = offers.draft(bank, by=head, code="TX-1")
        actions.submit_version(head, version_id=version)
        actions.approve_version(office, version_id=version, note="符合要求")
        made = row(version)
        assert (made.state, made.submitted_by_id, made.decided_by_id) == ("approved", head.person_id, office.person_id)
        assert [events(kind) for kind in ("PRODUCT_DRAFTED", "PRODUCT_SUBMITTED", "PRODUCT_APPROVED")] == [1, 1, 1]
        assert [found.code for found in queries.offered_products(TODAY)] == ["TX-1"]

    def test_every_problem_of_a_draft_is_named_at_once(self, bank, head):
        with pytest.raises(Refused) as refusal:
            offers.draft(bank, by=head, code="x", name="", amount_min="三十万", criteria={"fact": "no_such", "op": "="})
        assert {problem.field for problem in refusal.value.problems} >= {"code", "name", "amount_min", "criteria"}
        assert not ProductVersion.objects.exists()

    def test_criteria_are_needed(self, bank, head):
        with pytest.raises(Refused) as refusal:
            offers.draft(bank, by=head, criteria=None)
        assert [problem.code for problem in refusal.value.problems] == ["criteria_missing"]

    def test_criteria_that_no_firm_can_meet_are_refused(self, bank, head):
        narrow = {"all": [{"fact": "employees", "op": op, "value": n} for op, n in ((">=", 5), ("<", 3))]}
        with pytest.raises(Refused) as refusal:
            offers.draft(bank, by=head, criteria=narrow)
        assert [problem.code for problem in refusal.value.problems] == ["criteria_contradict"]

    def test_a_code_is_used_once(self, bank, head):
        offers.draft(bank, by=head, code="TX-1")
        with pytest.raises(Refused) as refusal:
            offers.draft(bank, by=head, code="TX-1")
        assert refusal.value.code == "product_code_taken"

    def test_a_stranger_drafts_nothing_for_a_bank(self, bank, office):
        other = offers.person(offers.bank(), Role.BANK_HEAD)
        for actor in (other, office, ANONYMOUS):
            with pytest.raises(DomainError):
                offers.draft(bank, by=actor)

    def test_whoever_works_for_no_institution_is_told_so(self):
        roles = frozenset({Role.BANK_HEAD})
        actor = Actor(kind="staff", person_id=1, roles=roles, permissions=permissions_of(roles))
        with pytest.raises(DomainError) as refusal:
            actions.draft_product(actor, code="TX-1", terms_given=offers.terms())
        assert refusal.value.code == "institution_unknown"

    def test_a_draft_is_edited_and_a_submitted_version_is_not(self, bank, head):
        version = offers.draft(bank, by=head)
        actions.edit_draft(head, version_id=version, terms_given=offers.terms(amount_max="5000000.00", name="新名"))
        assert (row(version).amount_max, row(version).product.name) == (500_000_000, "新名")
        actions.submit_version(head, version_id=version)
        with pytest.raises(Refused) as refusal:
            actions.edit_draft(head, version_id=version, terms_given=offers.terms())
        assert refusal.value.code == "wrong_state"

    def test_an_edit_with_problems_changes_nothing(self, bank, head):
        version = offers.draft(bank, by=head)
        with pytest.raises(Refused):
            actions.edit_draft(head, version_id=version, terms_given=offers.terms(rate_pct="99", methods=[]))
        assert row(version).version == 1

    def test_who_submitted_does_not_decide_even_with_the_role(self, bank, head):
        both = Actor(**{name: getattr(head, name) for name in ("kind", "person_id", "name", "organisation_id", "org_path")},
                     permissions=permissions_of(frozenset({Role.BANK_HEAD, Role.OFFICE})))  # fmt: skip
        version = offers.draft(bank, by=both)
        actions.submit_version(both, version_id=version)
        with pytest.raises(Refused) as refusal:
            actions.approve_version(both, version_id=version)
        assert refusal.value.code == "four_eyes"

    def test_a_rejected_version_stays_and_the_bank_starts_again(self, bank, head, office):
        version = offers.draft(bank, by=head)
        actions.submit_version(head, version_id=version)
        actions.reject_version(office, version_id=version, note="利率偏高")
        again = actions.draft_version(
            head, product_id=row(version).product_id, terms_given=offers.terms(rate_pct="3.50")
        )
        assert (row(version).state, row(version).decision_note, row(again).number) == ("rejected", "利率偏高", 2)

    def test_a_rejection_needs_words(self, bank, head, office):
        version = offers.draft(bank, by=head)
        actions.submit_version(head, version_id=version)
        with pytest.raises(Refused) as refusal:
            actions.reject_version(office, version_id=version, note=" ")
        assert refusal.value.code == "reason_missing"

    def test_a_bank_takes_back_what_waits(self, bank, head):
        version = offers.draft(bank, by=head)
        actions.submit_version(head, version_id=version)
        actions.withdraw_version(head, version_id=version, reason="改条款")
        assert (row(version).state, row(version).decided_by_id) == ("rejected", None)

    def test_one_draft_at_a_time(self, bank, head):
        version = offers.draft(bank, by=head)
        with pytest.raises(Refused) as refusal:
            actions.draft_version(head, product_id=row(version).product_id, terms_given=offers.terms())
        assert refusal.value.code == "version_open"

    def test_a_product_that_was_offered_keeps_its_name(self, bank):
        version = offers.approved(bank)
        with pytest.raises(Refused) as refusal:
            actions.draft_version(
                SYSTEM, product_id=row(version).product_id, terms_given=offers.terms(name="另一个名字")
            )
        assert refusal.value.code == "product_name"

    def test_an_unknown_version_is_named(self, office):
        with pytest.raises(DomainError) as refusal:
            actions.approve_version(office, version_id=0)
        assert refusal.value.code == "product_version_unknown"

    def test_what_somebody_else_changed_meanwhile_is_stale(self, bank, head):
        version = offers.draft(bank, by=head)
        actions.edit_draft(head, version_id=version, terms_given=offers.terms(), seen_version=1)
        with pytest.raises(Stale):
            actions.edit_draft(head, version_id=version, terms_given=offers.terms(), seen_version=1)
        with pytest.raises(Stale):
            actions.submit_version(head, version_id=version, seen_version=1)


class TestVersions:
    def test_a_new_version_ends_the_one_before(self, bank):
        first = offers.approved(bank, valid_from="2026-01-01")
        second = offers.next_version(row(first).product_id, valid_from=TODAY + 10 * DAY, rate_pct="3.50")
        assert row(first).valid_to == TODAY + 9 * DAY
        for day, rate in ((TODAY + 9 * DAY, "3.85"), (TODAY + 10 * DAY, "3.50")):
            [offer] = queries.offered_products(day)
            assert offer.rate_pct == Decimal(rate)
        assert row(second).number == 2

    @pytest.mark.parametrize(("shift", "code"), [(-1, "version_past"), (0, None), (1, None)])
    def test_a_new_version_starts_today_at_the_earliest(self, bank, shift, code):
        first = offers.approved(bank, valid_from="2026-01-01")
        if code is None:
            offers.next_version(row(first).product_id, valid_from=TODAY + shift * DAY)
            return
        with pytest.raises(Refused) as refusal:
            offers.next_version(row(first).product_id, valid_from=TODAY + shift * DAY)
        assert refusal.value.code == code

    @pytest.mark.parametrize("shift", [0, -1])
    def test_a_version_does_not_start_before_or_with_a_later_one(self, bank, shift):
        first = offers.approved(bank, valid_from="2026-01-01")
        later = offers.next_version(row(first).product_id, valid_from=TODAY + 10 * DAY)
        with pytest.raises(Refused) as refusal:
            offers.next_version(row(later).product_id, valid_from=TODAY + (10 + shift) * DAY)
        assert refusal.value.code == "version_overlap"

    def test_a_version_may_end_before_a_later_one_starts(self, bank):
        first = offers.approved(bank, valid_from="2026-01-01", valid_to="2026-06-30")
        offers.next_version(row(first).product_id, valid_from=TODAY + 10 * DAY)
        between = offers.next_version(row(first).product_id, valid_from=TODAY, valid_to=(TODAY + 9 * DAY).isoformat())
        assert row(between).valid_to == TODAY + 9 * DAY
        assert row(first).valid_to == dt.date(2026, 6, 30)

    def test_withdrawal_ends_the_offer_that_day_and_not_before(self, bank, head):
        version = offers.approved(bank)
        actions.withdraw_version(head, version_id=version, reason="停售")
        assert queries.offered_products(TODAY) == ()
        assert len(queries.offered_products(TODAY - DAY)) == 1

    def test_the_office_may_remove_a_product_with_reason(self, bank, office):
        version = offers.approved(bank)
        actions.remove_version(office, version_id=version, reason="投诉较多")
        assert queries.offered_products(TODAY) == ()
        assert events("PRODUCT_REMOVED") == 1

    @pytest.mark.parametrize(("shift", "offered"), [(-1, 0), (0, 1), (30, 1), (31, 0)])
    def test_a_version_is_offered_from_its_first_to_its_last_day(self, bank, shift, offered):
        offers.approved(bank, valid_from=TODAY.isoformat(), valid_to=(TODAY + 30 * DAY).isoformat())
        assert len(queries.offered_products(TODAY + shift * DAY)) == offered

    @pytest.mark.parametrize("act", ["draft", "submitted", "rejected"])
    def test_only_what_was_approved_is_offered(self, bank, act):
        version = offers.draft(bank)
        if act != "draft":
            actions.submit_version(SYSTEM, version_id=version)
        if act == "rejected":
            actions.reject_version(SYSTEM, version_id=version, note="x")
        assert queries.offered_products(TODAY) == ()

    def test_the_changes_are_told_in_words(self, bank, office):
        criteria = {"all": [*offers.CRITERIA["all"], {"fact": "tax_grade", "op": "in", "value": ["A", "B"]}]}
        fees = [{"name": "担保费", "payer": "firm", "payee": "guarantor", "when": "yearly", "pct": "0.80"}]
        first = offers.approved(bank)
        second = offers.next_version(
            row(first).product_id, valid_from=TODAY + DAY, amount_max="5000000.00", criteria=criteria, fees=fees
        )
        found = {change.field: change for change in queries.compare_versions(office, before_id=first, after_id=second)}
        assert set(found) == {"amount_max", "criteria", "fees", "valid_from", "valid_to"}
        assert (found["amount_max"].before.zh, found["amount_max"].after.zh) == ("300 万元", "500 万元")
        assert "A、B" in found["criteria"].after.zh
        assert "担保费 0.80%" in found["fees"].after.zh

    def test_a_stranger_does_not_compare_drafts(self, bank, head):
        version = offers.draft(bank, by=head)
        other = offers.person(offers.bank(), Role.BANK_HEAD)
        with pytest.raises(DomainError):
            queries.compare_versions(other, before_id=version, after_id=version)


class TestSeen:
    def test_firms_and_public_see_what_is_offered_and_a_bank_its_own(self, bank, head, office):
        offers.approved(bank, code="OPEN")
        offers.draft(bank, by=head, code="OWN-DRAFT")
        offers.draft(offers.bank(), code="OTHER-DRAFT")
        seen = {
            name: {product.code for product in queries.products(actor)}
            for name, actor in (("public", ANONYMOUS), ("bank", head), ("office", office))
        }
        assert seen == {
            "public": {"OPEN"},
            "bank": {"OPEN", "OWN-DRAFT"},
            "office": {"OPEN", "OWN-DRAFT", "OTHER-DRAFT"},
        }

    def test_the_public_sees_approved_versions_only(self, bank, head):
        first = offers.approved(bank)
        product = row(first).product_id
        actions.draft_version(head, product_id=product, terms_given=offers.terms(valid_from=TODAY.isoformat()))
        assert [view.number for view in queries.product(ANONYMOUS, product).versions] == [1]
        view = queries.product(head, product)
        assert [each.number for each in view.versions] == [2, 1]
        assert view.offered.number == 1
        assert view.versions[0].acts == (Act.EDIT, Act.SUBMIT)
        assert view.versions[1].acts == (Act.WITHDRAW,)

    def test_a_foreign_draft_is_as_if_it_were_not(self, bank, head):
        version = offers.draft(bank, by=head)
        with pytest.raises(DomainError) as refusal:
            queries.product(ANONYMOUS, row(version).product_id)
        assert refusal.value.code == "product_unknown"

    def test_the_terms_shown_can_be_submitted_again(self, bank, head):
        version = offers.draft(bank, by=head)
        shown = queries.product(head, row(version).product_id).versions[0].terms
        actions.edit_draft(head, version_id=version, terms_given=shown)
        assert queries.product(head, row(version).product_id).versions[0].terms == shown

    @pytest.mark.parametrize(
        ("filters", "codes"),
        [
            ({}, ["AA1", "BB1"]),
            ({"q": "抵押"}, ["BB1"]),
            ({"q": "aa1"}, ["AA1"]),
            ({"kind": "village_bank"}, ["BB1"]),
            ({"collateral": "mortgage"}, ["BB1"]),
            ({"district": "140121"}, ["AA1", "BB1"]),
            ({"district": "140105"}, ["AA1"]),
            ({"state": "approved"}, ["AA1", "BB1"]),
            ({"state": "draft"}, []),
            ({"q": ""}, ["AA1", "BB1"]),
        ],
    )
    def test_the_list_is_filtered(self, bank, filters, codes):
        village = offers.bank(kind="village_bank")
        offers.approved(bank, code="AA1")
        offers.approved(village, code="BB1", name="抵押贷", collateral=["mortgage"], districts=["140121"])
        assert [product.code for product in queries.products(SYSTEM, filters=filters)] == codes

    def test_a_guarantor_and_an_auditor_see_their_part(self, bank, head):
        version = offers.draft(bank, by=head)
        guarantor = offers.bank(kind="guarantor")
        own = offers.draft(guarantor, code="GUARD")
        officer = offers.person(guarantor, Role.GUARANTEE_OFFICER)
        auditor = offers.office_person(Role.AUDITOR)
        assert {product.code for product in queries.products(officer)} == {"GUARD"}
        assert {view.id for view in queries.product(officer, row(own).product_id).versions} == {own}
        assert [change.field for change in queries.compare_versions(auditor, before_id=version, after_id=own)] == []

    def test_what_waits_is_listed_for_the_office(self, bank, head, office):
        version = offers.draft(bank, by=head)
        assert not queries.waiting_versions(office).exists()
        actions.submit_version(head, version_id=version)
        assert [waiting.pk for waiting in queries.waiting_versions(office)] == [version]
        assert not queries.waiting_versions(head).exists()

    def test_the_state_has_a_name(self, bank, head):
        version = offers.draft(bank, by=head)
        view = queries.product(head, row(version).product_id).versions[0]
        assert (view.state, view.state_name.zh, view.rate_text.zh) == (State.DRAFT, "草稿", "固定 3.85%")


class TestOffered:
    def test_a_floating_rate_follows_the_prime_rate(self, bank):
        offers.approved(bank, rate_kind="lpr_1y", spread_bp=45, rate_pct=None, valid_from="2024-01-01")
        rates = {
            day: queries.offered_products(day)[0].rate_pct for day in (dt.date(2024, 10, 20), dt.date(2024, 10, 21))
        }
        assert list(rates.values()) == [Decimal("3.80"), Decimal("3.55")]
        [offer] = queries.offered_products(TODAY)
        assert (offer.rate_pct, offer.rate_as_of) == (Decimal("3.45"), dt.date(2026, 8, 20))
        assert "2026-08-20" in offer.rate_text.zh

    def test_a_rate_far_below_the_prime_rate_is_never_negative(self, bank):
        offers.approved(bank, rate_kind="lpr_1y", spread_bp=-400, rate_pct=None)
        assert queries.offered_products(TODAY)[0].rate_pct == 0

    def test_before_the_first_prime_rate_there_is_no_floating_offer(self, bank):
        offers.approved(bank, rate_kind="lpr_1y", spread_bp=0, rate_pct=None, valid_from="2019-01-01")
        assert queries.offered_products(dt.date(2019, 8, 19)) == ()
        assert len(queries.offered_products(dt.date(2019, 8, 20))) == 1

    def test_a_product_is_offered_where_a_branch_serves(self, bank):
        offers.branch(bank, districts=("140105", "140110"))
        offers.approved(bank)
        served = {code: len(queries.offered_products(TODAY, district=code)) for code in ("140105", "140110", "140121")}
        assert served == {"140105": 1, "140110": 1, "140121": 0}

    def test_a_product_bound_to_districts_is_offered_there_only(self, bank):
        offers.branch(bank, districts=("140105", "140121"))
        offers.approved(bank, districts=["140121"])
        assert len(queries.offered_products(TODAY, district="140121")) == 1
        assert queries.offered_products(TODAY, district="140105") == ()

    @pytest.mark.parametrize(("shift", "offered"), [(-1, 1), (0, 0), (1, 0)])
    def test_a_bank_whose_only_branch_pauses_is_not_offered_until_the_day_after(self, bank, head, shift, offered):
        branch = offers.branch(bank)
        offers.approved(bank)
        actions.set_capacity(head, branch_id=branch, weekly_capacity=5, paused_until=TODAY + shift * DAY)
        assert len(queries.offered_products(TODAY, district="140105")) == offered
        assert queries.branches_serving(bank, "140105")[0].paused == (not offered)

    def test_a_bank_without_branches_is_offered_everywhere(self, bank):
        offers.approved(bank)
        assert len(queries.offered_products(TODAY, district="140181")) == 1

    def test_a_guarantors_product_is_a_guarantee(self):
        offers.approved(offers.bank(kind="guarantor"), rate_pct="0.80")
        assert queries.offered_products(TODAY)[0].kind == "guarantee"

    def test_an_offer_carries_its_fees_typed(self, bank):
        fees = [
            {"name": "担保费", "payer": "firm", "payee": "guarantor", "when": "yearly", "pct": "0.80"},
            {"name": "登记费", "payer": "bank", "payee": "registry", "when": "start", "amount": "550.00"},
        ]
        offers.approved(bank, fees=fees)
        found = queries.offered_products(TODAY)[0].fees
        assert [(fee.pct, fee.amount) for fee in found] == [(Decimal("0.80"), None), (None, 55_000)]

    def test_one_offer_is_found_by_its_product(self, bank):
        version = offers.approved(bank)
        assert queries.offer(row(version).product_id).version_id == version
        assert queries.offer(0) is None

    def test_offers_are_kept_until_something_changes(self, bank, django_assert_num_queries):
        offers.approved(bank)
        queries.offered_products(TODAY)
        with django_assert_num_queries(0):
            assert len(queries.offered_products(TODAY)) == 1
        offers.approved(bank)
        assert len(queries.offered_products(TODAY)) == 2

    def test_what_is_rolled_back_is_not_offered(self, bank):
        from django.db import transaction

        with transaction.atomic():
            offers.approved(bank)
            assert len(queries.offered_products(TODAY)) == 1
            transaction.set_rollback(True)
        assert queries.offered_products(TODAY) == ()


class TestPlaces:
    def test_capacity_is_set_by_the_own_bank_only(self, bank, head):
        branch = offers.branch(bank)
        actions.set_capacity(head, branch_id=branch, weekly_capacity=0)
        assert queries.branch(branch).weekly_capacity == 0
        stranger = offers.person(offers.bank(), Role.BANK_HEAD)
        with pytest.raises(DomainError) as refusal:
            actions.set_capacity(stranger, branch_id=branch, weekly_capacity=9)
        assert refusal.value.code == "not_own"

    @pytest.mark.parametrize(("cases", "good"), [(-1, False), (0, True), (10_000, True), (10_001, False)])
    def test_capacity_lies_in_a_range(self, bank, head, cases, good):
        branch = offers.branch(bank)
        if good:
            actions.set_capacity(head, branch_id=branch, weekly_capacity=cases)
            return
        with pytest.raises(Refused):
            actions.set_capacity(head, branch_id=branch, weekly_capacity=cases)

    @pytest.mark.parametrize("districts", [[], ["1401"], ["太原"], ["140105", "x"]])
    def test_a_branch_names_districts_of_six_digits(self, bank, head, districts):
        branch = offers.branch(bank)
        with pytest.raises(Refused):
            actions.edit_branch(head, branch_id=branch, districts=districts, address="", contact="")

    def test_a_branch_changes_its_area(self, bank, head):
        branch = offers.branch(bank)
        actions.edit_branch(head, branch_id=branch, districts=["140121"], address="演示路1号", contact="张")
        assert queries.branch(branch).districts == ("140121",)
        assert queries.branches_serving(bank, "140105") == []
        assert events("BRANCH_CHANGED") == 1

    def test_an_unknown_kind_of_institution_is_refused(self, bank, office):
        with pytest.raises(Refused):
            actions.register_institution(office, organisation_id=bank, kind="pawnshop")

    def test_every_kind_of_institution_has_a_name(self):
        assert set(INSTITUTION_KINDS) == set(Institution.Kind.values)

    def test_institutions_are_counted(self, bank):
        offers.branch(bank)
        offers.approved(bank)
        [view] = queries.institutions("city_bank")
        assert (view.branches, view.products, view.kind_name.zh) == (1, 1, "城市商业银行")
        assert queries.institutions("guarantor") == ()


class TestTryOn:
    def test_criteria_are_tried_on_a_sample(self):
        tree = {"all": [*offers.CRITERIA["all"], {"fact": "invoice_months", "op": ">=", "value": 12}]}
        sample = [
            {"dishonest": False, "invoice_months": 12},
            {"dishonest": False, "invoice_months": 11},
            {"dishonest": True},
            {"dishonest": False},
        ]
        found = queries.try_on(tree, sample, as_of=TODAY)
        assert (found.yes, found.no, found.unknown) == (1, 2, 1)
        assert [count for _, count in found.failing] == [1, 1]
        assert [count for _, count in found.missing] == [2]

    def test_a_tree_that_cannot_be_read_is_refused(self):
        with pytest.raises(Refused):
            queries.try_on({"all": []}, [], as_of=TODAY)


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_who_decide_at_once_one_wins():
    bank = offers.bank()
    version = offers.draft(bank)
    actions.submit_version(SYSTEM, version_id=version)
    answers: list[str] = []

    def decide(act) -> None:
        try:
            with clock.at(MOMENT):
                act(SYSTEM, version_id=version, note="x", seen_version=2)
            answers.append("done")
        except (Stale, Refused) as refusal:
            answers.append(refusal.code)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=decide, args=(act,)) for act in (actions.approve_version, actions.reject_version)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) in (["done", "stale"], ["done", "wrong_state"])
    assert Event.objects.filter(kind__in=["PRODUCT_APPROVED", "PRODUCT_REJECTED"]).count() == 1
