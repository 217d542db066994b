"""What a loan costs in all (贷款明白纸): every interest and fee with payer, payee and date, and the effective yearly rate.

The rate is that of kernel.apr: the internal rate of return of the firm's own payments, actual/365, four decimals, before
and after subsidy. A subsidy counts on the day of the interest that it refunds; where it is paid later the firm's rate is
higher by a few hundredths. Source: 中国人民银行公告〔2021〕第3号 (internal rate of return). Pure.

Seventy offers are priced for one page, so two things are quick here and slow elsewhere, each equal by test: the root is
found in floats and then *certified* (below), and a period's subsidy is one division of whole numbers.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from huoshui.catalogue.offers import Fee
from huoshui.catalogue.terms import party
from huoshui.kernel import apr, subsidy
from huoshui.kernel.daycount import DayCount
from huoshui.kernel.money import Fen, round_half_up
from huoshui.kernel.periods import add_months
from huoshui.kernel.schedule import Method, Period, Schedule, build
from huoshui.kernel.text import Text

MONTHS_IN_YEAR = 12
# a revolving line drawn for its whole term costs what interest-first costs
METHOD_OF = {"revolving": Method.INTEREST_ONLY} | {method.value: method for method in Method}

# Float error of a sum of discounted payments, relative to the sum of their sizes; eps is 2e-16 and each term is right
# to some tens of eps. Half of the last shown digit moves the sum by 1e-8 and more, so the margin is wide on both sides.
FLOAT_ERROR = 1e-12
STEPS, SETTLED = 60, 1e-13
LOWEST, HIGHEST = -0.001, 1.0  # of ln(1 + i): where discounting neither blows up nor loses digits
SHOWN_IN_ONE = 1_000_000  # four decimals of a percent
YEAR = 365.0

Flow = tuple[dt.date, int]


@dataclass(frozen=True, slots=True)
class Grant:
    """A subsidy that the firm would get. *stacks_with*: codes beside which it is paid; *central*: one such a loan."""

    code: str
    name: Text
    terms: subsidy.Terms
    central: bool = False
    stacks_with: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Subsidised:
    """One subsidy of a loan: the rate it refunds and its amount (fen) by due day."""

    grant: Grant
    applied_rate_pct: Decimal
    by_period: tuple[int, ...]

    @property
    def total(self) -> Fen:
        """Return the subsidy of all periods."""
        return Fen(sum(self.by_period))


@dataclass(frozen=True, slots=True)
class FeePaid:
    """A fee on a day, in fen."""

    fee: Fee
    on: dt.date
    amount: Fen


@dataclass(frozen=True, slots=True)
class Cost:
    """What one loan costs. Rates in percent a year: contract, effective before and effective after subsidy.

    *interest*, *fees* (what the firm pays) and *subsidy* are totals in fen over the whole term.
    """

    principal: Fen
    start: dt.date
    months: int
    method: str
    collateral: str
    contract_rate_pct: Decimal
    rate_before_pct: Decimal
    rate_after_pct: Decimal
    interest: Fen
    fees: Fen
    subsidy: Fen
    schedule: Schedule
    fees_paid: tuple[FeePaid, ...]
    subsidised: tuple[Subsidised, ...]

    @property
    def total(self) -> Fen:
        """Return interest and fees less subsidy."""
        return Fen(self.interest + self.fees - self.subsidy)


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A line of the plain sheet: when, what, who pays whom, how much (fen)."""

    on: dt.date
    kind: str  # interest, fee or subsidy
    what: Text
    payer: Text
    payee: Text
    amount: Fen


