"""The taskforce's pages: five standards, batches with a reason each, repair, dispatch, visits, codes."""

from __future__ import annotations

import re
import uuid

import pytest
from django.urls import reverse

from factories import cases
from factories.people import sign_in, staff
from huoshui.access.roles import Role
from huoshui.financing import queries
from huoshui.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(db):
    return cases.city(banks=2)


@pytest.fixture
def officer(client, place):
    sign_in(client, place.taskforce)
    return place.taskforce


def view(actor, pk):
    return queries.demand(actor, pk)


def verdicts(actor, pk, **changes):
    data = {f"verdict_{n}": "yes" for n in range(1, 6)} | {f"note_{n}": "" for n in range(1, 6)}
    return data | {"seen_version": view(actor, pk).version} | changes


class TestStandards:
    def test_the_page_shows_evidence_for_each(self, client, place, officer, django_assert_max_num_queries):
        pk = cases.demand(place, "declared")
        with django_assert_max_num_queries(45):
            page = client.get(reverse("gov:demand", args=[pk]))
        assert len(page.context["page"].standards) == 5
        assert "没有失信被执行人" in page.text

    def test_all_met_is_saved_and_recommended_in_one_step(self, client, place, officer):
        pk = cases.demand(place, "declared")
        data = verdicts(officer, pk, then="recommend")
        assert client.post(reverse("gov:demand_judge", args=[pk]), data).status_code == 302
        assert view(officer, pk).state == "recommended"

    def test_one_not_met_is_saved_and_not_recommended(self, client, place, officer):
        pk = cases.demand(place, "declared")
        data = verdicts(officer, pk, verdict_2="no", note_2="查无此地", then="recommend")
        answer = client.post(reverse("gov:demand_judge", args=[pk]), data)
        assert answer.status_code == 422
        assert "未通过" in answer.text
        assert view(officer, pk).state == "declared"

    @pytest.mark.parametrize("wrong", [{"verdict_3": ""}, {"verdict_3": "maybe"}, {"verdict_3": "no"}])
    def test_a_missing_verdict_or_ground_is_said(self, client, place, officer, wrong):
        pk = cases.demand(place, "declared")
        answer = client.post(reverse("gov:demand_judge", args=[pk]), verdicts(officer, pk, **wrong))
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text

    def test_a_page_that_is_out_of_date_changes_nothing(self, client, place, officer):
        pk = cases.demand(place, "declared")
        old = verdicts(officer, pk)
        client.post(reverse("gov:demand_judge", args=[pk]), old)
        answer = client.post(reverse("gov:demand_judge", args=[pk]), old | {"verdict_1": "repair"})
        assert answer.status_code == 422
        assert "刚刚被别人更新" in answer.text

    def test_who_comes_second_is_told_so_with_what_was_written(self, client, place, officer):
        pk = cases.demand(place, "declared")
        address = reverse("gov:demand_act", args=[pk, "decline"])
        old = {"seen_version": view(officer, pk).version}
        assert client.post(address, old | {"reason": "经核实暂无需求"}).status_code == 302
        second = client.post(address, old | {"reason": "资料与现场不符"})
        assert second.status_code == 422
        assert "您的操作没有生效" in second.text
        assert "资料与现场不符" in second.text

    def test_another_county_sees_nothing(self, client, place):
        pk = cases.demand(place, "declared")
        sign_in(client, staff(Role.TASKFORCE_OFFICER, kind="government"))
        assert client.get(reverse("gov:demand", args=[pk])).status_code in (404, 422)
        assert client.get(reverse("gov:declared")).context["listing"].counted == 0


