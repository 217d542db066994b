"""Options, near misses, advice and schemes: thresholds, words, order, and a brute-force twin."""

from __future__ import annotations

import datetime as dt
import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factories.matching import atom, demo_offers, demo_programmes, offer, programme
from huoshui.financing.cost import price
from huoshui.financing.matching import LASTING, Ask, match
from huoshui.kernel.money import Fen
from huoshui.kernel.text import Text
from huoshui.rules.firm import Verdict
from huoshui.rules.tree import All, Any_, Atom, Not

ON = dt.date(2026, 11, 21)
ASK = Ask(Fen(50_000_000), 12, "working_capital", ("credit",), "140105")
HONEST = {"dishonest": False}


def found(offers, *, facts=HONEST, ask=ASK, programmes=(), **more):
    return match(offers, programmes, facts, ask, ON, **more)


def ask(**changes) -> Ask:
    base = {
        "amount": Fen(50_000_000),
        "term_months": 12,
        "purpose": "working_capital",
        "collateral": (),
        "district": "",
    }
    return Ask(**(base | changes))


def codes(options) -> list[str]:
    return [one.offer.code for one in options]


class TestOptions:
    def test_a_firm_that_qualifies_gets_the_offer_with_the_reason(self):
        [option] = found([offer()]).options
        assert [why.zh for why in option.why] == ["无失信被执行人"]
        assert (option.amount_possible, option.covers_ask) == (50_000_000, True)

    def test_a_reason_shows_the_value_that_was_read(self):
        [option] = found([offer(atom("tax_grade", "in", ["A", "B"]))], facts={"tax_grade": "A"}).options
        assert "实际" in option.why[0].zh
        assert "A" in option.why[0].en

    def test_a_condition_that_was_turned_round_is_told_as_such(self):
        [option] = found([offer({"not": atom("status", "=", "closed")})], facts={"status": "active"}).options
        assert option.why[0].zh.startswith("不属于：")

    def test_a_flag_under_not_is_told_the_other_way_round(self):
        [option] = found([offer({"not": atom("dishonest", "=", True)})]).options
        assert option.why[0].zh == "无失信被执行人"

    def test_a_missing_fact_never_counts_as_a_pass(self):
        assert found([offer()], facts={}).options == ()

    def test_the_cheapest_after_subsidy_comes_first(self):
        cheap, dear = offer(rate_pct=Decimal("3.45")), offer(rate_pct=Decimal("4.35"))
        assert codes(found([dear, cheap]).options) == [cheap.code, dear.code]

    def test_a_fee_can_turn_the_order(self):
        cheap = offer(rate_pct=Decimal("3.45"), fees=(fee("1"),))
        plain = offer(rate_pct=Decimal("3.95"))
        assert codes(found([cheap, plain]).options) == [plain.code, cheap.code]

    def test_equal_cost_is_ordered_by_the_larger_amount_then_by_code(self):
        small, late, large = offer(amount_max=Fen(20_000_000)), offer(code="Z"), offer(code="Y")
        assert codes(found([small, late, large]).options) == ["Y", "Z", small.code]

    @pytest.mark.parametrize(("top", "covers"), [(49_999_999, False), (50_000_000, True), (50_000_001, True)])
    def test_an_offer_may_cover_a_part_of_the_request(self, top, covers):
        [option] = found([offer(amount_max=Fen(top))]).options
        assert (option.amount_possible, option.covers_ask) == (min(top, 50_000_000), covers)

    @pytest.mark.parametrize(
        ("districts", "served"), [((), True), (("140105",), True), (("1401",), True), (("140106",), False)]
    )
    def test_an_offer_of_another_district_is_left_out(self, districts, served):
        matches = found([offer(districts=districts)])
        assert bool(matches.options) == served
        assert matches.near == ()

    @pytest.mark.parametrize(
        ("offered", "has", "taken"),
        [
            (("credit", "mortgage"), (), "credit"),
            (("mortgage", "guarantee"), (), "guarantee"),
            (("mortgage", "guarantee"), ("mortgage",), "mortgage"),
            (("pledge",), ("pledge",), "pledge"),
        ],
    )
    def test_the_first_security_the_firm_has_is_taken(self, offered, has, taken):
        [option] = found([offer(collateral=offered)], ask=ask(collateral=has)).options
        assert option.cost.collateral == taken

    def test_the_fee_of_a_guarantee_not_taken_does_not_count(self):
        bound = fee("0.8", security="guarantee")
        taken = found([offer(collateral=("mortgage", "guarantee"), fees=(bound,))], ask=ask(collateral=("mortgage",)))
        needed = found([offer(collateral=("mortgage", "guarantee"), fees=(bound,))], ask=ask())
        assert (taken.options[0].cost.fees, needed.options[0].cost.fees > 0) == (0, True)


