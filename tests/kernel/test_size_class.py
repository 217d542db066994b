"""Size classes: every limit of the table from both sides, every industry, every fact missing."""

from __future__ import annotations

import csv
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huoshui.kernel import size_class
from huoshui.kernel.errors import DomainError
from huoshui.kernel.size_class import SizeClass, Verdict
from tests.conftest import REAL_DATA

TABLE = REAL_DATA / "sme" / "sme_size_2017.csv"
INDUSTRIES = REAL_DATA / "industry" / "gbt4754_2017.csv"
HUGE = Decimal(10) ** 9
CENT = Decimal("0.01")

# one industry code of each line of the table
LINES = {
    "A0111": "农、林、牧、渔业", "B0610": "工业", "C1311": "工业", "D4411": "工业", "E4710": "建筑业", "5111": "批发业",
    "5211": "零售业", "5431": "交通运输业", "5810": "交通运输业", "5910": "交通运输业", "5921": "仓储业", "5990": "仓储业",
    "6010": "邮政业", "6110": "住宿业", "6210": "餐饮业", "6311": "信息传输业", "6410": "信息传输业", "6510": "软件和信息技术服务业",
    "7010": "房地产开发经营", "7020": "物业管理", "L7111": "租赁和商务服务业", "7291": "租赁和商务服务业", "M7310": "其他未列明行业",
    "N7711": "其他未列明行业", "O8111": "其他未列明行业", "8511": "其他未列明行业", "R8610": "其他未列明行业", "7030": "其他未列明行业",
    "7090": "其他未列明行业",
}  # fmt: skip


def classify(industry: str | None, **facts: object) -> Verdict:
    given_facts = {"employees": None, "revenue_wan": None, "assets_wan": None, **facts}
    return size_class.classify(industry, **given_facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(("industry", "name"), LINES.items())
def test_every_industry_falls_on_its_line(industry: str, name: str) -> None:
    line = size_class.line_of(industry)
    assert line is not None
    assert line.name.startswith(name)


@pytest.mark.parametrize("industry", LINES)
def test_every_limit_is_closed_below_and_open_above(industry: str) -> None:
    line = size_class.line_of(industry)
    assert line is not None
    for fact, (small, medium, large) in line.limits.items():
        others = {other: HUGE for other in line.limits if other != fact}
        for limit, below, reached in (
            (small, SizeClass.MICRO, SizeClass.SMALL),
            (medium, SizeClass.SMALL, SizeClass.MEDIUM),
            (large, SizeClass.MEDIUM, SizeClass.LARGE),
        ):
            assert classify(industry, **{fact: limit - CENT}, **others).size == below
            assert classify(industry, **{fact: limit}, **others).size == reached
            assert classify(industry, **{fact: limit + CENT}, **others).size == reached


@pytest.mark.parametrize(
    ("employees", "revenue", "size"),
    [
        (1000, 40_000, SizeClass.LARGE),
        (1000, 39_999, SizeClass.MEDIUM),
        (999, 40_000, SizeClass.MEDIUM),
        (1000, 1_999, SizeClass.SMALL),  # falls two classes
        (1000, 299, SizeClass.MICRO),  # and three
        (19, 40_000, SizeClass.MICRO),
        (0, 0, SizeClass.MICRO),
    ],
)
def test_a_firm_falls_until_it_reaches_every_limit(employees: int, revenue: int, size: SizeClass) -> None:
    assert classify("C1311", employees=employees, revenue_wan=revenue) == Verdict(size)


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({}, Verdict(None, ("employees", "revenue_wan"))),
        ({"employees": 500}, Verdict(None, ("revenue_wan",))),
        ({"revenue_wan": 5000}, Verdict(None, ("employees",))),
        ({"employees": 19}, Verdict(SizeClass.MICRO)),  # no revenue could lift it
        ({"revenue_wan": 299}, Verdict(SizeClass.MICRO)),
        ({"employees": 20}, Verdict(None, ("revenue_wan",))),
        ({"employees": 500, "assets_wan": 99}, Verdict(None, ("revenue_wan",))),  # assets do not count here
    ],
)
def test_a_missing_fact_is_named_only_where_it_could_matter(facts: dict[str, int], verdict: Verdict) -> None:
    assert classify("C1311", **facts) == verdict


