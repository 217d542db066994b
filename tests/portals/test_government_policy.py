"""The office's pages on policy, products, people and the log: who may open them, what they do, what they cost."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from factories import cases, offers
from factories.people import sign_in, staff
from huoshui.access.actor import SYSTEM
from huoshui.access.roles import Role
from huoshui.access.row_security import acting
from huoshui.audit import queries as audit
from huoshui.audit.actions import record
from huoshui.catalogue import actions, presets, queries
from huoshui.kernel import clock
from huoshui.portals.government.home_work import WATCHED

pytestmark = pytest.mark.django_db
TOMORROW = clock.today() + dt.timedelta(days=1)


@pytest.fixture
def office(client):
    presets.install(SYSTEM)
    actor = staff(Role.OFFICE, kind="government")
    sign_in(client, actor)
    return actor


def kinds_of(subject):
    return [event.kind for event in audit.events(SYSTEM) if event.subject_type == subject]


class TestParameters:
    def test_every_value_in_force_is_shown_in_few_queries(self, client, office, django_assert_max_num_queries):
        with django_assert_max_num_queries(14):
            page = client.get(reverse("gov:parameters"))
        assert page.status_code == 200
        assert "银行受理时限" in page.text

    def test_a_new_value_holds_from_its_day_and_leaves_an_event(self, client, office):
        data = {"value": "2", "valid_from": TOMORROW.isoformat(), "document_no": "并政办发〔2026〕12号"}
        answer = client.post(reverse("gov:parameter", args=["deadline.accept_days"]), data)
        assert answer.status_code == 302
        assert queries.parameter("deadline.accept_days") == 1
        assert queries.parameter("deadline.accept_days", TOMORROW) == 2
        assert "PARAMETER_SET" in kinds_of("parameter")

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("value", "99"),
            ("value", "三"),
            ("valid_from", "2020-01-01"),
            ("document_no", ""),
            ("valid_from", "2026-02-30"),
        ],
    )
    def test_what_cannot_be_set_is_said_at_its_field_and_nothing_typed_is_lost(self, client, office, field, value):
        data = {"value": "2", "valid_from": TOMORROW.isoformat(), "document_no": "并政办发〔2026〕12号"} | {
            field: value
        }
        answer = client.post(reverse("gov:parameter", args=["deadline.accept_days"]), data)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
        assert queries.parameter("deadline.accept_days", TOMORROW) == 1

    def test_a_taskforce_officer_may_not_open_them(self, client):
        sign_in(client, staff(Role.TASKFORCE_OFFICER, kind="government"))
        assert client.get(reverse("gov:parameters")).status_code == 403

    def test_a_stranger_is_sent_to_sign_in(self, client):
        answer = client.get(reverse("gov:parameters"))
        assert answer.status_code == 302
        assert "login" in answer.headers["Location"]


class TestCalendar:
    def test_a_year_shows_its_holidays_and_makeup_days(self, client, office):
        page = client.get(reverse("gov:calendar") + "?year=2026")
        assert page.text.count('class="day-holiday"') > 20
        assert 'class="day-makeup_workday"' in page.text

    def test_a_year_nobody_announced_is_marked(self, client, office):
        assert 'role="alert"' in client.get(reverse("gov:calendar") + "?year=2030").text

    def test_a_day_becomes_a_holiday_and_ordinary_again(self, client, office):
        day = dt.date(2026, 12, 1)
        data = {"day": day.isoformat(), "kind": "holiday", "name": "测试", "source": "通知"}
        assert client.post(reverse("gov:calendar"), data).status_code == 302
        assert not queries.calendar().is_working(day)
        client.post(reverse("gov:calendar"), data | {"kind": "ordinary"})
        assert queries.calendar().is_working(day)

    @pytest.mark.parametrize("year", ["", "abc", "1", "99999", "٢٠٢٦"])
    def test_a_year_out_of_range_falls_back_to_this_one(self, client, office, year):
        assert client.get(reverse("gov:calendar") + f"?year={year}").context["year"] == clock.today().year


class TestRepairTable:
    def test_a_measure_is_changed_in_both_languages(self, client, office):
        row = queries.repair_measures()[0]
        data = {
            "problem": "新问题",
            "problem_en": "New problem",
            "department": row.department.zh,
            "department_en": row.department.en,
            "measure": row.measure.zh,
            "measure_en": row.measure.en,
            "standard": str(row.standard),
            "repairable": "on",
        }
        assert client.post(reverse("gov:repair_measure", args=[row.code]), data).status_code == 302
        assert next(view for view in queries.repair_measures() if view.code == row.code).problem.zh == "新问题"

    def test_a_measure_without_english_is_refused(self, client, office):
        answer = client.post(reverse("gov:repair_measure_new"), {"code": "x_new", "problem": "问题"})
        assert answer.status_code == 422


class TestApprovals:
    def submitted(self):
        bank = offers.bank()
        head = staff(Role.BANK_HEAD, at=bank)
        version = actions.draft_product(head, code="TST-01", terms_given=offers.terms())
        actions.submit_version(head, version_id=version)
        return queries.products(SYSTEM, filters={"q": "TST-01"}).get()

    def test_a_submitted_version_waits_in_the_list(self, client, office):
        product = self.submitted()
        assert reverse("gov:product", args=[product.pk]) in client.get(reverse("gov:approvals")).text

    def test_approving_offers_the_product(self, client, office):
        product = self.submitted()
        seen = queries.product(office, product.pk).versions[0].seen_version
        data = {"seen_version": seen, "verdict": "approve", "note": ""}
        assert client.post(reverse("gov:product", args=[product.pk]), data).status_code == 302
        assert queries.product(office, product.pk).offered is not None

    def test_sending_back_needs_words(self, client, office):
        product = self.submitted()
        seen = queries.product(office, product.pk).versions[0].seen_version
        answer = client.post(
            reverse("gov:product", args=[product.pk]), {"seen_version": seen, "verdict": "reject", "note": ""}
        )
        assert answer.status_code == 422
        assert queries.product(office, product.pk).versions[0].state == "submitted"

    def test_a_decision_on_what_changed_meanwhile_is_refused_in_words(self, client, office):
        product = self.submitted()
        seen = queries.product(office, product.pk).versions[0].seen_version
        answer = client.post(
            reverse("gov:product", args=[product.pk]), {"seen_version": seen - 1, "verdict": "approve", "note": ""}
        )
        assert answer.status_code == 422
        assert "别人更新" in answer.text


class TestPeople:
    @pytest.fixture
    def security(self, client):
        actor = staff(Role.SECURITY_ADMIN, kind="operator")
        sign_in(client, actor)
        return actor

    def test_a_person_is_added_and_given_a_role(self, client, security):
        data = {
            "username": "new.officer",
            "name": "新人",
            "organisation_id": security.organisation_id,
            "password": "Fenhe-liuyu-2026",
        }
        answer = client.post(reverse("gov:person_new"), data)
        assert answer.status_code == 302
        page = client.post(answer.headers["Location"] + "grant_role/", {"role": "visitor"}, follow=True)
        assert "走访" in page.text

    def test_administrators_are_not_made_on_a_page(self, client, security):
        assert 'value="audit_admin"' not in client.get(reverse("gov:person", args=[security.person_id])).text

    def test_a_weak_password_is_refused_at_its_field(self, client, security):
        data = {"username": "weak", "name": "弱", "organisation_id": security.organisation_id, "password": "123"}
        assert client.post(reverse("gov:person_new"), data).status_code == 422

    def test_an_unknown_act_is_not_found(self, client, security):
        assert client.post(reverse("gov:person_act", args=[security.person_id, "promote"])).status_code == 404

    def test_the_list_of_people_costs_the_same_for_many(self, client, security, django_assert_max_num_queries):
        for _ in range(12):
            staff(Role.VISITOR, at=security.organisation_id)
        with django_assert_max_num_queries(16):
            assert client.get(reverse("gov:people")).status_code == 200


class TestAudit:
    @pytest.fixture
    def auditor(self, client):
        actor = staff(Role.AUDITOR, kind="auditor")
        sign_in(client, actor)
        return actor

    def test_the_first_page_has_what_an_auditor_looks_at_and_no_task_of_others(self, client, auditor):
        with clock.at(cases.START), acting(SYSTEM):
            cases.case(cases.city(), "offered")
        with clock.at(cases.START + dt.timedelta(days=40)), acting(SYSTEM):  # the bank is late by now
            record(SYSTEM, "ACCOUNT_LOCKED", ("person", 1), facts={"username": "某人", "until": "—"})
            found = client.get(reverse("gov:home")).context["tasks"]
            counts = {task.title: task.count for task in found}
            assert set(counts) <= set(WATCHED.values())
            assert not any(task.urgent for task in found)
            locked = next(task for task in found if task.title == WATCHED["ACCOUNT_LOCKED"])
            assert locked.count == 1
            assert "某人" in client.get(locked.link).text

    def test_events_are_listed_and_exported(self, client, auditor):
        assert client.get(reverse("gov:audit")).status_code == 200
        exported = client.get(reverse("gov:audit") + "?export=csv")
        assert exported.headers["Content-Type"].startswith("text/csv")

    def test_the_trail_of_a_product_says_what_happened(self, client, auditor):
        presets.install(SYSTEM)
        bank = offers.bank()
        version = actions.draft_product(staff(Role.BANK_HEAD, at=bank), code="TST-02", terms_given=offers.terms())
        assert version
        topic = f"product:{queries.products(SYSTEM, filters={'q': 'TST-02'}).get().pk}"
        assert "税融贷" in client.get(reverse("gov:trail"), {"topic": topic}).text

    def test_nobody_else_reads_the_log(self, client):
        sign_in(client, staff(Role.TASKFORCE_LEAD, kind="government"))
        assert client.get(reverse("gov:audit")).status_code == 403
