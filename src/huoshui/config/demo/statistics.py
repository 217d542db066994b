"""The demo's figures counted up to today, one bulletin frozen and public, one waiting to be frozen, one evaluation published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from huoshui.access import queries as access
from huoshui.access.actor import SYSTEM, Actor
from huoshui.kernel import clock
from huoshui.statistics import actions, cards, queries, spans
from huoshui.statistics.queries import ResultView

CARD = "platform"
SELF_SCORED = {
    "accept_in_time": "9",
    "decide_in_time": "13",
    "grant_rate": "14",
    "lent_share": "9",
    "credit_share": "8",
}


def count(today: dt.date) -> None:
    """Count every measure up to *today*, then let the offices write about it."""
    actions.refresh(on=today, thorough=False)
    _bulletins(today)
    _evaluation(today)


def _bulletins(today: dt.date) -> None:
    lead, office = access.actor_named("lead.city"), access.actor_named("office.city")
    last = spans.last_whole("month", today - dt.timedelta(days=6)).last
    with _on(last, days=3):
        frozen = actions.draft_bulletin(lead, template="districts", kind="year", last=last)
        actions.freeze_bulletin(office, bulletin_id=frozen, seen_version=1)
        actions.publish_bulletin(office, bulletin_id=frozen, seen_version=2)
    with _on(last, days=5):
        actions.draft_bulletin(lead, template="banks", kind="year", last=last)


def _evaluation(today: dt.date) -> None:
    office, head = access.actor_named("office.city"), access.actor_named("bank.head")
    last = spans.public_spans(today - dt.timedelta(days=31))[0].last
    with _on(last, days=8):
        number = actions.open_round(SYSTEM, card=CARD, kind="year", last=last)
    with _on(last, days=10):
        own = _own(head, number)
        points = {item.code: Decimal(SELF_SCORED.get(item.code, "8")) for item in cards.shipped()[CARD].items}
        actions.submit_self_score(
            head, result_id=own.id, seen_version=own.version, points=points, note="数据以系统为准"
        )
    with _on(last, days=20):
        actions.close_self_scoring(office, round_id=number, seen_version=1)
        for result in queries.evaluation(office, number).results:
            actions.review_result(
                office, result_id=result.id, seen_version=result.version, values={}, note="投诉数按平台记录，已核对。"
            )
        actions.feed_back(office, round_id=number, seen_version=2)
    with _on(last, days=22):
        own = _own(head, number)
        words = "其中一件投诉不涉及本行，请核对。"
        actions.appeal(head, result_id=own.id, seen_version=own.version, words=words)
        actions.answer_appeal(
            office, result_id=own.id, seen_version=own.version + 1, upheld=True, words="经核对予以更正。",
            values={"complaints": Decimal("0.5")},
        )  # fmt: skip
    with _on(last, days=30):
        actions.publish_round(office, round_id=number, seen_version=3)


def _own(head: Actor, number: int) -> ResultView:
    return queries.evaluation(head, number).results[0]


@contextmanager
def _on(last: dt.date, *, days: int) -> Iterator[None]:
    with clock.at(dt.datetime.combine(last + dt.timedelta(days=days), dt.time(10), clock.ZONE)):
        yield
