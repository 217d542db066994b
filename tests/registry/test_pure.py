"""The pure parts: pinyin, masking, places, columns, cells, and the vectorised twins of kernel rules."""

from __future__ import annotations

import csv

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factories.firms import code
from huoshui.kernel import size_class, uscc
from huoshui.kernel.errors import DomainError
from huoshui.registry import masking, pinyin, size_frame
from huoshui.registry.divisions import gazetteer
from huoshui.registry.duplicates import comparable, judge
from huoshui.registry.imports import cells, uscc_column
from huoshui.registry.imports.checks import Seen
from huoshui.registry.imports.columns import resolve
from huoshui.registry.imports.fields import BY_CODE, REGISTER, plain
from huoshui.registry.imports.refusals import harmless
from tests.conftest import REAL_DATA


@pytest.mark.parametrize(
    ("name", "key", "initials"),
    [
        ("太原银行", "tai yuan yin hang", "tyyh"),
        ("长治市长城会计公司", "chang zhi shi chang cheng kuai ji gong si", "czscckjgs"),
        ("长子县", "zhang zi xian", "zzx"),
        ("A8（北京）", "a8bei jing", "a8bj"),
        ("", "", ""),
    ],
)
def test_names_are_spelled_as_people_say_them(name: str, key: str, initials: str) -> None:
    assert (pinyin.key(name), pinyin.initials(name)) == (key, initials)
    assert pinyin.keys_and_initials([name]) == ([key], [initials])


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("甲", "甲***"),
        ("甲乙", "甲***"),
        ("甲乙丙丁", "甲***"),
        ("太原龙城公司", "太原****公司"),
        ("太原龙城机械有限公司", "太原****公司"),
    ],
)
def test_a_masked_name_keeps_its_ends_and_not_its_length(name: str, masked: str) -> None:
    assert masking.mask_name(name) == masked


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("太原市小店区长治路1号", "太原市小店区***"),
        ("山西省晋中市太谷区某街", "山西省晋中市太谷区***"),
        ("长治路1号", "***"),
        ("", ""),
    ],
)
def test_a_masked_address_ends_at_its_district(address: str, masked: str) -> None:
    assert masking.mask_address(address) == masked


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (-1, "负数"),
        (0, "10万元以下"),
        (9_999_999, "10万元以下"),
        (10_000_000, "10万–50万元"),
        (9_999_999_999, "5000万–1亿元"),
        (10_000_000_000, "1亿元及以上"),
    ],
)
def test_the_lower_end_belongs_to_its_band(fen: int, words: str) -> None:
    assert masking.band(fen) == words


def test_a_masked_phone_and_code_keep_their_ends() -> None:
    assert masking.mask_phone("13912345678") == "139****5678"
    assert masking.mask_phone("123") == "***"
    assert masking.mask_uscc("911401051000000151").endswith("51")


@pytest.mark.parametrize("cell", ["=1+1", "+86", "-1", "@x", "\t=1", "\r=1", "＝1"])
def test_a_cell_that_starts_like_a_formula_gets_an_apostrophe(cell: str) -> None:
    assert harmless(cell) == "'" + cell


def test_an_ordinary_cell_stays_as_it_is() -> None:
    assert [harmless(cell) for cell in ("甲=乙", "1", "", None)] == ["甲=乙", "1", "", ""]


# --- credit codes ----------------------------------------------------------------------------------------------------


@given(st.lists(st.text(alphabet=uscc.ALPHABET + "IOZ太", min_size=16, max_size=19), max_size=20))
@settings(max_examples=200, deadline=None)
def test_many_codes_are_judged_like_one(codes: list[str]) -> None:
    codes = [*codes, code(1), code(2)[:-1] + "Z"]
    assert uscc_column.valid(pl.Series(codes, dtype=pl.String)).to_list() == [uscc.is_valid(each) for each in codes]


@given(st.integers(0, 99_999_999), st.integers(0, 17), st.sampled_from(uscc.ALPHABET))
@settings(max_examples=200, deadline=None)
def test_one_changed_character_is_judged_alike(number: int, place: int, letter: str) -> None:
    right = code(number)
    changed = right[:place] + letter + right[place + 1 :]
    assert uscc_column.valid(pl.Series([right, changed])).to_list() == [True, uscc.is_valid(changed)]


def test_missing_codes_are_not_valid() -> None:
    assert uscc_column.valid(pl.Series([None, ""], dtype=pl.String)).to_list() == [False, False]


