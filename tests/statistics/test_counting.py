"""Counted cells equal their records, whoever asks and however they are cut."""

from __future__ import annotations

import datetime as dt

import pytest

from factories import cases as made
from factories import people
from huoshui.access.actor import SYSTEM
from huoshui.access.roles import Role
from huoshui.audit import queries as audit
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Refused
from huoshui.kernel.text import Text
from huoshui.statistics import actions, queries
from huoshui.statistics.spans import span_to, year_ago

pytestmark = pytest.mark.django_db
LAST = dt.date(2026, 3, 31)
MONTH, YEAR = span_to("month", LAST), span_to("year", LAST)


@pytest.fixture
def place():
    with clock.at(made.START):
        return made.city()


@pytest.fixture
def lent(place):
    """A firm lent 50 万元 at 3.85 % on the day of START."""
    with clock.at(made.START):
        made.case(place, "lent")
    actions.refresh(on=LAST, thorough=False)
    return place


def figure(code, span=MONTH, **cell):
    shown = queries.sheet([span, year_ago(span)], [code], institutions=True, pairs=True)
    return shown.figure(queries.measure(code), span, **cell)


class TestCounting:
    def test_a_lent_case_counts_at_every_stage(self, lent):
        expected = {
            "declared": 1,
            "recommended": 1,
            "granted": 1,
            "granted_amount": 50 * made.WAN,
            "lent": 1,
            "lent_loans": 1,
            "lent_amount": 50 * made.WAN,
            "credit_share": 100,
            "first_firms": 1,
            "average_rate": 3.85,
            "balance": 50 * made.WAN,
            "accept_in_time": 100,
            "days_to_decision": 0,
        }
        assert {code: float(figure(code)) for code in expected} == expected

    def test_a_measure_without_rows_is_zero_and_a_share_of_nothing_is_unknown(self, place):
        actions.refresh(on=LAST)
        assert figure("lent_amount") == 0
        assert figure("credit_share") is None

    def test_each_cell_has_its_own_count(self, lent):
        bank = lent.bank.id
        assert figure("lent", districts=(made.DISTRICT,)) == 1
        assert figure("lent", institution=bank) == 1
        assert figure("lent", districts=(made.DISTRICT,), institution=bank) == 1
        assert figure("lent", districts=("140181",)) == 0

    def test_a_balance_falls_by_what_is_repaid_from_that_day_on(self, lent):
        place = lent
        with clock.at(made.START + dt.timedelta(days=1)):
            made.repay(place.bank, _case(place), 20 * made.WAN, 0, "R1")
        assert actions.refresh(on=LAST)
        assert figure("balance") == 30 * made.WAN
        assert (
            figure(
                "balance",
                span_to("all", dt.date(2026, 3, 2)),
            )
            is None
        )  # never counted for that day

    def test_counting_again_changes_nothing(self, lent):
        before = figure("lent_amount")
        actions.refresh(on=LAST)
        assert figure("lent_amount") == before

    def test_a_span_nobody_asked_for_is_counted_when_it_is(self, lent):
        odd = span_to("month", dt.date(2026, 3, 15))
        assert figure("lent", odd) is None
        assert actions.ensure([odd], codes=["lent"]) == 1
        assert figure("lent", odd) == 1
        assert actions.ensure([odd], codes=["lent"]) == 0

    def test_old_days_that_are_no_months_end_are_dropped(self, lent):
        odd = span_to("month", dt.date(2026, 3, 15))
        actions.ensure([odd], codes=["lent"])
        actions.forget_old(before=dt.date(2026, 4, 30))
        assert figure("lent", odd) is None
        assert figure("lent") == 1

    def test_counting_leaves_one_event(self, place):
        actions.refresh(on=LAST)
        assert [event.kind for event in audit.events(SYSTEM)].count("FIGURES_COUNTED") == 1


def _case(place):
    from huoshui.financing.models import Referral

    return Referral.objects.values_list("pk", flat=True).get(bank_id=place.bank.id)


class TestDrillDown:
    def test_the_records_add_up_to_the_figure(self, lent):
        for code in ("lent_amount", "granted_amount", "balance", "declared", "accept_in_time"):
            opened = queries.drill(SYSTEM, code, MONTH)
            take = queries.measure(code).top
            counted = queries.sheet([MONTH], [code]).cells[take.tally, 1, MONTH, "", 0]
            assert (opened.things, opened.total) == counted, code
            assert sum(one.value for one in opened.page) == opened.total, code

    def test_a_cell_opens_only_its_own_records(self, lent):
        assert queries.drill(SYSTEM, "lent_amount", MONTH, institution=lent.bank.id).records == 1
        assert queries.drill(SYSTEM, "lent_amount", MONTH, institution=lent.bank.id + 1).records == 0
        assert queries.drill(SYSTEM, "lent_amount", MONTH, districts=["140181"]).records == 0

    def test_a_ratio_opens_its_base_too(self, lent):
        assert queries.drill(SYSTEM, "accept_in_time", MONTH, part=1).tally.code == "accept_due"

    def test_another_county_opens_none_of_them(self, lent):
        other = people.organisation("government", district_code="140181", level="county")
        assert queries.drill(people.staff(Role.TASKFORCE_LEAD, at=other), "lent_amount", MONTH).records == 0

    def test_an_unknown_measure_is_named(self):
        with pytest.raises(DomainError) as wrong:
            queries.drill(SYSTEM, "gossip", MONTH)
        assert wrong.value.value == "gossip"


class TestChangingADefinition:
    def change(self, actor=SYSTEM, **changes):
        given = {
            "tally": "visits", "filter": {"outcome": "need"}, "words": Text("只计有需求", "only with a need"),
            "document_no": "并金发〔2026〕8号", "valid_from": dt.date(2026, 4, 1),
        } | changes  # fmt: skip
        with clock.at(made.START):
            return actions.revise_tally(actor, **given)

    def test_figures_before_the_border_keep_the_old_definition(self):
        assert self.change() == 2
        assert queries.book().tally("visits", dt.date(2026, 3, 31)).version == 1
        assert queries.book().tally("visits", dt.date(2026, 4, 1)).filter == {"outcome": "need"}

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("valid_from", dt.date(2026, 4, 2)),
            ("valid_from", dt.date(2026, 2, 1)),
            ("tally", "gossip"),
            ("document_no", " "),
            ("filter", {"weather": "fine"}),
            ("filter", {"visited_on__gte": "soon"}),
        ],
    )
    def test_what_cannot_be_counted_is_said_at_its_field(self, field, value):
        with pytest.raises(Refused) as refused:
            self.change(**{field: value})
        assert field in {problem.field for problem in refused.value.problems}

    def test_two_definitions_cannot_begin_on_one_day(self):
        self.change()
        with pytest.raises(Refused):
            self.change()

    def test_a_visitor_changes_no_definition(self):
        with pytest.raises(DomainError) as refused:
            self.change(people.staff(Role.VISITOR))
        assert refused.value.code == "not_allowed"

    def test_it_leaves_an_event(self):
        self.change()
        assert "DEFINITION_CHANGED" in [event.kind for event in audit.events(SYSTEM)]
