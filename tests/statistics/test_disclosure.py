"""What everybody may see tells nothing of a few firms: checked by trying to work the hidden figures out."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huoshui.kernel.text import Text
from huoshui.statistics import disclosure, issues, measures, tables
from huoshui.statistics.disclosure import HIDDEN, hidden_rows
from huoshui.statistics.figures import Sheet
from huoshui.statistics.places import Row
from huoshui.statistics.spans import public_spans, span_to
from huoshui.statistics.tables import Column, Subject

BOOK = measures.shipped()
SPAN = span_to("year", dt.date(2026, 9, 30))
CODES = ("lent", "lent_amount", "credit_amount", "credit_share", "first_firms")
COUNTS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 30), min_size=1)


class TestHiddenRows:
    @pytest.mark.parametrize(("count", "hidden"), [(0, False), (1, True), (4, True), (5, False)])
    def test_from_one_to_below_the_threshold_is_hidden(self, count, hidden):
        assert ("a" in hidden_rows({"a": count, "b": 50, "c": 60}, threshold=5)) is hidden

    def test_one_hidden_row_takes_the_smallest_other_with_it(self):
        assert hidden_rows({"a": 3, "b": 9, "c": 60}, threshold=5) == {"a", "b"}

    def test_two_ones_are_not_enough_to_hide_each_other(self):
        assert hidden_rows({"a": 1, "b": 1, "c": 9, "d": 60}, threshold=5) == {"a", "b", "c"}

    def test_a_zero_is_hidden_only_when_nothing_else_can_be(self):
        assert hidden_rows({"a": 3, "b": 0}, threshold=5) == {"a", "b"}
        assert "b" not in hidden_rows({"a": 3, "b": 0, "c": 40}, threshold=5)

    @given(COUNTS, st.integers(2, 10))
    def test_no_small_count_can_be_worked_out_from_the_total(self, counts, threshold):
        hidden = hidden_rows(counts, threshold=threshold)
        small = [row for row, count in counts.items() if 0 < count < threshold]
        assert set(small) <= hidden
        rest = sum(counts[row] for row in hidden)
        if small and len(hidden) < len(counts):
            # what is left after taking the shown ones from the total spans two rows and is no small number itself
            assert len(hidden) >= 2
            assert rest >= threshold

    @given(COUNTS, st.integers(2, 10))
    def test_nothing_is_hidden_where_nothing_is_small(self, counts, threshold):
        big = {row: count + threshold if count else 0 for row, count in counts.items()}
        assert hidden_rows(big, threshold=threshold) == set()


def built(amounts: dict[str, tuple[int, int]]):
    cells = {}
    for tally in BOOK.tallies:
        for key, pair in amounts.items():
            cells[tally, 1, SPAN, key, 0] = pair
        cells[tally, 1, SPAN, "", 0] = tuple(map(sum, zip(*amounts.values(), strict=True)))
    sheet = Sheet(BOOK, cells, frozenset((tally, 1, SPAN) for tally in BOOK.tallies))
    subjects = [Subject(key, Text(key, key), Row(key, Text(key, key), (key,))) for key in amounts]
    table = tables.build(sheet, [Column(BOOK.measures[code]) for code in CODES], SPAN, subjects)
    return table, issues.counts(CODES, sheet, SPAN, subjects)


def shown(amounts, threshold=5):
    table, counts = built(amounts)
    return disclosure.protect(table, counts, BOOK.measures, threshold=threshold)


BIG, MIDDLE, SMALL = (40, 9_000_000_00), (9, 700_000_00), (2, 333_333_33)


class TestProtectedTable:
    def test_amounts_and_shares_are_hidden_with_their_count(self):
        line = shown({"a": BIG, "b": MIDDLE, "c": SMALL}).lines[2]
        assert [cell.text for cell in line.cells] == [HIDDEN] * len(CODES)
        assert all(cell.value is None for cell in line.cells)

    def test_the_total_stays(self):
        assert shown({"a": BIG, "b": MIDDLE, "c": SMALL}).total.cells[0].text == "51"

    def test_a_total_that_is_small_itself_is_hidden(self):
        assert shown({"a": SMALL, "b": (1, 1)}).total.cells[0].text == HIDDEN

    def test_a_ratio_is_made_of_the_numbers_as_printed(self):
        table, counts = built({"a": (40, 1_234_56), "b": BIG})
        exact = dict(zip(CODES, table.lines[0].cells, strict=True))
        seen = dict(
            zip(CODES, disclosure.protect(table, counts, BOOK.measures, threshold=5).lines[0].cells, strict=True)
        )
        printed = Decimal(exact["credit_amount"].text) / Decimal(exact["lent_amount"].text) * 100
        assert Decimal(seen["credit_share"].text) == round(printed, 2)

    def test_without_small_cells_nothing_changes_but_ratios(self):
        table, _counts = built({"a": BIG, "b": BIG})
        assert shown({"a": BIG, "b": BIG}).lines[0].cells[0] == table.lines[0].cells[0]


@pytest.mark.parametrize(
    ("on", "last"),
    [
        ("2026-11-21", "2026-09-30"),
        ("2026-10-01", "2026-09-30"),
        ("2026-09-30", "2026-06-30"),
        ("2026-01-15", "2025-12-31"),
    ],
)
def test_only_finished_quarters_are_public(on, last):
    newest, before = public_spans(dt.date.fromisoformat(on))
    assert newest.last.isoformat() == last
    assert (before.last.month, before.last.day) == (12, 31)
    assert before.last.year == newest.last.year - 1