def fee(pct: str, *, security: str = ""):
    from huoshui.catalogue.offers import Fee

    return Fee(Text("费", "fee"), "firm", "guarantor", "yearly", pct=Decimal(pct), security=security)


class TestThresholds:
    @pytest.mark.parametrize(("paid", "fits"), [(1_999_999, False), (2_000_000, True), (2_000_001, True)])
    def test_at_least(self, paid, fits):
        facts = {"tax_paid_last_year": paid}
        assert bool(found([offer(atom("tax_paid_last_year", ">=", "20000.00"))], facts=facts).options) == fits

    @pytest.mark.parametrize(("days", "fits"), [(29, True), (30, True), (31, False)])
    def test_at_most(self, days, fits):
        assert (
            bool(found([offer(atom("max_overdue_days", "<=", 30))], facts={"max_overdue_days": days}).options) == fits
        )

    @pytest.mark.parametrize(
        ("founded", "fits"),
        [(dt.date(2024, 11, 21), True), (dt.date(2024, 11, 22), False), (dt.date(2024, 11, 20), True)],
    )
    def test_months_in_business(self, founded, fits):
        facts = {"established_on": founded}
        assert bool(found([offer(atom("established_on", "months_since>=", 24))], facts=facts).options) == fits

    @pytest.mark.parametrize(("months", "fits"), [(2, False), (3, True), (24, True), (25, False)])
    def test_the_term_must_lie_in_the_range(self, months, fits):
        assert bool(found([offer()], ask=ask(term_months=months)).options) == fits

    @pytest.mark.parametrize(("amount", "fits"), [(999_999, False), (1_000_000, True)])
    def test_the_amount_must_reach_the_least(self, amount, fits):
        assert bool(found([offer()], ask=ask(amount=Fen(amount))).options) == fits


