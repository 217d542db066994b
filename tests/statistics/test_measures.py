"""Definitions: they hold together, change only at a month's border, and say nothing where there is no base."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest

from huoshui.kernel.errors import Refused
from huoshui.kernel.text import Text
from huoshui.statistics import measures, places
from huoshui.statistics.figures import Sheet
from huoshui.statistics.measures import Measure, Take
from huoshui.statistics.spans import span_to

SHARE = Measure("share", Text("占比", "share"), "pct", "g", Take("a", "count"), Take("b", "count"), Fraction(100))


class TestShippedDefinitions:
    def test_every_measure_names_a_tally_and_both_languages(self):
        book = measures.shipped()
        for measure in book.measures.values():
            assert measure.name.zh
            assert measure.name.en
            assert all(take.tally in book.tallies for take in measure.takes)

    def test_every_tally_has_words_and_a_source(self):
        for versions in measures.shipped().tallies.values():
            assert all(each.words.zh and each.words.en and each.source for each in versions)

    def test_the_funnel_has_the_columns_that_every_report_needs(self):
        needed = {
            *("visited", "with_need", "declared", "recommended", "granted", "granted_amount", "lent", "lent_amount"),
            *("credit_share", "first_firms", "first_amount", "average_rate", "balance_npr"),
        }
        assert needed <= measures.shipped().measures.keys()

    def test_every_measure_stands_under_a_heading(self):
        known = {code for code, _name in measures.groups()}
        assert {measure.group for measure in measures.shipped().measures.values()} <= known


class TestVersions:
    def row(self, **changes):
        words = {"zh": "口径", "en": "definition"}
        return {"code": "visits", "base": "visits", "parts": [{"moment": "visited_on"}], "words": words} | changes

    def test_a_later_version_holds_from_its_day_and_not_the_day_before(self):
        later = measures.tally_of(self.row(version=2, valid_from="2026-07-01"))
        book = measures.shipped().with_versions([later])
        assert book.tally("visits", dt.date(2026, 6, 30)).version == 1
        assert book.tally("visits", dt.date(2026, 7, 1)).version == 2

    @pytest.mark.parametrize("since", ["2026-07-02", "2026-06-30"])
    def test_a_version_begins_on_a_months_first_day(self, since):
        with pytest.raises(Refused) as refused:
            measures.tally_of(self.row(valid_from=since))
        assert refused.value.field == "valid_from"

    def test_an_unknown_base_is_named(self):
        with pytest.raises(Refused) as refused:
            measures.tally_of(self.row(base="rumours"))
        assert refused.value.value == "rumours"


class TestFigures:
    @pytest.mark.parametrize(
        ("top", "base", "figure"),
        [(1, 3, "33.33"), (2, 3, "66.67"), (1, 8, "12.50"), (0, 5, "0.00"), (1, 0, None), (0, 0, None)],
    )
    def test_a_ratio_is_rounded_half_up_and_has_none_over_nothing(self, top, base, figure):
        found = measures.value(SHARE, {SHARE.top: top, SHARE.by: base})
        assert found == (Decimal(figure) if figure else None)

    def test_what_was_never_counted_is_unknown_and_not_nothing(self):
        assert measures.value(SHARE, {SHARE.top: None, SHARE.by: 3}) is None

    def test_a_ratio_grows_in_points_and_an_amount_in_percent(self):
        amount = Measure("n", Text("数", "n"), "firms", "g", Take("a", "count"))
        assert measures.growth(SHARE, Decimal("12.50"), Decimal("10.00")) == Decimal("2.50")
        assert measures.growth(amount, 125, 100) == Decimal("25.00")

    @pytest.mark.parametrize("then", [0, None])
    def test_nothing_grows_from_a_base_of_nothing(self, then):
        amount = Measure("n", Text("数", "n"), "firms", "g", Take("a", "count"))
        assert measures.growth(amount, 125, then) is None

    def test_a_counted_cell_without_rows_is_zero_and_an_uncounted_one_unknown(self):
        month, before = span_to("month", dt.date(2026, 10, 31)), span_to("month", dt.date(2026, 9, 30))
        visited = measures.shipped().measures["visited"]
        sheet = Sheet(measures.shipped(), {}, frozenset({("visits", 1, month)}))
        assert sheet.figure(visited, month) == 0
        assert sheet.figure(visited, before) is None

    def test_what_a_figure_is_compared_with_is_counted_by_its_own_definition(self):
        rows = TestVersions().row(version=2, valid_from="2026-07-01")
        book = measures.shipped().with_versions([measures.tally_of(rows)])
        now, then = span_to("month", dt.date(2026, 10, 31)), span_to("month", dt.date(2025, 10, 31))
        cells = {("visits", 1, then, "", 0): (9, 0), ("visits", 2, then, "", 0): (4, 0)}
        sheet = Sheet(book, cells, frozenset({("visits", 1, then), ("visits", 2, then)}))
        visited = book.measures["visited"]
        assert sheet.figure(visited, then) == 9
        assert sheet.figure(visited, then, defined=now) == 4


OLD = places.District("1", Text("旧区", "Old"), until=dt.date(2026, 5, 31), gone=True)
EAST = places.District("2", Text("东区", "East"), since=dt.date(2026, 6, 1))
WEST = places.District("3", Text("西区", "West"), since=dt.date(2026, 6, 1))
CALM = places.District("4", Text("静区", "Calm"))


class TestDistrictsThatChange:
    def rows(self, *known, start="2026-01-01", last="2026-10-31"):
        return places.table_rows(known, start=dt.date.fromisoformat(start), last=dt.date.fromisoformat(last))

    def test_a_district_split_in_mid_year_keeps_its_own_row_and_its_parts_say_so(self):
        found = self.rows(OLD, EAST, WEST, CALM)
        assert [(row.code, bool(row.note)) for row in found] == [("1", True), ("2", True), ("3", True), ("4", False)]
        assert "2026-05-31" in found[0].note.zh

    def test_the_parts_have_no_earlier_figure_to_grow_from(self):
        east = next(row for row in self.rows(OLD, EAST) if row.code == "2")
        assert not east.comparable(dt.date(2025, 1, 1))
        assert east.comparable(dt.date(2026, 6, 1))

    def test_after_the_year_the_split_district_is_gone(self):
        assert [row.code for row in self.rows(OLD, EAST, start="2027-01-01", last="2027-01-31")] == ["2"]

    def test_before_the_split_the_parts_are_not_there(self):
        assert [row.code for row in self.rows(OLD, EAST, WEST, start="2026-05-01", last="2026-05-31")] == ["1"]

    def test_a_district_that_went_whole_to_one_other_counts_with_it(self):
        joined = places.District("0", Text("并区", "Joined"), until=dt.date(2026, 5, 31), heir="4", gone=True)
        assert [(row.code, row.codes) for row in self.rows(joined, CALM)] == [("4", ("4", "0"))]

    def test_heirs_in_a_circle_do_not_hang(self):
        ring = [places.District("8", Text("甲", "A"), heir="9"), places.District("9", Text("乙", "B"), heir="8")]
        assert len(self.rows(*ring)) <= 2