class TestBatches:
    def test_each_row_is_done_or_refused_for_its_own_reason(self, client, place, officer):
        ready, open_one = cases.demand(place, "declared"), cases.demand(place, "declared", by=cases.another_firm(place))
        client.post(reverse("gov:demand_judge", args=[ready]), verdicts(officer, ready))
        page = client.post(reverse("gov:batch", args=["recommend"]), {"selected": [ready, open_one]})
        assert [line.id for line in page.context["done"]] == [ready]
        assert "没有判断" in page.context["refused"][0].reasons[0]

    def test_repair_needs_a_problem_and_names_it(self, client, place, officer):
        pk = cases.demand(place, "declared")
        client.post(reverse("gov:batch", args=["repair"]), {"selected": [pk]})
        assert view(officer, pk).state == "declared"
        client.post(
            reverse("gov:batch", args=["repair"]), {"selected": [pk], "measures": ["purpose_unclear"], "note": ""}
        )
        assert view(officer, pk).state == "repairing"

    def test_what_is_mended_returns_to_the_declared_list(self, client, place, officer):
        pk = cases.demand(place, "repairing")
        item = view(officer, pk).repairs[0].id
        assert client.post(reverse("gov:repair_resolve", args=[pk, item])).status_code == 302
        assert view(officer, pk).state == "declared"

    def test_nothing_ticked_is_said(self, client, place, officer):
        assert "没有选中" in client.post(reverse("gov:batch", args=["recommend"]), {}).text

    def test_an_unknown_batch_is_not_found(self, client, place, officer):
        assert client.post(reverse("gov:batch", args=["burn"]), {}).status_code == 404

    def test_many_are_dispatched_at_once(self, client, place, officer):
        pk = cases.demand(place, "recommended")
        client.post(reverse("gov:batch", args=["dispatch"]), {"selected": [pk]})
        assert view(officer, pk).state == "dispatched"


class TestDispatch:
    def test_the_preview_says_who_would_get_it_and_why_and_changes_nothing(self, client, place, officer):
        pk = cases.demand(place, "recommended")
        acts = {act.code: act for act in client.get(reverse("gov:demand", args=[pk])).context["page"].acts}
        assert [line.place for line in acts["dispatch"].preview][:2] == [1, 2]
        assert view(officer, pk).state == "recommended"

    def test_a_branch_is_chosen_by_hand(self, client, place, officer):
        pk = cases.demand(place, "recommended")
        data = {"seen_version": view(officer, pk).version, "branch": place.bank.branch_id, "reason": "企业熟悉"}
        assert client.post(reverse("gov:demand_act", args=[pk, "offer"]), data).status_code == 302
        assert [line.bank_id for line in view(officer, pk).cases] == [place.bank.id]

    def test_every_banks_progress_is_on_one_page(self, client, place, officer):
        pk = cases.demand_of(cases.case(place, "granted"))
        page = client.get(reverse("gov:demand", args=[pk])).context["page"]
        assert len(page.banks) == 2
        assert any("年利率" in bank.result for bank in page.banks)


class TestLists:
    @pytest.mark.parametrize(
        "name", ["declared", "recommended", "repairing", "stuck", "demands", "visits", "codes", "enterprises"]
    )
    def test_every_list_opens_filters_and_exports(self, client, place, officer, name, django_assert_max_num_queries):
        cases.demand(place, "declared")
        with django_assert_max_num_queries(24):
            assert client.get(reverse(f"gov:{name}")).status_code == 200
        assert client.get(reverse(f"gov:{name}") + "?q=zz&page=99&sort=nonsense").status_code == 200
        assert client.get(reverse(f"gov:{name}") + "?export=xlsx").status_code == 200

    def test_the_first_page_counts_what_waits(self, client, place, officer):
        cases.demand(place, "declared")
        page = client.get(reverse("gov:home"))
        assert "笔申报待审核" in page.text
        assert page.context["funnel"]

    def test_every_stage_of_the_funnel_opens_what_it_counts(self, client, place, officer):
        cases.demand(place, "lent")
        cases.demand(place, "declared")
        for stage in client.get(reverse("gov:home")).context["funnel"]:
            shown = client.get(stage.link).context["listing"]
            assert f"{shown.counted:,}" == stage.count, stage


class TestVisits:
    def visit(self, client, place, **data):
        given = {
            "client_id": str(uuid.uuid4()),
            "visited_on": clock.today().isoformat(),
            "outcome": "no_need",
            "note": "",
        }
        return client.post(reverse("gov:visit_new") + f"?enterprise={place.firm.pk}", given | data)

    def test_a_firm_is_found_by_part_of_its_name(self, client, place, officer):
        assert place.firm.name in client.get(reverse("gov:visit_new") + "?q=龙城机械").text

    def test_a_need_becomes_a_demand_in_the_same_step(self, client, place, officer):
        data = {"outcome": "need", "amount": "30", "term_months": "12", "purpose": "working_capital"}
        assert self.visit(client, place, **data).status_code == 302
        assert queries.demands(officer).get().amount == 30 * cases.WAN

    def test_the_same_visit_sent_twice_is_one_visit(self, client, place, officer):
        key = str(uuid.uuid4())
        assert self.visit(client, place, client_id=key).status_code == 302
        assert self.visit(client, place, client_id=key).status_code == 302
        assert queries.visits(officer).count() == 1

    @pytest.mark.parametrize(
        "wrong",
        [
            {"visited_on": "2099-01-01"},
            {"outcome": ""},
            {"amount": "30"},
            {"outcome": "need", "amount": "30", "term_months": ""},
        ],
    )
    def test_what_cannot_be_is_said(self, client, place, officer, wrong):
        assert self.visit(client, place, **wrong).status_code == 422
        assert queries.visits(officer).count() == 0

    def test_a_visitor_sees_own_visits_and_no_lists(self, client, place):
        sign_in(client, place.visitor)
        assert self.visit(client, place).status_code == 302
        assert client.get(reverse("gov:visits")).context["listing"].counted == 1
        assert client.get(reverse("gov:declared")).status_code == 403