VECTORS = REAL_DATA / "vectors" / "uscc_vectors.csv"


@pytest.mark.skipif(not VECTORS.exists(), reason="the real data folder is not here")
def test_real_codes_are_judged_like_one() -> None:
    with VECTORS.open(encoding="utf-8-sig", newline="") as file:
        codes = [uscc.normalise(next(iter(row.values()))) for row in csv.DictReader(file)]
    assert uscc_column.valid(pl.Series(codes)).to_list() == [uscc.is_valid(each) for each in codes]


# --- size classes ----------------------------------------------------------------------------------------------------

_INDUSTRIES = [
    "A0111",
    "C3411",
    "E4710",
    "F5111",
    "F5211",
    "G5430",
    "H6110",
    "I6510",
    "K7010",
    "L7211",
    "J6610",
    "",
    "C",
    "R",
]
_FEN = st.one_of(st.none(), st.integers(0, 3 * 10**12), st.sampled_from([5 * 10**8, 2 * 10**9, 4 * 10**10, 10**9]))


@given(
    st.sampled_from(_INDUSTRIES),
    st.sampled_from(size_class.KINDS),
    st.one_of(st.none(), st.integers(0, 3000), st.sampled_from([20, 300, 1000])),
    _FEN,
    _FEN,
)
@settings(max_examples=400, deadline=None)
def test_the_size_class_of_many_equals_that_of_one(
    industry: str, kind: str, employees: int | None, revenue: int | None, assets: int | None
) -> None:
    frame = pl.DataFrame(
        {
            "industry_code": [industry],
            "kind": [kind],
            "employees": [employees],
            "revenue": [revenue],
            "assets": [assets],
        },
        schema_overrides={"employees": pl.Int64, "revenue": pl.Int64, "assets": pl.Int64},
    )
    wan = [None if fen is None else size_class.Decimal(fen) / 1_000_000 for fen in (revenue, assets)]
    one = size_class.classify(
        industry or None, employees=employees, revenue_wan=wan[0], assets_wan=wan[1], kind=kind
    ).size
    assert size_frame.classify(frame).to_list() == [one.value if one else None]


# --- columns and cells -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "stem", "unit"),
    [
        ("注册资本（万元）", "注册资本", "万元"),
        ("注册资本(人民币万元)", "注册资本", "万元"),
        ("capital_wan", "capital", "wan"),
        (" 统一社会信用代码 ", "统一社会信用代码", ""),
        ("成立日期(年月日)", "成立日期(年月日)", ""),
    ],
)
def test_a_column_s_unit_is_read_from_its_name(name: str, stem: str, unit: str) -> None:
    assert plain(name) == (stem, unit)


def test_what_is_told_goes_before_what_is_remembered_before_names() -> None:
    names = ["名称", "备注", "其他"]
    plan = resolve(
        names, REGISTER, told={"备注": "address"}, remembered={"备注": "scope", "其他": "scope", "名称": "-"}
    )
    assert {column.name: column.field.code for column in plan.columns} == {"备注": "address", "其他": "scope"}
    assert plan.ignored == ("名称",)


def test_a_remembered_field_that_is_gone_is_forgotten() -> None:
    plan = resolve(["名称", "旧"], REGISTER, told={}, remembered={"旧": "a_fact_of_old"})
    assert plan.codes() == {"name"}


def test_no_two_fields_share_a_name() -> None:
    owners: dict[str, set[str]] = {}
    for each in REGISTER:
        for name in (each.code, each.label.zh, each.label.en, *each.names):
            owners.setdefault(plain(name)[0], set()).add(each.code)
    assert {name: codes for name, codes in owners.items() if len(codes) > 1} == {}


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1", 100),
        ("1.5", 150),
        ("0.01", 1),
        ("1,234.56", 123_456),
        ("１２", 1200),
        ("¥3", 300),
        ("1e3", 100_000),
        ("-2", -200),
    ],
)
def test_amounts_are_read_exactly(text: str, fen: int) -> None:
    assert cells.read(text, BY_CODE["registered_capital"], "元") == fen


@pytest.mark.parametrize(
    ("unit", "fen"), [("元", 123), ("千元", 123_000), ("万元", 1_230_000), ("亿元", 12_300_000_000)]
)
def test_amounts_are_read_in_their_unit(unit: str, fen: int) -> None:
    assert cells.read("1.23", BY_CODE["registered_capital"], unit) == fen


