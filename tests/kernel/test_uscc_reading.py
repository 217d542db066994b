"""Credit codes: against the published check, an independent library, and every kind of slip."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as independent
from tests.conftest import REAL_DATA

from huoshui.kernel import uscc

VECTORS = REAL_DATA / "vectors" / "uscc_vectors.csv"
GOOD = uscc.make("91", "140105", "MA0GT9K3")
codes = st.builds(
    uscc.make,
    st.sampled_from(["91", "92", "93", "12", "52"]),
    st.from_regex(r"[1-6][0-9]{5}", fullmatch=True),
    st.text(st.sampled_from(uscc.ALPHABET), min_size=8, max_size=8),
)


@given(codes)
def test_a_made_code_is_valid_here_and_in_an_independent_library(code: str) -> None:
    assert uscc.is_valid(code)
    assert independent.is_valid(code)


@given(codes, st.integers(0, 17), st.sampled_from(uscc.ALPHABET))
def test_one_wrong_character_is_always_found(code: str, place: int, char: str) -> None:
    wrong = code[:place] + char + code[place + 1 :]
    assert uscc.is_valid(wrong) == (wrong == code)


@given(codes, st.integers(0, 16))
def test_two_swapped_neighbours_are_always_found(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert uscc.is_valid(swapped) == (swapped == code)


def test_every_one_of_the_31_check_characters_occurs() -> None:
    seen = {uscc.make("91", "140105", f"{number:08d}")[-1] for number in range(2000)}
    assert seen == set(uscc.ALPHABET)


def test_full_width_lower_case_and_blanks_are_normalised() -> None:
    wide = "".join(chr(ord(char) + 0xFEE0) for char in GOOD.lower())
    reading = uscc.read(f" {wide[:6]} {wide[6:]}\u200b\ufeff")
    assert reading.valid
    assert reading.normalised == GOOD


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("", "没有填写"),
        (GOOD[:-1], "现在是17位"),
        (GOOD + "0", "现在是19位"),
        (GOOD[:10] + "O" + GOOD[11:], "第11位“O”"),
        ("91A40105" + GOOD[8:], "第3至8位"),
        (GOOD[:17] + ("0" if GOOD[17] != "0" else "1"), f"末位应为“{GOOD[17]}”"),
    ],
)
def test_what_is_wrong_is_said(code: str, said: str) -> None:
    problem = uscc.read(code).problem
    assert problem is not None
    assert said in problem.zh


def test_parts_are_read_from_the_code() -> None:
    reading = uscc.read(GOOD)
    assert (reading.registrar, reading.division) == ("9", "140105")


@pytest.mark.skipif(not VECTORS.exists(), reason="real data folder is absent")
def test_all_published_vectors_agree() -> None:
    with VECTORS.open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    wrong = [row["code"] for row in rows if uscc.is_valid(row["code"]) != (row["valid_gb32100"] in ("1", "1.0"))]
    assert wrong == []
    assert len(rows) > 1000