class TestEnteredDemand:
    def test_staff_enter_a_demand_and_the_same_form_makes_one(self, client, place, officer):
        data = {"amount": "20", "term_months": "6", "purpose": "purchase", "collateral": ["credit"], "channel": "hall"}
        data |= {"purpose_text": "", "form_key": str(uuid.uuid4())}
        address = reverse("gov:demand_new") + f"?enterprise={place.firm.pk}"
        first, again = client.post(address, data), client.post(address, data)
        assert first.headers["Location"] == again.headers["Location"]
        assert queries.demands(officer).count() == 1

    @pytest.mark.parametrize("amount", ["", "0", "-5", "1e15", "三十万"])
    def test_an_amount_that_cannot_be_is_refused(self, client, place, officer, amount):
        data = {
            "amount": amount,
            "term_months": "6",
            "purpose": "purchase",
            "channel": "hall",
            "form_key": str(uuid.uuid4()),
        }
        answer = client.post(reverse("gov:demand_new") + f"?enterprise={place.firm.pk}", data)
        assert answer.status_code == 422
        assert queries.demands(officer).count() == 0


class TestCodes:
    def test_a_code_is_made_printed_and_closed(self, client, place, officer):
        data = {"kind": "market", "label": "龙城农贸市场东门", "district_code": cases.DISTRICT}
        assert client.post(reverse("gov:code_new"), data).status_code == 302
        row = queries.codes(officer).get()
        poster = client.get(reverse("gov:code_poster", args=[row.pk])).text
        assert "<svg" in poster
        assert f"/c/{row.token}" in poster
        client.post(reverse("gov:code_close", args=[row.pk]))
        assert not queries.codes(officer).get().active


class TestEnterprise:
    def test_facts_come_with_source_and_day_and_the_read_is_recorded(self, client, place, officer):
        page = client.get(reverse("gov:enterprise", args=[place.firm.pk]))
        assert place.firm.name in page.text
        assert "2026-02-01" in page.text
        again = client.get(reverse("gov:enterprise", args=[place.firm.pk]))
        assert any(entry.kind == "ENTERPRISE_READ" for entry in again.context["page"].timeline)


def test_a_case_that_is_late_enough_is_taken_back_and_an_early_one_is_not(client, place, officer):
    pk = cases.case(place, "offered")
    demand = cases.demand_of(pk)
    page = client.post(reverse("gov:recall", args=[demand, pk]), {"reason": "长期不受理"}, follow=True)
    assert "召回标准" in page.text
    assert view(officer, demand).cases[0].open


def test_an_auditor_follows_a_case_by_the_number_people_read(client, place):
    pk = cases.demand(place, "recommended")
    number = view(place.taskforce, pk).number
    sign_in(client, staff(Role.AUDITOR, kind="auditor"))
    assert "列入推荐清单" in client.get(reverse("gov:trail"), {"topic": number}).text


def test_no_form_of_another_batch_keeps_the_browser_from_sending(client, place, officer):
    cases.demand(place, "declared")
    page = client.get(reverse("gov:declared")).text
    assert 'name="measures"' in page
    assert not re.search(r"<(input|select|textarea)[^>]*\srequired[\s>]", page)


@pytest.mark.parametrize("name", ["declared", "recommended", "repairing", "stuck"])
def test_who_reads_demands_opens_the_lists_and_is_offered_no_act(client, place, name):
    sign_in(client, staff(Role.AUDITOR, kind="auditor"))
    page = client.get(reverse(f"gov:{name}"))
    assert page.status_code == 200
    assert not page.context["listing"].table.batches
