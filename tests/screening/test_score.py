"""The thin-file score: bands at their limits, gaps, monotone points, reasons, who may see it, how it is trained."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories import firms, people
from huoshui.access.actor import SYSTEM
from huoshui.access.roles import Role
from huoshui.access.row_security import acting
from huoshui.catalogue import actions as catalogue
from huoshui.catalogue import presets
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.screening import queries_score, score
from huoshui.screening.score_features import FEATURES, from_facts, from_invoices
from huoshui.screening.score_training import auc, cut, fit, train
from tests.conftest import REAL_DATA

CARD = score.shipped()
AVERAGE = {"sales": 3_000_000.0, "months": 12.0, "customers": 20.0, "repeat": 70.0}


def sale(
    firm: str, day: str, who: str, total: float, status: str = "valid", direction: str = "sale"
) -> dict[str, object]:
    return {"enterprise": firm, "date": dt.date.fromisoformat(day), "counterparty": who, "total": total,
            "status": status, "direction": direction}  # fmt: skip


class TestTheTable:
    def test_a_limit_belongs_to_the_band_above_it(self):
        bands = next(each for each in CARD.bands if each.feature.code == "sales")
        limit = bands.limits[0]
        assert bands.at(limit) == bands.points[1]
        assert bands.at(limit - 0.01) == bands.points[0]

    def test_points_add_up_to_the_score(self):
        scored = score.assess(AVERAGE, CARD)
        assert scored is not None
        assert scored.points == CARD.base + sum(reason.points for reason in scored.reasons)

    def test_twenty_points_double_the_odds(self):
        assert pytest.approx(20 / np.log(2), abs=0.001) == CARD.factor

    def test_what_is_not_known_adds_nothing_and_is_named(self):
        scored = score.assess(AVERAGE, CARD)
        assert scored is not None
        assert {text.en for text in score.missing_words(scored)} == {"Void invoices", "Returns (negative invoices)"}
        assert all(reason.points == 0 for reason in scored.reasons if reason.missing)

    def test_too_little_known_gives_no_score(self):
        few = dict(list(AVERAGE.items())[: CARD.needed - 1])
        assert score.assess(few, CARD) is None
        assert score.assess({**few, "repeat": float("nan")}, CARD) is None
        assert score.assess({**few, "age_of_owner": 40.0}, CARD) is None, "what is not in the table counts for nothing"

    @given(st.sampled_from([each.code for each in FEATURES]), st.floats(0, 1e9), st.floats(0, 1e9))
    def test_more_of_a_good_thing_never_lowers_the_score(self, code, one, other):
        low, high = sorted((one, other))
        feature = next(each for each in FEATURES if each.code == code)
        scores = [score.assess({**AVERAGE, "void": 1.0, "returned": 1.0, code: value}, CARD) for value in (low, high)]
        points = [each.points for each in scores if each]
        assert points == sorted(points, reverse=not feature.rising)

    def test_the_limit_is_a_share_of_sales_in_whole_wan_and_never_beyond_the_most(self):
        rich = score.assess({**AVERAGE, "sales": 1e9, "customers": 500.0}, CARD)
        assert rich is not None
        assert rich.limit == CARD.limit_most
        small = score.assess({**AVERAGE, "sales": 2_000_000.0, "customers": 500.0}, CARD)
        assert small is not None
        assert small.limit is not None
        assert small.limit == int(Decimal("2000000") * small.grade.share / 10_000) * 1_000_000
        unknown = score.assess({"months": 12.0, "customers": 9.0, "repeat": 50.0}, CARD)
        assert unknown is not None
        assert unknown.limit is None

    def test_the_worst_grade_suggests_nothing(self):
        worst = score.assess({"sales": 0.0, "months": 0.0, "customers": 0.0, "repeat": 0.0, "void": 90.0}, CARD)
        assert worst is not None
        assert (worst.grade.code, worst.limit, worst.grade.rate_low) == ("D", 0, None)

    @pytest.mark.parametrize(
        "broken",
        [
            {"feature": "sales", "limits": [1.0], "points": [1]},
            {"feature": "sales", "limits": [2.0, 1.0], "points": [1, 2, 3]},
            {"feature": "sales", "limits": [1.0], "points": [5, 1]},
            {"feature": "void", "limits": [1.0], "points": [1, 5]},
        ],
    )
    def test_a_table_that_is_broken_or_not_monotone_is_refused(self, broken):
        told = json.loads(score._DATA.read_text(encoding="utf-8"))
        with pytest.raises(ValueError, match=broken["feature"]):
            score.read({**told, "bands": [broken]})

    def test_no_feature_is_a_personal_trait(self):
        assert {each.code for each in FEATURES} == {"sales", "months", "customers", "repeat", "void", "returned"}


class TestFeatures:
    def test_invoices_become_figures(self):
        rows = [
            sale("E1", "2019-02-03", "A", 100.0),
            sale("E1", "2019-03-03", "A", 100.0),
            sale("E1", "2019-03-04", "B", 200.0),
            sale("E1", "2019-03-05", "B", -50.0),
            sale("E1", "2019-03-06", "C", 999.0, status="void"),
            sale("E1", "2018-12-31", "D", 999.0),  # the day before the window
            sale("E1", "2019-05-01", "D", 999.0, direction="purchase"),
            sale("E2", "2018-01-01", "A", 10.0),
        ]
        made = from_invoices(pl.LazyFrame(rows), last=dt.date(2019, 12, 31)).to_dicts()
        assert made[0] == {"enterprise": "E1", "sales": 350.0, "months": 2, "customers": 2,
                           "repeat": pytest.approx(100 * 200 / 350), "void": 20.0, "returned": 25.0}  # fmt: skip
        assert made[1] == {"enterprise": "E2", "sales": 0.0, "months": 0, "customers": 0, "repeat": None, "void": None,
                           "returned": None}  # fmt: skip

    def test_no_invoices_are_no_firms(self):
        empty = pl.LazyFrame(schema={"enterprise": pl.String, "date": pl.Date, "counterparty": pl.String,
                                     "total": pl.Float64, "status": pl.String, "direction": pl.String})  # fmt: skip
        assert from_invoices(empty, last=dt.date(2019, 12, 31)).height == 0

    def test_facts_of_the_register_become_the_same_figures(self):
        told = {
            "invoice_amount_12m": 12_345_678,
            "invoice_months": 11,
            "repeat_customer_rate": Decimal("62.5"),
            "employees": 9,
        }
        assert from_facts(told) == {"sales": 123456.78, "months": 11.0, "repeat": 62.5}

    def test_the_real_invoices_can_be_read(self):
        path = REAL_DATA / "loans" / "cumcm2020c_invoices.parquet"
        if not path.exists():
            pytest.skip("the real data folder is missing")
        made = from_invoices(pl.scan_parquet(path), last=dt.date(2019, 12, 31))
        assert made.height == 425
        assert made["months"].max() == 12
        assert made["repeat"].drop_nulls().is_between(-1e-9, 100 + 1e-9).all()


class TestTraining:
    def test_bands_move_one_way_and_equal_ones_are_joined(self):
        rng = np.random.default_rng(3)
        values = rng.normal(size=400)
        bad = rng.random(400) < 1 / (1 + np.exp(2 + values))
        made = cut(values, bad, less_risk=True, bands=8)
        assert list(made.evidence) == sorted(made.evidence, reverse=True)
        assert len(set(made.evidence)) == len(made.evidence) == len(made.limits) + 1

    def test_a_feature_that_goes_against_its_direction_says_nothing(self):
        values = np.arange(100.0)
        made = cut(values, values > 50, less_risk=True, bands=3)
        assert made.limits == ()

    def test_gaps_say_nothing(self):
        made = cut(np.array([1.0, 2.0, np.nan, 3.0]), np.array([True, False, True, False]), less_risk=True, bands=2)
        assert made.of(np.array([np.nan]))[0] == 0

    def test_no_weight_turns_a_feature_round(self):
        rng = np.random.default_rng(5)
        columns = rng.normal(size=(300, 3))
        weights, _intercept = fit(columns, columns[:, 0] - columns[:, 1] + rng.normal(size=300) > 0)
        assert weights[0] > 0
        assert weights[1] == 0

    def test_a_clear_sample_is_learnt(self):
        rng = np.random.default_rng(9)
        features = rng.normal(size=(500, 2))
        bad = features[:, 0] + 0.3 * rng.normal(size=500) < -0.8
        model = train(features, bad, [True, True])
        assert auc(model.risk(features), bad) > 0.9
        assert model.risk(features).mean() == pytest.approx(bad.mean(), abs=0.05)

    @pytest.mark.parametrize(
        ("risk", "expected"), [([0.1, 0.2, 0.9], 1.0), ([0.9, 0.8, 0.1], 0.0), ([0.5, 0.5, 0.5], 0.5)]
    )
    def test_auc_is_the_share_of_pairs_in_order(self, risk, expected):
        assert auc(np.array(risk), np.array([False, False, True])) == expected


@pytest.mark.django_db
class TestWhoSees:
    @pytest.fixture
    def firm(self):
        with acting(SYSTEM):
            presets.install(SYSTEM)
            made = firms.firm()
            firms.sheet(
                made, "tax", clock.today(), invoice_amount_12m=300_000_000, invoice_months=12, invoice_customers=40
            )
            firms.sheet(made, "trading", clock.today(), repeat_customer_rate="70")
        return made

    def test_officers_may_consult_it_and_it_is_recorded(self, firm):
        officer = people.staff(Role.TASKFORCE_OFFICER)
        with acting(officer):
            scored = queries_score.assessment(officer, firm.pk)
        assert scored is not None
        assert scored.grade.code in "ABCD"

    def test_banks_see_none_until_the_city_turns_it_on_and_then_only_by_consent(self, firm):
        manager = people.staff(Role.ACCOUNT_MANAGER)
        with acting(manager), pytest.raises(DomainError) as caught:
            queries_score.assessment(manager, firm.pk)
        assert caught.value.code == "not_permitted"
        office = people.staff(Role.OFFICE)
        with acting(SYSTEM):
            catalogue.set_parameter(
                office, path="score.shown_to_banks", value="on", valid_from=clock.today(), document_no="1号"
            )
        with acting(manager):
            assert queries_score.assessment(manager, firm.pk) is None, "the firm has agreed to nothing"

    def test_a_visitor_from_the_street_sees_none(self, firm):
        assert not queries_score.shown_to(people.owner())