def price(
    principal: int,
    *,
    rate_pct: Decimal,
    method: str,
    months: int,
    start: dt.date,
    collateral: str,
    fees: Sequence[Fee] = (),
    grants: Sequence[Grant] = (),
    day_count: DayCount = DayCount.ACTUAL_360,
) -> Cost:
    """Return what a loan of *principal* (fen, > 0) costs, monthly payments, drawn at once on *start*.

    *method*: a code of catalogue.terms.METHODS. *grants*: subsidies the firm qualifies for; the best is taken, with those
    that may stand beside it. Fees bound to another security than *collateral* do not arise. Raises Refused (schedule).
    """
    schedule = _schedule(principal, rate_pct, METHOD_OF[method], months, start, day_count)
    paid = tuple(_fees(principal, schedule, fees, collateral, start))
    subsidised = _subsidised(schedule, rate_pct, grants)
    borne = [(each.on, each.amount) for each in paid if each.fee.payer == "firm"]
    refunds = [sum(parts) for parts in zip(*(each.by_period for each in subsidised), strict=True)]
    before = effective_rate_pct(_flows(principal, start, schedule, borne, ()))
    after = effective_rate_pct(_flows(principal, start, schedule, borne, refunds)) if any(refunds) else before
    return Cost(
        principal=Fen(principal),
        start=start,
        months=months,
        method=method,
        collateral=collateral,
        contract_rate_pct=rate_pct,
        rate_before_pct=before,
        rate_after_pct=after,
        interest=schedule.total_interest,
        fees=Fen(sum(amount for _, amount in borne)),
        subsidy=Fen(sum(refunds)),
        schedule=schedule,
        fees_paid=paid,
        subsidised=subsidised,
    )


def sheet(cost: Cost, *, bank_name: Text) -> tuple[SheetLine, ...]:
    """Return the plain sheet (贷款明白纸) of a loan: every interest, fee and subsidy by day; zero lines are left out."""
    firm, state = party("firm"), party("government")
    lines = [
        SheetLine(period.due, "interest", Text("利息", "Interest"), firm, bank_name, period.interest)
        for period in cost.schedule.periods
        if period.interest
    ]
    for paid in cost.fees_paid:
        payee = bank_name if paid.fee.payee == "bank" else party(paid.fee.payee)
        payer = bank_name if paid.fee.payer == "bank" else party(paid.fee.payer)
        lines.append(SheetLine(paid.on, "fee", paid.fee.name, payer, payee, paid.amount))
    for each in cost.subsidised:
        for period, amount in zip(cost.schedule.periods, each.by_period, strict=True):
            if amount:
                lines.append(SheetLine(period.due, "subsidy", each.grant.name, state, firm, Fen(amount)))
    return tuple(sorted(lines, key=lambda line: line.on))


def effective_rate_pct(flows: Sequence[Flow]) -> Decimal:
    """Return the effective yearly rate in percent, four decimals: what kernel.apr returns, found sooner.

    *flows*: to the firm positive, in order of days, the first one the money lent. Where the flows change sign once and
    the float's sums certify the rounded rate, it is returned; else kernel.apr decides, with its errors.
    """
    found = _certified(flows)
    return apr.annual_rate_pct(flows) if found is None else found


def _certified(flows: Sequence[Flow]) -> Decimal | None:
    """Return the rate whose two rounding bounds provably lie on either side of the root, or None."""
    amounts = [float(amount) for _, amount in flows]
    if amounts[0] <= 0 or any(amount > 0 for amount in amounts[1:]):
        return None
    years = [(day - flows[0][0]).days / YEAR for day, _ in flows]
    logarithm = _newton(amounts, years)
    if logarithm is None or not LOWEST < logarithm < HIGHEST:
        return None
    shown = math.floor(math.expm1(logarithm) * SHOWN_IN_ONE + 0.5)
    margin = FLOAT_ERROR * sum(map(abs, amounts))
    below = _worth(amounts, years, math.log1p((shown - 0.5) / SHOWN_IN_ONE))
    above = _worth(amounts, years, math.log1p((shown + 0.5) / SHOWN_IN_ONE))
    return Decimal(shown).scaleb(-4) if below < -margin and above > margin else None


def _newton(amounts: list[float], years: list[float]) -> float | None:
    point = 0.04
    for _ in range(STEPS):
        worths = [amount * math.exp(-point * year) for amount, year in zip(amounts, years, strict=True)]
        slope = -sum(worth * year for worth, year in zip(worths, years, strict=True))
        if slope <= 0:
            return None
        step = sum(worths) / slope
        point -= step
        if abs(step) < SETTLED:
            return point
        if not -1 < point < 2:  # far outside any loan; further steps could overflow
            return None
    return None


def _worth(amounts: list[float], years: list[float], logarithm: float) -> float:
    return math.fsum(amount * math.exp(-logarithm * year) for amount, year in zip(amounts, years, strict=True))