@pytest.mark.parametrize("text", ["", " ", "-", "—", "NULL", "n/a", "　"])
def test_what_means_nothing_is_missing_and_not_wrong(text: str) -> None:
    assert cells.read(text, BY_CODE["registered_capital"], "元") is None


@pytest.mark.parametrize(
    ("text", "kept"), [("F5211", "F5211"), ("5211", "F5211"), ("f5211", "F5211"), ("C", "C"), ("01", "A01")]
)
def test_industry_codes_get_their_letter(text: str, kept: str) -> None:
    assert cells.read(text, BY_CODE["industry_code"], "") == kept


@pytest.mark.parametrize("text", ["Z1", "零售业", "98", "12345", "5"])
def test_what_is_no_industry_code_is_refused(text: str) -> None:
    assert isinstance(cells.read(text, BY_CODE["industry_code"], ""), cells.Reason)


def test_labels_are_parted_and_said_once() -> None:
    assert cells.read("高新技术、专精特新;高新技术", BY_CODE["labels"], "") == "高新技术;专精特新"


def test_sections_of_the_classification_have_their_divisions() -> None:
    assert [cells.section(division) for division in ("01", "05", "06", "43", "97", "98", "00")] == list("AABCT") + [
        "",
        "",
    ]


# --- places ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cell", "kept", "note"),
    [
        ("140105", "140105", ""),
        ("小店区", "140105", ""),
        ("太原市小店区", "140105", ""),
        ("140105001", "140105", ""),
        ("140100", "140100", "above_county"),
        ("140481", "140406", "migrated"),
        ("140203", "140214", "migrated"),
        ("140202", "140202", "abolished"),
        ("140102", "140102", "abolished"),
    ],
)
def test_a_district_cell_means_a_place(cell: str, kept: str, note: str) -> None:
    place = gazetteer().place(cell)
    assert place is not None
    assert (place.code, place.note) == (kept, note)


@pytest.mark.django_db
@pytest.mark.parametrize("cell", ["999999", "14010", "某区", "", "城区"])
def test_what_names_no_single_place_means_none(cell: str) -> None:
    # 城区 is a district of Yangquan and of Jincheng
    assert gazetteer().place(cell) is None


@pytest.mark.django_db
def test_every_successor_is_a_county_of_today() -> None:
    known = gazetteer().divisions
    abolished = [each for each in known.values() if each.abolished]
    assert len(abolished) == 29
    for each in abolished:
        assert not each.successor or (known[each.successor].level == "county" and not known[each.successor].abolished)


# --- duplicates ------------------------------------------------------------------------------------------------------


def test_widths_brackets_and_legal_forms_do_not_tell_firms_apart() -> None:
    assert comparable("太原（龙城）机械有限责任公司") == comparable("太原(龙城)机械 有限公司") == "太原龙城机械"


@pytest.mark.parametrize(
    ("second", "why"),
    [
        (("太原龙城机械公司", "甲路1号"), "same_name_and_address"),
        (("太原龙城机械有限公司", "乙路9号"), "same_name"),
        (("太原龙城机械设备制造有限公司", "甲路1号"), None),
        (("太原市龙城机械制造有限公司", "甲路1号"), None),
        (("太原龙诚机械有限公司", "乙路9号"), None),
    ],
)
def test_pairs_are_judged_by_name_and_place(second: tuple[str, str], why: str | None) -> None:
    pair = judge((1, "x", "太原龙城机械有限公司", "甲路1号"), (2, "y", *second))
    assert (pair.why if pair else None) == why


def test_a_wrong_definition_of_a_fact_names_everything() -> None:
    from huoshui.registry import dictionary

    with pytest.raises(DomainError) as caught:
        dictionary.parse({"code": "Tax!", "zh": "", "kind": "colour"})
    assert {problem.field for problem in caught.value.problems} == {"code", "zh", "en", "kind", "source"}


@given(st.lists(st.lists(st.integers(0, 40), max_size=12), max_size=8))
def test_codes_that_come_again_are_those_that_a_plain_set_finds(blocks: list[list[int]]) -> None:
    seen, first, row = Seen(), {}, 2
    for block in blocks:
        rows = list(range(row, row + len(block)))
        row += len(block)
        expected = [(at, first[each]) for at, each in enumerate(block) if first.setdefault(each, rows[at]) != rows[at]]
        found = seen.again(pl.Series([code(each) for each in block], dtype=pl.String), pl.Series(rows, dtype=pl.Int64))
        assert found == expected
        assert [len(run) for run in seen.runs] == sorted((len(run) for run in seen.runs), reverse=True)
