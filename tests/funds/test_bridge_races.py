"""Fifty at the same moment on connections of their own: the fund never lends more than it has, nothing counts twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from factories import bridge as made
from factories import firms
from factories.bridge import AMOUNT, ASKED, WAN
from huoshui.funds import actions_bridge as bridge
from huoshui.funds import queries_bridge as queries
from huoshui.funds.models.bridge import BridgeAdvance
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 50


def together(acts: list[Callable[[], Any]]) -> list[Any]:
    """Run *acts* at once, each on a connection of its own; return results or the codes of refusals."""
    barrier, answers = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait()
            with clock.at(ASKED):
                answers[place] = act() or "done"
        except DomainError as refusal:
            answers[place] = refusal.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_of_fifty_advances_reserved_at_once_only_those_the_fund_covers_are() -> None:
    with clock.at(ASKED):
        fund = made.fund(money=7 * AMOUNT + WAN)
        first = BridgeAdvance.objects.get(pk=made.advance(fund, "committed"))
        others = [_copy(first, number) for number in range(1, AT_ONCE)]
    acts = [lambda pk=pk: bridge.reserve_bridge(fund.maker, advance_id=pk) for pk in (first.pk, *others)]
    answers = together(acts)
    assert answers.count("done") == 7
    assert answers.count("balance_covers_holds") == AT_ONCE - 7
    state = queries.fund()
    assert (state.held, state.free) == (7 * AMOUNT, WAN)
    assert BridgeAdvance.objects.filter(state="reserved").count() == 7


def test_the_same_request_fifty_times_at_once_makes_one_advance() -> None:
    with clock.at(ASKED):
        fund = made.fund()
    answers = together(
        [lambda: bridge.request_bridge(fund.owner, loan_id=fund.loan, amount=AMOUNT) for _ in range(AT_ONCE)]
    )
    assert sum(isinstance(answer, int) for answer in answers) == 1
    assert set(answers) - {"bridge_one_open"} == {BridgeAdvance.objects.get().pk}


def test_the_same_return_fifty_times_at_once_counts_once() -> None:
    with clock.at(ASKED):
        fund = made.fund()
        pk = made.advance(fund, "renewed")
    act = {"advance_id": pk, "returned_on": ASKED.date(), "slip_no": "G1"}
    answers = together([lambda: bridge.take_back(fund.maker, **act) for _ in range(AT_ONCE)])
    assert sum(isinstance(answer, int) for answer in answers) >= 1
    row = BridgeAdvance.objects.get(pk=pk)
    assert (row.returned, row.returns.count(), row.state) == (AMOUNT, 1, "returned")
    assert queries.fund().out == 0


def _copy(row: BridgeAdvance, number: int) -> int:
    firm = firms.firm(name=f"太原周转{number}有限公司")
    row = BridgeAdvance.objects.get(pk=row.pk)
    row.pk, row.number, row.enterprise_id = None, f"ZZ-{number}", firm.pk
    row.save()
    return int(row.pk)
