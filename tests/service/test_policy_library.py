"""The policy library: found in people's own words, explained, published, taken in from files once."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import REAL_DATA
from factories import people
from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.roles import Role
from huoshui.kernel.errors import DomainError, Refused
from huoshui.service import actions_policy as actions
from huoshui.service import policy_words
from huoshui.service import queries_policy as queries
from huoshui.service.actions_policy import Written

SUBSIDY = Written(
    title="关于小微企业贷款贴息的通知",
    number="并财金〔2026〕8号",
    issuer="市财政局",
    issued_on=dt.date(2026, 3, 1),
    summary="符合条件的贷款，财政补一半利息，平台自动计算，不用申请。",
    papers=("借款合同", "付息凭证"),
    questions=(("贴息怎么申请，要什么材料", "不用申请，平台按还息记录算好。"),),
    body="第一条 对小微企业流动资金贷款给予贴息。\n第二条 逾期期间停止贴息。",
)
GUARANTEE = Written(title="融资担保公司监督管理条例", summary="担保公司的规矩。", body="第一条 规范融资担保。")


class TestWords:
    def test_overlapping_words_are_found_and_empty_ones_left_out(self) -> None:
        found = policy_words.words("个体工商户怎么申请中小企业贷款")
        assert {"工商户", "中小企业", "企业", "贷款"} <= set(found)
        assert "怎么" not in found

    def test_a_document_is_cut_at_its_articles(self) -> None:
        assert policy_words.parts(SUBSIDY.body) == [
            "第一条 对小微企业流动资金贷款给予贴息。",
            "第二条 逾期期间停止贴息。",
        ]

    @given(st.text(alphabet="第一条贷款贴息\n。", max_size=3000))
    def test_cutting_loses_no_character_but_blank_ones(self, body: str) -> None:
        assert "".join("".join(policy_words.parts(body)).split()) == "".join(body.split())

    @given(st.text(alphabet="贷款贴息企业a1…", max_size=300), st.lists(st.sampled_from(["贷款", "贴息", "a"])))
    def test_marking_shows_a_stretch_of_the_text_unchanged(self, text: str, wanted: list[str]) -> None:
        shown = "".join(piece for piece, _ in policy_words.marked(text, wanted))
        assert shown.strip("…") in text
        assert all(piece in wanted for piece, hit in policy_words.marked(text, wanted) if hit)


@pytest.fixture
def office(db: None) -> Actor:
    return people.staff(Role.OFFICE, kind="government")


def published(office: Actor, written: Written) -> int:
    pk = actions.save_document(office, written=written)
    actions.publish_document(office, document_id=pk)
    return pk


class TestLibrary:
    def test_a_question_in_own_words_finds_the_document_and_marks_it(self, office: Actor) -> None:
        published(office, GUARANTEE)
        pk = published(office, SUBSIDY)
        first = queries.search("贴息要什么材料")[0]
        assert first.id == pk
        assert ("贴息", True) in first.title

    def test_a_document_is_found_by_its_number(self, office: Actor) -> None:
        pk = published(office, SUBSIDY)
        published(office, GUARANTEE)
        assert queries.search("并财金〔2026〕8号")[0].id == pk

    def test_words_nobody_wrote_find_nothing(self, office: Actor) -> None:
        published(office, SUBSIDY)
        assert queries.search("火星移民") == []
        assert queries.search("怎么") == []

    def test_a_draft_is_not_found_and_not_shown(self, office: Actor) -> None:
        pk = actions.save_document(office, written=SUBSIDY)
        assert queries.search("贴息") == []
        assert queries.document(pk) is None

    def test_a_changed_document_is_found_by_its_new_words_only(self, office: Actor) -> None:
        pk = published(office, SUBSIDY)
        actions.save_document(office, written=Written(title="关于周转资金的通知", summary="周转。"), document_id=pk)
        assert queries.search("贴息") == []
        assert queries.search("周转资金")[0].id == pk

    def test_a_repealed_document_comes_after_one_in_force(self, office: Actor) -> None:
        old = published(office, SUBSIDY)
        new = published(office, Written(**{**_values(SUBSIDY), "number": "并财金〔2026〕9号"}))
        actions.repeal_document(office, document_id=old)
        assert [found.id for found in queries.search("贴息")] == [new, old]

    def test_publishing_without_a_plain_summary_is_refused(self, office: Actor) -> None:
        pk = actions.save_document(office, written=Written(title="通知"))
        with pytest.raises(DomainError, match="通俗"):
            actions.publish_document(office, document_id=pk)

    def test_all_problems_of_a_document_are_told_at_once(self, office: Actor) -> None:
        wrong = Written(
            title=" ", valid_from=dt.date(2026, 2, 1), valid_to=dt.date(2026, 1, 31), programme_code="none",
            questions=(("问", ""),),
        )  # fmt: skip
        with pytest.raises(Refused) as refusal:
            actions.save_document(office, written=wrong)
        codes = {one.code for one in refusal.value.problems}
        assert codes == {"policy_title", "policy_days", "policy_programme", "policy_questions"}

    def test_a_visitor_may_not_write(self, db: None) -> None:
        with pytest.raises(DomainError, match="权限"):
            actions.save_document(people.staff(Role.VISITOR, kind="government"), written=SUBSIDY)

    def test_the_same_file_twice_adds_nothing_and_bad_rows_are_named(self, db: None) -> None:
        rows = [
            {"title": "甲", "issued_on": "2026-01-01"}, {"title": "", "issued_on": ""}, {"title": "乙", "issued_on": "1月"}
        ]  # fmt: skip
        first = actions.import_documents(SYSTEM, rows=rows)
        assert (first.created, [line for line, _ in first.refused]) == (1, [2, 3])
        again = actions.import_documents(SYSTEM, rows=rows)
        assert (again.created, again.changed, again.unchanged) == (0, 0, 1)


class TestPages:
    def test_anybody_asks_and_reads(self, client: Any, office: Actor) -> None:
        pk = published(office, SUBSIDY)
        page = client.get("/policy/", {"q": "贴息怎么申请"}).content.decode()
        assert "<mark>贴息</mark>" in page
        assert "付息凭证" in client.get(f"/policy/{pk}/").content.decode()

    def test_a_draft_has_no_public_page(self, client: Any, office: Actor) -> None:
        pk = actions.save_document(office, written=SUBSIDY)
        assert client.get(f"/policy/{pk}/").status_code == 404

    def test_an_editor_writes_and_publishes(self, client: Any, office: Actor) -> None:
        people.sign_in(client, office)
        data = {"title": "通知", "summary": "一句话", "questions": "问：能吗\n答：能\n可以", "papers": "甲\n乙"}
        made = client.post("/gov/policies/new/", data)
        assert made.status_code == 302
        client.post(f"{made.url}publish/")
        view = queries.document(int(made.url.rstrip("/").rsplit("/", 1)[-1]))
        assert view is not None
        assert view.questions[0].answer.zh == "能\n可以"
        assert view.row.papers == ["甲", "乙"]


def test_real_documents_answer_most_questions(db: None) -> None:
    folder = REAL_DATA / "policy"
    if not folder.exists():
        pytest.skip("the real data folder is absent")
    laws = [json.loads(line) for line in (folder / "laws_fulltext.jsonl").read_text(encoding="utf-8").splitlines()]
    rows = [{"title": law["title"], "issued_on": law["date"] or "", "body": law["text"]} for law in laws]
    with (folder / "policy_documents_index.csv").open(encoding="utf-8") as file:
        rows += [dict(row) for row in csv.DictReader(file) if row["title"] and row["sme_finance_keyword"] == "True"]
    actions.import_documents(SYSTEM, rows=rows)
    questions = json.loads((Path(__file__).parent / "data" / "policy_questions.json").read_text(encoding="utf-8"))
    hits = 0
    for one in questions["questions"]:
        titles = {"".join(piece for piece, _ in found.title) for found in queries.search(one["ask"], limit=3)}
        hits += bool(titles & set(one["titles"]))
    assert hits >= 22, hits


def _values(written: Written) -> dict[str, Any]:
    return {name: getattr(written, name) for name in Written.__dataclass_fields__}
