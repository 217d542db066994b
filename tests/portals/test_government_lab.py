"""The policy lab's pages: a rule is built without scripts, counted, saved, compared, and becomes a scheme's draft."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from factories.firms import firm
from factories.people import sign_in, staff
from huoshui.access.actor import SYSTEM
from huoshui.access.roles import Role
from huoshui.catalogue import presets, queries_schemes
from huoshui.screening import lab_snapshot, queries_lab

pytestmark = pytest.mark.django_db
LOAN = {"take_up_pct": "10", "loan_amount": "100", "rate_pct": "4", "months": "12", "cost_pct": "2"}
RULE = {"r.kind": "all", "r.n": "1", "r-0.fact": "kind", "r-0.op": "=", "r-0.value": "company"}
SUBSIDY = {
    "terms-points_pct": "1", "terms-basis": "360", "terms-flow": "automatic", "terms-share_county": "100",
    "terms-months": "12", "terms-budget": "50",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(default_storage, "path", lambda name: str(tmp_path / name))
    monkeypatch.setattr(lab_snapshot, "_open", {})


@pytest.fixture
def office(client):
    presets.install(SYSTEM)
    actor = staff(Role.FINANCE_OFFICER, kind="government")
    sign_in(client, actor)
    return actor


@pytest.fixture
def register(office):
    for kind in ("company", "company", "cooperative"):
        firm(kind=kind)
    return lab_snapshot.refresh(SYSTEM)


def post(client, view="lab_new", args=(), query="", **data):
    return client.post(reverse(f"gov:{view}", args=args) + query, {"name": "扩围", **RULE, **LOAN, **data})


class TestBuilding:
    def test_the_list_offers_every_scheme_as_a_start(self, client, office):
        page = client.get(reverse("gov:lab")).text
        assert "programme:SUB-YZ-ZXZN:1" in page
        assert "还没有草稿" in page

    def test_a_scheme_is_the_base_and_its_terms_are_filled_in(self, client, register):
        page = client.get(reverse("gov:lab_new") + "?from=programme:SUB-YZ-ZXZN:1").text
        assert "迎泽区支小支农贷款贴息" in page
        assert 'name="terms-budget" value="1660"' in page
        assert "新增符合" in page

    @pytest.mark.parametrize(
        "ref",
        [
            "programme:NONE:1",
            "programme:SUB-YZ-ZXZN:99",
            "product:x:1",
            "draft:1:1",
            "nonsense",
            "a:b:c",
            "product:99999999:1",
        ],
    )
    def test_a_start_that_is_gone_is_a_blank_page(self, client, office, ref):
        assert client.get(reverse("gov:lab_new"), {"from": ref}).status_code == 200

    def test_conditions_are_added_and_removed_by_buttons_alone(self, client, register):
        page = post(client, edit="add:r")
        assert page.status_code == 200
        assert 'name="r-1.fact"' in page.text
        assert "扩围" in page.text  # what was typed stays
        assert 'role="alert"' not in page.text
        assert 'name="r-0.fact"' not in post(client, edit="remove:r-0").text

    def test_a_script_gets_only_the_criteria_and_is_told_to_count(self, client, register):
        answer = client.post(reverse("gov:lab_new"), {**RULE, "edit": "group:r"}, headers={"HX-Request": "true"})
        assert answer.text.lstrip().startswith("<fieldset")
        assert "criteria" in answer.headers["HX-Trigger-After-Settle"]

    def test_a_script_gets_only_the_count(self, client, register):
        answer = client.post(reverse("gov:lab_new"), {**RULE, **LOAN, "edit": "count"}, headers={"HX-Request": "true"})
        assert "<html" not in answer.text
        assert '<dd class="num">2</dd>' in answer.text

    def test_without_a_snapshot_the_page_says_so(self, client, office):
        assert "还没有可测算的登记库快照" in post(client, edit="count").text

    def test_money_is_reckoned_before_and_after(self, client, register):
        page = post(client, query="?from=programme:SUB-YZ-ZXZN:1", edit="count", kind="subsidy", **SUBSIDY).text
        for words in ("预计撬动贷款", "财政成本合计", "杠杆倍数", "本草稿"):
            assert words in page

    def test_a_rule_that_nobody_can_meet_is_pointed_out(self, client, register):
        never = {"r.n": "2", "r-1.fact": "kind", "r-1.op": "=", "r-1.value": "cooperative"}
        assert "互相矛盾" in post(client, edit="count", **never).text


class TestSaving:
    def test_a_draft_is_saved_with_what_was_counted(self, client, office, register):
        answer = post(client, query="?from=programme:SUB-YZ-ZXZN:1", kind="subsidy", note="只看企业", **SUBSIDY)
        assert answer.status_code == 302
        draft = queries_lab.drafts(office)[0]
        assert draft.newest.figures["yes"] == 2
        assert draft.newest.snapshot == register.sha256
        assert draft.newest.terms["points_pct"] == "1"
        assert client.get(answer.headers["Location"]).status_code == 200

    def test_saving_again_makes_a_second_version_and_a_late_colleague_is_told(self, client, office, register):
        where = post(client).headers["Location"]
        for status in (302, 422):
            assert client.post(where, {"name": "扩围", "seen": "1", **RULE, **LOAN}).status_code == status
        draft = queries_lab.drafts(office)[0]
        assert draft.last_number == 2
        assert client.get(reverse("gov:lab_version", args=[draft.id, 1])).status_code == 200

    def test_every_problem_is_shown_at_once_and_nothing_typed_is_lost(self, client, office):
        bad = {
            "name": "", "kind": "subsidy", "loan_amount": "很多", "months": "0", "terms-fraction": "200",
            "terms-flow": "automatic", "terms-basis": "360", "r.n": "3", "r-0.fact": "luck", "r-1.fact": "employees",
            "r-1.op": ">=", "r-1.value": "NaN", "r-2.fact": "revenue_last_year", "r-2.op": ">=", "r-2.value": "9223372036854775808",
        }  # fmt: skip
        page = post(client, **bad)
        assert page.status_code == 422
        for words in ("没有这个指标", "请填写数字", "太大了", "“很多”不是金额", "比例应在 0 至 100"):
            assert words in page.text
        for typed in ("很多", 'value="NaN"', 'value="9223372036854775808"', 'value="200"'):
            assert typed in page.text
        assert queries_lab.drafts(office) == []

    @pytest.mark.parametrize(
        ("sent", "words"), [("61", "最多 60 条"), ("100000", "最多 60 条"), ("0", "没有条件"), ("9" * 400, "没有条件")]
    )
    def test_too_many_or_no_conditions_are_refused_in_words(self, client, office, sent, words):
        page = client.post(reverse("gov:lab_new"), {"name": "x", "r.kind": "all", "r.n": sent, **LOAN})
        assert page.status_code == 422
        assert words in page.text

    def test_a_tree_a_thousand_deep_is_cut_and_said(self, client, office):
        data, path = {"name": "x", **LOAN}, "r"
        for _ in range(300):
            data |= {f"{path}.kind": "all", f"{path}.n": "1"}
            path += "-0"
        page = client.post(reverse("gov:lab_new"), data)
        assert page.status_code == 422
        assert "最多嵌套 5 层" in page.text

    def test_a_draft_can_be_dropped_by_its_office_only(self, client, office, register):
        post(client)
        draft = queries_lab.drafts(office)[0]
        sign_in(client, staff(Role.FINANCE_OFFICER, kind="government"))
        client.post(reverse("gov:lab_drop", args=[draft.id]))
        assert len(queries_lab.drafts(office)) == 1
        assert "以此另建草稿" in client.get(reverse("gov:lab_draft", args=[draft.id])).text
        sign_in(client, office)
        client.post(reverse("gov:lab_drop", args=[draft.id]))
        assert queries_lab.drafts(office) == []
        assert client.get(reverse("gov:lab_draft", args=[draft.id])).status_code == 404

    @pytest.mark.parametrize("role", [Role.TASKFORCE_OFFICER, Role.LEADER])
    def test_others_may_not_open_it(self, client, role):
        sign_in(client, staff(role, kind="government"))
        for name in ("lab", "lab_new", "lab_compare"):
            assert client.get(reverse(f"gov:{name}")).status_code == 403

    def test_asking_for_a_snapshot_is_answered(self, client, office):
        answer = client.post(reverse("gov:lab_snapshot"), follow=True)
        assert "已开始更新" in answer.text


class TestComparing:
    def test_two_versions_stand_side_by_side_with_who_moves(self, client, office, register):
        post(client)
        other = {"r-0.value": "cooperative"}
        post(client, **other)
        a, b = (f"draft:{draft.id}:1" for draft in reversed(queries_lab.drafts(office)))
        page = client.get(reverse("gov:lab_compare"), {"a": a, "b": b}).text
        assert "从第一个改为第二个" in page
        assert "减少" in page
        file = client.get(reverse("gov:lab_compare"), {"a": a, "b": b, "export": "csv"})
        lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
        assert lines[0] == "分组,名称,原符合,符合,新增,减少,变不足"
        assert lines[1] == "全部,,2,1,1,2,0"
        assert "区县,小店区,2,1,1,2,0" in lines

    def test_nothing_chosen_asks_for_a_choice(self, client, office):
        assert "请选择两个规则" in client.get(reverse("gov:lab_compare")).text


class TestBecomingAScheme:
    HEAD = {"document_no": "并财金〔2026〕9号", "summary": "要点", "valid_from": "2027-01-01"}

    def test_the_draft_fills_the_schemes_form_and_another_hand_publishes(self, client, office, register):
        post(client, query="?from=programme:SUB-YZ-ZXZN:1", kind="subsidy", **SUBSIDY)
        draft = queries_lab.drafts(office)[0]
        page = client.get(reverse("gov:lab_draft", args=[draft.id])).text
        url = f"{reverse('gov:programme_edit', args=['SUB-YZ-ZXZN'])}?lab=draft:{draft.id}:1"
        assert url in page
        form = client.get(url).text
        assert 'name="terms-points_pct" value="1"' in form
        answer = client.post(url, {**self.HEAD, **RULE, **SUBSIDY})
        assert answer.status_code == 302
        newest = queries_schemes.scheme(office, "SUB-YZ-ZXZN").versions[0]
        assert (newest.state, newest.terms["points_pct"], newest.terms["budget"]) == ("draft", "1", "500000.00")
        assert newest.criteria == {"all": [{"fact": "kind", "op": "=", "value": "company"}]}
        checker = staff(Role.FINANCE_CHECKER, kind="government")
        sign_in(client, checker)
        publish = reverse("gov:programme_publish", args=["SUB-YZ-ZXZN", newest.id])
        assert client.post(publish, {"seen_version": newest.seen_version}).status_code == 302
        assert queries_schemes.scheme(checker, "SUB-YZ-ZXZN").versions[0].state == "published"

    @pytest.mark.parametrize("code", ["SUB-STARTUP", "COMP-TY", "BRIDGE-TY", "GUAR-TY", "PREF-FLANGE"])
    def test_every_kinds_form_gives_the_terms_back_as_they_were(self, client, office, code):
        from huoshui.portals.government.forms_terms import terms_form

        version = queries_schemes.scheme(office, code)
        terms, kind = version.versions[0].terms, version.kind
        shown = terms_form(kind, terms=terms)
        sent: dict[str, Any] = {}
        for name, field in shown.fields.items():
            value = field.prepare_value(shown.get_initial_for_field(field, name))
            if value not in (None, False, ""):
                sent[f"terms-{name}"] = value
        again = terms_form(kind, _querydict(sent), terms=terms)
        assert again.is_valid(), again.errors
        assert again.judged(kind) == terms

    def test_terms_that_do_not_add_up_are_said_at_their_field(self, client, office):
        head = {**self.HEAD, "code": "NEW-1", "kind": "guarantee", "name": "新担保"}
        terms = {"terms-single_max": "1000", "terms-fee_pct": "1", "terms-leverage": "10", "terms-share_bank": "30"}
        page = client.post(reverse("gov:programme_new"), {**head, **RULE, **terms})
        assert page.status_code == 422
        assert "分担比例之和应为 100" in page.text
        assert 'value="新担保"' in page.text

    def test_another_kind_brings_its_own_terms(self, client, office):
        page = client.post(
            reverse("gov:programme_new"), {**self.HEAD, **RULE, "kind": "bridge", "edit": "refresh"}
        ).text
        assert "terms-band1_to_day" in page
        assert "并财金〔2026〕9号" in page

    def test_a_schemes_page_says_its_terms_in_words(self, client, office):
        page = client.get(reverse("gov:programme", args=["SUB-YZ-ZXZN"])).text
        assert "1,660 万元" in page
        assert "{" not in page.split("<main")[1].split("</main>")[0]


def _querydict(sent: dict[str, Any]) -> Any:
    from django.http import QueryDict

    data = QueryDict(mutable=True)
    for name, value in sent.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data
