"""The calculators: name, fields, one worked case, and how a case becomes a result. Only translation; the rules are elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from huoshui.config.calc_case import Case, wrong
from huoshui.funds import bridge_fee, compensation, guarantee_fee, recovery, shares
from huoshui.kernel import apr, five_class, growth, schedule, size_class, subsidy, uscc, workdays
from huoshui.kernel.daycount import DayCount
from huoshui.kernel.money import allocate, yuan_text
from huoshui.kernel.rates import rate_text
from huoshui.statistics import score_card

Result = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Calculator:
    """*fields*: name -> what it means; *run* takes a case and the language of problems."""

    summary: str
    fields: Mapping[str, str]
    run: Callable[[Case, str], Result]
    example: Mapping[str, Any]
    result: str


def _uscc(case: Case, language: str) -> Result:
    reading = uscc.read(case.text("code"))
    return {
        "valid": reading.valid,
        "normalised": reading.normalised,
        "problem": reading.problem.text.in_(language) if reading.problem else None,
        "registrar": reading.registrar or None,
        "division": reading.division or None,
    }


def _size_class(case: Case, language: str) -> Result:
    verdict = size_class.classify(
        case.text("industry") if case.has("industry") else None,
        employees=case.amount_or_none("employees"),
        revenue_wan=case.amount_or_none("revenue_wan"),
        assets_wan=case.amount_or_none("assets_wan"),
        kind=case.one_of("kind", size_class.KINDS, "company"),
        rule=case.one_of("rule", size_class.RULES, size_class.DEFAULT_RULE),
    )
    return {"class": verdict.size.value if verdict.size else None, "unknown": list(verdict.unknown)}


def _working_days(case: Case, language: str) -> Result:
    due = workdays.shipped().due(
        case.date_or_moment("from"),
        days=case.whole("days"),
        cutoff=case.time("cutoff", "17:30"),
        closed=[each.date("") for each in case.each("closed", optional=True)],
    )
    marked: Result = {"due": due.on.isoformat()}
    return marked if due.certain else {**marked, "unannounced": list(due.unannounced)}


def _schedule(case: Case, language: str) -> Result:
    plan = schedule.build(
        case.money("principal"),
        annual_rate_pct=case.rate("annual_rate_pct"),
        method=case.choice("method", schedule.Method),
        periods=case.whole("periods"),
        start=case.date("start"),
        first_due=case.date_or_none("first_due"),
        every=case.choice("every", schedule.Every, schedule.Every.MONTH),
        day_count=case.choice("day_count", DayCount, DayCount.THIRTY_360),
        rounding=case.choice("rounding", schedule.Rounding, schedule.Rounding.FEN),
    )
    return {
        "periods": [_period(period) for period in plan.periods],
        "total_interest": yuan_text(plan.total_interest),
        "total_payment": yuan_text(plan.total_payment),
    }


def _period(period: schedule.Period) -> Result:
    return {
        "n": period.number,
        "from": period.start.isoformat(),
        "due": period.due.isoformat(),
        "days": period.days,
        "principal": yuan_text(period.principal),
        "interest": yuan_text(period.interest),
        "payment": yuan_text(period.payment),
        "balance": yuan_text(period.balance),
    }


def _apr(case: Case, language: str) -> Result:
    flows = [(each.date("date"), each.signed_money("amount")) for each in case.cases("flows", ("date", "amount"))]
    return {"annual_rate_pct": format(apr.annual_rate_pct(flows), "f")}


def _bridge_fee(case: Case, language: str) -> Result:
    fee = bridge_fee.fee_for(
        case.money("principal"),
        annual_rate_pct=case.rate("annual_rate_pct"),
        drawn_on=case.date("draw"),
        returned_on=case.date("return"),
        bands=[
            bridge_fee.Band(band.whole("to_day"), band.number("multiple"))
            for band in case.cases("bands", ("to_day", "multiple"))
        ],
        reading=case.choice("reading", bridge_fee.Reading, bridge_fee.Reading.WHOLE_PERIOD),
        basis=case.whole("basis", 360),
        minimum_days=case.whole("minimum_days", 1),
        overdue_multiple=case.number("overdue_multiple") if case.has("overdue_multiple") else Decimal(2),
    )
    return {"days": fee.days, "fee": yuan_text(fee.fee), "overdue_days": fee.overdue_days}


_PROGRAMME = ("fraction", "points_pct", "principal_cap", "firm_cap_left", "budget_left", "months", "basis")


def _subsidy(case: Case, language: str) -> Result:
    line = subsidy.line(
        [
            subsidy.Balance(each.date("from"), each.money("balance"))
            for each in case.cases("balances", ("from", "balance"))
        ],
        end=case.date("to"),
        contract_rate_pct=case.rate("contract_rate_pct"),
        terms=_terms(case.case("programme", _PROGRAMME)),
        other_subsidy_pct=case.rate_or_none("other_subsidy_pct") or Decimal(0),
        interest_paid=case.money_or_none("interest_paid"),
        stopped_on=case.date_or_none("stopped_on"),
    )
    return {
        "interest": yuan_text(line.interest),
        "applied_rate_pct": rate_text(line.applied_rate_pct),
        "subsidy": yuan_text(line.subsidy),
        "limited_by": list(line.limited_by),
    }


def _terms(programme: Case) -> subsidy.Terms:
    return subsidy.Terms(
        fraction=_fraction(programme),
        points_pct=programme.rate_or_none("points_pct"),
        principal_cap=programme.money_or_none("principal_cap"),
        firm_cap_left=programme.money_or_none("firm_cap_left"),
        budget_left=programme.money_or_none("budget_left"),
        months=programme.whole("months") if programme.has("months") else None,
        basis=programme.whole("basis", subsidy.DEFAULT_BASIS),
    )


def _fraction(programme: Case) -> Decimal | None:
    """Return a fraction of one; a figure above one can only mean percent, and is taken so."""
    value = programme.rate_or_none("fraction")
    return value / 100 if value is not None and value > 1 else value


def _split(case: Case, language: str) -> Result:
    weights = [each.number("") for each in case.each("weights")]
    return {"parts": [yuan_text(part) for part in allocate(case.money("amount"), weights)]}


_BANK = ("registered_this_year", "lost_this_year", "breaker_pct", "quota_left")


def _compensation(case: Case, language: str) -> Result:
    bank = case.case("bank", _BANK)
    paid = compensation.compensation_for(
        case.money("loan_principal"),
        unpaid_principal=case.money("unpaid_principal"),
        tiers=[
            compensation.Tier(tier.money_or_none("up_to"), tier.rate("pct"))
            for tier in case.cases("tiers", ("up_to", "pct"))
        ],
        additions_pct=[each.rate("") for each in case.each("additions_pct", optional=True)],
        cap_pct=case.rate_or_none("cap_pct"),
        bank=compensation.Bank(
            registered_this_year=bank.money_or_none("registered_this_year") or 0,
            lost_this_year=bank.money_or_none("lost_this_year") or 0,
            breaker_pct=bank.rate_or_none("breaker_pct"),
            quota_left=bank.money_or_none("quota_left"),
        ),
        pool_balance=case.money_or_none("pool_balance"),
    )
    return {
        "ratio_pct": rate_text(paid.ratio_pct),
        "payable": yuan_text(paid.payable),
        "suspended": paid.suspended,
        "limited_by": list(paid.limited_by),
    }


def _recovery(case: Case, language: str) -> Result:
    back = recovery.to_pool(
        case.money("compensated"),
        unpaid_principal=case.money("unpaid_principal"),
        recovered=case.money("recovered"),
        cost=case.money_or_none("cost") or 0,
        returned_before=case.money_or_none("returned_before") or 0,
    )
    return {"to_pool": yuan_text(back)}


def _guarantee(case: Case, language: str) -> Result:
    given = case.raw("shares")
    if not isinstance(given, Mapping) or not given:
        raise wrong(
            "shares", "应为名称到比例的对象，至少一项。", "An object from name to percent is needed, not empty.", given
        )
    read = Case(given, given, "shares.")
    borne = shares.share_out(case.money("amount"), shares={name: read.rate(name) for name in given})
    return {name: yuan_text(part) for name, part in borne.items()}


def _guarantee_fee(case: Case, language: str) -> Result:
    fee = guarantee_fee.fee_for(case.money("amount"), rate_pct=case.rate("rate_pct"), months=case.whole("months"))
    return {"fee": yuan_text(fee)}


def _five_class(case: Case, language: str) -> Result:
    found = five_class.classify(
        case.whole("overdue_days"),
        limits=[each.whole("") for each in case.each("limits", optional=True)] or five_class.DEFAULT_LIMITS,
        watch_from=case.whole("watch_from", five_class.DEFAULT_WATCH_FROM),
    )
    return {"class": five_class.LABELS[found].zh}


def _growth(case: Case, language: str) -> Result:
    pct = growth.growth_pct(case.number_or_none("now"), case.number_or_none("then"))
    return {"pct": None if pct is None else format(pct, "f")}


def _score_card(case: Case, language: str) -> Result:
    indicators = [
        score_card.Indicator(
            each.number_or_none("value"), each.number("zero_at"), each.number("full_at"), each.number("weight")
        )
        for each in case.cases("indicators", ("value", "zero_at", "full_at", "weight"))
    ]
    bands = [
        score_card.Band(each.number("from"), each.text("grade")) for each in case.cases("bands", ("from", "grade"))
    ]
    scored = score_card.score(indicators, bands=bands)
    return {"points": format(scored.points, "f"), "grade": scored.grade, "missing": list(scored.missing)}


CALCULATORS: dict[str, Calculator] = {
    "uscc": Calculator(
        "Is this a unified social credit code, and if not, what is wrong with it?",
        {"code": "the code as typed; width, case and blanks do not matter"},
        _uscc,
        {"code": " 9114０105 ma0gu3x2xu "},
        "valid, normalised, problem (null when valid), registrar (first character), division (places 3 to 8)",
    ),
    "size-class": Calculator(
        "Large, medium, small or micro, by the statistical bureau's table.",
        {
            "industry": "GB/T 4754-2017 code: letter and digits (C1311) or digits (5123); null = unknown",
            "employees": "persons; null = unknown",
            "revenue_wan": "revenue of the year in 万元; null = unknown",
            "assets_wan": "total assets in 万元; null = unknown",
            "kind": "company (default), individual_business or cooperative",
            "rule": "version of the table, default 2017",
        },
        _size_class,
        {"industry": "C1311", "employees": 300, "revenue_wan": "1999.99", "assets_wan": None, "kind": "company"},
        "class (large, medium, small, micro or null), unknown (facts that would be needed)",
    ),
    "working-days": Calculator(
        "The day something is due, in working days on the Chinese calendar.",
        {
            "from": "date, or date and time (Chinese time unless it has a zone)",
            "days": "working days, 0 to 20000",
            "cutoff": "a start after this hour counts from the next working day; default 17:30",
            "closed": "further days off, a list of dates",
        },
        _working_days,
        {"from": "2026-09-30T18:00", "days": 3},
        "due; and unannounced: years on the way whose holidays are not known yet (only where there are some)",
    ),
    "schedule": Calculator(
        "The repayment schedule of a loan.",
        {
            "principal": "元",
            "annual_rate_pct": "percent a year",
            "method": "annuity, equal_principal, interest_only or bullet",
            "periods": "1 to 1200",
            "every": "month (default) or quarter",
            "start": "the day of the draw",
            "first_due": "default one period later; earlier or later makes a short or long first period",
            "day_count": "30/360 (default), actual/360 or actual/365",
            "rounding": "fen (default), or yuan_up: an annuity's instalment rounded up to the whole 元",
        },
        _schedule,
        {
            "principal": "100.00",
            "annual_rate_pct": "9.4822",
            "method": "annuity",
            "periods": 6,
            "start": "2024-01-01",
            "day_count": "30/360",
        },
        "periods (n, from, due, days, principal, interest, payment, balance), total_interest, total_payment",
    ),
    "apr": Calculator(
        "The effective yearly rate of a row of payments.",
        {"flows": "list of {date, amount}: 元, to the firm positive, from the firm negative"},
        _apr,
        {"flows": [{"date": "2024-01-01", "amount": "100000.00"}, {"date": "2024-12-31", "amount": "-105000.00"}]},
        "annual_rate_pct: actual/365, four decimals",
    ),
    "bridge-fee": Calculator(
        "The fee of a bridge advance.",
        {
            "principal": "元",
            "annual_rate_pct": "percent a year",
            "draw": "the day the money went out",
            "return": "the day it came back",
            "bands": "list of {to_day, multiple}, ascending; days past the last are overdue",
            "reading": "whole_period (default): the band of the return day prices every day; marginal: each band its own days",
            "basis": "360 (default) or 365",
            "minimum_days": "default 1",
            "overdue_multiple": "of the rate, for overdue days; default 2",
        },
        _bridge_fee,
        {
            "principal": "9000000.00",
            "annual_rate_pct": "4.35",
            "draw": "2025-03-03",
            "return": "2025-03-09",
            "bands": [{"to_day": 5, "multiple": "1"}, {"to_day": 20, "multiple": "1.5"}],
            "reading": "marginal",
        },
        "days, fee, overdue_days",
    ),
    "subsidy": Calculator(
        "The interest subsidy of one claim line.",
        {
            "balances": "list of {from, balance}: what was outstanding from that day on, ascending",
            "to": "the day the line ends (not counted)",
            "contract_rate_pct": "percent a year",
            "programme": "fraction (0.5, or 50 for percent), points_pct, principal_cap, firm_cap_left, budget_left, months, basis; null = not set",
            "other_subsidy_pct": "points other programmes already pay",
            "interest_paid": "元 really paid; null = all",
            "stopped_on": "day of falling overdue or downgrade; null = none",
        },
        _subsidy,
        {
            "balances": [{"from": "2025-01-01", "balance": "2000000.00"}],
            "to": "2025-04-01",
            "contract_rate_pct": "4.00",
            "programme": {"fraction": "0.5", "basis": 360},
        },
        "interest (of the whole line), applied_rate_pct, subsidy, limited_by (what cut it)",
    ),
    "split": Calculator(
        "An amount split by weights so that the parts sum exactly.",
        {"amount": "元", "weights": "list of numbers; shares of their sum"},
        _split,
        {"amount": "100.00", "weights": ["1", "1", "1"]},
        "parts: largest remainder, ties to the earlier",
    ),
    "compensation": Calculator(
        "What a risk-compensation pool pays on one bad loan.",
        {
            "loan_principal": "元, decides the tier",
            "unpaid_principal": "元",
            "additions_pct": "list of percentage points",
            "tiers": "list of {up_to, pct}, ascending; up_to null = no limit",
            "cap_pct": "most the pool bears, percent; null = no cap",
            "bank": "registered_this_year, lost_this_year, breaker_pct (null = none), quota_left (null = none)",
            "pool_balance": "元; null = not looked at",
        },
        _compensation,
        {
            "loan_principal": "4000000.00",
            "unpaid_principal": "3000000.00",
            "additions_pct": ["15"],
            "tiers": [
                {"up_to": "5000000.00", "pct": "40"},
                {"up_to": "15000000.00", "pct": "30"},
                {"up_to": "30000000.00", "pct": "20"},
            ],
            "cap_pct": "50",
            "bank": {
                "registered_this_year": "200000000.00",
                "lost_this_year": "6000000.00",
                "breaker_pct": "3",
                "quota_left": "1000000.00",
            },
            "pool_balance": "8600000.00",
        },
        "ratio_pct, payable, suspended, limited_by (what cut it)",
    ),
    "recovery": Calculator(
        "How much of recovered money returns to the pool.",
        {
            "compensated": "元 the pool paid",
            "unpaid_principal": "元 unpaid when it paid",
            "recovered": "元 recovered now",
            "cost": "元 of recovery cost; default 0",
            "returned_before": "元 the pool has had back; default 0",
        },
        _recovery,
        {
            "compensated": "1500000.00",
            "unpaid_principal": "3000000.00",
            "recovered": "800000.00",
            "cost": "50000.00",
            "returned_before": "0.00",
        },
        "to_pool: never negative, never more than is still owed",
    ),
    "guarantee": Calculator(
        "Who bears how much of a loss.",
        {"amount": "元", "shares": "object from name to percent, 100 in all"},
        _guarantee,
        {"amount": "1000000.01", "shares": {"guarantor": "40", "province": "20", "nation": "20", "bank": "20"}},
        "the same names with 元, summing exactly",
    ),
    "guarantee-fee": Calculator(
        "What a guarantee costs over its term.",
        {"amount": "元 guaranteed", "rate_pct": "percent a year", "months": "1 or more"},
        _guarantee_fee,
        {"amount": "1000000.00", "rate_pct": "1", "months": 12},
        "fee: 元, rounded half up once",
    ),
    "five-class": Calculator(
        "The class of a loan by days overdue.",
        {
            "overdue_days": "0 or more",
            "limits": "the days that 次级, 可疑 and 损失 lie beyond; default [90, 270, 360]",
            "watch_from": "first day of 关注; default 1",
        },
        _five_class,
        {"overdue_days": 91},
        "class: 正常, 关注, 次级, 可疑 or 损失",
    ),
    "growth": Calculator(
        "Growth in percent.",
        {"now": "figure; null = missing", "then": "the earlier figure; null = missing"},
        _growth,
        {"now": "400.48", "then": "352.58"},
        "pct: two decimals, half up; null where a figure is missing or the base is zero",
    ),
    "score-card": Calculator(
        "Points and grade of an evaluation card.",
        {
            "indicators": "list of {value, zero_at, full_at, weight}; value null = missing; zero_at may lie above full_at",
            "bands": "list of {from, grade}: the grade from these points on",
        },
        _score_card,
        {
            "indicators": [
                {"value": "92.5", "zero_at": "60", "full_at": "100", "weight": "60"},
                {"value": "3.80", "zero_at": "6.00", "full_at": "3.00", "weight": "40"},
            ],
            "bands": [
                {"from": "90", "grade": "A"},
                {"from": "75", "grade": "B"},
                {"from": "60", "grade": "C"},
                {"from": "0", "grade": "D"},
            ],
        },
        "points (two decimals), grade (null where a missing figure could change it), missing (places from 0)",
    ),
}
