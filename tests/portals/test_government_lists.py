"""The office's pages of lists: editions, evidence with the score, the preview of a push, rules, runs."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from factories import firms, people
from huoshui.access.actor import SYSTEM
from huoshui.access.roles import Role
from huoshui.access.row_security import acting
from huoshui.catalogue import presets
from huoshui.kernel import clock
from huoshui.screening import actions_list
from huoshui.screening.models import ListDefinition

pytestmark = pytest.mark.django_db
NEVER = {"all": [{"fact": "has_loan_history", "op": "=", "value": False}]}


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(default_storage, "path", lambda name: str(tmp_path / name))


@pytest.fixture
def pages(client):
    """A list with one firm, looked at by the city's office."""
    with acting(SYSTEM):
        presets.install(SYSTEM)
        firm = firms.firm()
        firms.sheet(firm, "credit", clock.today(), has_loan_history=False)
        firms.sheet(firm, "tax", clock.today(), invoice_amount_12m=10**9, invoice_months=12, invoice_customers=30)
        held = actions_list.define(
            SYSTEM, code="never", kind="never_borrowed", name="无贷户名单", name_en="Never borrowed", source="征信",
            criteria=NEVER, document_no="测试〔2026〕1号",
        )  # fmt: skip
    office = people.staff(Role.OFFICE, at=people.organisation("government", district_code="140100", level="city"))
    people.sign_in(client, office)
    return {"list": held, "firm": firm.pk}


def make() -> None:
    with acting(SYSTEM):
        actions_list.make(SYSTEM, codes=["never"])


def test_before_the_first_edition_the_page_says_what_to_do(client, pages):
    assert "还没有生成过" in client.get(reverse("gov:firm_list", args=[pages["list"]])).text


def test_an_edition_its_evidence_and_the_score_are_shown(client, pages):
    make()
    page = client.get(reverse("gov:firm_list", args=[pages["list"]])).text
    assert "太原龙城机械有限公司" in page
    assert "无贷款记录" in page
    evidence = client.get(reverse("gov:firm_list_evidence", args=[pages["list"], 1, pages["firm"]])).text
    assert "薄信息评分" in evidence
    assert client.get(reverse("gov:firm_list_evidence", args=[pages["list"], 1, 0])).status_code == 404
    assert client.get(reverse("gov:firm_list", args=[pages["list"]]) + "?edition=9").status_code == 404


def test_the_preview_without_banks_says_that_nothing_can_be_handed_out(client, pages):
    make()
    push = reverse("gov:firm_list_push", args=[pages["list"]])
    assert "现在没有可推送的企业" in client.get(push).text
    assert client.post(push).status_code == 302


def test_a_list_is_set_up_in_the_form_and_its_rule_changed(client, pages):
    rule = {"r.kind": "all", "r.n": "1", "r-0.fact": "kind", "r-0.op": "=", "r-0.value": "company"}
    given = {"name": "企业类", "code": "companies", "kind": "key_enterprise", "schedule": "manual", "source": "登记",
             "document_no": "1号", "needs_products": "0", **rule}  # fmt: skip
    assert client.post(reverse("gov:firm_list_new"), given).status_code == 302
    made = ListDefinition.objects.get(code="companies")
    wrong = client.post(reverse("gov:firm_list_rule", args=[made.pk]), {**given, "document_no": ""})
    assert wrong.status_code == 422
    assert client.post(reverse("gov:firm_list_rule", args=[made.pk]), given).status_code == 302
    assert made.rules.count() == 2


BAD_ROWS = {
    "r.kind": "all", "r.n": "6", "r-0.fact": "luck", "r-1.fact": "employees", "r-1.op": ">=", "r-1.value": "NaN",
    "r-2.fact": "revenue_last_year", "r-2.op": ">=", "r-2.value": "9223372036854775808",
    "r-3.fact": "dishonest", "r-3.op": ">=", "r-3.value": "true", "r-4.fact": "established_on", "r-4.op": "<=",
    "r-4.value": "2026-02-30", "r-5.kind": "any", "r-5.n": "0",
}  # fmt: skip


