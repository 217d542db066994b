"""Second, independent calculations: plain decimals, day by day, written from the rules and not from the code they check."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal, localcontext

CENT, ONE = Decimal("0.01"), Decimal(1)


def cents(value: Decimal) -> Decimal:
    """Round to 0.01 元, half up."""
    return value.quantize(CENT, ROUND_HALF_UP)


def thirty_days(start: dt.date, end: dt.date) -> int:
    """Count thirty-day months."""
    first, last = min(start.day, 30), min(end.day, 30)
    return 360 * end.year + 30 * end.month + last - (360 * start.year + 30 * start.month + first)


def days_of(convention: str, start: dt.date, end: dt.date) -> tuple[int, int]:
    """Return days and year of a convention."""
    days = thirty_days(start, end) if convention == "30/360" else end.toordinal() - start.toordinal()
    return days, 365 if convention.endswith("365") else 360


def due_days(start: dt.date, periods: int, step: int) -> list[dt.date]:
    """Step month by month to the last day where the wanted one is missing."""
    found = []
    for period in range(1, periods + 1):
        year, month = start.year, start.month + period * step
        while month > 12:
            year, month = year + 1, month - 12
        day = start.day
        while True:
            try:
                found.append(dt.date(year, month, day))
                break
            except ValueError:
                day -= 1
    return found


Row = tuple[Decimal, Decimal, Decimal, Decimal]  # principal, interest, payment, balance in 元


def annuity(
    principal: Decimal, rate: Decimal, spans: Sequence[tuple[int, int]], *, whole_yuan: bool = False
) -> list[Row]:
    """Level payment = P / Σ_k Π_{j≤k} 1/(1+r_j), the last period takes the rest."""
    with localcontext() as context:
        context.prec = 80
        discount, worth = ONE, Decimal(0)
        for days, year in spans:
            discount /= 1 + rate * days / (100 * year)
            worth += discount
        level = principal / worth
        level = level.quantize(ONE, ROUND_CEILING) if whole_yuan else cents(level)
        rows, left = [], principal
        for place, (days, year) in enumerate(spans):
            interest = cents(left * rate * days / (100 * year))  # one division, last: a half must stay a half
            paid = left if place == len(spans) - 1 or level - interest > left else level - interest
            left -= paid
            rows.append((paid, interest, paid + interest, left))
        return rows


def equal_principal(principal: Decimal, rate: Decimal, spans: Sequence[tuple[int, int]]) -> list[Row]:
    """P / periods each, the last takes the rest."""
    share, left, rows = cents(principal / len(spans)), principal, []
    for place, (days, year) in enumerate(spans):
        interest = cents(left * rate * days / (100 * year))
        paid = left if place == len(spans) - 1 else min(share, left)
        left -= paid
        rows.append((paid, interest, paid + interest, left))
    return rows


def at_the_end(
    principal: Decimal, rate: Decimal, spans: Sequence[tuple[int, int]], *, interest_first: bool
) -> list[Row]:
    """Interest each period or all at once, principal with the last."""
    parts = [principal * rate * days / (100 * year) for days, year in spans]
    last = len(spans) - 1
    rows = []
    for place, part in enumerate(parts):
        interest = (
            cents(part) if interest_first else (cents(sum(parts, Decimal(0))) if place == last else Decimal("0.00"))
        )
        paid = principal if place == last else Decimal(0)
        rows.append((paid, interest, paid + interest, principal - paid))
    return rows


def bridge_fee(
    principal: Decimal,
    rate: Decimal,
    days: int,
    bands: Sequence[tuple[int, Decimal]],
    *,
    marginal: bool,
    basis: int,
    overdue_multiple: Decimal,
) -> Decimal:
    """Price every day on its own and add the days up."""
    final = bands[-1][0]
    within = min(days, final)
    whole = next(multiple for limit, multiple in bands if within <= limit)
    total = Decimal(0)
    for day in range(1, days + 1):
        if day > final:
            total += overdue_multiple
        elif marginal:
            total += next(multiple for limit, multiple in bands if day <= limit)
        else:
            total += whole
    with localcontext() as context:
        context.prec = 80
        return cents(principal * rate * total / (100 * basis))


def subsidy(
    balances: Sequence[tuple[dt.date, Decimal]],
    end: dt.date,
    contract: Decimal,
    *,
    fraction: Decimal | None,
    points: Decimal | None,
    cap: Decimal | None,
    last_day: dt.date,
    other: Decimal,
    basis: int,
    cuts: Sequence[Decimal | None],
) -> tuple[Decimal, Decimal, Decimal]:
    """Walk through the days; return interest, applied rate and subsidy. *last_day*: the subsidy ends before it."""
    applied = contract - other
    for candidate in (contract, None if fraction is None else fraction * contract, points):
        if candidate is not None and candidate < applied:
            applied = candidate
    applied = max(applied, Decimal(0))
    owed, granted = Decimal(0), Decimal(0)
    at, place = balances[0][0], 0
    while at < end:
        while place + 1 < len(balances) and balances[place + 1][0] <= at:
            place += 1
        balance = balances[place][1]
        owed += balance
        if at < last_day:
            granted += balance if cap is None or balance < cap else cap
        at += dt.timedelta(days=1)
    with localcontext() as context:
        context.prec = 80
        amount = cents(granted * applied / (100 * basis))
        interest = cents(owed * contract / (100 * basis))
    for limit in cuts:
        if limit is not None:
            amount = min(amount, limit)
    return interest, applied, amount


def compensation(
    loan: Decimal,
    unpaid: Decimal,
    tiers: Sequence[tuple[Decimal | None, Decimal]],
    additions: Sequence[Decimal],
    cap: Decimal | None,
    bank: tuple[Decimal, Decimal, Decimal | None, Decimal | None],
    pool: Decimal,
) -> tuple[Decimal, Decimal, bool]:
    """Return ratio, payable and suspended. *bank*: registered, lost, breaker, quota."""
    ratio = Decimal(0)
    for limit, pct in tiers:
        if limit is None or loan <= limit:
            ratio = pct + sum(additions, Decimal(0))
            break
    if cap is not None and ratio > cap:
        ratio = cap
    registered, lost, breaker, quota = bank
    if registered == 0:
        suspended = breaker is not None and lost > 0
    else:
        suspended = breaker is not None and lost / registered > breaker / 100
    if suspended:
        return ratio, Decimal("0.00"), True
    limits = [cents(ratio * unpaid / 100), pool] + ([] if quota is None else [quota])
    return ratio, min(limits), False


def recovery(compensated: Decimal, unpaid: Decimal, recovered: Decimal, cost: Decimal, before: Decimal) -> Decimal:
    """Return what goes back to the pool."""
    with localcontext() as context:
        context.prec = 80
        share = cents((recovered - cost) * compensated / unpaid)
    owed = compensated - before
    if share > owed:
        share = owed
    return share if share > 0 else Decimal("0.00")


def shares(amount: Decimal, percents: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Floor every share, then hand out cent by cent to whoever lacks most, the earlier first."""
    exact = {name: amount * percent / 100 for name, percent in percents.items()}
    given = {name: (value * 100 // 1) / 100 for name, value in exact.items()}
    while sum(given.values()) < amount:
        neediest = None
        for name in given:
            if neediest is None or exact[name] - given[name] > exact[neediest] - given[neediest]:
                neediest = name
        assert neediest is not None
        given[neediest] += CENT
    return {name: cents(value) for name, value in given.items()}


def guarantee_fee(amount: Decimal, rate: Decimal, months: int) -> Decimal:
    """A twelfth of the year's fee for every month; the quotient is taken to far more places than a fen needs."""
    return cents(amount * rate * months / 1200)


def card(indicators: Sequence[tuple[Decimal | None, Decimal, Decimal, Decimal]]) -> Decimal:
    """Return the points of (value, zero mark, full mark, weight), missing ones left out."""
    with localcontext() as context:
        context.prec = 80
        total = Decimal(0)
        for value, zero, full, weight in indicators:
            if value is None:
                continue
            rising = full > zero
            if (value >= full) if rising else (value <= full):
                total += weight
            elif (value > zero) if rising else (value < zero):
                total += weight * (value - zero) / (full - zero)
        return total.quantize(CENT, ROUND_HALF_UP)
