"""Under the web role: every act of the way, each actor bound to their own rows."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from factories import cases
from factories.cases import START, WAN
from huoshui.access import row_security
from huoshui.access.actor import Actor
from huoshui.financing import actions, queries
from huoshui.financing.models import Demand
from huoshui.kernel import clock

pytestmark = pytest.mark.django_db


def bound(actor: Actor, act: Any) -> Any:
    with row_security.acting(actor):
        return act()


def test_the_whole_way_runs_under_row_security() -> None:
    with clock.at(START):
        place = cases.city(banks=2)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE huoshui_web")
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == ("huoshui_web",)
        one, two = place.banks
        demand = bound(place.owner, lambda: cases.declared(place, consents=[
            {"reader_id": one.id, "data_kinds": ["register", "tax"]}]))  # fmt: skip
        assert not Demand.objects.exists()  # nobody is bound: nothing is seen
        verdicts = [(n, "yes", "") for n in range(1, 6)]
        bound(place.taskforce, lambda: actions.precheck(place.taskforce, demand_id=demand.id))
        bound(place.taskforce, lambda: actions.judge_all(place.taskforce, demand_id=demand.id, verdicts=verdicts))
        bound(place.taskforce, lambda: actions.recommend(place.taskforce, demand_ids=[demand.id]))
        first, second = bound(place.taskforce, lambda: actions.dispatch(place.taskforce, demand_id=demand.id))
        assert bound(one.officer, lambda: list(queries.inbox(one.officer).values_list("pk", flat=True))) == [first]
        for step in ("accept", "contact", "ask"):
            bound(one.officer, lambda step=step: cases._STEPS[step](place, one, first))
        bound(place.owner, lambda: actions.papers_arrived(place.owner, referral_id=first))
        for step in ("grant", "sign"):
            bound(one.officer, lambda step=step: cases._STEPS[step](place, one, first))
        loan = bound(one.officer, lambda: queries.case(one.officer, first).line.loan_id)
        draw = {"loan_id": loan, "amount": 50 * WAN, "drawn_on": clock.today(), "slip_no": "F1"}
        bound(one.officer, lambda: actions.record_drawdown(one.officer, **draw))
        track = bound(place.owner, lambda: queries.tracking(place.owner, demand.id))
        assert track.stage == 4
        assert {line.id: line.state for line in track.cases} == {first: "lent", second: "withdrawn"}
        assert bound(two.officer, lambda: queries.loans(two.officer).count()) == 0
        assert bound(place.taskforce, lambda: queries.demand(place.taskforce, demand.id)).state == "lent"
        assert bound(one.officer, lambda: queries.loan(one.officer, loan)).first_loan
        pay = {"loan_id": loan, "paid_on": clock.today(), "principal": 50 * WAN, "interest": 5, "slip_no": "R1"}
        bound(one.officer, lambda: actions.record_repayment(one.officer, **pay))
        assert bound(place.owner, lambda: queries.tracking(place.owner, demand.id)).asked.close_reason == "settled"
