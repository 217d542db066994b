"""A district is split in mid-year: firms go where their street went, tables keep its figures apart and say so."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from conftest import as_web_role
from factories import cases as made
from factories import firms, offers, people
from huoshui.access.actor import SYSTEM
from huoshui.access.models import Notice
from huoshui.access.roles import Role
from huoshui.access.row_security import acting
from huoshui.audit.models import Event
from huoshui.catalogue import queries as catalogue
from huoshui.financing import queries as financing
from huoshui.financing.actions import follow_districts
from huoshui.financing.models import Demand, DemandGroup, Referral, Visit
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Refused
from huoshui.registry import actions as registry
from huoshui.registry import divisions
from huoshui.registry import queries as register
from huoshui.registry.actions import Part
from huoshui.registry.actions_division import where
from huoshui.registry.models import Division, Enterprise, EnterpriseChange
from huoshui.statistics import actions, counting, places, queries
from huoshui.statistics.models import DistrictChange
from huoshui.statistics.spans import span_to

ON = dt.date(2026, 3, 2)
SOUTH = Part("140161", "龙城区", "Longcheng District", ("坞城街道", "坞城"))
EAST = Part("140106", words=("营盘街道",))  # 迎泽区 grows by a part


class TestWhere:
    def test_the_longest_street_name_decides(self):
        parts = [Part("1", words=("平阳",)), Part("2", words=("平阳路街道",))]
        assert where("太原市小店区平阳路街道5号", parts) == "2"

    def test_no_name_and_two_equal_ones_decide_nothing(self):
        parts = [Part("1", words=("坞城",)), Part("2", words=("营盘",))]
        assert where("太原市小店区长风街", parts) == ""
        assert where("营盘街道坞城路口", parts) == ""

    def test_one_part_takes_all(self):
        assert where("", [Part("1")]) == "1"


class TestRows:
    OLD = places.District("1", places.Text("旧区", "Old"), until=dt.date(2026, 5, 31), gone=True, parts=("2", "3"))
    NEW = places.District("2", places.Text("东区", "East"), since=dt.date(2026, 6, 1))
    GREW = places.District("3", places.Text("西区", "West"))

    def rows(self, start: str, last: str):
        known = (self.OLD, self.NEW, self.GREW)
        return {
            row.code: row
            for row in places.table_rows(known, start=dt.date.fromisoformat(start), last=dt.date.fromisoformat(last))
        }

    def test_the_note_names_the_parts_and_one_that_grew_is_not_compared(self):
        found = self.rows("2026-01-01", "2026-10-31")
        assert "东区、西区" in found["1"].note.zh
        assert "原旧区的一部分" in found["3"].note.zh
        assert not found["3"].comparable(dt.date(2025, 1, 1))

    def test_before_the_day_the_one_that_grows_is_as_ever_and_the_year_after_needs_no_note(self):
        assert self.rows("2026-05-01", "2026-05-31")["3"].comparable(dt.date(2025, 5, 1))
        later = self.rows("2027-01-01", "2027-01-31")["3"]
        assert later.note is None
        assert not later.comparable(dt.date(2026, 1, 1))


@pytest.fixture
def city(db):
    """The city's financial office, a branch that serves 小店区, three firms there."""
    with clock.at(made.START), acting(SYSTEM):
        registry.install_reference_data(SYSTEM)
        home = people.organisation("government", district_code="140100", level="city")
        office = people.staff(Role.OFFICE, at=home)
        branch = offers.branch(offers.bank(), districts=("140105",))
        made_firms = [
            firms.firm(name, district_code="140105", address=address)
            for name, address in (
                ("太原甲有限公司", "小店区坞城街道学府街1号"),
                ("太原乙有限公司", "小店区营盘街道2号"),
                ("太原丙有限公司", "小店区长风街3号"),
            )
        ]
        yield office, branch, [firm.pk for firm in made_firms]
    divisions.forget()


def split(office, *parts: Part, **given):
    values = {"district": "140105", "on": ON, "document_no": "国函〔2026〕9号", "parts": parts or (SOUTH, EAST)}
    return actions.change_district(office, **values | given)


def codes(pks: list[int]) -> list[str]:
    return [Enterprise.objects.values_list("district_code", flat=True).get(pk=pk) for pk in pks]


