"""Policy values, calendar, rates, programmes and the repair table in the database: dated, documented, kept."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from factories import offers
from huoshui.access.actor import SYSTEM
from huoshui.access.roles import Role
from huoshui.audit.models import Event
from huoshui.catalogue import actions, presets, queries, schemes, shipped
from huoshui.catalogue.models import (
    CalendarDay,
    CalendarYear,
    Institution,
    ParameterValue,
    Product,
    Programme,
    ProgrammeVersion,
    ReferenceRate,
    RepairMeasure,
)
from huoshui.kernel import clock, workdays
from huoshui.kernel.errors import DomainError, Refused, Stale

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
MOMENT = dt.datetime(2026, 11, 21, 10, 0, tzinfo=clock.ZONE)
TODAY = MOMENT.date()
ACCEPT = "deadline.accept_days"


@pytest.fixture(autouse=True)
def _at_a_fixed_day():
    with clock.at(MOMENT):
        yield


def set_accept(value, *, on: dt.date = TODAY + DAY, actor=SYSTEM, document: str = "并金发〔2026〕9号") -> None:
    actions.set_parameter(actor, path=ACCEPT, value=value, valid_from=on, document_no=document)


class TestParameters:
    def test_the_shipped_value_holds_until_a_city_sets_its_own(self):
        set_accept(2)
        assert [queries.parameter(ACCEPT, TODAY + shift * DAY) for shift in (0, 1, 400)] == [1, 2, 2]

    def test_old_days_keep_what_held_then(self):
        set_accept(2)
        set_accept(3, on=TODAY + 10 * DAY)
        assert [queries.parameter(ACCEPT, TODAY + shift * DAY) for shift in (0, 9, 10)] == [1, 2, 3]

    def test_a_value_without_a_day_is_todays(self):
        set_accept(2, on=TODAY)
        assert queries.parameter(ACCEPT) == 2

    def test_the_view_names_document_and_history(self):
        set_accept(2)
        before, after = queries.parameter_view(ACCEPT, TODAY), queries.parameter_view(ACCEPT, TODAY + DAY)
        assert (before.overridden, after.overridden, after.source) == (False, True, "并金发〔2026〕9号")
        assert before.history == ((TODAY + DAY, 2, "并金发〔2026〕9号"),)
        assert (before.value, before.raw, before.unit) == (1, 1, "working_days")

    def test_every_value_is_listed_in_the_order_of_the_file(self):
        listed = [view.path for view in queries.parameters_on()]
        assert listed == list(shipped_paths())

    @pytest.mark.parametrize(("shift", "code"), [(-1, "parameter_past"), (0, None), (1, None)])
    def test_the_past_is_not_set(self, shift, code):
        if code is None:
            set_accept(2, on=TODAY + shift * DAY)
            return
        with pytest.raises(Refused) as refusal:
            set_accept(2, on=TODAY + shift * DAY)
        assert refusal.value.code == code

    def test_todays_value_is_set_once_and_tomorrows_until_it_comes(self):
        set_accept(2, on=TODAY)
        with pytest.raises(Refused) as refusal:
            set_accept(3, on=TODAY)
        assert refusal.value.code == "parameter_taken"

    def test_a_value_to_come_may_be_corrected(self):
        ahead = dt.date.today() + 30 * DAY  # the database's own calendar guards what is in force
        set_accept(2, on=ahead)
        set_accept(3, on=ahead)
        assert queries.parameter(ACCEPT, ahead) == 3
        assert ParameterValue.objects.count() == 1

    def test_every_problem_is_named_at_once(self):
        with pytest.raises(Refused) as refusal:
            set_accept(99, on=TODAY - DAY, document=" ")
        codes = [problem.code for problem in refusal.value.problems]
        assert codes == ["parameter_value", "document_missing", "parameter_past"]
        assert not ParameterValue.objects.exists()

    def test_what_an_officer_writes_is_understood(self):
        actions.set_parameter(SYSTEM, path="five_class.limits", value="60, 180, 300", valid_from=TODAY, document_no="x")
        assert queries.parameter("five_class.limits") == [60, 180, 300]

    def test_an_unknown_path_is_refused(self):
        with pytest.raises(DomainError) as refusal:
            actions.set_parameter(SYSTEM, path="no.such", value=1, valid_from=TODAY, document_no="x")
        assert refusal.value.code == "unknown_parameter"

    @pytest.mark.parametrize(("role", "may"), [(Role.OFFICE, True), (Role.LEADER, False), (Role.SYSTEM_ADMIN, False)])
    def test_only_the_office_sets_values(self, role, may):
        actor = offers.office_person(role)
        if may:
            set_accept(2, actor=actor)
            assert Event.objects.get(kind="PARAMETER_SET").facts["value"] == 2
            return
        with pytest.raises(DomainError) as refusal:
            set_accept(2, actor=actor)
        assert refusal.value.code == "not_permitted"

    def test_values_are_kept_in_memory(self, django_assert_num_queries):
        queries.parameter(ACCEPT)
        with django_assert_num_queries(0):
            for path in shipped_paths():
                queries.parameter(path)

    def test_what_another_process_writes_is_seen_at_the_next_request(self):
        from django.core.signals import request_started

        from huoshui.catalogue import freshness

        assert queries.parameter(ACCEPT) == 1
        ParameterValue.objects.create(path=ACCEPT, valid_from=TODAY, value=4, document_no="x", set_at=clock.now())
        assert queries.parameter(ACCEPT) == 1
        listeners = list(request_started._live_receivers(None)[0])
        assert freshness._new_request in listeners
        freshness._new_request()
        assert queries.parameter(ACCEPT) == 4

    def test_what_another_process_writes_is_seen_after_a_moment(self, monkeypatch):
        from huoshui.catalogue import freshness

        queries.parameter(ACCEPT)
        ParameterValue.objects.create(path=ACCEPT, valid_from=TODAY, value=4, document_no="x", set_at=clock.now())
        freshness._seen.until = 0.0
        assert queries.parameter(ACCEPT) == 4

    def test_memory_does_not_grow_without_end(self, monkeypatch):
        from huoshui.catalogue import freshness

        monkeypatch.setattr(freshness, "MOST", 3)
        found = [freshness.kept(("rates",), ("x", number), lambda: number) for number in range(10)]  # noqa: B023
        assert found == list(range(10))
        assert len(freshness._values) <= 3


def shipped_paths():
    from huoshui.catalogue import parameters

    return parameters.shipped()


class TestCalendar:
    def test_an_empty_table_means_the_shipped_calendar(self):
        assert queries.calendar() == workdays.shipped()
        assert len(queries.calendar_days(2026)) == len([row for row in workdays.shipped_days() if row.day.year == 2026])

    def test_the_installed_table_equals_the_shipped_calendar(self):
        presets.install(SYSTEM)
        assert queries.calendar() == workdays.shipped()

    def test_a_year_that_is_not_announced_is_marked(self):
        assert 2027 not in queries.calendar().years
        actions.announce_year(SYSTEM, year=2027, source="国务院办公厅通知")
        assert 2027 in queries.calendar().years
        assert 2026 in queries.calendar().years

    def test_editing_a_day_of_an_untouched_table_keeps_the_others(self):
        day = dt.date(2026, 12, 21)
        actions.edit_calendar_day(SYSTEM, day=day, kind="holiday", name="市庆", source="市政府通知")
        found = queries.calendar()
        assert day in found.holidays
        assert workdays.shipped().holidays < found.holidays

    def test_a_day_becomes_ordinary_again(self):
        day = dt.date(2026, 10, 1)
        actions.edit_calendar_day(SYSTEM, day=day, kind="ordinary", source="x")
        assert day not in queries.calendar().holidays

    def test_a_holiday_becomes_a_workday(self):
        day = dt.date(2026, 12, 26)
        actions.edit_calendar_day(SYSTEM, day=day, kind="makeup_workday", source="x")
        assert queries.calendar().is_working(day)

    def test_an_unknown_kind_of_day_is_refused(self):
        with pytest.raises(Refused):
            actions.edit_calendar_day(SYSTEM, day=TODAY, kind="feast", source="x")

    @pytest.mark.parametrize(("year", "good"), [(2003, False), (2004, True), (2099, True), (2100, False)])
    def test_a_year_lies_in_a_range(self, year, good):
        if good:
            actions.announce_year(SYSTEM, year=year, source="x")
            return
        with pytest.raises(Refused):
            actions.announce_year(SYSTEM, year=year, source="x")


class TestRates:
    @pytest.mark.parametrize(
        ("kind", "on", "rate"),
        [
            ("lpr_1y", dt.date(2019, 8, 19), None),
            ("lpr_1y", dt.date(2019, 8, 20), "4.25"),
            ("lpr_1y", dt.date(2024, 10, 20), "3.35"),
            ("lpr_1y", dt.date(2024, 10, 21), "3.10"),
            ("lpr_5y", dt.date(2025, 5, 19), "3.60"),
            ("lpr_5y", dt.date(2025, 5, 20), "3.50"),
            ("lpr_1y", TODAY, "3.00"),
            ("benchmark_1y", TODAY, "4.35"),
            ("benchmark_1y", dt.date(2015, 10, 23), None),
        ],
    )
    def test_a_rate_holds_from_the_day_it_is_published(self, kind, on, rate):
        assert queries.reference_rate(kind, on) == (None if rate is None else Decimal(rate))

    @pytest.mark.parametrize(
        ("on", "late"), [(dt.date(2026, 10, 4), False), (dt.date(2026, 10, 5), True), (TODAY, True)]
    )
    def test_a_prime_rate_that_has_grown_old_is_marked_with_its_day(self, on, late):
        view = queries.reference_rate_view("lpr_1y", on)
        assert (view.late, view.effective_on) == (late, dt.date(2026, 8, 20))

    def test_an_old_rate_in_the_past_and_the_benchmark_are_not_late(self):
        assert not queries.reference_rate_view("lpr_1y", dt.date(2020, 1, 19)).late
        assert not queries.reference_rate_view("benchmark_1y", TODAY).late

    def test_a_published_rate_is_entered_and_corrected(self):
        for rate in ("2.95", "2.90"):
            actions.publish_rate(
                SYSTEM, kind="lpr_1y", effective_on=dt.date(2026, 11, 20), rate_pct=rate, source="公告"
            )
        view = queries.reference_rate_view("lpr_1y", TODAY)
        assert (view.rate_pct, view.late, view.source) == (Decimal("2.90"), False, "公告")
        assert queries.reference_rate("lpr_1y", dt.date(2026, 11, 19)) == Decimal("3.00")
        assert queries.reference_rates("lpr_1y")[0].rate_pct == Decimal("2.90")

    @pytest.mark.parametrize("rate", ["0", "-1", "36.0001", "3.00001", "NaN", "x", ""])
    def test_a_rate_that_makes_no_sense_is_refused(self, rate):
        with pytest.raises(Refused):
            actions.publish_rate(SYSTEM, kind="lpr_1y", effective_on=TODAY, rate_pct=rate, source="x")

    def test_every_problem_of_a_rate_is_named(self):
        with pytest.raises(Refused) as refusal:
            actions.publish_rate(SYSTEM, kind="shibor", effective_on=TODAY, rate_pct="x", source="")
        assert [problem.code for problem in refusal.value.problems] == ["rate_kind", "rate_value", "document_missing"]


class TestRepairTable:
    def words(self, **changes) -> dict[str, str]:
        names = ("problem", "problem_en", "department", "department_en", "measure", "measure_en")
        return {name: f"字{name}" for name in names} | changes

    def test_the_shipped_table_is_rich_and_complete(self):
        presets.install(SYSTEM)
        rows = queries.repair_measures()
        assert len(rows) >= 25
        assert all(row.problem.en and row.department.en and row.measure.en for row in rows)
        assert {row.standard for row in rows} == {1, 2, 3, 4, 5, None}
        assert {row.standard for row in queries.repair_measures(4)} == {4}

    def test_the_facts_it_names_are_in_the_dictionary(self):
        from huoshui.rules.facts import shipped as dictionary

        assert {row["fact"] for row in shipped.repair_measures() if row["fact"]} <= set(dictionary())

    def test_a_fact_with_one_measure_has_a_remedy(self):
        presets.install(SYSTEM)
        remedies = queries.remedies()
        assert "纳税信用修复" in remedies["tax_grade"].zh
        assert "labels" not in remedies  # two measures: which one depends on the label
        assert "status" not in remedies  # a closed firm cannot repair that

    def test_a_row_is_written_and_rewritten(self):
        for problem in ("一", "二"):
            actions.save_repair_measure(SYSTEM, code="x", words=self.words(problem=problem), standard=None)
        assert RepairMeasure.objects.get(code="x").problem == "二"
        assert Event.objects.filter(kind="REPAIR_MEASURE_SAVED").count() == 2

    @pytest.mark.parametrize(("standard", "good"), [(0, False), (1, True), (5, True), (6, False)])
    def test_a_standard_is_one_to_five(self, standard, good):
        if good:
            actions.save_repair_measure(SYSTEM, code="x", words=self.words(), standard=standard)
            return
        with pytest.raises(Refused):
            actions.save_repair_measure(SYSTEM, code="x", words=self.words(), standard=standard)

    def test_every_missing_word_is_named(self):
        with pytest.raises(Refused) as refusal:
            actions.save_repair_measure(SYSTEM, code="x", words={"problem": "一"}, standard=None)
        assert len(refusal.value.problems) == 5


def rules(**changes) -> dict:
    base = {
        "document_no": "并金发〔2026〕9号",
        "terms": {
            "fraction": "0.5",
            "basis": 360,
            "months": 12,
            "flow": "automatic",
            "shares": {"city": "60", "county": "40"},
        },
        "criteria": offers.CRITERIA,
        "valid_from": (TODAY + DAY).isoformat(),
    }
    return base | changes


class TestProgrammes:
    @pytest.fixture
    def officer(self):
        return offers.office_person(Role.FINANCE_OFFICER)

    @pytest.fixture
    def checker(self):
        return offers.office_person(Role.FINANCE_CHECKER)

    def draft(self, actor, *, code: str = "SUB-X", **changes) -> int:
        return actions.draft_programme(actor, code=code, kind="subsidy", name="贴息", rules=rules(**changes))

    def test_one_drafts_and_another_publishes(self, officer, checker):
        version = self.draft(officer)
        actions.publish_programme(checker, version_id=version)
        assert queries.published_programmes(on=TODAY) == ()
        [view] = queries.published_programmes("subsidy", TODAY + DAY)
        assert (view.code, view.document_no) == ("SUB-X", "并金发〔2026〕9号")
        assert queries.published_programmes("bridge", TODAY + DAY) == ()

    def test_whoever_drafted_does_not_publish(self):
        both = offers.office_person(Role.OFFICE)
        version = self.draft(both)
        with pytest.raises(Refused) as refusal:
            actions.publish_programme(both, version_id=version)
        assert refusal.value.code == "four_eyes"

    def test_whoever_edited_last_does_not_publish(self, officer):
        both = offers.office_person(Role.OFFICE)
        version = self.draft(officer)
        actions.edit_programme(both, version_id=version, rules=rules())
        with pytest.raises(Refused):
            actions.publish_programme(both, version_id=version)

    def test_a_next_version_ends_the_one_before(self, officer, checker):
        first = self.draft(officer)
        actions.publish_programme(checker, version_id=first)
        second = self.draft(officer, valid_from=(TODAY + 30 * DAY).isoformat())
        actions.publish_programme(checker, version_id=second)
        found = [queries.published_programmes(on=TODAY + shift * DAY)[0].version_id for shift in (29, 30)]
        assert found == [first, second]

    def test_a_version_does_not_start_with_the_one_in_force(self, officer, checker):
        actions.publish_programme(checker, version_id=self.draft(officer))
        again = self.draft(officer)
        with pytest.raises(Refused) as refusal:
            actions.publish_programme(checker, version_id=again)
        assert refusal.value.code == "version_overlap"

    def test_one_draft_at_a_time(self, officer):
        self.draft(officer)
        with pytest.raises(Refused) as refusal:
            self.draft(officer)
        assert refusal.value.code == "programme_draft_open"

    @pytest.mark.parametrize(("shift", "good"), [(-1, False), (0, False), (1, True), (30, True)])
    def test_a_programme_ends_today_or_later_but_not_before_it_starts(self, officer, checker, shift, good):
        version = self.draft(officer)
        actions.publish_programme(checker, version_id=version)
        last = TODAY + shift * DAY
        if not good:
            with pytest.raises(Refused):
                actions.end_programme(checker, version_id=version, last_day=last)
            return
        actions.end_programme(checker, version_id=version, last_day=last)
        assert len(queries.published_programmes(on=last)) == 1
        assert queries.published_programmes(on=last + DAY) == ()

    def test_what_somebody_else_changed_meanwhile_is_stale(self, officer, checker):
        version = self.draft(officer)
        actions.edit_programme(officer, version_id=version, rules=rules(), seen_version=1)
        with pytest.raises(Stale):
            actions.publish_programme(checker, version_id=version, seen_version=1)

    def test_a_published_version_is_not_edited(self, officer, checker):
        version = self.draft(officer)
        actions.publish_programme(checker, version_id=version)
        with pytest.raises(Stale):
            actions.edit_programme(officer, version_id=version, rules=rules())

    def test_an_unknown_version_is_named(self, checker):
        with pytest.raises(DomainError) as refusal:
            actions.publish_programme(checker, version_id=0)
        assert refusal.value.code == "programme_version_unknown"

    def test_every_problem_is_named_at_once(self, officer):
        broken = {"terms": {"flow": "x", "basis": 1, "shares": {"city": "60"}}, "criteria": None, "document_no": ""}
        with pytest.raises(Refused) as refusal:
            actions.draft_programme(officer, code="x", kind="subsidy", name=" ", rules=rules(**broken))
        fields = {problem.field for problem in refusal.value.problems}
        wanted = {"code", "name", "document_no", "criteria"}
        assert fields >= wanted | {"terms.fraction", "terms.basis", "terms.flow", "terms.shares"}
        assert not Programme.objects.exists()

    def test_the_office_sees_drafts_and_a_leader_does_not(self, officer):
        self.draft(officer)
        assert len(queries.scheme(officer, "SUB-X").versions) == 1
        assert queries.scheme(offers.office_person(Role.LEADER), "SUB-X").versions == ()
        assert [found.code for found in queries.schemes(officer)] == ["SUB-X"]

    def test_rules_come_back_as_they_were_written(self, officer):
        given = rules(issued_by="市", summary="要点", summary_en="points", valid_to=None)
        row = ProgrammeVersion.objects.get(pk=self.draft(officer, **given))
        assert schemes.written(row) == given


class TestPresets:
    def test_installing_twice_changes_nothing(self):
        first, second = presets.install(SYSTEM), presets.install(SYSTEM)
        assert all(first.values())
        assert not any(second.values())
        assert Event.objects.filter(kind="CATALOGUE_INSTALLED").count() == 1

    def test_what_a_city_edited_is_left_as_it_is(self):
        presets.install(SYSTEM)
        RepairMeasure.objects.filter(code="dishonest").update(measure="找本市法院")
        CalendarDay.objects.filter(day=dt.date(2026, 10, 1)).delete()
        presets.install(SYSTEM)
        assert RepairMeasure.objects.get(code="dishonest").measure == "找本市法院"
        assert not CalendarDay.objects.filter(day=dt.date(2026, 10, 1)).exists()

    def test_the_shipped_rates_and_years_are_all_there(self):
        presets.install(SYSTEM)
        assert ReferenceRate.objects.filter(kind="lpr_1y").count() == 85
        assert set(CalendarYear.objects.values_list("year", flat=True)) == set(range(2004, 2027))

    @pytest.mark.parametrize("row", shipped.programmes(), ids=lambda row: row["code"])
    def test_each_programme_preset_is_one_that_could_be_drafted(self, row):
        from huoshui.catalogue import criteria

        problems = schemes.judge_head(row["code"], row["kind"], row["name"]) + schemes.judge(row["kind"], row)
        assert problems + criteria.problems(row["criteria"]) == []

    def test_the_demo_city_has_enough_to_choose_from(self):
        presets.install_demo(SYSTEM)
        kinds = Institution.objects.values_list("kind", flat=True)
        loans = [offer for offer in queries.offered_products(TODAY) if offer.kind == "loan"]
        assert (len(kinds), sum(kind == "guarantor" for kind in kinds)) == (27, 2)
        assert len(loans) >= 60
        assert {offer.bank_id for offer in queries.offered_products(TODAY)} == {
            view.org_id for view in queries.institutions()
        }
        assert any(offer.exclusive_to for offer in loans)
        assert all(4 <= len(list(atoms(offer.criteria))) <= 9 for offer in loans)

    def test_every_district_is_served_by_many(self):
        presets.install_demo(SYSTEM)
        for district in (
            "140105",
            "140106",
            "140107",
            "140108",
            "140109",
            "140110",
            "140121",
            "140122",
            "140123",
            "140181",
        ):
            assert len(queries.offered_products(TODAY, district=district)) >= 20

    def test_the_demo_city_installs_once(self):
        assert presets.install_demo(SYSTEM)["products"] == presets_count()
        assert presets.install_demo(SYSTEM) == {"institutions": 0, "products": 0}
        assert Product.objects.count() == presets_count()

    def test_a_stranger_installs_nothing(self):
        with pytest.raises(DomainError):
            presets.install(offers.office_person(Role.LEADER))


def presets_count() -> int:
    return len(shipped.demo()["products"])


def atoms(node):
    from huoshui.rules.tree import atoms as leaves

    return leaves(node)