@pytest.mark.parametrize("kind", ["individual_business"])
def test_an_individual_business_is_micro_whatever_its_figures(kind: str) -> None:
    assert classify("C1311", employees=5000, revenue_wan=HUGE, kind=kind).size == SizeClass.MICRO
    assert classify(None, kind=kind).size == SizeClass.MICRO


def test_a_cooperative_is_measured_like_a_company() -> None:
    assert classify("A0111", revenue_wan=500, kind="cooperative").size == SizeClass.MEDIUM


def test_an_unknown_industry_is_itself_the_missing_fact() -> None:
    assert classify(None, employees=5, revenue_wan=5, assets_wan=5) == Verdict(None, ("industry",))


@pytest.mark.parametrize("industry", ["F", "G", "Q", "K", "70", "59", "I"])
def test_a_code_too_short_to_tell_asks_for_a_longer_one(industry: str) -> None:
    assert classify(industry, employees=50, revenue_wan=500, assets_wan=500) == Verdict(None, ("industry",))
    assert size_class.line_of(industry) is None


@pytest.mark.parametrize("industry", ["J66", "P83", "Q8411", "S91", "T", "5310", "53", "7040", "H6", "J"])
def test_an_industry_outside_the_table_has_no_class(industry: str) -> None:
    if industry == "H6":
        with pytest.raises(DomainError):
            classify(industry, employees=50)
    else:
        assert classify(industry, employees=50, revenue_wan=500, assets_wan=500) == Verdict(None)


@pytest.mark.parametrize("industry", ["C51", "Z99", "98", "00", "5", "U", "C131111", "五金", "", "A06", "C1"])
def test_a_code_that_does_not_exist_is_refused(industry: str) -> None:
    with pytest.raises(DomainError) as refusal:
        classify(industry, employees=50)
    assert (refusal.value.code, refusal.value.field) == ("industry_code", "industry")


def test_letter_case_and_blanks_around_a_code_do_not_matter() -> None:
    assert size_class.line_of(" c1311 ") == size_class.line_of("1311") == size_class.line_of("C")


def test_a_rule_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(DomainError, match="2017") as refusal:
        classify("C1311", employees=5, rule="2025")
    assert refusal.value.code == "size_rule"


@given(
    st.sampled_from(sorted(LINES)),
    st.decimals(min_value=0, max_value=10**7, places=2),
    st.decimals(min_value=0, max_value=10**7, places=2),
    st.decimals(min_value=0, max_value=10**7, places=2),
)
def test_the_class_is_what_the_words_of_the_rule_say(
    industry: str, employees: Decimal, revenue: Decimal, assets: Decimal
) -> None:
    facts = {"employees": employees, "revenue_wan": revenue, "assets_wan": assets}
    limits = size_class.line_of(industry).limits  # type: ignore[union-attr]
    said = SizeClass.MICRO
    for place, size in ((2, SizeClass.LARGE), (1, SizeClass.MEDIUM), (0, SizeClass.SMALL)):
        if all(facts[fact] >= limits[fact][place] for fact in limits):
            said = size
            break
    assert classify(industry, **facts).size == said


@pytest.mark.skipif(not TABLE.exists(), reason="the real data folder is absent")
def test_the_shipped_table_is_the_published_one() -> None:
    facts = {"从业人员": "employees", "营业收入": "revenue_wan", "资产总额": "assets_wan"}
    with TABLE.open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            for code in row["gbt4754_codes"].split(";"):
                line = size_class.line_of(code)
                assert line is not None, code
                limits = tuple(Decimal(row[f"{size}_min"]) for size in ("small", "medium", "large"))
                assert line.limits[facts[row["indicator_name"]]] == limits


@pytest.mark.skipif(not INDUSTRIES.exists(), reason="the real data folder is absent")
def test_every_published_industry_code_is_understood() -> None:
    with INDUSTRIES.open(encoding="utf-8") as rows:
        codes = [(row["code"], row["section"]) for row in csv.DictReader(rows)]
    assert len(codes) > 1900
    for code, section in codes:
        written = code if code.isalpha() else f"{section}{code}"
        verdict = classify(written, employees=1, revenue_wan=1, assets_wan=1)
        assert verdict.size in (SizeClass.MICRO, None)