class TestNear:
    def test_a_single_failing_fact_is_named_with_its_remedy(self):
        [near] = found([offer(atom("tax_grade", "in", ["A", "B"]))], facts={"tax_grade": "C"}).near
        assert near.missing == ()
        assert "A、B" in near.failing[0].zh
        assert "纳税信用修复" in near.remedy.zh

    def test_a_single_missing_fact_is_named(self):
        [near] = found([offer(atom("premises_registered", "=", True))], facts={}).near
        assert near.failing == ()
        assert near.missing[0].zh.startswith("补充“")
        assert near.steps[0].missing

    def test_the_repair_table_speaks_before_the_dictionary(self):
        remedies = {"tax_grade": Text("去办税厅", "go to the tax hall")}
        [near] = found([offer(atom("tax_grade", "=", "A"))], facts={"tax_grade": "C"}, remedies=remedies).near
        assert near.remedy.en == "go to the tax hall"

    def test_a_failing_condition_under_not_is_asked_the_other_way_round(self):
        [near] = found([offer({"not": atom("dishonest", "=", True)})], facts={"dishonest": True}).near
        assert near.failing[0].zh == "无失信被执行人"
        [near] = found([offer({"not": atom("status", "=", "closed")})], facts={"status": "closed"}).near
        assert near.failing[0].zh.startswith("不属于")

    def test_two_obstacles_are_not_near(self):
        both = {"all": [atom("tax_grade", "=", "A"), atom("invoice_months", ">=", 12)]}
        assert found([offer(both)], facts={"tax_grade": "C", "invoice_months": 3}).near == ()

    def test_one_failing_and_one_missing_are_not_near(self):
        both = {"all": [atom("tax_grade", "=", "A"), atom("invoice_months", ">=", 12)]}
        assert found([offer(both)], facts={"tax_grade": "C"}).near == ()

    def test_alternatives_are_all_shown(self):
        either = {"any": [atom("labels", "has", "高新技术"), atom("patents_valid", ">=", 1)]}
        [near] = found([offer(either)], facts={"labels": frozenset(), "patents_valid": 0}).near
        assert {step.subject for step in near.steps} == {"labels", "patents_valid"}

    @pytest.mark.parametrize(
        ("criteria", "facts"),
        [
            (atom("kind", "=", "individual_business"), {"kind": "company"}),
            (atom("industry_code", "starts_with", "A"), {"industry_code": "C3393"}),
            (atom("district_code", "starts_with", "140121"), {"district_code": "140105"}),
            (atom("established_on", "months_since<=", 36), {"established_on": dt.date(2000, 1, 1)}),
            (atom("size_class", "in", ["micro", "small"]), {"size_class": "large"}),
        ],
    )
    def test_what_no_firm_can_change_is_not_near(self, criteria, facts):
        assert found([offer(criteria)], facts=facts).near == ()

    @pytest.mark.parametrize("code", sorted(LASTING))
    def test_a_lasting_fact_that_is_missing_can_be_supplied(self, code):
        [near] = found([offer(atom(code, "known"))], facts={}).near or [None]
        assert near.steps[0].subject == code

    @pytest.mark.parametrize(
        ("changes", "subject"),
        [
            ({"amount": Fen(999_999)}, "amount"),
            ({"term_months": 2}, "term_short"),
            ({"term_months": 25}, "term_long"),
        ],
    )
    def test_one_term_of_the_request_is_near(self, changes, subject):
        [near] = found([offer()], ask=ask(**changes)).near
        assert near.steps[0].subject == subject
        assert near.remedy is not None

    def test_a_security_the_firm_has_not_named_is_near(self):
        [near] = found([offer(collateral=("mortgage", "pledge"))], ask=ask()).near
        assert (near.steps[0].subject, near.failing[0].zh) == ("collateral", "提供抵押或质押")

    def test_two_terms_of_the_request_are_not_near(self):
        assert found([offer()], ask=ask(amount=Fen(1), term_months=36)).near == ()

    def test_a_term_and_a_fact_are_not_near(self):
        assert found([offer()], facts={"dishonest": True}, ask=ask(term_months=36)).near == ()

    def test_near_misses_come_by_rate(self):
        dear, cheap = offer(rate_pct=Decimal("5")), offer(rate_pct=Decimal("3"))
        assert codes(found([dear, cheap], facts={}).near) == [cheap.code, dear.code]


