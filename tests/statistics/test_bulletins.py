"""A bulletin from draft to revision: who may, what is frozen, what is listed when the source moves afterwards."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
from django.db import IntegrityError, transaction

from factories import cases as made
from factories import people
from huoshui.access.roles import Role
from huoshui.audit import queries as audit
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Refused, Stale
from huoshui.statistics import actions, papers, queries
from huoshui.statistics.bulletin_lifecycle import Act, State
from huoshui.statistics.models import Bulletin

pytestmark = pytest.mark.django_db
LAST = dt.date(2026, 3, 31)
AFTER = dt.datetime(2026, 4, 2, 10, 0, tzinfo=clock.ZONE)


@pytest.fixture
def office():
    with clock.at(made.START):
        city = people.organisation("government", district_code="140100", level="city")
        return [people.staff(Role.OFFICE, at=city) for _ in range(2)]


@pytest.fixture
def at_april():
    with clock.at(AFTER):
        yield


@pytest.fixture
def place():
    with clock.at(made.START):
        place = made.city()
        made.case(place, "lent")
        return place


def draft(actor, **changes):
    return actions.draft_bulletin(actor, **({"template": "districts", "kind": "month", "last": LAST} | changes))


def frozen(office):
    made_ = draft(office[0])
    actions.freeze_bulletin(office[1], bulletin_id=made_, seen_version=1)
    return made_


def cell(view, row, code):
    at = next(at for at, head in enumerate(view.table.heads) if (head.code, head.show) == (code, "now"))
    lines = [*view.table.lines, view.table.total]
    return next(line for line in lines if line.key == row).cells[at].text


def repay_more(place):
    """Pay out another 20 万元 with a day of March: what a bank reports late."""
    firm = made.another_firm(place)
    with clock.at(made.START):
        made.case(place, "lent", by=firm)


class TestDraft:
    def test_it_counts_the_month_and_says_it(self, at_april, office, place):
        view = queries.bulletin(office[0], draft(office[0]))
        assert cell(view, made.DISTRICT, "lent_amount") == "50.00"
        assert "放款金额50.00万元" in view.text[0].zh
        assert view.state is State.DRAFT
        assert view.number.zh == "草稿"

    def test_a_month_without_anything_is_a_table_of_zeros(self, at_april, office):
        view = queries.bulletin(office[0], draft(office[0]))
        assert cell(view, "", "lent_amount") == "0.00"
        assert cell(view, "", "credit_share") == "—"

    @pytest.mark.parametrize(
        ("field", "value"),
        [("template", "gossip"), ("kind", "week"), ("last", dt.date(2026, 4, 3)), ("note", "x" * 2001)],
    )
    def test_what_cannot_be_drafted_is_said_at_its_field(self, at_april, office, field, value):
        with pytest.raises(Refused) as refused:
            draft(office[0], **{field: value})
        assert field in {problem.field for problem in refused.value.problems}

    def test_a_county_writes_no_bulletin_of_the_city(self, at_april):
        with pytest.raises(Refused) as refused:
            draft(people.staff(Role.TASKFORCE_LEAD))
        assert refused.value.code == "not_allowed"

    def test_rows_left_out_are_blank_after_counting_again(self, at_april, office, place):
        number = draft(office[0])
        actions.edit_bulletin(office[0], bulletin_id=number, seen_version=1, excluded=[made.DISTRICT], note="说明")
        view = queries.bulletin(office[0], number)
        assert cell(view, made.DISTRICT, "lent_amount") == ""
        assert cell(view, "", "lent_amount") == "50.00"

    def test_two_who_edit_at_once_do_not_both_win(self, at_april, office):
        number = draft(office[0])
        actions.edit_bulletin(office[0], bulletin_id=number, seen_version=1)
        with pytest.raises(Stale):
            actions.edit_bulletin(office[1], bulletin_id=number, seen_version=1)

    def test_a_leader_sees_no_drafts(self, at_april, office):
        number = draft(office[0])
        city = people.organisation("government", district_code="140100", level="city")
        with pytest.raises(DomainError):
            queries.bulletin(people.staff(Role.LEADER, at=city), number)


class TestFreezing:
    def test_its_drafter_cannot_freeze_it(self, at_april, office):
        number = draft(office[0])
        with pytest.raises(Refused) as refused:
            actions.freeze_bulletin(office[0], bulletin_id=number, seen_version=1)
        assert refused.value.code == "same_person"

    def test_a_period_that_is_not_over_cannot_be_frozen(self, at_april, office):
        number = draft(office[0], last=dt.date(2026, 4, 2))
        with pytest.raises(Refused) as refused:
            actions.freeze_bulletin(office[1], bulletin_id=number, seen_version=1)
        assert refused.value.code == "period_open"

    def test_numbers_run_on_within_the_year(self, at_april, office):
        first, second = frozen(office), frozen(office)
        assert queries.bulletin(office[0], first).number.zh == "活水快报〔2026〕第1期"
        assert queries.bulletin(office[0], second).number.zh == "活水快报〔2026〕第2期"

    def test_what_is_frozen_cannot_be_counted_again(self, at_april, office):
        number = frozen(office)
        with pytest.raises(Refused):
            actions.edit_bulletin(office[0], bulletin_id=number, seen_version=2)

    @pytest.mark.parametrize("change", [{"content": {}}, {"digest": "0" * 64}, {"number": 9}, {"note": "x"}])
    def test_the_database_keeps_what_is_frozen(self, at_april, office, change):
        number = frozen(office)
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            Bulletin.objects.filter(pk=number).update(**change)

    def test_the_database_lets_nobody_remove_it(self, at_april, office):
        number = frozen(office)
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            Bulletin.objects.filter(pk=number).delete()

    def test_the_database_asks_for_two_people(self, at_april, office):
        number = draft(office[0])
        values = {"state": "frozen", "number": 1, "frozen_at": clock.now(), "frozen_by_id": office[0].person_id}
        with pytest.raises(IntegrityError, match="bulletin_two_people"), transaction.atomic():
            Bulletin.objects.filter(pk=number).update(**values)

    def test_every_step_leaves_an_event(self, at_april, office):
        number = frozen(office)
        actions.publish_bulletin(office[0], bulletin_id=number, seen_version=2)
        kinds = [entry.kind for entry in audit.timeline(f"bulletin:{number}")]
        assert {"BULLETIN_DRAFTED", "BULLETIN_FROZEN", "BULLETIN_PUBLISHED"} <= set(kinds)

    def test_a_dropped_draft_takes_no_number(self, at_april, office):
        number = draft(office[0])
        actions.drop_bulletin(office[0], bulletin_id=number, seen_version=1)
        assert queries.bulletin(office[0], number).state is State.DROPPED
        assert queries.bulletin(office[0], frozen(office)).number.zh.endswith("第1期")


class TestWhenTheSourceMoves:
    def moved(self, office, place):
        number = frozen(office)
        repay_more(place)
        actions.refresh(on=clock.today())
        return number

    def test_the_frozen_figures_stay_and_what_moved_is_listed(self, at_april, office, place):
        number = self.moved(office, place)
        view = queries.bulletin(office[0], number)
        assert cell(view, "", "lent_amount") == "50.00"
        moved = {(line["row"], line["column"]): (line["before"], line["after"]) for line in view.drift}
        assert moved["全市", "放款金额"] == ("50.00万元", "100.00万元")

    def test_a_revision_lists_its_differences_and_replaces_the_first(self, at_april, office, place):
        number = self.moved(office, place)
        revision = actions.revise_bulletin(office[0], bulletin_id=number, reason="一家银行补报")
        actions.freeze_bulletin(office[1], bulletin_id=revision, seen_version=1)
        view = queries.bulletin(office[0], revision)
        assert view.number.zh == "活水快报〔2026〕第1期（修订1）"
        assert ("全市", "50.00万元", "100.00万元") in {
            (line["row"], line["before"], line["after"]) for line in view.differences if line["column"] == "放款金额"
        }
        old = queries.bulletin(office[0], number)
        assert (old.state, old.replaced_by) == (State.SUPERSEDED, revision)
        assert old.drift == ()

    def test_one_revision_at_a_time(self, at_april, office):
        number = frozen(office)
        actions.revise_bulletin(office[0], bulletin_id=number, reason="更正")
        with pytest.raises(Refused) as refused:
            actions.revise_bulletin(office[0], bulletin_id=number, reason="更正")
        assert refused.value.code == "revision_open"

    def test_a_revision_has_a_reason(self, at_april, office):
        with pytest.raises(DomainError) as refused:
            actions.revise_bulletin(office[0], bulletin_id=frozen(office), reason=" ")
        assert refused.value.code == "reason_missing"

    def test_nothing_moved_is_nothing_listed(self, at_april, office, place):
        assert queries.bulletin(office[0], frozen(office)).drift == ()


class TestFiles:
    def test_the_same_bulletin_gives_the_same_pdf(self, at_april, office, place):
        view = queries.bulletin(office[0], frozen(office))
        first, second = papers.pdf(view), papers.pdf(view)
        assert first == second
        assert first.startswith(b"%PDF")

    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_the_workbook_has_the_figures_of_the_table(self, at_april, office, place, language):
        view = queries.bulletin(office[0], frozen(office))
        sheet = openpyxl.load_workbook(io.BytesIO(papers.excel(view, language=language))).active
        figures = {cell.value for row in sheet.iter_rows() for cell in row}
        assert 50 in figures
        assert view.digest in figures

    def test_acts_follow_the_state(self, at_april, office):
        number = draft(office[0])
        assert set(queries.bulletin(office[0], number).acts) == {Act.EDIT, Act.DROP}
        assert set(queries.bulletin(office[1], number).acts) == {Act.EDIT, Act.DROP, Act.FREEZE}
