"""Figures that were published, reproduced from their printed inputs; the files beside name their sources."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from huoshui.kernel.errors import DomainError
from huoshui.statistics import complaints, printed
from huoshui.statistics.complaints import Received
from huoshui.statistics.ranks import Limit, Rule, extremes, marks

FOLDER = Path(__file__).parent / "published"


def told(name: str):
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


AIR = [(table["source"][:14], table["better"], group) for table in told("air") for group in table["groups"]]


class TestAirQualityTable:
    @pytest.mark.parametrize(("source", "better", "group"), AIR)
    def test_ranks_follow_the_published_order_and_the_best_and_worst_two_are_coloured(self, source, better, group):
        values = {name: Decimal(index) for name, index in group["index"].items()}
        values |= dict.fromkeys(group["without_data"])
        found = marks(values, Rule(better))
        order = group["order"]
        assert sorted((row for row in order), key=lambda row: found[row].rank) == order
        assert extremes(found, "green") == order[:2]
        assert extremes(found, "red") == order[:-3:-1]
        assert all(found[row].colour == "" for row in order[2:-2])

    @pytest.mark.parametrize(("source", "better", "group"), AIR)
    def test_districts_without_data_stay_blank_and_take_no_rank(self, source, better, group):
        values = {name: Decimal(index) for name, index in group["index"].items()}
        found = marks(values | dict.fromkeys(group["without_data"]), Rule(better))
        assert all(found[row].rank is None and found[row].colour == "" for row in group["without_data"])

    @pytest.mark.parametrize(("source", "better", "group"), [row for row in AIR if "met" in row[2]])
    def test_by_limits_everybody_who_met_the_target_is_green(self, source, better, group):
        rule = Rule(better, limits=(Limit(Decimal(0), "red"), Limit(Decimal(100), "green")))
        found = marks({name: Decimal(index) for name, index in group["index"].items()}, rule)
        assert [name for name in group["order"] if found[name].colour == "green"] == group["met"]

    def test_an_excluded_row_is_blank_and_the_next_best_moves_up(self):
        group = AIR[2][2]
        values = {name: Decimal(index) for name, index in group["index"].items()}
        found = marks(values, Rule("less"), excluded=["万柏林区"])
        assert found["万柏林区"].rank is None
        assert extremes(found, "green") == ["尖草坪区", "晋源区"]


class TestBranchGrowth:
    @pytest.mark.parametrize("row", told("branch")["figures"], ids=lambda row: row["name"])
    def test_a_printed_growth_agrees_or_differs_only_by_rounding_and_is_said_so(self, row):
        verdict = printed.growth(row["now"], row["increase"], row["pct"])
        assert verdict.agrees == row["agrees"]
        assert str(verdict.computed) == row["computed"]
        assert verdict.low <= Decimal(row["pct"]) <= verdict.high

    @pytest.mark.parametrize(
        ("pct", "agrees"), [("13.56", "no"), ("13.57", "rounding"), ("13.59", "exact"), ("13.61", "no")]
    )
    def test_only_what_rounding_leaves_open_agrees(self, pct, agrees):
        assert printed.growth("400.48", "47.9", pct).agrees == agrees

    def test_a_base_of_nothing_cannot_have_grown(self):
        with pytest.raises(DomainError) as wrong:
            printed.growth("47.9", "47.9", "100.0")
        assert wrong.value.code == "printed_no_base"

    def test_what_is_no_number_is_named(self):
        with pytest.raises(DomainError) as wrong:
            printed.growth("四百亿", "47.9", "13.58")
        assert wrong.value.field == "now"


class TestComplaints:
    def earlier(self, row) -> int:
        """Return the only whole number of the quarter before that gives the printed change."""
        near = round(row["count"] / (1 + float(row["on_before"]) / 100))
        wanted = Decimal(row["on_before"])
        fits = [
            count for count in range(max(near - 3, 1), near + 4)
            if complaints.growth_pct(row["count"], count) == wanted
        ]  # fmt: skip
        assert len(fits) == 1, fits
        return fits[0]

    def made(self, rows):
        return complaints.statistics([Received(row["name"], row["count"], self.earlier(row)) for row in rows])

    @pytest.mark.parametrize("part", ["kinds", "city_banks"])
    def test_shares_and_changes_are_the_printed_ones(self, part):
        rows = told("complaints")[part]
        for line, row in zip(self.made(rows).lines, rows, strict=True):
            assert (line.key, str(line.share), str(line.on_before)) == (row["name"], row["share"], row["on_before"])

    def test_the_total_is_the_printed_one_with_its_change(self):
        published = told("complaints")
        total = self.made(published["kinds"]).total
        assert (total.count, str(total.on_before)) == (published["total"]["count"], published["total"]["on_before"])

    def test_institutions_above_the_average_rate_stand_in_order(self):
        rows = [Received("甲", 10, base=1000), Received("乙", 30, base=1000), Received("丙", 25, base=1000)]
        found = complaints.statistics(rows, per=10_000)
        assert found.above == ("乙", "丙")
        assert found.lines[1].rate == Decimal("300.00")

    def test_a_quarter_before_without_complaints_has_no_change(self):
        line = complaints.statistics([Received("甲", 3, before=0, year_ago=None)]).lines[0]
        assert (line.on_before, line.on_year, line.rate, line.satisfaction) == (None, None, None, None)

    def test_nothing_received_has_no_shares(self):
        found = complaints.statistics([Received("甲", 0)])
        assert found.lines[0].share is None
        assert found.above == ()