class TestAdvice:
    def test_a_better_grade_opens_every_offer_that_takes_it(self):
        offers = [offer(atom("tax_grade", "in", grades)) for grades in (["A", "B"], ["A", "B", "M"], ["A"])]
        [advice] = found(offers, facts={"tax_grade": "C"}).groups
        assert advice.count == 3
        assert "达到 A" in advice.words.zh

    def test_the_grade_that_opens_most_and_is_easiest_is_advised(self):
        offers = [offer(atom("tax_grade", "in", ["A", "B"])) for _ in range(7)]
        [advice] = found(offers, facts={"tax_grade": "C"}).groups
        assert advice.words.zh.endswith("可再打开 7 个产品")
        assert "达到 B" in advice.words.zh

    def test_the_highest_threshold_opens_all_below_it(self):
        offers = [offer(atom("invoice_months", ">=", months)) for months in (6, 9, 12)]
        [advice] = found(offers, facts={"invoice_months": 3}).groups
        assert (advice.count, "12" in advice.words.zh) == (3, True)

    def test_the_lowest_ceiling_opens_all_above_it(self):
        offers = [offer(atom("max_overdue_days", "<=", days)) for days in (30, 60)]
        [advice] = found(offers, facts={"max_overdue_days": 90}).groups
        assert (advice.count, "30" in advice.words.zh) == (2, True)

    def test_missing_and_failing_are_told_apart(self):
        offers = [offer(atom("tax_grade", "=", "A")), offer(atom("premises_registered", "=", True))]
        groups = found(offers, facts={"tax_grade": "C"}).groups
        assert {(group.subject, group.missing) for group in groups} == {
            ("tax_grade", False),
            ("premises_registered", True),
        }

    def test_what_opens_most_comes_first(self):
        offers = [offer(atom("premises_registered", "=", True))] + [
            offer(atom("tax_grade", "=", "A")) for _ in range(2)
        ]
        groups = found(offers, facts={"tax_grade": "C"}).groups
        assert [group.count for group in groups] == [2, 1]

    def test_different_labels_are_different_improvements(self):
        offers = [offer(atom("labels", "has", label)) for label in ("高新技术", "专精特新")]
        assert len(found(offers, facts={"labels": frozenset()}).groups) == 2

    def test_the_request_itself_is_advised_on(self):
        offers = [
            offer(term_max_months=12),
            offer(term_max_months=24),
            offer(collateral=("mortgage",), term_max_months=60),
        ]
        groups = found(offers, ask=ask(term_months=36)).groups
        [shorter] = [group for group in groups if group.subject == "term_long"]
        assert (shorter.count, "12" in shorter.words.zh) == (2, True)


class TestSchemes:
    half = {"fraction": "0.5", "points_pct": None, "basis": 360, "months": 12, "purposes": [], "collateral": []}

    def test_a_subsidy_the_firm_fits_lowers_the_cost_after(self):
        matches = found([offer()], programmes=[programme("subsidy", **self.half)])
        [option] = matches.options
        assert option.cost.rate_after_pct < option.cost.rate_before_pct
        assert [each.grant.code for each in option.cost.subsidised] == [matches.schemes[0].code]

    @pytest.mark.parametrize(("facts", "verdict"), [({"dishonest": False}, Verdict.UNKNOWN)])
    def test_a_subsidy_that_is_not_known_to_fit_is_shown_but_not_counted(self, facts, verdict):
        scheme = programme("subsidy", criteria=atom("wage_arrears", "=", False), **self.half)
        matches = found([offer()], facts=facts, programmes=[scheme])
        assert matches.options[0].cost.subsidy == 0
        assert (matches.schemes[0].verdict, matches.schemes[0].steps[0].subject) == (verdict, "wage_arrears")

    def test_a_scheme_one_step_away_is_shown_with_the_step(self):
        scheme = programme("bridge", criteria=atom("tax_paid_last_year", ">=", "100000.00"), max_days=20)
        [fit] = found([], facts={"tax_paid_last_year": 9_999_999}, programmes=[scheme]).schemes
        assert (fit.verdict, fit.steps[0].subject) == (Verdict.NO, "tax_paid_last_year")

    @pytest.mark.parametrize(("paid", "verdict"), [(9_999_999, Verdict.NO), (10_000_000, Verdict.YES)])
    def test_the_bridge_fund_asks_for_taxes_of_a_hundred_thousand(self, paid, verdict):
        facts = {"district_code": "140105", "tax_paid_last_year": paid, "dishonest": False, "abnormal_operation": False}
        schemes = found([], facts=facts, programmes=demo_programmes()).schemes
        assert {fit.code: fit.verdict for fit in schemes}["BRIDGE-TY"] == verdict

    def test_a_scheme_two_steps_away_is_left_out(self):
        both = {"all": [atom("dishonest", "=", False), atom("wage_arrears", "=", False)]}
        scheme = programme("bridge", criteria=both, max_days=20)
        assert found([], facts={"dishonest": True, "wage_arrears": True}, programmes=[scheme]).schemes == ()

    @pytest.mark.parametrize(("purpose", "applies"), [("renewal", True), ("equipment", False)])
    def test_a_scheme_for_another_use_is_shown_but_does_not_apply(self, purpose, applies):
        scheme = programme("subsidy", **(self.half | {"purposes": ["renewal"]}))
        matches = found([offer()], ask=ask(purpose=purpose), programmes=[scheme])
        assert matches.schemes[0].applies == applies
        assert bool(matches.options[0].cost.subsidy) == applies

    @pytest.mark.parametrize(("collateral", "subsidised"), [(("guarantee",), True), (("credit",), False)])
    def test_a_subsidy_bound_to_a_security_counts_only_with_it(self, collateral, subsidised):
        scheme = programme("subsidy", **(self.half | {"collateral": ["guarantee"]}))
        [option] = found([offer(collateral=collateral)], programmes=[scheme]).options
        assert bool(option.cost.subsidy) == subsidised

    def test_a_preferential_programme_lowers_the_rate_of_its_products_only(self):
        named, other = offer(code="NAMED"), offer(code="OTHER")
        scheme = programme("preferential", products=["NAMED"], discount_bp=30)
        options = found([named, other], programmes=[scheme]).options
        assert {one.offer.code: one.cost.contract_rate_pct for one in options} == {
            "NAMED": Decimal("3.70"),
            "OTHER": Decimal("4.00"),
        }

    def test_a_guarantors_product_is_a_scheme_and_not_an_option(self):
        matches = found([offer(kind="guarantee", rate_pct=Decimal("0.80"))])
        assert matches.options == ()
        assert (matches.schemes[0].kind, "0.80%" in matches.schemes[0].benefit.zh) == ("guarantee", True)

    def test_what_fits_and_applies_comes_first(self):
        later = programme("subsidy", code="A", **(self.half | {"purposes": ["renewal"]}))
        unknown = programme("subsidy", code="B", criteria=atom("wage_arrears", "=", False), **self.half)
        now = programme("bridge", code="C", max_days=20)
        assert [fit.code for fit in found([], programmes=[later, unknown, now]).schemes] == ["C", "A", "B"]

    @pytest.mark.parametrize("scheme", demo_programmes(), ids=lambda scheme: scheme.code)
    def test_every_preset_says_what_it_gives(self, scheme):
        from huoshui.catalogue.schemes import benefit

        said = benefit(scheme.kind, scheme.terms)
        assert said.zh
        assert said.en


