"""Claims and payments through their pages: bank files, bureau accepts, checks, publishes, approves, sends and matches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from factories import firms, people
from huoshui.access import queries as offices
from huoshui.access.roles import Role
from huoshui.funds import actions_fund
from huoshui.funds.models.paying import PaymentFile, PaymentLine, PaymentOrder, PublicNotice, StatementLine
from huoshui.funds.models.subsidy import SubsidyClaim
from huoshui.kernel import clock
from huoshui.registry import actions as register
from tests.funds.subsidies import APRIL, Q1, Scheme, loan, scheme

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Scheme:
    made = scheme()
    loan(made)
    loan(made)
    with clock.at(APRIL):
        actions_fund.set_account(
            made.bank,
            organisation_id=made.bank.organisation_id,
            holder="测试银行",
            bank_name="测试银行",
            account_no="62220001",
        )
    return made


@pytest.fixture
def as_(client: Client) -> Callable[[Any], Client]:
    def sign(actor: Any) -> Client:
        people.sign_in(client, actor)
        return client

    return sign


def _filed(place: Scheme, as_: Callable[[Any], Client]) -> SubsidyClaim:
    page = as_(place.bank).get(reverse("bank:subsidies"))
    assert page.status_code == 200
    assert "按贷款台账应贴" in page.text
    for _ in range(2):
        assert as_(place.bank).post(reverse("bank:subsidy_file"), {"fund": place.fund}).status_code == 302
    return SubsidyClaim.objects.get()


def test_a_quarter_goes_through_every_page_to_the_matched_statement(
    place: Scheme, as_: Callable[[Any], Client]
) -> None:
    with clock.at(APRIL):
        claim = _filed(place, as_)
        assert (claim.first_day, claim.end_day) == Q1
        page = as_(place.maker).get(reverse("gov:subsidy_claim", args=[claim.pk]))
        assert "20,000.00" in page.text
        as_(place.maker).post(reverse("gov:subsidy_accept", args=[claim.pk]))
        order = PaymentOrder.objects.get()
        as_(place.checker).post(reverse("gov:payment_batch", args=["check"]), {"selected": [order.pk]})
        as_(place.maker).post(reverse("gov:payment_batch", args=["publish"]), {"selected": [order.pk]})
        number = PublicNotice.objects.get().number
        assert "20,000.00" in Client().get(reverse("public:notice", args=[number])).text
    with clock.at(APRIL + dt.timedelta(days=15)):
        as_(place.checker).post(reverse("gov:payment_batch", args=["approve"]), {"selected": [order.pk]})
        assert as_(place.maker).get(reverse("gov:payment_files")).status_code == 200
        as_(place.maker).post(reverse("gov:payment_file_make", args=[place.fund]))
        file = PaymentFile.objects.get()
        csv = as_(place.maker).get(reverse("gov:payment_file", args=[file.pk, "csv"]))
        assert file.digest in csv["Digest"]
        assert as_(place.maker).get(reverse("gov:payment_file", args=[file.pk, "xlsx"])).content[:2] == b"PK"
        lines = f"交易日期,流水号,收入,支出,摘要\n2026-04-17,L1,,20000.00,{order.number}\n2026-04-17,L2,3.20,,结息\n"
        answer = as_(place.maker).post(
            reverse("gov:bank_statement_new"),
            {"fund_id": place.fund, "file": SimpleUploadedFile("四月.csv", lines.encode())},
            follow=True,
        )
        assert "按支付编号" in answer.text
        left = StatementLine.objects.get(state="left")
        as_(place.maker).post(reverse("gov:statement_line", args=[left.pk]), {"words": "账户结息"})
        assert "没有待核对的流水" in as_(place.maker).get(reverse("gov:statement_left")).text
        order.refresh_from_db()
        assert order.state == "paid"
        page = as_(place.maker).get(reverse("gov:payment", args=[order.pk])).text
        trail = (("subsidy_claim", claim.pk), ("posting", order.posting_id), ("bank_statement", left.statement_id))
        assert [name for name, pk in trail if reverse(f"gov:{name}", args=[pk]) not in page] == []
        assert as_(place.maker).get(reverse("gov:payment_letter", args=[order.pk])).content[:4] == b"%PDF"
        assert "已支付" in as_(place.bank).get(reverse("bank:subsidy_claim", args=[claim.pk])).text


def test_a_wrong_statement_comes_back_line_by_line(place: Scheme, as_: Callable[[Any], Client]) -> None:
    lines = "交易日期,流水号,收入,支出,摘要\n2026-04-17,L1,,1.234,x\n"
    file = SimpleUploadedFile("x.csv", lines.encode())
    answer = as_(place.maker).post(reverse("gov:bank_statement_new"), {"fund_id": place.fund, "file": file})
    assert answer.status_code == 422
    assert "1.234" in answer.text
    assert "第 2 行" in answer.text


def test_an_objection_is_recorded_and_answered_on_the_payments_page(
    place: Scheme, as_: Callable[[Any], Client]
) -> None:
    with clock.at(APRIL):
        claim = _filed(place, as_)
        as_(place.maker).post(reverse("gov:subsidy_accept", args=[claim.pk]))
        order = PaymentOrder.objects.get()
        as_(place.checker).post(reverse("gov:payment_act", args=[order.pk, "check"]))
        as_(place.maker).post(reverse("gov:payment_act", args=[order.pk, "publish"]))
        line = PaymentLine.objects.order_by("pk").first()
        assert line is not None
        given = {"payment": order.pk, "words": "已停业", "objector": "王某"}
        as_(place.maker).post(reverse("gov:payment_line_act", args=[line.pk, "object"]), given)
        assert "有异议" in as_(place.checker).get(reverse("gov:payment", args=[order.pk])).text
        as_(place.checker).post(reverse("gov:payment_line_act", args=[line.pk, "strike"]), given)
        line.refresh_from_db()
        assert line.state == "struck"


def test_a_claim_is_rejected_or_loses_a_line_with_words(place: Scheme, as_: Callable[[Any], Client]) -> None:
    with clock.at(APRIL):
        claim = _filed(place, as_)
        line = claim.lines.first()
        as_(place.maker).post(reverse("gov:subsidy_strike", args=[line.pk]), {"reason": "重复"})
        as_(place.maker).post(reverse("gov:subsidy_reject", args=[claim.pk]), {"reason": "台账不全"})
        assert "台账不全" in as_(place.bank).get(reverse("bank:subsidy_claim", args=[claim.pk])).text


def test_the_automatic_run_is_started_from_its_form(place: Scheme, as_: Callable[[Any], Client]) -> None:
    with clock.at(APRIL):
        given = {"fund_id": place.fund, "first_day": "2026-01-01", "end_day": "2026-04-01"}
        as_(place.maker).post(reverse("gov:subsidy_run"), given)
        assert SubsidyClaim.objects.count() == 2
        chosen = list(SubsidyClaim.objects.values_list("pk", flat=True))
        as_(place.maker).post(reverse("gov:subsidy_accept_many"), {"selected": chosen})
        assert PaymentOrder.objects.count() == 2


def test_a_firm_sees_what_it_gets_and_why_and_names_its_account(place: Scheme, as_: Callable[[Any], Client]) -> None:
    with clock.at(APRIL):
        firm = firms.firm(name="太原自己有限公司")
        loan(place, firm=firm, overdue_days=10)
        _filed(place, as_)
        person = people.owner()
        register.represent(people.SYSTEM, person_id=person.person_id, enterprise_id=firm.pk, proof="phone_on_register")
        owner = offices.actor(person.person_id or 0)
        page = as_(owner).get(reverse("enterprise:subsidies"))
        assert "逾期停止贴息" in page.text
        given = {"holder": firm.name, "bank_name": "建行", "account_no": "6227 0001 0002"}
        as_(owner).post(reverse("enterprise:subsidy_account"), given)
        assert "0002" in as_(owner).get(reverse("enterprise:subsidies")).text


@pytest.mark.parametrize("name", ["gov:payments", "gov:payment_files", "gov:bank_statements", "gov:subsidy_claims"])
def test_who_does_not_read_funds_is_turned_away(as_: Callable[[Any], Client], name: str) -> None:
    assert as_(people.staff(Role.VISITOR)).get(reverse(name)).status_code == 403