class TestSplit:
    def test_firms_go_where_their_street_went_branches_follow_and_forms_know_the_new_district(self, city):
        office, branch, pks = city
        with as_web_role():
            done = split(office)
        assert (done.moved, done.stay) == (2, 1)
        assert codes(pks) == ["140161", "140106", "140105"]
        assert EnterpriseChange.objects.filter(field="district_code", source="division").count() == 2
        (serves,) = [view.districts for view in catalogue.branches() if view.org_id == branch]
        assert set(serves) == {"140105", "140106", "140161"}
        names = {each.code: each.name for each in register.districts()}
        assert names["140161"] == "龙城区"
        assert "140105" not in names
        registry.install_reference_data(SYSTEM)
        assert Division.objects.get(pk="140105").valid_to == ON - dt.timedelta(days=1), "the shipped table stays behind"

    def test_the_tables_of_the_year_keep_its_row_and_say_what_happened(self, city):
        split(city[0])
        rows = {row.code: row for row in queries.districts(span_to("year", dt.date(2026, 3, 31)))}
        assert "龙城区" in rows["140105"].note.zh
        assert "设立" in rows["140161"].note.zh
        assert rows["140106"].codes == ("140106",)
        assert not rows["140106"].comparable(dt.date(2025, 1, 1))

    def test_a_district_that_goes_whole_takes_every_firm_and_its_figures_along(self, city):
        office, _branch, pks = city
        assert split(office, Part("140106")).moved == 3
        assert codes(pks) == ["140106"] * 3
        rows = {row.code: row for row in queries.districts(span_to("year", dt.date(2026, 3, 31)))}
        assert rows["140106"].codes == ("140106", "140105")
        assert register.gazetteer().place("140105").code == "140106", "files with the old code find the new one"

    def test_a_firm_visited_before_and_after_its_district_joined_another_counts_once_there(self, city):
        office, _branch, pks = city
        visitor = people.staff(Role.VISITOR, at=people.organisation("government", district_code="140105"))
        for day, code in ((dt.date(2026, 2, 27), "140105"), (ON, "140106")):
            Visit.objects.create(
                enterprise_id=pks[0], district_code=code, visitor_id=visitor.person_id, visited_on=day, outcome="no_need",
                client_id=uuid.uuid4(), organisation_id=visitor.organisation_id, recorded_at=clock.now(),
            )  # fmt: skip
        split(office, Part("140106"))
        year = span_to("year", dt.date(2026, 3, 31))
        actions.recount([year], codes=["visited"], defined=year.last)
        row = next(each for each in queries.districts(year) if each.code == "140106")
        sheet = queries.sheet([year], ["visited"])
        assert sheet.figure(queries.measure("visited"), year, districts=row.codes) == 1
        assert queries.drill(SYSTEM, "visited", year, districts=row.codes).records == 2

    def test_firms_left_are_placed_by_more_streets_later(self, city):
        office, _branch, pks = city
        split(office)
        done = registry.place_firms(
            office, district="140105", parts=[Part("140161", words=("长风街",)), Part("140106")]
        )
        assert (done.moved, done.stay) == (1, 0)
        assert codes(pks)[2] == "140161"

    def test_everything_wrong_is_said_at_once(self, city):
        office = city[0]
        with pytest.raises(Refused) as caught:
            split(office, Part("140105"), Part("150101", "外区"), Part("140199"), on=clock.today() + dt.timedelta(days=1),
                  document_no=" ")  # fmt: skip
        assert [problem.code for problem in caught.value.problems] == [
            "district_day", "document_missing", "district_twice", "district_code", "district_name",
        ]  # fmt: skip
        split(office)
        with pytest.raises(Refused) as caught:
            split(office)
        assert caught.value.problems[0].code == "district_unknown", "it is gone already"

    def test_only_the_citys_office_may(self, city):
        with pytest.raises(DomainError) as caught:
            split(people.staff(Role.TASKFORCE_LEAD, kind="government"))
        assert caught.value.code == "not_allowed"

    def test_the_database_keeps_one_change_a_district_with_parts(self, city):
        split(city[0])
        row = DistrictChange.objects.get()
        values = {"on": ON, "document_no": "x", "moved": 0, "stay": 0, "registered_at": clock.now()}
        for code, parts in (("140107", []), (row.district_code, ["140161"])):
            with pytest.raises(IntegrityError), transaction.atomic():
                DistrictChange.objects.create(district_code=code, parts=parts, **values)