# a brute-force twin: its own evaluator, its own counting

FACTS = {
    "tax_grade": st.sampled_from(["A", "B", "C", "D", "M"]),
    "invoice_months": st.integers(0, 14),
    "dishonest": st.booleans(),
    "tax_paid_last_year": st.integers(0, 4_000_000),
    "labels": st.frozensets(st.sampled_from(["高新技术", "绿色"])),
    "kind": st.sampled_from(["company", "individual_business"]),
}
ATOMS = st.sampled_from(
    [
        atom("tax_grade", "in", ["A", "B"]),
        atom("tax_grade", "in", ["A", "B", "M"]),
        atom("tax_grade", "=", "A"),
        atom("invoice_months", ">=", 6),
        atom("invoice_months", ">=", 12),
        atom("invoice_months", "<=", 3),
        atom("dishonest", "=", False),
        atom("tax_paid_last_year", ">=", "20000.00"),
        atom("labels", "has", "高新技术"),
        atom("kind", "=", "company"),
        atom("invoice_months", "known"),
    ]
)
TREES = st.recursive(
    ATOMS,
    lambda below: st.one_of(
        st.lists(below, min_size=1, max_size=4).map(lambda children: {"all": children}),
        st.lists(below, min_size=1, max_size=3).map(lambda children: {"any": children}),
        below.map(lambda child: {"not": child}),
    ),
    max_leaves=7,
)
OFFERS = st.lists(
    st.builds(
        lambda tree, top, longest, security, rate: offer(
            tree, amount_max=Fen(top), term_max_months=longest, collateral=security, rate_pct=Decimal(rate) / 100
        ),
        TREES,
        st.sampled_from([20_000_000, 300_000_000]),
        st.sampled_from([6, 12, 24]),
        st.sampled_from([("credit",), ("mortgage",), ("mortgage", "guarantee")]),
        st.integers(300, 500),
    ),
    max_size=6,
)
FIRMS = st.fixed_dictionaries({}, optional=FACTS)
ASKS = st.builds(
    lambda amount, months, has: ask(amount=Fen(amount), term_months=months, collateral=has),
    st.sampled_from([500_000, 1_000_000, 50_000_000]),
    st.sampled_from([2, 6, 12, 13]),
    st.sampled_from([(), ("mortgage",)]),
)