@lru_cache(maxsize=4096)
def _schedule(
    principal: int, rate_pct: Decimal, method: Method, months: int, start: dt.date, day_count: DayCount
) -> Schedule:
    return build(principal, annual_rate_pct=rate_pct, method=method, periods=months, start=start, day_count=day_count)


def _flows(
    principal: int, start: dt.date, schedule: Schedule, fees: Sequence[Flow], refunds: Sequence[int]
) -> list[Flow]:
    by_day = {start: principal}
    for period, refund in itertools.zip_longest(schedule.periods, refunds, fillvalue=0):
        assert isinstance(period, Period)
        by_day[period.due] = by_day.get(period.due, 0) - period.payment + refund
    for day, amount in fees:
        by_day[day] = by_day.get(day, 0) - amount
    return sorted((day, amount) for day, amount in by_day.items() if amount)


def _fees(
    principal: int, schedule: Schedule, fees: Sequence[Fee], collateral: str, start: dt.date
) -> Iterator[FeePaid]:
    for fee in fees:
        if fee.security and fee.security != collateral:
            continue
        for day, balance in _fee_days(fee, principal, schedule, start):
            amount = fee.amount if fee.pct is None else round_half_up(balance * fee.pct / 100)
            if amount:
                yield FeePaid(fee, day, Fen(amount))


def _fee_days(fee: Fee, principal: int, schedule: Schedule, start: dt.date) -> list[tuple[dt.date, int]]:
    """Return the days a fee falls due with the balance it is taken of."""
    if fee.when == "start":
        return [(start, principal)]
    if fee.when == "end":
        return [(schedule.periods[-1].due, principal)]
    turns = schedule.periods[MONTHS_IN_YEAR - 1 : -1 : MONTHS_IN_YEAR]
    return [(start, principal), *((period.due, period.balance) for period in turns)]


def _subsidised(schedule: Schedule, rate_pct: Decimal, grants: Sequence[Grant]) -> tuple[Subsidised, ...]:
    """Return the best subsidy and those that may stand beside it, each on what the others left of rate and interest."""
    alone = [_grant(schedule, rate_pct, grant, ()) for grant in grants]
    chosen: list[Subsidised] = []
    for each in sorted(alone, key=lambda one: (-one.total, one.grant.code)):
        if all(_together(each.grant, other.grant) for other in chosen):
            chosen.append(_grant(schedule, rate_pct, each.grant, chosen) if chosen else each)
    return tuple(each for each in chosen if each.total)


def _together(one: Grant, other: Grant) -> bool:
    said = other.code in one.stacks_with or one.code in other.stacks_with
    return said and not (one.central and other.central)


def _grant(schedule: Schedule, rate_pct: Decimal, grant: Grant, beside: Sequence[Subsidised]) -> Subsidised:
    """Return a subsidy by period: kernel.subsidy's line over the days since interest was last paid."""
    taken = sum((other.applied_rate_pct for other in beside), Decimal(0))
    applied, _ = subsidy.applied_rate(rate_pct, terms=grant.terms, other_subsidy_pct=taken)
    up, down = applied.as_integer_ratio()
    divisor = 100 * grant.terms.basis * down
    left = grant.terms.firm_cap_left
    amounts = list[int]()
    for at, (period, owed) in enumerate(_owed(schedule, grant.terms)):
        room = period.interest - sum(other.by_period[at] for other in beside)
        amount = min((2 * owed * up + divisor) // (2 * divisor), room)  # half up, in whole numbers
        if left is not None:
            amount, left = min(amount, left), left - min(amount, left)
        amounts.append(amount)
    return Subsidised(grant, applied, tuple(amounts))


def _owed(schedule: Schedule, terms: subsidy.Terms) -> Iterator[tuple[Period, int]]:
    """Yield each period with the fen × days that its interest payment answers for; none where nothing is paid."""
    first = schedule.periods[0]
    last, balance, gathered = _last_day(first.start, terms.months), first.principal + first.balance, 0
    for period in schedule.periods:
        capped = balance if terms.principal_cap is None else min(balance, terms.principal_cap)
        gathered += capped * max(0, (min(period.due, last) - period.start).days)
        yield period, gathered if period.interest else 0
        gathered, balance = 0 if period.interest else gathered, period.balance


def _last_day(start: dt.date, months: int | None) -> dt.date:
    return dt.date.max if months is None else add_months(start, months)
