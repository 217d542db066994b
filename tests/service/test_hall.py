"""The hall: numbers and bookings, who is called next, one turn a window; and districts' needs of a quarter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from factories import firms, people
from huoshui.access.actor import Actor
from huoshui.access.queries import actor as actor_of
from huoshui.access.roles import Role
from huoshui.kernel.clock import ZONE
from huoshui.kernel.errors import DomainError, Refused
from huoshui.service import actions_hall as actions
from huoshui.service import hall
from huoshui.service.models import QuarterNeed, Ticket

NOON = dt.datetime(2026, 11, 23, 9, 30, tzinfo=ZONE)  # a Monday
MONDAY = NOON.date()


class TestPure:
    @given(st.lists(st.tuples(st.booleans(), st.integers(-90, 90)), max_size=20))
    def test_the_next_is_a_booking_whose_time_has_come_else_who_waits_longest(
        self, given_turns: list[tuple[bool, int]]
    ) -> None:
        waiting = [
            hall.Turn(n, NOON + dt.timedelta(minutes=at) if booked else None, NOON + dt.timedelta(minutes=min(at, 0)))
            for n, (booked, at) in enumerate(given_turns)
        ]
        found = hall.next_turn(waiting, NOON)
        due = [turn for turn in waiting if turn.slot is not None and turn.slot <= NOON]
        drawn = [turn for turn in waiting if turn.slot is None]
        if due:
            assert found is not None
            assert found.slot == min(turn.slot for turn in due if turn.slot)
        elif drawn:
            assert found is not None
            assert found.made_at == min(turn.made_at for turn in drawn)
        else:
            assert found is None

    def test_nothing_is_booked_over_lunch_or_after_closing(self) -> None:
        found = hall.slots()
        assert (found[0], found[-1]) == (dt.time(9), dt.time(16, 30))
        assert dt.time(12) not in found
        assert dt.time(13, 30) in found


@pytest.fixture
def clerk(db: None) -> Actor:
    return people.staff(Role.SERVICE_DESK)


def guest(name: str = "太原柳巷餐饮有限公司") -> tuple[Actor, int]:
    owner, firm = people.owner(), firms.firm(name, district_code="140106")
    firms.represented(firm, people.person(owner))
    return actor_of(owner.person_id or 0), firm.pk


def book(owner: Actor, firm: int, **given: Any) -> int:
    values: dict[str, Any] = {"topic": "loan", "day": MONDAY, "slot": dt.time(10)}
    return actions.book(owner, enterprise_id=firm, **values | given)


class TestQueue:
    @pytest.fixture(autouse=True)
    def _monday_morning(self) -> Iterator[None]:
        with time_machine.travel(NOON, tick=False):
            yield

    def test_numbers_run_by_topic_and_are_called_in_turn(self, clerk: Actor) -> None:
        assert [actions.draw(clerk, topic=topic) for topic in ("loan", "loan", "advice")] == ["A001", "A002", "D001"]
        assert [actions.call_next(clerk, window=window) for window in (1, 2, 1, 1)] == ["A001", "A002", "D001", ""]
        assert actions.screen() == ([("A002", 2)], [])

    def test_a_booking_waits_for_its_time_and_then_goes_first(self, clerk: Actor) -> None:
        owner, firm = guest()
        book(owner, firm)
        actions.draw(clerk, topic="loan")
        actions.draw(clerk, topic="loan")
        assert actions.call_next(clerk, window=1) == "A002"
        with time_machine.travel(NOON + dt.timedelta(minutes=30), tick=False):
            assert actions.call_next(clerk, window=1) == "A001"

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"slot": dt.time(9)}, "已经过去"),
            ({"slot": dt.time(12)}, "可预约的时段"),
            ({"day": MONDAY + dt.timedelta(days=5)}, "不办公"),
            ({"day": MONDAY + dt.timedelta(days=15)}, "14 天"),
            ({"topic": "tea"}, "办理事项"),
        ],
    )
    def test_what_cannot_be_booked_is_refused_in_words(self, clerk: Actor, changes: dict[str, Any], words: str) -> None:
        owner, firm = guest()
        with pytest.raises(Refused, match=words):
            book(owner, firm, **changes)

    def test_a_full_half_hour_and_a_second_booking_of_the_day_are_refused(self, clerk: Actor) -> None:
        booked = [guest(f"太原第{n}餐饮有限公司") for n in "一二三四五"]
        for owner, firm in booked[:4]:
            book(owner, firm)
        with pytest.raises(DomainError, match="约满"):
            book(*booked[4])
        with pytest.raises(DomainError, match="已有号"):
            book(*booked[0], slot=dt.time(11))

    def test_a_cancelled_booking_frees_its_place(self, clerk: Actor) -> None:
        owner, firm = guest()
        actions.cancel(owner, ticket_id=book(owner, firm))
        assert book(owner, firm)

    def test_the_database_lets_one_number_stand_at_a_window(self, clerk: Actor) -> None:
        for _ in range(2):
            actions.draw(clerk, topic="loan")
        actions.call_next(clerk, window=1)
        with pytest.raises(IntegrityError), transaction.atomic():
            Ticket.objects.filter(state="waiting").update(state="called", window=1)
        with pytest.raises(IntegrityError), transaction.atomic():
            Ticket.objects.filter(state="waiting").update(state="called")

    def test_pages_book_call_and_show_numbers_without_names(self, client: Any, clerk: Actor) -> None:
        owner, _firm = guest()
        people.sign_in(client, owner)
        made = client.post("/my/hall/", {"topic": "loan", "day": MONDAY.isoformat(), "slot": "10:00"})
        assert made.status_code == 302, made.content.decode()[-1500:]
        people.sign_in(client, clerk)
        client.post("/gov/hall/draw/", {"topic": "advice"})
        client.post("/gov/hall/call/", {"window": "3"})
        assert "柳巷" in client.get("/gov/hall/").content.decode()
        client.logout()
        screen = client.get("/hall/screen/").content.decode()
        assert "D001" in screen
        assert "A001" in screen
        assert "柳巷" not in screen


class TestNeeds:
    def test_a_second_report_of_a_quarter_corrects_the_first(self, db: None) -> None:
        lead = people.staff(Role.TASKFORCE_LEAD, kind="government")
        for firms_count in (10, 12):
            actions.report_need(lead, year=2026, quarter=4, firms=firms_count, amount=3_000_000_000)
        assert QuarterNeed.objects.get().firms == 12

    def test_firms_without_an_amount_and_a_fifth_quarter_are_refused_together(self, db: None) -> None:
        lead = people.staff(Role.TASKFORCE_LEAD, kind="government")
        with pytest.raises(Refused) as refusal:
            actions.report_need(lead, year=2026, quarter=5, firms=10, amount=0)
        assert {one.code for one in refusal.value.problems} == {"need_quarter", "need_amount"}
