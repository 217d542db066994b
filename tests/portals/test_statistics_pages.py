"""Bulletins and evaluations in the browser's view: pages, forms and files of offices and banks."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from factories import cases as made
from factories import people
from huoshui.access.roles import Role
from huoshui.kernel import clock
from huoshui.statistics import actions, cards
from huoshui.statistics.models import Bulletin, EvaluationResult, EvaluationRound

pytestmark = pytest.mark.django_db
APRIL = dt.datetime(2026, 4, 2, 10, 0, tzinfo=clock.ZONE)
LAST = dt.date(2026, 3, 31)


@pytest.fixture
def place():
    with clock.at(made.START):
        place = made.city()
        made.case(place, "lent")
        place.extra["city"] = people.organisation("government", district_code="140100", level="city")
    with clock.at(APRIL):
        yield place


@pytest.fixture
def office(place):
    return [people.staff(Role.OFFICE, at=place.extra["city"]) for _ in range(2)]


class TestBulletinPages:
    def test_from_draft_to_a_pdf(self, client, office):
        people.sign_in(client, office[0])
        data = {"template": "districts", "kind": "month", "last": "2026-03-31", "note": ""}
        answer = client.post(reverse("gov:bulletin_new"), data)
        assert answer.status_code == 302
        page = client.get(answer["Location"])
        assert "放款金额50.00万元" in page.text
        assert "定稿并编号" not in page.text  # its drafter does not freeze it
        pk = Bulletin.objects.get().pk
        people.sign_in(client, office[1])
        client.post(reverse("gov:bulletin_act", args=[pk, "freeze"]), {"seen_version": "1"})
        assert "第1期" in client.get(reverse("gov:bulletin", args=[pk])).text
        paper = client.get(reverse("gov:bulletin_file", args=[pk, "pdf"]))
        assert paper.content.startswith(b"%PDF")
        assert client.get(reverse("gov:bulletin_file", args=[pk, "xlsx"])).content.startswith(b"PK")

    def test_what_cannot_be_drafted_is_said_on_the_form(self, client, office):
        people.sign_in(client, office[0])
        answer = client.post(
            reverse("gov:bulletin_new"), {"template": "districts", "kind": "month", "last": "2027-01-01"}
        )
        assert answer.status_code == 422
        assert "截止日不能在今天之后" in answer.text

    def test_a_refused_act_is_said_and_nothing_happens(self, client, office):
        pk = actions.draft_bulletin(office[0], template="districts", kind="month", last=LAST)
        people.sign_in(client, office[0])
        answer = client.post(reverse("gov:bulletin_act", args=[pk, "freeze"]), {"seen_version": "1"}, follow=True)
        assert "另一位同事" in answer.text
        assert Bulletin.objects.get().state == "draft"

    def test_what_moved_since_is_shown_and_can_be_revised(self, client, office, place):
        pk = actions.draft_bulletin(office[0], template="districts", kind="month", last=LAST)
        actions.freeze_bulletin(office[1], bulletin_id=pk, seen_version=1)
        firm = made.another_firm(place)
        with clock.at(made.START):
            made.case(place, "lent", by=firm)
        actions.refresh(on=clock.today())
        people.sign_in(client, office[0])
        assert "来源数据有变化" in client.get(reverse("gov:bulletin", args=[pk])).text
        answer = client.post(reverse("gov:bulletin_revise", args=[pk]), {"reason": "补报"}, follow=True)
        assert "与上一版的差异" in answer.text
        assert "100.00万元" in answer.text

    def test_a_leader_reads_frozen_ones_and_no_drafts(self, client, office, place):
        pk = actions.draft_bulletin(office[0], template="districts", kind="month", last=LAST)
        people.sign_in(client, people.staff(Role.LEADER, at=place.extra["city"]))
        assert client.get(reverse("gov:bulletin", args=[pk])).status_code == 404
        actions.freeze_bulletin(office[1], bulletin_id=pk, seen_version=1)
        assert client.get(reverse("gov:bulletin", args=[pk])).status_code == 200


class TestEvaluationPages:
    def test_from_self_score_to_publication(self, client, office, place):
        people.sign_in(client, office[0])
        data = {"card": "platform", "kind": "month", "last": "2026-03-31"}
        assert client.post(reverse("gov:evaluation_new"), data).status_code == 302
        round_ = EvaluationRound.objects.get()
        own_page = reverse("bank:evaluation", args=[round_.pk])
        people.sign_in(client, place.bank.head)
        points = {item.code: "5" for item in cards.shipped()["platform"].items}
        assert client.post(own_page, points | {"note": "", "seen_version": "1"}).status_code == 302
        people.sign_in(client, office[0])
        act = reverse("gov:evaluation_act", args=[round_.pk, "close"])
        client.post(act, {"seen_version": "1"})
        review = reverse("gov:evaluation_result", args=[round_.pk, place.bank.id])
        assert client.post(review, {"complaints": "0", "note": "", "seen_version": "2"}).status_code == 302
        client.post(reverse("gov:evaluation_act", args=[round_.pk, "feed_back"]), {"seen_version": "2"})
        assert "结果一致" in client.get(reverse("gov:evaluation", args=[round_.pk])).text
        people.sign_in(client, place.bank.head)
        seen = EvaluationResult.objects.get().version
        assert client.post(own_page, {"words": "投诉数不对", "seen_version": seen}).status_code == 302
        people.sign_in(client, office[0])
        answer = {"upheld": "yes", "words": "更正", "complaints": "1", "seen_version": seen + 1}
        assert client.post(review, answer).status_code == 302
        with clock.at(APRIL + dt.timedelta(days=30)):
            people.sign_in(client, office[1])
            client.post(reverse("gov:evaluation_act", args=[round_.pk, "publish"]), {"seen_version": "3"})
        assert EvaluationRound.objects.get().state == "published"

    def test_points_beyond_the_weight_are_said_at_their_field(self, client, office, place):
        pk = actions.open_round(office[0], card="platform", kind="month", last=LAST)
        people.sign_in(client, place.bank.head)
        points = {item.code: "5" for item in cards.shipped()["platform"].items} | {"stars": "11"}
        answer = client.post(reverse("bank:evaluation", args=[pk]), points | {"note": "", "seen_version": "1"})
        assert answer.status_code == 422

    def test_another_banks_result_is_not_there(self, client, office, place):
        pk = actions.open_round(office[0], card="platform", kind="month", last=LAST)
        people.sign_in(client, people.staff(Role.BANK_HEAD))
        assert client.get(reverse("bank:evaluation", args=[pk])).status_code == 404

    def test_the_lists_open(self, client, office, place):
        pk = actions.open_round(office[0], card="platform", kind="month", last=LAST)
        people.sign_in(client, office[0])
        assert "平台服务小微企业评价" in client.get(reverse("gov:evaluations")).text
        file = client.get(reverse("gov:evaluation", args=[pk]), {"export": "csv"})
        assert b"".join(file.streaming_content).decode("utf-8-sig").startswith("银行,同类组,自评,得分,等级")
        people.sign_in(client, place.bank.head)
        assert "平台服务小微企业评价" in client.get(reverse("bank:evaluations")).text


class TestDefinitionPages:
    def data(self, **changes):
        given = {
            "filter": 'outcome = "need"', "words": "有需求的走访", "words_en": "visits with a need",
            "document_no": "并金办〔2026〕3号", "valid_from": "2026-05-01",
        }  # fmt: skip
        return given | changes

    def test_a_later_definition_is_tried_and_set(self, client, office):
        people.sign_in(client, office[0])
        page = reverse("gov:definition", args=["visits"])
        assert "点开口径可以变更" in client.get(reverse("gov:measures")).text
        tried = client.post(page, self.data(**{"try": "1"}))
        assert "本月至今：现行口径 0，新口径 0" in tried.text
        assert client.post(page, self.data()).status_code == 302
        assert "2026-05-01" in client.get(page).text

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"filter": "outcome is need"}, "这一行读不懂：outcome is need"),
            ({"filter": "weather = 1"}, "这个筛选条件算不出来"),
            ({"valid_from": "2026-05-02"}, "口径只能从某月 1 日起变更"),
            ({"document_no": " "}, "这个字段是必填项"),
        ],
    )
    def test_what_is_wrong_stands_at_its_field(self, client, office, wrong, said):
        people.sign_in(client, office[0])
        answer = client.post(reverse("gov:definition", args=["visits"]), self.data(**wrong))
        assert answer.status_code == 422
        assert said in answer.text

    def test_outlines_are_taken_in_from_a_file(self, client, office):
        people.sign_in(client, office[0])
        page = reverse("gov:district_map")
        square = {"type": "Polygon", "coordinates": [[[112.5, 37.7], [112.6, 37.7], [112.6, 37.8], [112.5, 37.7]]]}
        told = {"type": "FeatureCollection", "features": [{"properties": {"adcode": 140105}, "geometry": square}]}
        for text, status in ((json.dumps(told), 302), ("{}", 422)):
            file = SimpleUploadedFile("city.geojson", text.encode())
            assert client.post(page, {"file": file, "source": "市规自局 2026，晋S〔2026〕001号"}).status_code == status
        assert "已导入" in client.get(page).text
