"""A firm's low rating of a case becomes a complaint about the bank that had it; complaints are counted in measures."""

from __future__ import annotations

import datetime as dt

import pytest

from factories import cases as made
from huoshui.financing import queries as financing
from huoshui.kernel import clock
from huoshui.service import actions_complaint as actions
from huoshui.service import queries_complaint as queries
from huoshui.statistics import actions as counting
from huoshui.statistics import queries as figures
from huoshui.statistics.spans import span_to

pytestmark = pytest.mark.django_db
LAST = dt.date(2026, 3, 31)


@pytest.fixture
def lent():
    with clock.at(made.START):
        place = made.city()
        demand = made.demand_of(made.case(place, "lent"))
    return place, demand


def rate(place, demand, stars, comment="催了三次才放款"):
    with clock.at(made.START + dt.timedelta(days=2)):
        actions.rate_service(place.owner, demand_id=demand, stars=stars, comment=comment)


def test_few_stars_become_a_complaint_about_the_bank_that_had_the_case(lent):
    place, demand = lent
    rate(place, demand, 2)
    row = queries.matters(place.owner).get()
    assert (row.target_id, row.met, row.state, row.reference) == (
        place.bank.id,
        True,
        "received",
        f"demand:{demand}",
    )
    assert row.words == "催了三次才放款"
    assert row.due_on == made.START.date() + dt.timedelta(days=9), "five working days, over a weekend"
    assert not financing.ratings_to_answer(place.taskforce).exists(), "it is answered in one place"


def test_three_stars_are_no_complaint(lent):
    place, demand = lent
    rate(place, demand, 3)
    assert not queries.matters(place.owner).exists()


def test_a_matter_already_closed_about_the_demand_is_opened_again(lent):
    place, demand = lent
    officer = place.taskforce
    with clock.at(made.START + dt.timedelta(days=1)):
        told = actions.file_complaint(
            place.owner, kind="complaint", subject="bank", words="放款慢", enterprise_id=place.firm.pk,
            target_id=place.bank.id, reference=f"demand:{demand}",
        )  # fmt: skip
        for act in ("accept", "reply"):
            actions.act_on_complaint(officer, complaint_id=told.id, act=act, words="已催办")
    rate(place, demand, 1)
    row = queries.matters(place.owner).get()
    assert (row.state, row.reopened) == ("accepted", 1)
    assert not financing.ratings_to_answer(officer).exists()


def test_a_rating_of_a_matter_that_may_not_be_opened_again_waits_for_the_taskforce(lent):
    place, demand = lent
    officer = place.taskforce
    with clock.at(made.START + dt.timedelta(days=1)):
        told = actions.file_complaint(
            place.owner, kind="complaint", subject="bank", words="放款慢", enterprise_id=place.firm.pk,
            target_id=place.bank.id, reference=f"demand:{demand}",
        )  # fmt: skip
        actions.act_on_complaint(officer, complaint_id=told.id, act="refuse", words="不属实")
    rate(place, demand, 1)
    assert queries.matters(place.owner).count() == 1
    assert financing.ratings_to_answer(officer).get().stars == 1


def test_complaints_are_counted_by_institution_and_open_their_records(lent):
    place, demand = lent
    rate(place, demand, 1)
    officer = place.taskforce
    row = queries.matters(place.owner).get()
    with clock.at(made.START + dt.timedelta(days=3)):
        actions.act_on_complaint(officer, complaint_id=row.pk, act="accept")
        actions.act_on_complaint(officer, complaint_id=row.pk, act="reply", words="已责成整改")
        actions.act_on_complaint(place.owner, complaint_id=row.pk, act="rate", stars=4)
    span = span_to("month", LAST)
    counting.refresh(on=LAST, thorough=False)
    codes = ["complaints", "complaints_effective", "complaints_per_hundred", "complaints_in_time", "complaint_marks"]
    sheet = figures.sheet([span], codes, institutions=True)

    def shown(institution: int) -> list[object]:
        return [sheet.figure(figures.measure(code), span, institution=institution) for code in codes]

    assert [float(value) for value in shown(place.bank.id)] == [1, 1, 100, 100, 4]
    assert shown(-2)[:2] == [0, 0]
    assert shown(0)[0] == 1
    drill = figures.drill(officer, "complaints_effective", span, institution=place.bank.id)
    assert [one.record for one in drill.page] == [row.pk]
