"""An evaluation from opening to publication: who may when, what is counted, and that it computes again."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from factories import cases as made
from factories import people
from huoshui.access.roles import Permission, Role
from huoshui.audit import queries as audit
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Refused, Stale
from huoshui.statistics import actions, cards, queries
from huoshui.statistics import evaluation_lifecycle as lifecycle
from huoshui.statistics.evaluation_lifecycle import Act, Facts, State
from huoshui.statistics.models import EvaluationResult, EvaluationRound

APRIL = dt.datetime(2026, 4, 2, 10, 0, tzinfo=clock.ZONE)
LAST = dt.date(2026, 3, 31)
CARD = cards.shipped()["platform"]
DAY = dt.date(2026, 4, 2)


class TestCards:
    @pytest.mark.parametrize("code", ["platform", "shanxi_2021", "supervisor_2020"])
    def test_weights_add_up_to_a_hundred(self, code):
        assert sum(item.weight for item in cards.shipped()[code].items) == 100

    def test_the_shanxi_card_has_the_weights_of_its_document(self):
        weights = {item.code: item.weight for item in cards.shipped()["shanxi_2021"].items}
        assert weights["medium_loans"] + weights["small_loans"] == 45
        assert (weights["key_policies"], weights["local"], weights["bonus"]) == (30, 15, 10)

    @pytest.mark.parametrize(
        ("points", "grade"),
        [("90", "一级"), ("89.99", "二级"), ("75", "二级"), ("74.99", "三级"), ("60", "三级"), ("59.99", "四级")],
    )
    def test_the_supervisors_bands_begin_where_they_say(self, points, grade):
        bands = cards.shipped()["supervisor_2020"].bands
        reached = [band for band in bands if Decimal(points) >= band.start]
        assert max(reached, key=lambda band: band.start).grade == grade

    def test_a_card_survives_being_kept(self):
        assert cards.card_of(cards.card_data(CARD)) == CARD

    def test_ranks_are_within_the_peer_group_too(self):
        points = {1: Decimal(90), 2: Decimal(80), 3: Decimal(80), 4: Decimal(70)}
        assert cards.ranks(points) == {1: 1, 2: 2, 3: 2, 4: 4}
        assert cards.ranks_within(points, {1: "a", 2: "b", 3: "b", 4: "a"}) == {1: 1, 2: 1, 3: 1, 4: 2}


def facts(**changes):
    return Facts(**({"today": DAY, "self_score_until": DAY, "appeal_until": DAY - dt.timedelta(days=1)} | changes))


class TestLifecycle:
    @pytest.mark.parametrize(("state", "act"), list(itertools.product(State, Act)))
    def test_only_the_table_lets_an_act_happen(self, state, act):
        until = DAY if act is Act.APPEAL else DAY - dt.timedelta(days=1)
        best = facts(all_submitted=True, appealed=act is Act.ANSWER, appeal_until=until)
        refused = lifecycle.problems(state, act, permissions=frozenset(Permission), facts=best)
        assert (not refused) == ((state, act) in lifecycle.TRANSITIONS)

    @pytest.mark.parametrize("act", list(Act))
    def test_nobody_acts_without_the_permission(self, act):
        state = next(state for state, each in lifecycle.TRANSITIONS if each is act)
        assert lifecycle.problems(state, act, permissions=frozenset(), facts=facts())

    @pytest.mark.parametrize(("days", "late"), [(0, False), (1, True), (-1, False)])
    def test_self_scoring_ends_with_its_last_day(self, days, late):
        found = lifecycle.problems(
            State.SELF_SCORING, Act.SELF_SCORE, permissions=frozenset(Permission),
            facts=facts(today=DAY + dt.timedelta(days=days)),
        )  # fmt: skip
        assert bool(found) is late

    @pytest.mark.parametrize(("days", "open_"), [(-1, True), (0, True), (1, False)])
    def test_it_is_published_only_after_the_last_day_to_appeal(self, days, open_):
        found = lifecycle.problems(
            State.FEEDBACK, Act.PUBLISH, permissions=frozenset(Permission),
            facts=facts(appeal_until=DAY, today=DAY + dt.timedelta(days=days)),
        )  # fmt: skip
        assert bool(found) is open_

    @pytest.mark.parametrize("changes", [{"open_appeals": 1}, {"opener": True}])
    def test_open_appeals_and_the_opener_hold_it_back(self, changes):
        state = State.FEEDBACK, Act.PUBLISH
        assert lifecycle.problems(*state, permissions=frozenset(Permission), facts=facts(**changes))


@pytest.fixture
def place():
    with clock.at(made.START):
        place = made.city(banks=2)
        made.case(place, "lent")
        place.extra["city"] = people.organisation("government", district_code="140100", level="city")
    return place


@pytest.fixture
def office(place):
    return [people.staff(Role.OFFICE, at=place.extra["city"]) for _ in range(2)]


@pytest.fixture
def at_april():
    with clock.at(APRIL):
        yield


def later(days):
    return clock.at(APRIL + dt.timedelta(days=days))


def own(bank, round_id):
    return queries.evaluation(bank.head, round_id).results[0]


def opened(office):
    return actions.open_round(office[0], card="platform", kind="month", last=LAST)


def fed_back(office, place):
    number = opened(office)
    with later(11):
        actions.close_self_scoring(office[0], round_id=number, seen_version=1)
        for result in queries.evaluation(office[0], number).results:
            actions.review_result(
                office[0], result_id=result.id, seen_version=result.version, values={"complaints": Decimal(0)}
            )
        actions.feed_back(office[0], round_id=number, seen_version=2)
    return number


@pytest.mark.django_db
class TestRound:
    def test_every_bank_is_in_it_with_its_figures(self, at_april, office, place):
        view = queries.evaluation(office[0], opened(office))
        found = {result.institution_id: result for result in view.results}
        assert set(found) == {bank.id for bank in place.banks}
        figures = {item.code: item.figure for item in found[place.bank.id].items}
        assert figures["average_rate"] == Decimal("3.85")
        assert figures["credit_share"] == Decimal("100.00")
        assert figures["complaints"] == 0  # of one case offered, none

    def test_a_span_that_is_not_over_is_not_judged(self, at_april, office):
        with pytest.raises(Refused) as refused:
            actions.open_round(office[0], card="platform", kind="month", last=DAY)
        assert refused.value.code == "period_open"

    @pytest.mark.parametrize(("field", "value"), [("card", "gossip"), ("kind", "week")])
    def test_what_cannot_be_opened_is_said_at_its_field(self, at_april, office, field, value):
        with pytest.raises(Refused) as refused:
            actions.open_round(office[0], **({"card": "platform", "kind": "month", "last": LAST} | {field: value}))
        assert refused.value.field == field

    def test_an_account_manager_opens_none(self, at_april, place):
        with pytest.raises(Refused):
            actions.open_round(place.bank.officer, card="platform", kind="month", last=LAST)

    def test_a_bank_sees_only_itself(self, at_april, office, place):
        number = opened(office)
        assert [each.institution_id for each in queries.evaluation(place.banks[1].head, number).results] == [
            place.banks[1].id
        ]

    def test_a_bank_sees_no_points_before_feedback(self, at_april, office, place):
        number = opened(office)
        assert all(item.figure is None and item.points is None for item in own(place.bank, number).items)

    def test_its_own_score_is_taken_and_replaced(self, at_april, office, place):
        number = opened(office)
        result = own(place.bank, number)
        points = {item.code: Decimal(5) for item in CARD.items}
        actions.submit_self_score(place.bank.head, result_id=result.id, seen_version=1, points=points)
        actions.submit_self_score(
            place.bank.head, result_id=result.id, seen_version=2, points=points | {"stars": Decimal(7)}, note="改"
        )
        assert own(place.bank, number).self_total == 5 * len(CARD.items) + 2

    @pytest.mark.parametrize("value", [Decimal("-0.01"), Decimal("10.01"), None])
    def test_points_beyond_an_items_weight_are_named(self, at_april, office, place, value):
        result = own(place.bank, opened(office))
        points = {item.code: Decimal(5) for item in CARD.items} | {"stars": value}
        with pytest.raises(Refused) as refused:
            actions.submit_self_score(place.bank.head, result_id=result.id, seen_version=1, points=points)
        assert refused.value.field == "stars"

    def test_nobody_scores_another_bank(self, at_april, office, place):
        result = own(place.bank, opened(office))
        points = {item.code: Decimal(5) for item in CARD.items}
        with pytest.raises(DomainError):
            actions.submit_self_score(place.banks[1].head, result_id=result.id, seen_version=1, points=points)

    def test_an_account_manager_does_not_speak_for_the_bank(self, at_april, office, place):
        number = opened(office)
        assert Act.SELF_SCORE not in queries.evaluation(place.bank.officer, number).results[0].acts

    def test_self_scoring_goes_on_until_its_last_day_unless_all_have_sent_theirs(self, at_april, office, place):
        number = opened(office)
        with pytest.raises(Refused):
            actions.close_self_scoring(office[0], round_id=number, seen_version=1)
        points = {item.code: Decimal(5) for item in CARD.items}
        for bank in place.banks:
            actions.submit_self_score(bank.head, result_id=own(bank, number).id, seen_version=1, points=points)
        actions.close_self_scoring(office[0], round_id=number, seen_version=1)

    def test_feedback_gives_points_grade_and_rank_that_compute_again(self, at_april, office, place):
        number = fed_back(office, place)
        best = own(place.bank, number)
        assert best.points > 0
        assert best.rank == 1
        assert queries.recomputed(number) == []

    def test_a_changed_number_is_found_by_computing_again(self, at_april, office, place):
        number = fed_back(office, place)
        EvaluationResult.objects.filter(round_id=number, rank=1).update(points=99)
        assert len(queries.recomputed(number)) >= 1

    def test_a_bank_with_nothing_to_measure_has_no_grade_rather_than_the_worst(self, at_april, office, place):
        number = fed_back(office, place)
        quiet = own(place.banks[1], number)
        assert quiet.grade == ""

    def test_an_upheld_appeal_changes_the_points_and_one_is_enough(self, at_april, office, place):
        number = fed_back(office, place)
        with later(12):
            result = own(place.bank, number)
            actions.appeal(place.bank.head, result_id=result.id, seen_version=result.version, words="投诉数不对")
            with pytest.raises(Refused):
                actions.appeal(place.bank.head, result_id=result.id, seen_version=result.version + 1, words="再申诉")
            actions.answer_appeal(
                office[1], result_id=result.id, seen_version=result.version + 1, upheld=True, words="更正",
                values={"complaints": Decimal("2.5")},
            )  # fmt: skip
            after = own(place.bank, number)
        assert after.points == result.points - 5
        assert queries.recomputed(number) == []

    def test_it_is_published_by_a_second_person_when_all_is_answered(self, at_april, office, place):
        number = fed_back(office, place)
        with later(30):
            with pytest.raises(Refused):
                actions.publish_round(office[0], round_id=number, seen_version=3)
            actions.publish_round(office[1], round_id=number, seen_version=3)
            assert queries.evaluation(office[0], number).state is State.PUBLISHED
        kinds = {entry.kind for entry in audit.timeline(f"evaluation:{number}")}
        assert {"EVALUATION_OPENED", "EVALUATION_FED_BACK", "EVALUATION_PUBLISHED"} <= kinds

    def test_two_who_close_at_once_do_not_both_win(self, at_april, office, place):
        number = opened(office)
        with later(11):
            actions.close_self_scoring(office[0], round_id=number, seen_version=1)
            with pytest.raises((Refused, Stale)):
                actions.close_self_scoring(office[1], round_id=number, seen_version=1)

    @pytest.mark.parametrize("change", [{"state": "gone"}, {"state": "published"}])
    def test_the_database_refuses_states_that_cannot_be(self, at_april, office, place, change):
        number = opened(office)
        with pytest.raises(IntegrityError), transaction.atomic():
            EvaluationRound.objects.filter(pk=number).update(**change)

    @pytest.mark.parametrize("change", [{"appeal": "x"}, {"upheld": True}])
    def test_the_database_refuses_half_an_appeal(self, at_april, office, place, change):
        number = opened(office)
        with pytest.raises(IntegrityError), transaction.atomic():
            EvaluationResult.objects.filter(round_id=number).update(**change)

    def test_the_banks_are_told(self, at_april, office, place):
        from huoshui.access import queries as access

        opened(office)
        assert any("自评" in notice.text.zh for notice in access.notices_for(place.bank.head))
