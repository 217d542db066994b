"""The bank's products and branches: draft, criteria by rows, hand-over, capacity; nobody else's."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from factories import offers
from factories.people import sign_in, staff
from huoshui.access.actor import SYSTEM
from huoshui.access.roles import Role
from huoshui.catalogue import actions, presets, queries
from huoshui.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def head(client):
    presets.install(SYSTEM)
    actor = staff(Role.BANK_HEAD, at=offers.bank())
    sign_in(client, actor)
    return actor


def typed(**changes):
    """Return what an officer types into the editor for a sound product."""
    data = {
        "name": "流水贷",
        "name_en": "Flow loan",
        "code": "TST-11",
        "summary": "凭流水申请。",
        "summary_en": "On trading flow.",
        "amount_min": "1",
        "amount_max": "50",
        "term_min_months": "3",
        "term_max_months": "24",
        "rate_kind": "fixed",
        "rate_pct": "4.35",
        "spread_bp": "",
        "methods": ["annuity"],
        "collateral": ["credit"],
        "papers": ["legal_person_id"],
        "valid_from": clock.today().isoformat(),
        "fee-TOTAL_FORMS": "1",
        "fee-INITIAL_FORMS": "0",
        "fee-0-name": "",
        "r.kind": "all",
        "r.n": "1",
        "r-0.fact": "dishonest",
        "r-0.op": "=",
        "r-0.value": "false",
        "save": "draft",
    }
    return data | changes


def drafted(code="TST-11"):
    return queries.products(SYSTEM, filters={"q": code}).first()


def test_a_draft_is_saved_with_money_in_fen_and_its_criteria(client, head):
    assert client.post(reverse("bank:product_new"), typed()).status_code == 302
    version = queries.product(head, drafted().pk).versions[0]
    assert version.terms["amount_max"] == "500000.00"
    assert version.terms["criteria"] == {"all": [{"fact": "dishonest", "op": "=", "value": False}]}


def test_a_draft_can_be_handed_over_at_once(client, head):
    client.post(reverse("bank:product_new"), typed(save="submit"))
    assert queries.product(head, drafted().pk).versions[0].state == "submitted"


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount_max": "0.5"},
        {"amount_max": "三十"},
        {"rate_pct": ""},
        {"rate_pct": "99"},
        {"code": "x"},
        {"methods": []},
        {"valid_from": "2026-02-30"},
        {"r-0.fact": "moon_phase"},
        {"r-0.value": ""},
        {"r.n": "0"},
        {"fee-0-name": "手续费", "fee-0-pct": "1", "fee-0-amount": "1"},
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, head, wrong):
    answer = client.post(reverse("bank:product_new"), typed(**wrong))
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'value="流水贷"' in answer.text
    assert drafted() is None


def test_a_row_is_added_without_javascript_and_nothing_is_saved(client, head):
    answer = client.post(reverse("bank:product_new"), typed(edit="add:r"))
    assert answer.status_code == 200
    assert 'name="r-1.fact"' in answer.text
    assert 'value="流水贷"' in answer.text
    assert drafted() is None


def test_htmx_gets_only_the_criteria(client, head):
    answer = client.post(reverse("bank:product_new"), typed(edit="group:r"), headers={"HX-Request": "true"})
    assert answer.text.lstrip().startswith("<fieldset")
    assert 'name="r-1-0.fact"' in answer.text


def test_a_product_that_was_sent_back_is_edited_as_a_new_version(client, head):
    client.post(reverse("bank:product_new"), typed(save="submit"))
    pk = drafted().pk
    office = staff(Role.OFFICE, kind="government")
    actions.reject_version(office, version_id=queries.product(head, pk).versions[0].id, note="利率偏高")
    page = client.get(reverse("bank:product", args=[pk]))
    assert "利率偏高" in page.text
    assert client.post(reverse("bank:product_edit", args=[pk]), typed(rate_pct="3.85")).status_code == 302
    assert queries.product(head, pk).versions[0].number == 2


def test_another_banks_product_cannot_be_edited(client, head):
    other = staff(Role.BANK_HEAD, at=offers.bank())
    actions.draft_product(other, code="TST-99", terms_given=offers.terms())
    pk = drafted("TST-99").pk
    assert client.get(reverse("bank:product_edit", args=[pk])).status_code in (403, 404, 422)
    assert reverse("bank:product", args=[pk]) not in client.get(reverse("bank:products")).text


def test_an_account_manager_reads_products_and_edits_none(client, head):
    client.post(reverse("bank:product_new"), typed())
    sign_in(client, staff(Role.ACCOUNT_MANAGER, at=offers.branch(head.organisation_id)))
    assert client.get(reverse("bank:products")).status_code == 200
    assert client.get(reverse("bank:product_new")).status_code == 403


def test_the_list_of_products_costs_the_same_for_many(client, head, django_assert_max_num_queries):
    for number in range(8):
        actions.draft_product(head, code=f"TST-{number:03d}", terms_given=offers.terms(name=f"产品{number}"))
    with django_assert_max_num_queries(16):
        assert client.get(reverse("bank:products")).status_code == 200


class TestBranches:
    def test_capacity_and_pause_are_set(self, client, head):
        branch = offers.branch(head.organisation_id)
        until = clock.today() + dt.timedelta(days=7)
        data = {"weekly_capacity": "5", "paused_until": until.isoformat()}
        assert client.post(reverse("bank:branch", args=[branch]), data).status_code == 302
        view = queries.branch(branch)
        assert (view.weekly_capacity, view.paused_until, view.paused) == (5, until, True)

    def test_a_negative_capacity_is_refused(self, client, head):
        branch = offers.branch(head.organisation_id)
        assert client.post(reverse("bank:branch", args=[branch]), {"weekly_capacity": "-1"}).status_code == 422

    def test_another_banks_branch_is_not_found(self, client, head):
        assert client.get(reverse("bank:branch", args=[offers.branch(offers.bank())])).status_code == 404