def plain(node, facts, turned=None):
    """True, False or None of a tree; *turned*: (atom, verdict) taken instead of what the facts say."""
    if isinstance(node, Not):
        below = plain(node.child, facts, turned)
        return None if below is None else not below
    if isinstance(node, All | Any_):
        below = [plain(child, facts, turned) for child in node.children]
        decided = isinstance(node, Any_)
        if decided in below:
            return decided
        return None if None in below else not decided
    if turned and turned[0] == node:
        return turned[1]
    return plain_atom(node, facts.get(node.fact.code))


def plain_atom(node: Atom, value):
    if node.op == "known":
        return value is not None
    if value is None:
        return None
    return {
        "in": lambda: value in node.value,
        "=": lambda: value == node.value,
        ">=": lambda: value >= node.value,
        "<=": lambda: value <= node.value,
        "has": lambda: node.value in value,
    }[node.op]()


def leaves(node):
    if isinstance(node, Atom):
        return [node]
    return [leaf for child in getattr(node, "children", None) or [node.child] for leaf in leaves(child)]


def wrongs_of_request(one, request) -> int:
    usable = {"credit", "guarantee", *request.collateral}
    return (
        (request.amount < one.amount_min)
        + (not one.term_min_months <= request.term_months <= one.term_max_months)
        + (not usable & set(one.collateral))
    )


def opens(one, facts) -> bool:
    """Whether one atom alone, other than one no firm can change, turns the tree."""
    for leaf in leaves(one.criteria):
        now = plain_atom(leaf, facts.get(leaf.fact.code))
        value = facts.get(leaf.fact.code)
        if now is not None and value is not None and (leaf.fact.code in LASTING or leaf.op == "known"):
            continue
        wishes = (True, False) if now is None else (not now,)
        if any(plain(one.criteria, facts, (leaf, wish)) is True for wish in wishes):
            return True
    return False


@settings(max_examples=250, deadline=None)
@given(OFFERS, FIRMS, ASKS)
def test_matching_equals_the_brute_force_twin(offers, facts, request):
    matches = found(offers, facts=facts, ask=request)
    options = {
        one.code for one in offers if plain(one.criteria, facts) is True and wrongs_of_request(one, request) == 0
    }
    near = {
        one.code
        for one in offers
        if (plain(one.criteria, facts) is True and wrongs_of_request(one, request) == 1)
        or (plain(one.criteria, facts) is not True and wrongs_of_request(one, request) == 0 and opens(one, facts))
    }
    assert set(codes(matches.options)) == options
    assert set(codes(matches.near)) == near


@settings(max_examples=100, deadline=None)
@given(OFFERS, FIRMS, ASKS)
def test_options_are_in_the_order_of_their_cost(offers, facts, request):
    options = found(offers, facts=facts, ask=request).options
    keys = []
    for one in options:
        alone = price(
            one.amount_possible,
            rate_pct=one.offer.rate_pct,
            method=one.offer.methods[0],
            months=request.term_months,
            start=ON,
            collateral=one.cost.collateral,
            fees=one.offer.fees,
        )
        assert alone == one.cost
        keys.append((alone.rate_after_pct, -one.amount_possible, one.offer.code))
    assert keys == sorted(keys)


@settings(max_examples=150, deadline=None)
@given(OFFERS, FIRMS, ASKS)
def test_following_an_advice_opens_what_it_promises(offers, facts, request):
    for one in found(offers, facts=facts, ask=request).groups:
        if one.missing or one.atom is None or one.atom.op not in (">=", "<="):
            continue
        better = found(offers, facts=facts | {one.subject: one.atom.value}, ask=request)
        promised = {code for code in one.opens if simple(offers, code, one.subject)}
        assert promised <= set(codes(better.options))


