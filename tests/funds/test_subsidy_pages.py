"""The pages of subsidies under the web role: a bank's year is settled, a line called back, a firm claims on its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from factories import firms, people
from funds.subsidies import APRIL, Q1, WAN, YEAR, Scheme, loan, scheme
from huoshui.access import queries as access
from huoshui.access.actor import SYSTEM, Actor
from huoshui.financing.models import Loan, Repayment
from huoshui.funds import actions_fund, actions_payment, actions_subsidy
from huoshui.funds import queries_settlement as queries
from huoshui.funds.models.subsidy import SubsidyClaim, SubsidyLine, SubsidyRecall
from huoshui.kernel import clock
from huoshui.registry import actions as registry

pytestmark = pytest.mark.django_db
MAY = APRIL + dt.timedelta(days=30)


@pytest.fixture
def settled() -> Iterator[tuple[Scheme, int]]:
    """Return a scheme and its line of half the interest, paid out of an advance, while the clock says May."""
    with clock.at(APRIL):
        place = scheme()
        loan(place)
        actions_fund.advance_to(
            place.checker, fund_id=place.fund, organisation_id=place.bank.organisation_id, amount=2 * WAN,
            document_no="预拨1", on=APRIL.date(),
        )  # fmt: skip
        claim = actions_subsidy.claim_for_bank(place.bank, fund_id=place.fund, first_day=Q1[0], end_day=Q1[1])
        orders = actions_subsidy.accept_claim(place.maker, claim_id=claim)
        actions_payment.check_payments(place.checker, order_ids=orders)
        actions_payment.publish_notice(place.maker, order_ids=orders)
    with clock.at(MAY):
        actions_payment.approve_payments(place.checker, order_ids=orders)
        yield place, SubsidyLine.objects.get().pk


def test_a_year_is_settled_and_what_the_loan_no_longer_bears_is_called_back(
    client: Any, settled: tuple[Scheme, int]
) -> None:
    place, line = settled
    made = SubsidyLine.objects.get(pk=line).loan
    Repayment.objects.create(
        loan=made, paid_on=dt.date(2026, 2, 15), principal=200 * WAN, interest=0, slip_no="late", recorded_at=MAY
    )
    Loan.objects.filter(pk=made.pk).update(
        repaid=200 * WAN
    )  # booked late: the loan was gone from the middle of the quarter
    view = queries.settlement(place.maker, place.fund, year=2026)
    assert [(one.advanced, one.used, one.left) for one in view.banks] == [(2 * WAN, WAN, WAN)]
    assert [(one.paid, one.due, one.excess) for one in view.overpaid] == [(WAN, WAN // 2, WAN // 2)]
    people.sign_in(client, place.maker)
    address = reverse("gov:settlement", args=[place.fund, 2026])
    assert made.contract_no in client.get(address).content.decode()
    assert client.get(address + "?export=csv").status_code == 200
    recall = reverse("gov:subsidy_recall", args=[line])
    given = {"amount": "5000.00", "recovered_on": MAY.date().isoformat(), "slip_no": "H1", "reason": "提前还款未扣减"}
    assert client.post(recall, given | {"amount": "10000.01"}).status_code == 422
    assert client.post(recall, given).status_code == client.post(recall, given).status_code == 302
    assert SubsidyRecall.objects.get().amount == WAN // 2
    assert queries.settlement(place.maker, place.fund, year=2026).overpaid == ()


def test_advances_are_given_by_the_checker_and_given_back_within_what_is_left(
    client: Any, settled: tuple[Scheme, int]
) -> None:
    place, _ = settled
    given = {"organisation_id": str(place.bank.organisation_id), "on": MAY.date().isoformat()}
    back, more = (reverse(f"gov:subsidy_{name}", args=[place.fund]) for name in ("give_back", "advance"))
    people.sign_in(client, place.maker)
    assert client.get(more).status_code == 403
    assert client.get(back).status_code == 200
    assert "可用资金不足" in client.post(back, given | {"amount": "10000.01", "slip_no": "B1"}).content.decode()
    assert client.post(back, given | {"amount": "10000", "slip_no": "B1"}).status_code == 302
    people.sign_in(client, place.checker)
    assert client.post(more, given | {"amount": "1", "document_no": ""}).status_code == 422
    assert client.post(more, given | {"amount": "1", "document_no": "预拨2"}).status_code == 302
    assert queries.settlement(place.maker, place.fund, year=2026).banks[0].left == 100


def test_the_queue_is_filtered_by_programme_bank_days_and_marks(client: Any) -> None:
    with clock.at(APRIL):
        place = scheme()
        loan(place, five_class="substandard")
        actions_subsidy.claim_for_bank(place.bank, fund_id=place.fund, first_day=Q1[0], end_day=Q1[1])
        people.sign_in(client, place.maker)
        number, shown = SubsidyClaim.objects.get().number, reverse("gov:subsidy_claims")
        found = {
            query: number in client.get(f"{shown}?{query}").content.decode()
            for query in (
                f"programme={place.code}", f"bank={place.bank.organisation_id}", "marked=any", "marked=class",
                "marked=short", "days_from=2026-01-01", "days_from=2026-01-02",
            )
        }  # fmt: skip
    assert list(found.values()) == [True, True, True, True, False, True, False]


def _owner(firm: int) -> Actor:
    actor = people.owner()
    registry.represent(SYSTEM, person_id=actor.person_id, enterprise_id=firm, proof="staff_confirmed")
    return access.actor(actor.person_id or 0)


def test_a_firm_claims_on_its_phone_what_it_paid_first(client: Any) -> None:
    with clock.at(APRIL):
        place = scheme(flow="firm_first")
        firm = firms.firm()
        loan(place, firm=firm, starts=YEAR)
        people.sign_in(client, _owner(firm.pk))
        page = client.get(reverse("enterprise:subsidies")).content.decode()
        address = reverse("enterprise:subsidy_claim", args=[place.fund])
        assert address in page
        assert "1 万元" in page
        days = {"first_day": "2026-01-01", "last_day": "2026-03-31"}
        assert client.get(address).status_code == 200
        assert client.post(address, days | {"last_day": "2025-12-31"}).status_code == 422
        assert [client.post(address, days).status_code for _ in range(2)] == [302, 302]
    made = SubsidyClaim.objects.get()
    assert (made.flow, made.amount, made.enterprise_id) == ("firm_first", WAN, firm.pk)
