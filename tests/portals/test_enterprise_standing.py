"""What a firm qualifies for and which step opens more, in words of both languages; amounts in bands, units in English."""

from __future__ import annotations

import datetime as dt

import pytest

from factories import cases, people
from factories.matching import atom, offer, programme
from huoshui.access.actor import SYSTEM
from huoshui.catalogue import presets
from huoshui.financing.matching import Ask, match, stands
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.kernel.money import Fen
from huoshui.kernel.text import Text
from huoshui.portals.enterprise.near import Standing, stand
from huoshui.registry.masking import BANDS, band
from huoshui.rules.facts import shipped
from huoshui.rules.firm import Verdict
from huoshui.rules.tree import parse
from huoshui.rules.words import UNITS, value
from huoshui.screening import actions_list
from huoshui.screening.queries_firm import ListFit, lists_for

ON = dt.date(2026, 11, 21)
ASK = Ask(Fen(30_000_000), 12, "working_capital", ("credit",), "140105")
GRADE_B = atom("tax_grade", "in", ["A", "B"])
PLACE = atom("premises_registered", "=", True)
FACTS = {"dishonest": False, "tax_grade": "C"}


def standing(offers, programmes=(), facts=FACTS, **more) -> Standing:
    return stand(ASK, match(offers, programmes, facts, ASK, ON, **more))


def test_steps_are_counted_over_products_and_schemes_the_most_useful_first():
    offers = [offer(), *(offer(GRADE_B) for _ in range(3)), offer(PLACE)]
    schemes = [programme("compensation", criteria=GRADE_B, cap_pct="50"), programme("compensation", cap_pct="50")]
    found = standing(offers, schemes)
    assert [(each.subject, len(each.products), len(each.schemes)) for each in found.openings] == [
        ("tax_grade", 3, 1),
        ("premises_registered", 1, 0),
    ]
    assert found.schemes == 1
    assert found.sentence.zh.startswith("您符合 1 个产品、1 项政策；")
    assert "达到 B，再打开 3 个产品、1 项政策；" in found.sentence.zh
    assert "You qualify for 1 product and 1 scheme; " in found.sentence.en
    assert "would open" in found.sentence.en


@pytest.mark.parametrize(("asked", "merged"), [("50000.00", True), ("100000.00", True), ("100000.01", False)])
def test_a_scheme_with_a_lower_bar_goes_with_the_higher_one(asked, merged):
    tax = lambda amount: atom("tax_paid_last_year", ">=", amount)  # noqa: E731
    scheme = programme("compensation", criteria=tax(asked), cap_pct="50")
    found = standing([offer(tax("100000.00"))], [scheme], {"tax_paid_last_year": 0})
    assert (len(found.openings) == 1) is merged


def test_a_list_is_opened_by_the_same_step_as_a_product():
    listed = ListFit("key", Text("重点企业名单", "Key enterprises"), *stands(parse(PLACE, shipped()), FACTS, ON))
    on = ListFit("prospects", Text("有效无贷户", "Prospects"), Verdict.YES, ())
    found = stand(ASK, match([offer(PLACE)], (), FACTS, ASK, ON), [listed, on])
    [opening] = found.openings
    assert opening.opens == Text("1 个产品、1 个名单", "1 product, 1 list")
    assert found.lists == (on.name,)


def test_a_missing_fact_goes_with_the_schemes_that_lack_the_same():
    scheme = programme("compensation", criteria=PLACE, cap_pct="50")
    [opening] = standing([offer(PLACE)], [scheme]).openings
    assert opening.missing
    assert (len(opening.products), opening.schemes) == (1, (scheme.name,))
    assert opening.opens == Text("1 个产品、1 项政策", "1 product, 1 scheme")


def test_a_scheme_that_lacks_two_facts_promises_nothing_for_one():
    scheme = programme("compensation", criteria={"all": [PLACE, atom("employees", ">=", 3)]}, cap_pct="50")
    assert standing([], [scheme]).openings == ()


def test_the_remedy_of_the_repair_table_stands_with_the_step():
    remedy = Text("到市场监管部门补办", "Register it")
    [opening] = standing([offer(PLACE)], remedies={"premises_registered": remedy}).openings
    assert opening.remedy == remedy


def test_a_firm_that_has_everything_is_told_just_that():
    found = standing([offer()])
    assert found.openings == ()
    assert found.sentence == Text("您符合 1 个产品、0 项政策。", "You qualify for 1 product and 0 schemes.")


@pytest.mark.parametrize("fact", [each for each in shipped().values() if each.unit not in ("", "%")])
def test_every_unit_of_the_dictionary_is_said_in_english(fact):
    assert fact.unit in UNITS
    said = value(fact, 3).en
    assert said.isascii(), said


@pytest.mark.parametrize(
    "fen", [-1, 0, 9_999_999, 10_000_000, 99_999_999, 500_000_000, 5_000_000_000, 9_999_999_999, 10_000_000_000]
)
def test_every_band_is_said_in_english(fen):
    words = BANDS[band(fen)]
    assert words.zh == band(fen)
    assert words.en.replace("–", "-").isascii()


@pytest.mark.django_db
class TestPages:
    @pytest.fixture
    def place(self, client):
        with clock.at(cases.START):
            made = cases.city(banks=1)
            people.sign_in(client, made.owner)
            yield made

    @pytest.mark.parametrize(("language", "words"), [("zh-hans", "您符合"), ("en", "You qualify for")])
    def test_the_page_says_it_in_both_languages(self, client, place, language, words):
        client.cookies["language"] = language
        client.cookies["django_language"] = language
        answer = client.get("/my/standing/", headers={"Accept-Language": language})
        assert answer.status_code == 200
        assert words in answer.text

    def test_home_leads_there_without_waiting_for_it(self, client, place):
        assert "/my/standing/" in client.get("/my/").text

    def test_the_last_request_is_what_is_tried(self, client, place):
        cases.demand(place, "declared")
        assert "试算" in client.get("/my/standing/").text

    def test_somebody_without_a_firm_is_led_to_apply(self, client):
        people.sign_in(client, people.owner())
        assert "还没有您能代表的企业" in client.get("/my/standing/").text

    def test_lists_are_those_of_the_platform_for_the_firms_own_people(self, client, place):
        presets.install(SYSTEM)
        actions_list.install_ready(SYSTEM)
        number = place.owner.enterprise_ids[0]
        codes = {fit.code for fit in lists_for(place.owner, enterprise_id=number, products=9)}
        assert codes <= {"prospects", "key-specialised", "key-high-tech"}
        assert "key-high-tech" in codes
        assert client.get("/my/standing/").status_code == 200
        with pytest.raises(DomainError):
            lists_for(people.owner(), enterprise_id=number, products=9)
