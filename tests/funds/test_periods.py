"""A period is closed by two people, once; afterwards nothing is posted on its days."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from factories import bridge as made
from factories.bridge import ASKED
from factories.people import sign_in, staff
from huoshui.access.roles import Role
from huoshui.funds import actions_bridge as bridge
from huoshui.funds import actions_period as periods
from huoshui.funds.models.period import PeriodClose
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.ledger import queries as ledger

pytestmark = pytest.mark.django_db
LAST = dt.date(2027, 1, 31)


@pytest.fixture
def fund(db):
    with clock.at(ASKED):
        yield made.fund()


def refusal(act):
    with pytest.raises(DomainError) as refused:
        act()
    return refused.value.code


def test_two_people_close_a_month_and_nothing_is_posted_on_its_days(fund):
    pk = periods.ask_close(fund.maker, book="bridge", through=LAST)
    assert periods.open_close(fund.checker, book="bridge").may_confirm
    periods.confirm_close(fund.checker, close_id=pk)
    assert ledger.book("bridge").closed_through == LAST
    act = {"amount": 100, "on": LAST, "document_no": "late"}
    assert refusal(lambda: bridge.pay_in_bridge(fund.checker, **act)) == "ledger_period_closed"
    bridge.pay_in_bridge(fund.checker, amount=100, on=LAST + dt.timedelta(days=1), document_no="next")


def test_who_asked_does_not_confirm_whatever_their_roles(fund):
    both = staff(Role.FINANCE_OFFICER, Role.FINANCE_CHECKER, at=fund.maker.organisation_id)
    pk = periods.ask_close(both, book="bridge", through=LAST)
    assert not periods.open_close(both, book="bridge").may_confirm
    assert refusal(lambda: periods.confirm_close(both, close_id=pk)) == "period_actor"
    with pytest.raises(IntegrityError, match="period_four_eyes"), transaction.atomic():
        PeriodClose.objects.filter(pk=pk).update(ended_by_id=both.person_id, ended_at=ASKED, confirmed=True)


def test_today_and_days_closed_already_are_refused(fund):
    assert refusal(lambda: periods.ask_close(fund.maker, book="bridge", through=ASKED.date())) == "period_through"
    periods.confirm_close(fund.checker, close_id=periods.ask_close(fund.maker, book="bridge", through=LAST))
    assert refusal(lambda: periods.ask_close(fund.maker, book="bridge", through=LAST)) == "period_through"


def test_one_request_waits_at_a_time_and_a_dropped_one_leaves_the_book_open(fund):
    pk = periods.ask_close(fund.maker, book="bridge", through=LAST)
    assert refusal(lambda: periods.ask_close(fund.maker, book="bridge", through=LAST)) == "period_through"
    periods.drop_close(fund.checker, close_id=pk)
    assert ledger.book("bridge").closed_through is None
    assert refusal(lambda: periods.confirm_close(fund.checker, close_id=pk)) == "not_found"


def test_an_end_without_its_person_is_refused_by_the_database(fund):
    pk = periods.ask_close(fund.maker, book="bridge", through=LAST)
    with pytest.raises(IntegrityError, match="period_end_recorded"), transaction.atomic():
        PeriodClose.objects.filter(pk=pk).update(ended_at=ASKED)


def test_the_pages_let_one_ask_and_another_confirm(client, fund):
    sign_in(client, fund.maker)
    asked = client.post(reverse("gov:ask_close", args=["bridge"]), {"through": LAST.isoformat()})
    assert asked.status_code == 302
    pk = PeriodClose.objects.get().pk
    confirm = reverse("gov:end_close", args=["bridge", pk, "confirm"])
    assert confirm not in client.get(reverse("gov:book", args=["bridge"])).text
    sign_in(client, fund.checker)
    assert confirm in client.get(reverse("gov:book", args=["bridge"])).text
    assert client.post(confirm).status_code == 302
    assert ledger.book("bridge").closed_through == LAST