class TestUnderWay:
    """Demands and cases that were open on the day go on where their firm is now."""

    @pytest.fixture
    def offices(self, city):
        return [people.organisation("government", district_code=code, level="county") for code in ("140105", "140106")]

    def under_way(self, firm: int, **given) -> Demand:
        values = {"district_code": "140105", "amount": 1, "term_months": 12, "purpose": "stock", "channel": "web",
                  "state": "dispatched", "number": f"D{firm}{given.get('state', '')}", "created_at": clock.now()}  # fmt: skip
        moments = dict.fromkeys(("declared_at", "recommended_at", "dispatched_at"), clock.now())
        return Demand.objects.create(enterprise_id=firm, **values | moments | given)

    def case_of(self, demand: Demand, bank: int, state: str = "offered", **given) -> Referral:
        return Referral.objects.create(
            demand=demand, enterprise_id=demand.enterprise_id, district_code="140105", bank_id=bank, bank_path="x",
            basis="choice", state=state, offered_at=clock.now(), **given,
        )  # fmt: skip

    def test_they_follow_their_firm_and_both_offices_are_told(self, city, offices):
        office, _branch, pks = city
        old, new = offices
        demand, stays = self.under_way(pks[1]), self.under_way(pks[2])
        closed = self.under_way(
            pks[1], state="closed", closed_at=clock.now(), close_reason="withdrawn", purpose="other"
        )
        bank = offers.bank()
        case = self.case_of(demand, bank)
        past = self.case_of(demand, offers.bank(), "declined", decided_at=clock.now(), closed_at=clock.now())
        with as_web_role():
            split(office)
        where_now = [
            each.__class__.objects.get(pk=each.pk).district_code for each in (demand, case, stays, closed, past)
        ]
        assert where_now == ["140106", "140106", "140105", "140105", "140105"]
        assert demand.district_before == "", "as it was read"
        (event,) = Event.objects.filter(kind="DEMAND_FOLLOWED_DISTRICT")
        assert (event.topic, event.facts["new"]["zh"]) == (f"demand:{demand.pk}", "迎泽区")
        told = Notice.objects.filter(template__startswith="demands_moved").values_list("template", "organisation_id")
        assert set(told) == {("demands_moved_away", old), ("demands_moved_here", new)}
        taskforce = people.staff(Role.TASKFORCE_LEAD, at=new)
        assert list(financing.demands(taskforce).values_list("pk", flat=True)) == [demand.pk]
        assert follow_districts(SYSTEM) == 0, "a second look finds nothing"

    def test_what_the_register_places_later_follows_then(self, city, offices):
        office, _branch, pks = city
        demand = self.under_way(pks[2])
        split(office)
        actions.place_firms(office, district="140105", parts=[Part("140106", words=("长风街",))])
        demand.refresh_from_db()
        assert (demand.district_code, demand.district_before) == ("140106", "140105")

    def test_the_city_hears_of_it_where_the_new_district_has_no_office_yet(self, city, offices):
        office, _branch, pks = city
        self.under_way(pks[0])
        split(office)
        heard = Notice.objects.get(template="demands_moved_here")
        assert heard.organisation_id == office.organisation_id

    def test_a_group_follows_when_all_of_it_went_to_one_place(self, city, offices):
        office, _branch, pks = city
        groups = [
            DemandGroup.objects.create(
                number=f"G{one}", kind="market", name=f"集群{one}", district_code="140105", created_at=clock.now()
            )
            for one in range(2)
        ]
        self.under_way(pks[1], group=groups[0])
        self.under_way(pks[0], group=groups[1])
        self.under_way(pks[2], group=groups[1])
        split(office)
        assert [DemandGroup.objects.get(pk=each.pk).district_code for each in groups] == ["140106", "140105"]

    def test_figures_of_the_days_before_stay_with_the_old_district(self, city, offices):
        office, _branch, pks = city
        before, after = clock.now() - dt.timedelta(hours=1), clock.now() + dt.timedelta(hours=1)
        demand = self.under_way(pks[1], declared_at=before)
        split(office)
        Demand.objects.filter(pk=demand.pk).update(recommended_at=after)
        span = span_to("year", clock.today())
        places_of = {}
        for code in ("declared", "recommended"):
            tally = queries.book().tally(code, span.last)
            places_of[code] = {row[0] for row in counting.counted(tally, span, SYSTEM)} - {""}
        assert places_of == {"declared": {"140105"}, "recommended": {"140106"}}


def test_the_office_registers_a_split_on_its_page(client, city):
    people.sign_in(client, city[0])
    address = reverse("gov:district_change")
    assert client.get(address).status_code == 200
    given = {"district": "140105", "on": ON.isoformat(), "document_no": "国函〔2026〕9号", "code_1": "140161",
             "name_1": "龙城区", "name_en_1": "Longcheng", "words_1": "坞城街道、学府街", "code_2": "140106"}  # fmt: skip
    assert client.post(address, given | {"code_1": "9"}).status_code == 422
    answer = client.post(address, given, follow=True)
    assert "1 户企业已改登记到新的区县，2 户" in answer.text
    assert "龙城区、迎泽区" in answer.text
    place = reverse("gov:district_place", args=["140105"])
    assert client.get(place).status_code == 200
    assert "2 户企业已改登记" in client.post(place, {"words_140106": "营盘街道 长风街"}, follow=True).text