def simple(offers, code, subject) -> bool:
    """Whether the fact stands once in the offer's tree: then moving it cannot close another condition."""
    [one] = [each for each in offers if each.code == code]
    return sum(leaf.fact.code == subject for leaf in leaves(one.criteria)) == 1


@settings(max_examples=50, deadline=None)
@given(OFFERS, FIRMS, ASKS)
def test_the_same_question_has_the_same_answer(offers, facts, request):
    assert found(offers, facts=facts, ask=request) == found(list(reversed(offers)), facts=facts, ask=request)


RICH = {
    "kind": "company", "district_code": "140121", "industry_code": "C3393", "established_on": dt.date(2015, 3, 1),
    "size_class": "small", "labels": frozenset({"专精特新"}), "premises_registered": True, "abnormal_operation": False,
    "serious_violation": False, "tax_grade": "B", "tax_paid_last_year": 50_000_000, "revenue_last_year": 2_000_000_000,
    "debt_ratio": Decimal(50), "tax_arrears": False, "invoice_amount_12m": 1_800_000_000, "invoice_months": 12,
    "invoice_customers": 30, "employees": 60, "social_security_persons": 55, "social_security_arrears": False,
    "wage_arrears": False, "electricity_12m": 90_000_000, "dishonest": False, "has_loan_history": True,
    "loan_balance": 100_000_000, "lender_count": 1, "max_overdue_days": 0, "order_amount_12m": 500_000_000,
    "property_value": 900_000_000, "environment_grade": "green", "patents_valid": 6, "research_spend": 100_000_000,
}  # fmt: skip


def test_the_demo_city_has_much_for_a_sound_flange_maker():
    request = ask(amount=Fen(200_000_000), term_months=12, collateral=("mortgage", "pledge"), district="140121")
    matches = found(demo_offers(), facts=RICH, ask=request, programmes=demo_programmes())
    assert len(matches.options) >= 12
    assert "CL-FLANGE" in codes(matches.options)
    assert {fit.code for fit in matches.schemes if fit.verdict is Verdict.YES} >= {"BRIDGE-TY", "GUAR-TY", "COMP-TY"}
    after = [one.cost.rate_after_pct for one in matches.options]
    assert after == sorted(after)


def test_a_stall_without_tax_papers_gets_a_loan_on_its_trading_flow():
    stall = {
        "kind": "individual_business", "district_code": "140106", "industry_code": "H6210", "size_class": "micro",
        "established_on": dt.date(2024, 1, 1), "dishonest": False, "abnormal_operation": False, "max_overdue_days": 0,
        "trading_flow_12m": 30_000_000, "trading_months": 12, "has_loan_history": False, "premises_registered": True,
    }  # fmt: skip
    request = ask(amount=Fen(10_000_000), term_months=12, district="140106")
    matches = found(demo_offers(), facts=stall, ask=request, programmes=demo_programmes())
    assert {"FL-JZYC", "FL-FSYH", "FI-FSYH"} <= set(codes(matches.options))
    assert not any("tax_grade" in leaf.fact.code for one in matches.options for leaf in leaves(one.offer.criteria))


def test_the_exclusive_product_is_for_its_town_only():
    for district, served in (("140121", True), ("140105", False)):
        request = ask(amount=Fen(200_000_000), district=district)
        offered = codes(found(demo_offers(), facts=RICH, ask=request).options)
        assert ("CL-FLANGE" in offered) == served


def test_seventy_products_are_matched_well_within_a_second():
    offers, programmes = demo_offers(), demo_programmes()
    request = ask(amount=Fen(200_000_000), term_months=36, collateral=("mortgage", "pledge"))
    started = time.perf_counter()
    found(offers, facts=RICH, ask=request, programmes=programmes)
    assert time.perf_counter() - started < 0.3
