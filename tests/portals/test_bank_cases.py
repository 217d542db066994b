"""A bank's cases on its pages: every act by form, races shown in words, money counted once, nobody else's case."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from factories import cases
from factories.people import sign_in, staff
from huoshui.access.roles import Role
from huoshui.audit import queries as audit
from huoshui.financing import queries
from huoshui.financing.repayment_file import HEADER
from huoshui.kernel import clock

pytestmark = pytest.mark.django_db
TODAY = clock.today().isoformat


@pytest.fixture
def place(db):
    return cases.city(banks=1)


@pytest.fixture
def officer(client, place):
    sign_in(client, place.bank.officer)
    return place.bank.officer


def seen(actor, pk):
    return {"seen_version": queries.case(actor, pk).version}


def act(client, actor, pk, code, **data):
    return client.post(reverse("bank:case_act", args=[pk, code]), seen(actor, pk) | data)


def state(actor, pk):
    return queries.case(actor, pk).line.state


class TestInbox:
    def test_a_case_is_listed_with_its_deadline_in_few_queries(
        self, client, place, officer, django_assert_max_num_queries
    ):
        for _ in range(4):
            cases.case(place, "offered", by=cases.another_firm(place))
        with django_assert_max_num_queries(32):
            page = client.get(reverse("bank:inbox"))
        assert page.status_code == 200
        assert "剩" in page.text or "今天到期" in page.text

    def test_a_firm_that_agreed_to_nothing_is_masked(self, client, place, officer):
        cases.case(place, "offered")
        page = client.get(reverse("bank:inbox")).text
        assert place.firm.name not in page
        assert "*" in page

    def test_the_list_that_was_read_leaves_an_event(self, client, place, officer):
        cases.case(place, "offered")
        client.get(reverse("bank:inbox"))
        assert audit.reads_of("register", "enterprises", kind="ENTERPRISES_LISTED")

    def test_filters_narrow_by_state_and_amount(self, client, place, officer):
        cases.case(place, "offered")
        assert client.get(reverse("bank:inbox") + "?state=accepted").context["listing"].counted == 0
        assert client.get(reverse("bank:inbox") + "?amount_min=50").context["listing"].counted == 1
        assert client.get(reverse("bank:inbox") + "?amount_min=51").context["listing"].counted == 0

    def test_another_banks_cases_are_not_there(self, client, place):
        cases.case(place, "offered")
        sign_in(client, cases.bank().officer)
        assert client.get(reverse("bank:inbox")).context["listing"].counted == 0

    def test_the_branch_lead_hands_selected_cases_to_an_officer(self, client, place):
        pk = cases.case(place, "offered")
        sign_in(client, place.bank.lead)
        data = {"selected": [pk], "officer": place.bank.officer.person_id}
        page = client.post(reverse("bank:assign"), data, follow=True)
        assert "已指派 1 件" in page.text
        assert queries.case(place.bank.lead, pk).officer_id == place.bank.officer.person_id

    def test_nothing_selected_is_said(self, client, place):
        sign_in(client, place.bank.lead)
        assert "请先勾选" in client.post(reverse("bank:assign"), {"officer": "1"}, follow=True).text


class TestCase:
    def test_only_what_is_possible_now_is_offered(self, client, place, officer):
        page = client.get(reverse("bank:case", args=[cases.case(place, "offered")])).context["page"]
        assert [one.code for one in page.acts] == ["accept", "decline"]
        page = client.get(
            reverse("bank:case", args=[cases.case(place, "complete", by=cases.another_firm(place))])
        ).context["page"]
        assert page.acts[0].code == "grant"
        assert page.acts[0].open

    def test_the_way_from_offer_to_contract(self, client, place, officer):
        pk = cases.case(place, "offered")
        assert act(client, officer, pk, "accept").status_code == 302
        assert act(client, officer, pk, "contact", note="电话联系").status_code == 302
        assert act(client, officer, pk, "ask_papers", papers=["bank_statements"], note="近12个月").status_code == 302
        assert state(officer, pk) == "papers_owed"
        assert act(client, officer, pk, "papers_arrived", note="").status_code == 302
        grant = {
            "amount": "30",
            "rate_pct": "3.85",
            "term_months": "12",
            "method": "interest_only",
            "collateral": "credit",
        }
        assert act(client, officer, pk, "grant", **grant).status_code == 302
        assert queries.case(officer, pk).line.decision.amount == 30 * cases.WAN
        assert act(client, officer, pk, "sign", contract_no="HT-1", signed_on=TODAY()).status_code == 302
        assert state(officer, pk) == "contracted"

    def test_a_refusal_takes_the_words_of_its_reason_when_none_are_written(self, client, place, officer):
        pk = cases.case(place, "offered")
        assert act(client, officer, pk, "decline", reason_code="too_young", words="").status_code == 302
        assert queries.case(officer, pk).line.decision.words

    @pytest.mark.parametrize(
        ("code", "data"),
        [
            (
                "grant",
                {"amount": "", "rate_pct": "3.85", "term_months": "12", "method": "bullet", "collateral": "credit"},
            ),
            (
                "grant",
                {"amount": "三十", "rate_pct": "3.85", "term_months": "12", "method": "bullet", "collateral": "credit"},
            ),
            (
                "grant",
                {"amount": "30", "rate_pct": "99", "term_months": "12", "method": "bullet", "collateral": "credit"},
            ),
            ("decline", {"reason_code": "", "words": "不行"}),
            ("ask_papers", {"note": "没有选材料"}),
            ("contact", {"note": ""}),
        ],
    )
    def test_what_is_wrong_is_said_beside_what_was_typed(self, client, place, officer, code, data):
        pk = cases.case(place, "complete")
        answer = act(client, officer, pk, code, **data)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
        assert state(officer, pk) == "complete"

    def test_two_officers_at_once_the_second_sees_the_case_as_it_is(self, client, place, officer):
        pk = cases.case(place, "offered")
        old = seen(officer, pk)
        assert client.post(reverse("bank:case_act", args=[pk, "accept"]), old).status_code == 302
        second = client.post(
            reverse("bank:case_act", args=[pk, "decline"]), old | {"reason_code": "price", "words": "利率没谈拢"}
        )
        assert second.status_code == 422
        assert "刚刚被同事更新" in second.text
        assert "利率没谈拢" in second.text
        assert state(officer, pk) == "accepted"

    def test_an_act_that_is_not_possible_now_is_refused_in_words(self, client, place, officer):
        pk = cases.case(place, "offered")
        grant = {"amount": "30", "rate_pct": "3.85", "term_months": "12", "method": "bullet", "collateral": "credit"}
        assert "待受理" in act(client, officer, pk, "grant", **grant).text

    def test_an_unknown_act_is_not_found(self, client, place, officer):
        assert client.post(reverse("bank:case_act", args=[cases.case(place, "offered"), "burn"])).status_code == 404

    def test_another_banks_case_shows_nothing(self, client, place):
        pk = cases.case(place, "offered")
        sign_in(client, cases.bank().officer)
        answer = client.get(reverse("bank:case", args=[pk]))
        assert answer.status_code in (404, 422)
        assert place.firm.name not in answer.text

    def test_the_head_office_reads_and_does_not_decide(self, client, place):
        pk = cases.case(place, "complete")
        sign_in(client, place.bank.head)
        assert client.get(reverse("bank:case", args=[pk])).status_code == 200
        assert client.post(reverse("bank:case_act", args=[pk, "grant"])).status_code == 403

    def test_the_page_of_a_case_stays_within_its_queries(self, client, place, officer, django_assert_max_num_queries):
        pk = cases.case(place, "complete")
        with django_assert_max_num_queries(36):
            client.get(reverse("bank:case", args=[pk]))


class TestLoan:
    @pytest.fixture
    def loan(self, place):
        return cases.loan_of(cases.case(place, "contracted"))

    def post(self, client, loan, code, **data):
        return client.post(reverse("bank:loan_act", args=[loan, code]), data)

    def test_money_is_paid_out_in_parts_and_the_same_slip_counts_once(self, client, officer, loan):
        half = {"amount": "100000.00", "drawn_on": TODAY(), "slip_no": "JJ-1"}
        assert self.post(client, loan, "draw", **half).status_code == 302
        assert self.post(client, loan, "draw", **half).status_code == 302
        assert queries.loan(officer, loan).drawn == 10_000_000
        assert "还款计划" in client.get(reverse("bank:loan", args=[loan])).text

    def test_more_than_the_contract_is_refused(self, client, officer, loan):
        answer = self.post(client, loan, "draw", amount="99999999.00", drawn_on=TODAY(), slip_no="JJ-2")
        assert answer.status_code == 422
        assert queries.loan(officer, loan).drawn == 0

    def test_more_than_the_balance_cannot_come_back(self, client, officer, loan):
        self.post(client, loan, "draw", amount="100000.00", drawn_on=TODAY(), slip_no="JJ-3")
        more = {"paid_on": TODAY(), "principal": "100000.01", "interest": "0", "slip_no": "LS-1"}
        assert self.post(client, loan, "repay", **more).status_code == 422
        nothing = more | {"principal": "0"}
        assert self.post(client, loan, "repay", **nothing).status_code == 422
        assert queries.loan(officer, loan).repaid == 0

    def test_a_file_of_repayments_is_booked_whole_or_not_at_all(self, client, officer, loan):
        self.post(client, loan, "draw", amount="100000.00", drawn_on=TODAY(), slip_no="JJ-4")
        contract = queries.loan(officer, loan).contract_no
        good, bad = f"{contract},LS-9,{TODAY()},1000.00,10.00", f"{contract},LS-10,{TODAY()},三千,0"
        refused = client.post(reverse("bank:repayments"), {"file": sheet(good, bad), "sent": "1"})
        assert refused.status_code == 422
        assert "三千" in refused.text
        assert queries.loan(officer, loan).repaid == 0
        taken = client.post(reverse("bank:repayments"), {"file": sheet(good), "sent": "1"})
        assert taken.status_code == 200
        assert queries.loan(officer, loan).repaid == 100_000

    def test_the_template_has_the_head_the_file_needs(self, client, officer):
        from openpyxl import load_workbook

        answer = client.get(reverse("bank:repayments_template"))
        import io

        assert [cell.value for cell in load_workbook(io.BytesIO(answer.content)).active[1]] == list(HEADER)

    def test_loans_are_listed_and_exported(self, client, officer, loan):
        assert client.get(reverse("bank:loans")).context["listing"].counted == 1
        assert client.get(reverse("bank:loans") + "?export=xlsx").status_code == 200
        assert client.get(reverse("bank:maturing") + "?days=60").status_code == 200

    def test_another_banks_loan_shows_nothing(self, client, loan):
        sign_in(client, cases.bank().officer)
        assert client.get(reverse("bank:loan", args=[loan])).status_code in (404, 422)


def sheet(*rows):
    return SimpleUploadedFile("还款.csv", "\r\n".join([",".join(HEADER), *rows]).encode())


def test_the_first_page_says_what_must_be_done_now(client, place, django_assert_max_num_queries):
    cases.case(place, "offered")
    sign_in(client, place.bank.officer)
    with django_assert_max_num_queries(40):
        page = client.get(reverse("bank:home"))
    assert "个新需求待受理" in page.text


def test_a_guarantee_officer_has_a_first_page(client):
    sign_in(client, staff(Role.GUARANTEE_OFFICER, kind="guarantor"))
    assert client.get(reverse("bank:home")).status_code == 200