@pytest.mark.parametrize("new", [True, False])
def test_a_bad_rule_names_every_row_at_once_and_keeps_what_was_typed(client, pages, new):
    where = reverse("gov:firm_list_new") if new else reverse("gov:firm_list_rule", args=[pages["list"]])
    page = client.post(where, {"document_no": "", "needs_products": "-1", **BAD_ROWS})
    assert page.status_code == 422
    for words in ("没有这个指标", "请填写数字", "太大了", "没有条件", 'value="NaN"', 'value="9223372036854775808"'):
        assert words in page.text
    assert ListDefinition.objects.get(pk=pages["list"]).rules.count() == 1


@pytest.mark.parametrize(
    ("sent", "words"), [({"r.n": "100000"}, "最多 60 条"), ({"r.n": "0"}, "没有条件"), ({"r.n": "9" * 400}, "没有条件")]
)
def test_too_many_or_no_conditions_are_said(client, pages, sent, words):
    given = {"document_no": "1号", "needs_products": "0", "r.kind": "all", **sent}
    page = client.post(reverse("gov:firm_list_rule", args=[pages["list"]]), given)
    assert page.status_code == 422
    assert words in page.text


def test_conditions_that_contradict_each_other_are_pointed_out_while_typing(client, pages):
    make()
    rule = {"r.kind": "all", "r.n": "2"}
    for at, value in enumerate(("company", "cooperative")):
        rule |= {f"r-{at}.fact": "kind", f"r-{at}.op": "=", f"r-{at}.value": value}
    page = client.post(reverse("gov:firm_list_rule", args=[pages["list"]]), {"edit": "count", **rule})
    assert "互相矛盾" in page.text


def test_a_code_that_is_taken_is_said_at_its_field(client, pages):
    rule = {"r.kind": "all", "r.n": "1", "r-0.fact": "kind", "r-0.op": "=", "r-0.value": "company"}
    given = {"name": "又一个", "code": "never", "kind": "key_enterprise", "schedule": "manual", "source": "登记",
             "document_no": "1号", "needs_products": "0", **rule}  # fmt: skip
    page = client.post(reverse("gov:firm_list_new"), given)
    assert page.status_code == 422
    assert "已有名单" in page.text


def test_lists_leads_and_runs_open(client, pages):
    make()
    for name, args in (("firm_lists", []), ("firm_list_leads", [pages["list"]]), ("runs", [])):
        assert client.get(reverse(f"gov:{name}", args=args)).status_code == 200


def test_a_county_reads_its_part_and_manages_nothing(client, pages):
    make()
    people.sign_in(client, people.staff(Role.TASKFORCE_OFFICER))  # of another county
    page = client.get(reverse("gov:firm_list", args=[pages["list"]])).text
    assert "太原龙城机械有限公司" not in page
    assert client.get(reverse("gov:firm_list_push", args=[pages["list"]])).status_code == 403


@pytest.mark.parametrize("often", [True, False])
@pytest.mark.parametrize(("text", "found"), [("龙城", True), ("tylc", True), ("9114", True), ("没有这家", False)])
def test_a_text_finds_the_firm_whether_few_or_many_match(client, pages, monkeypatch, often, text, found):
    make()
    monkeypatch.setattr("huoshui.registry.search.SAMPLE", 1 if often else 10**6)
    page = client.get(reverse("gov:firm_list", args=[pages["list"]]), {"q": text}).text
    assert ("太原龙城机械有限公司" in page) is found


def test_members_carry_the_trade_and_size_that_the_edition_read(client, pages):
    make()
    where = reverse("gov:firm_list", args=[pages["list"]])
    assert "太原龙城机械有限公司" in client.get(where, {"sector": "C"}).text
    assert "太原龙城机械有限公司" not in client.get(where, {"sector": "A"}).text
