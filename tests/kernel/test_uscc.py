"""Credit codes: every check character, every way to be wrong, real codes, and another library as referee."""

from __future__ import annotations

import csv

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.cn import uscc as referee

from huoshui.kernel import uscc
from tests.conftest import REAL_DATA

VECTORS = REAL_DATA / "vectors" / "uscc_vectors.csv"
REGISTER = REAL_DATA / "enterprises" / "taiyuan_enterprises_1980_2004.csv"
VALID = "91140105MA0GU3X2XU"
DIVISIONS = st.from_regex(r"[1-6][0-9]{5}", fullmatch=True)
BODIES = st.text(alphabet=uscc.ALPHABET, min_size=8, max_size=8)
CODES = st.builds(lambda division, body: uscc.make_uscc(division=division, organisation=body), DIVISIONS, BODIES)


@pytest.mark.parametrize(
    "text",
    [
        VALID,
        VALID.lower(),
        " 91140105 MA0GU3X2XU\n",
        "9114 0105\u3000MA0G\u00a0U3X2XU",
        "９１１４０１０５ＭＡ０ＧＵ３Ｘ２ＸＵ",
        "９１１４０１０５ｍａ０ｇｕ３ｘ２ｘｕ",
        "\ufeff91140105MA0GU3X2XU",
    ],
)
def test_width_case_and_blanks_do_not_matter(text: str) -> None:
    reading = uscc.read(text)
    assert (reading.valid, reading.normalised, reading.registrar, reading.division) == (True, VALID, "9", "140105")
    assert uscc.is_valid(text)


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("", "uscc_missing", "没有填写"),
        ("   ", "uscc_missing", "没有填写"),
        (VALID[:-1], "uscc_length", "现在是 17 位"),
        (VALID + "0", "uscc_length", "现在是 19 位"),
        ("140100123456789", "uscc_length", "现在是 15 位"),
        ("91140105MA0GO3X2XU", "uscc_letter", "第 13 位“O”"),
        ("9114O1O5MA0GU3X2XU", "uscc_letter", "第 5 位“O”、第 7 位“O”"),
        ("91140105MA0GU3X2X-", "uscc_letter", "第 18 位“-”"),
        ("9114010AMA0GU3X2XU", "uscc_division", "“14010A”"),
        ("91140105MA0GU3X2X0", "uscc_check", "校验位应为“U”，现在是“0”"),
        ("91140105MA0GU32XXU", "uscc_check", "相邻两位颠倒"),
    ],
)
def test_what_is_wrong_is_said(text: str, code: str, words: str) -> None:
    problem = uscc.read(text).problem
    assert problem is not None
    assert problem.code == code
    assert words in problem.text.zh
    assert problem.remedy is not None


@pytest.mark.parametrize("letter", "IOSVZ")
def test_the_five_letters_out_of_use_are_named(letter: str) -> None:
    problem = uscc.read(VALID[:10] + letter + VALID[11:]).problem
    assert problem is not None
    assert f"“{letter}” at place 11" in problem.text.en


def test_a_code_that_cannot_be_read_has_no_registrar() -> None:
    reading = uscc.read("140100123456789")
    assert (reading.registrar, reading.division) == ("", "")


def test_a_wrong_check_character_still_leaves_registrar_and_division_readable() -> None:
    reading = uscc.read("91140105MA0GU3X2X0")
    assert (reading.registrar, reading.division) == ("9", "140105")


def test_each_of_the_31_check_characters_occurs_and_only_it_is_right() -> None:
    seen = {}
    for number in range(2000):
        code = uscc.make_uscc(division="140105", organisation=f"{number:08d}")
        seen.setdefault(code[-1], code)
    assert set(seen) == set(uscc.ALPHABET)
    for right, code in seen.items():
        verdicts = {letter: uscc.is_valid(code[:-1] + letter) for letter in uscc.ALPHABET}
        assert [letter for letter, valid in verdicts.items() if valid] == [right]


@given(CODES)
def test_a_made_code_is_valid_and_the_other_library_agrees(code: str) -> None:
    assert uscc.is_valid(code)
    assert referee.is_valid(code)
    assert code[16] == uscc.organisation_check_character(code[8:16])


@given(CODES, st.integers(min_value=0, max_value=17), st.sampled_from(uscc.ALPHABET))
def test_one_wrong_character_is_always_found(code: str, place: int, letter: str) -> None:
    assume(code[place] != letter)
    wrong = code[:place] + letter + code[place + 1 :]
    assert not uscc.is_valid(wrong)
    assert not referee.is_valid(wrong)


@given(CODES, st.integers(min_value=0, max_value=15))
def test_two_swapped_neighbours_are_always_found(code: str, place: int) -> None:
    assume(code[place] != code[place + 1])
    assert not uscc.is_valid(code[:place] + code[place + 1] + code[place] + code[place + 2 :])


@given(st.text(max_size=24))
def test_any_text_at_all_is_read_without_failing(text: str) -> None:
    reading = uscc.read(text)
    assert reading.valid == (reading.problem is None)
    assert uscc.normalise(reading.normalised) == reading.normalised


def test_an_organisation_code_of_nine_is_taken_as_it_is() -> None:
    assert uscc.make_uscc(registrar="91", division="140105", organisation="MA0GU3X2X") == VALID
    assert uscc.make_uscc(registrar="92", division="140105", organisation="MA0GU3X2").startswith("92140105")


def test_parts_of_the_wrong_length_make_no_code() -> None:
    with pytest.raises(AssertionError):
        uscc.make_uscc(division="1401", organisation="MA0GU3X2")


def test_the_registrars_of_the_standard_have_names() -> None:
    assert uscc.REGISTRARS["9"].zh == "市场监督管理"


@pytest.mark.skipif(not VECTORS.exists(), reason="the real data folder is absent")
def test_all_published_vectors_are_judged_right() -> None:
    with VECTORS.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 1754
    assert [row["code"] for row in rows if uscc.is_valid(row["code"]) != (row["valid_gb32100"] == "1")] == []


@pytest.mark.skipif(not REGISTER.exists(), reason="the real data folder is absent")
def test_real_firms_of_taiyuan_are_judged_as_by_the_other_library() -> None:
    with REGISTER.open(encoding="utf-8") as lines:
        reader = csv.DictReader(lines)
        column = next(name for name in reader.fieldnames or [] if "code" in name or name == "uscc")
        codes = [row[column] for row in reader]
    assert len(codes) > 11_000
    assert [code for code in codes if uscc.is_valid(code) != referee.is_valid(code)] == []
