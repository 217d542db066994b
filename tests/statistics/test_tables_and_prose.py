"""Tables keep what they say, differ cell by cell, and their sentences never say another figure."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huoshui.kernel.text import Text
from huoshui.statistics import issues, measures, prose, tables, wording
from huoshui.statistics.figures import Sheet
from huoshui.statistics.ranks import Rule, marks
from huoshui.statistics.readings import compared_spans
from huoshui.statistics.spans import span_to
from huoshui.statistics.tables import Subject

BOOK = measures.shipped()
SPAN = span_to("year", dt.date(2026, 10, 31))
NAMES = {"1": "东区", "2": "西区", "3": "南县", "4": "北市", "5": "中区"}
SUBJECTS = [Subject(key, Text(name, f"District {key}")) for key, name in NAMES.items()]


def sheet(amounts: dict[str, int], before: dict[str, int] | None = None) -> Sheet:
    """Return a sheet where every tally of a district has the same count and amount."""
    cells, counted = {}, set()
    for span, values in [(SPAN, amounts), *([(compared_spans(SPAN)[1], before)] if before else [])]:
        for code in BOOK.tallies:
            counted.add((code, 1, span))
            for key, amount in values.items():
                cells[code, 1, span, key, 0] = (amount, amount)
            cells[code, 1, span, "", 0] = (sum(values.values()), sum(values.values()))
    return Sheet(BOOK, cells, frozenset(counted))


def placed() -> list[Subject]:
    from huoshui.statistics.places import Row

    return [Subject(each.key, each.name, Row(each.key, each.name, (each.key,))) for each in SUBJECTS]


def content(amounts, before=None, *, code="districts", excluded=()):
    return issues.contents(issues.templates()[code], sheet(amounts, before), SPAN, placed(), excluded=excluded)


AMOUNTS = {"1": 5_000_000_00, "2": 7_000_000_00, "3": 1_000_000_00, "4": 3_000_000_00, "5": 2_000_000_00}


class TestContents:
    def test_the_same_counts_give_the_same_bytes(self):
        assert issues.digest(content(AMOUNTS)) == issues.digest(content(AMOUNTS))

    def test_another_count_gives_another_digest(self):
        assert issues.digest(content(AMOUNTS)) != issues.digest(content(AMOUNTS | {"1": 1}))

    def test_a_table_survives_being_kept(self):
        told = content(AMOUNTS, AMOUNTS)
        assert tables.as_data(issues.table_of(told)) == told["table"]

    def test_an_excluded_row_is_blank_and_unranked(self):
        table = issues.table_of(content(AMOUNTS, excluded=["2"]))
        west = next(line for line in table.lines if line.key == "2")
        assert all(cell.text == "" and cell.rank is None for cell in west.cells)

    def test_a_period_with_a_zero_base_grows_by_nothing_that_can_be_said(self):
        table = issues.table_of(content(AMOUNTS, dict.fromkeys(AMOUNTS, 0)))
        at = next(at for at, head in enumerate(table.heads) if head.show == "on_year")
        assert {line.cells[at].text for line in table.lines} == {wording.NOTHING}
        text = " ".join(line.zh for line in issues.text_of(content(AMOUNTS, dict.fromkeys(AMOUNTS, 0))))
        assert "无可比基数" in text

    def test_a_measure_with_no_rows_is_zero_and_its_share_a_dash(self):
        table = issues.table_of(content({}))
        by_head = dict(zip([head.code for head in table.heads], table.lines[0].cells, strict=True))
        assert by_head["lent"].text == "0"
        assert by_head["credit_share"].text == wording.NOTHING


class TestSentences:
    @given(st.dictionaries(st.sampled_from(list(NAMES)), st.integers(0, 10**14), min_size=5, max_size=5))
    def test_every_figure_in_the_text_is_a_cell_of_the_table(self, amounts):
        told = content(amounts, dict.fromkeys(amounts, 7))
        table = issues.table_of(told)
        shown = {cell.text.lstrip("+-") for line in [*table.lines, table.total] for cell in line.cells}
        for line in issues.text_of(told)[0:3]:
            body = line.zh.replace(SPAN.name.zh, "")
            for figure in re.findall(r"\d[\d,]*(?:\.\d+)?", body):
                assert figure in shown

    def test_the_best_and_the_worst_are_named_with_their_figures(self):
        text = "".join(line.zh for line in issues.text_of(content(AMOUNTS)))
        assert "放款金额居前的是西区（700.00万元）、东区（500.00万元）" in text
        assert "居后的是南县（100.00万元）、中区（200.00万元）" in text

    def test_a_table_without_a_total_says_nothing_of_totals(self):
        table = issues.table_of(content(AMOUNTS))
        bare = tables.Table(table.heads, table.lines)
        assert prose.sentences(bare, SPAN.name, [{"kind": "totals", "of": ["lent"]}]) == []


class TestDifferences:
    def test_nothing_differs_from_itself(self):
        table = issues.table_of(content(AMOUNTS))
        assert tables.differences(table, table) == []

    def test_every_figure_that_moved_is_listed_with_both_values(self):
        old, new = issues.table_of(content(AMOUNTS)), issues.table_of(content(AMOUNTS | {"3": 1_500_000_00}))
        found = {(each.row.zh, each.column.zh): (each.before, each.after) for each in tables.differences(old, new)}
        assert found["南县", "放款金额"] == ("100.00万元", "150.00万元")
        assert ("东区", "放款金额") not in found

    def test_a_row_that_came_is_a_difference_from_nothing(self):
        table = issues.table_of(content(AMOUNTS))
        shorter = tables.Table(table.heads, table.lines[1:], table.total)
        assert {each.before for each in tables.differences(shorter, table)} == {""}


class TestRanks:
    def test_equal_values_share_a_rank_and_a_border_is_coloured_whole(self):
        found = marks({"a": 9, "b": 8, "c": 8, "d": 7, "e": 6, "f": 5}, Rule())
        assert [found[row].rank for row in "abcdef"] == [1, 2, 2, 4, 5, 6]
        assert [found[row].colour for row in "abcdef"] == ["green", "green", "green", "", "red", "red"]

    def test_when_almost_all_are_equal_nobody_is_singled_out(self):
        found = marks({"a": 9, "b": 8} | {str(n): 0 for n in range(9)}, Rule())
        assert {found[str(n)].colour for n in range(9)} == {""}

    def test_in_a_short_table_nobody_is_best_and_worst_at_once(self):
        assert {mark.colour for mark in marks({"a": 1, "b": 2, "c": 3}, Rule()).values()} == {"green", "red", ""}
        assert {mark.colour for mark in marks({"a": 1, "b": 2}, Rule()).values()} == {""}

    def test_an_empty_table_has_no_marks(self):
        assert marks({}, Rule()) == {}

    @given(st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.one_of(st.none(), st.integers(-5, 5))))
    def test_ranks_agree_with_counting_by_hand(self, values):
        found = marks(values, Rule("less"))
        known = [value for value in values.values() if value is not None]
        for row, value in values.items():
            expected = None if value is None else 1 + sum(other < value for other in known)
            assert found[row].rank == expected


class TestWording:
    @pytest.mark.parametrize(
        ("figure", "unit", "scale", "zh"),
        [
            (1234, "firms", "wan", "1,234户"),
            (26_76_000_000_00, "fen", "yi", "26.76亿元"),
            (0, "fen", "wan", "0.00万元"),
            (Decimal("3.85"), "pct", "wan", "3.85%"),
            (None, "fen", "wan", "—"),
        ],
    )
    def test_figures_are_said_with_their_unit(self, figure, unit, scale, zh):
        assert wording.said(figure, unit, scale).zh == zh

    @pytest.mark.parametrize(("largest", "scale"), [(10 * 10**10 - 1, "wan"), (10 * 10**10, "yi"), (0, "wan")])
    def test_a_column_is_in_yi_from_ten_of_them(self, largest, scale):
        assert wording.scale_for([largest, None]) == scale

    @pytest.mark.parametrize(
        ("growth", "ratio", "zh"),
        [
            (Decimal("13.58"), False, "同比增长13.58%"),
            (Decimal("-2.00"), False, "同比下降2.00%"),
            (Decimal("0.00"), False, "同比持平"),
            (Decimal("-0.20"), True, "同比下降0.20个百分点"),
            (None, False, "同比无可比基数"),
        ],
    )
    def test_growth_is_said_as_papers_say_it(self, growth, ratio, zh):
        assert wording.change_said(growth, ratio=ratio, against=wording.YEAR_AGO).zh == zh


@pytest.mark.parametrize(
    ("fen", "scale", "zh", "en"),
    [
        (25_890_000_000, "wan", "25,890.00万元", "CNY 258.9 million"),
        (21_674_930_000, "wan", "21,674.93万元", "CNY 216.7493 million"),
        (267_600_000_000, "yi", "26.76亿元", "CNY 2,676 million"),
        (100_000_000, "wan", "100.00万元", "CNY 1 million"),
        (0, "wan", "0.00万元", "CNY 0 million"),
        (12_345, "yuan", "123.45元", "CNY 123.45"),
    ],
)
def test_english_says_an_amount_in_millions_exactly_as_the_table_prints_it(fen, scale, zh, en):
    told = wording.said(fen, "fen", scale)
    assert (told.zh, told.en) == (zh, en)
