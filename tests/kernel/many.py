"""Many generated cases of every formula against its independent calculation: ``python -m tests.kernel.many [CASES] [NAME…]``.

Prints a line a formula: cases, seconds, differences; exit status 1 if anything differs. The normal suite runs a few
thousand of the same cases (HUOSHUI_CASES sets how many).
"""

from __future__ import annotations

import datetime as dt
import os
import random
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from huoshui.funds import bridge_fee, compensation, guarantee_fee, recovery, shares
from huoshui.kernel import growth, schedule, subsidy, workdays
from huoshui.kernel.daycount import DayCount
from huoshui.kernel.money import in_yuan
from huoshui.statistics import score_card
from tests.kernel import references

SEED = 20_241_015
Pair = tuple[Any, Any]  # what the code says, what the reference says


def _amount(chance: random.Random, most: int = 10**13) -> int:
    """Return fen: mostly of a loan's size, often at the ends, sometimes odd."""
    kind = chance.random()
    if kind < 0.05:
        return chance.choice([0, 1, 2, 49, 50, 51, 99, 100, most])
    if kind < 0.4:
        return chance.randrange(1, most // 10**6 + 2) * 10**6
    return chance.randrange(0, int(10 ** chance.uniform(1, len(str(most)) - 1)) + 1)


def _percent(chance: random.Random, most: int = 24) -> Decimal:
    places = chance.choice([0, 1, 2, 2, 4])
    return Decimal(chance.randrange(0, most * 10**places + 1)).scaleb(-places)


def _day(chance: random.Random) -> dt.date:
    return dt.date(2020, 1, 1) + dt.timedelta(days=chance.randrange(0, 3000))


def bridge(chance: random.Random) -> Pair:
    """Compare a fee."""
    principal, rate, drawn = _amount(chance) + 1, _percent(chance), _day(chance)
    limits = sorted(chance.sample(range(1, 40), chance.randrange(1, 4)))
    bands = [(limit, _percent(chance, 4)) for limit in limits]
    days, least = chance.randrange(0, 60), chance.choice([0, 1, 1, 1, 3])
    basis, marginal, overdue = chance.choice([360, 365]), chance.random() < 0.5, _percent(chance, 5)
    found = bridge_fee.fee_for(
        principal,
        annual_rate_pct=rate,
        drawn_on=drawn,
        returned_on=drawn + dt.timedelta(days=days),
        bands=[bridge_fee.Band(*band) for band in bands],
        reading=bridge_fee.Reading.MARGINAL if marginal else bridge_fee.Reading.WHOLE_PERIOD,
        basis=basis,
        minimum_days=least,
        overdue_multiple=overdue,
    )
    charged = max(days, least)
    fee = references.bridge_fee(
        in_yuan(principal), rate, charged, bands, marginal=marginal, basis=basis, overdue_multiple=overdue
    )
    return (in_yuan(found.fee), found.days, found.overdue_days), (fee, charged, max(0, charged - limits[-1]))


def subsidy_line(chance: random.Random) -> Pair:
    """Compare a claim line."""
    first = _day(chance)
    offsets = sorted(chance.sample(range(1, 100), chance.randrange(0, 4)))
    balances = [(first + dt.timedelta(days=offset), _amount(chance)) for offset in [0, *offsets]]
    end = balances[-1][0] + dt.timedelta(days=chance.randrange(0, 60))
    maybe = lambda value: value if chance.random() < 0.5 else None  # noqa: E731
    contract, fraction = _percent(chance, 12), maybe(Decimal(chance.randrange(0, 101)) / 100)
    points, cap, months = maybe(_percent(chance, 3)), maybe(_amount(chance)), maybe(chance.randrange(0, 5))
    cuts = [maybe(_amount(chance, 10**9)) for _ in range(3)]
    stopped = maybe(first + dt.timedelta(days=chance.randrange(-5, 120)))
    other, basis = _percent(chance, 2), chance.choice([360, 365])
    found = subsidy.line(
        [subsidy.Balance(*balance) for balance in balances],
        end=end,
        contract_rate_pct=contract,
        terms=subsidy.Terms(fraction, points, cap, cuts[1], cuts[2], months, basis),
        other_subsidy_pct=other,
        interest_paid=cuts[0],
        stopped_on=stopped,
    )
    ends = [end] + ([stopped] if stopped else [])
    if months is not None:
        ends.append(references.due_days(first, months, 1)[-1] if months else first)
    expected = references.subsidy(
        [(day, in_yuan(amount)) for day, amount in balances],
        end,
        contract,
        fraction=fraction,
        points=points,
        cap=None if cap is None else in_yuan(cap),
        last_day=min(ends),
        other=other,
        basis=basis,
        cuts=[None if cut is None else in_yuan(cut) for cut in cuts],
    )
    return (in_yuan(found.interest), found.applied_rate_pct, in_yuan(found.subsidy)), expected


def compensate(chance: random.Random) -> Pair:
    """Compare a compensation."""
    loan = _amount(chance)
    unpaid = chance.choice([loan, chance.randrange(0, loan + 1)])
    limits: list[int | None] = sorted(chance.sample(range(10**6, 10**13, 10**6), chance.randrange(1, 4)))  # type: ignore[assignment]
    if chance.random() < 0.3:
        limits[-1] = None
    if chance.random() < 0.2 and limits[0] is not None:
        loan = unpaid = limits[0] + chance.choice([-1, 0, 1])
    tiers = [(limit, _percent(chance, 60)) for limit in limits]
    additions = [_percent(chance, 20) for _ in range(chance.randrange(0, 3))]
    cap = _percent(chance, 100) if chance.random() < 0.7 else None
    breaker = _percent(chance, 5) if chance.random() < 0.7 else None
    registered = chance.choice([0, _amount(chance)])
    lost = chance.choice([0, _amount(chance), registered * 3 // 100, registered * 3 // 100 + 1])
    quota = _amount(chance) if chance.random() < 0.5 else None
    pool = _amount(chance)
    found = compensation.compensation_for(
        loan,
        unpaid_principal=unpaid,
        tiers=[compensation.Tier(*tier) for tier in tiers],
        additions_pct=additions,
        cap_pct=cap,
        bank=compensation.Bank(registered, lost, breaker, quota),
        pool_balance=pool,
    )
    expected = references.compensation(
        in_yuan(loan),
        in_yuan(unpaid),
        [(None if limit is None else in_yuan(limit), pct) for limit, pct in tiers],
        additions,
        cap,
        (in_yuan(registered), in_yuan(lost), breaker, None if quota is None else in_yuan(quota)),
        in_yuan(pool),
    )
    return (found.ratio_pct, in_yuan(found.payable), found.suspended), expected


def recover(chance: random.Random) -> Pair:
    """Compare a recovery."""
    unpaid = _amount(chance) + 1
    compensated, recovered, cost = chance.randrange(0, unpaid + 1), _amount(chance), _amount(chance, 10**10)
    before = chance.choice([0, chance.randrange(0, compensated + 1), compensated])
    found = recovery.to_pool(
        compensated, unpaid_principal=unpaid, recovered=recovered, cost=cost, returned_before=before
    )
    return in_yuan(found), references.recovery(*map(in_yuan, (compensated, unpaid, recovered, cost, before)))


def guarantee(chance: random.Random) -> Pair:
    """Compare a split by shares."""
    amount, names = _amount(chance), ["guarantor", "province", "nation", "bank"][: chance.randrange(1, 5)]
    marks = sorted(chance.randrange(0, 10_001) for _ in names[1:])
    percents = [Decimal(high - low).scaleb(-2) for low, high in zip([0, *marks], [*marks, 10_000], strict=True)]
    given = dict(zip(names, percents, strict=True))
    found = shares.share_out(amount, shares=given)
    return {name: in_yuan(part) for name, part in found.items()}, references.shares(in_yuan(amount), given)


def guarantee_cost(chance: random.Random) -> Pair:
    """Compare a guarantee's fee."""
    amount, rate, months = _amount(chance), _percent(chance, 4), chance.randrange(1, 361)
    found = guarantee_fee.fee_for(amount, rate_pct=rate, months=months)
    return in_yuan(found), references.guarantee_fee(in_yuan(amount), rate, months)


def plan(chance: random.Random) -> Pair:
    """Compare an annuity's rows."""
    principal, rate, start = _amount(chance) + 1, _percent(chance), _day(chance)
    periods, step = chance.randrange(1, 25), chance.choice([1, 3])
    convention, whole = chance.choice(["30/360", "actual/360", "actual/365"]), chance.random() < 0.3
    found = schedule.build(
        principal,
        annual_rate_pct=rate,
        method=schedule.Method.ANNUITY,
        periods=periods,
        start=start,
        every=schedule.Every.QUARTER if step == 3 else schedule.Every.MONTH,
        day_count=DayCount(convention),
        rounding=schedule.Rounding.YUAN_UP if whole else schedule.Rounding.FEN,
    )
    dues = references.due_days(start, periods, step)
    spans = [references.days_of(convention, begin, due) for begin, due in zip([start, *dues], dues, strict=False)]
    rows = [tuple(map(in_yuan, (row.principal, row.interest, row.payment, row.balance))) for row in found.periods]
    return rows, references.annuity(in_yuan(principal), rate, spans, whole_yuan=whole)


def grow(chance: random.Random) -> Pair:
    """Compare a growth."""
    now, then = _amount(chance), _amount(chance)
    found = growth.growth_pct(now, then)
    return found, None if then == 0 else references.cents(Decimal(now - then) * 100 / then)


def card(chance: random.Random) -> Pair:
    """Compare a card's points."""
    rows = []
    for _ in range(chance.randrange(1, 9)):
        zero = _percent(chance, 100)
        value = _percent(chance, 110) if chance.random() < 0.9 else None
        rows.append((value, zero, zero + chance.choice([-1, 1]) * (_percent(chance, 50) + 1), _percent(chance, 30)))
    found = score_card.score([score_card.Indicator(*row) for row in rows], bands=[])
    return found.points, references.card(rows)


def working(chance: random.Random) -> Pair:
    """Compare a due day."""
    calendar, start, days = workdays.shipped(), _day(chance) - dt.timedelta(days=700), chance.randrange(0, 25)
    at, left = start, days
    while not _works(calendar, at) or left:
        left -= _works(calendar, at)
        at += dt.timedelta(days=1)
    return calendar.due(start, days=days).on, at


def _works(calendar: workdays.Calendar, day: dt.date) -> bool:
    return day not in calendar.holidays and (day.isoweekday() < 6 or day in calendar.makeup)


FORMULAS: dict[str, Callable[[random.Random], Pair]] = {
    "bridge-fee": bridge,
    "subsidy": subsidy_line,
    "compensation": compensate,
    "recovery": recover,
    "guarantee": guarantee,
    "guarantee-fee": guarantee_cost,
    "schedule": plan,
    "growth": grow,
    "score-card": card,
    "working-days": working,
}


def differences(name: str, cases: int, *, seed: int = SEED) -> list[Pair]:
    """Return the cases of formula *name* that differ, as pairs."""
    chance = random.Random(f"{name} {seed}")
    pairs = (FORMULAS[name](chance) for _ in range(cases))
    return [pair for pair in pairs if pair[0] != pair[1]]


def cases_wanted() -> int:
    """Return how many cases the normal suite takes of each formula."""
    return int(os.environ.get("HUOSHUI_CASES", "2000"))


def main(arguments: list[str]) -> int:
    """Run and print."""
    cases = int(arguments[0]) if arguments else 100_000
    status = 0
    for name in arguments[1:] or FORMULAS:
        began = time.perf_counter()
        wrong = differences(name, cases)
        print(f"{name:<14}{cases:>9,} cases {time.perf_counter() - began:7.1f} s  {len(wrong)} differ", flush=True)
        for pair in wrong[:3]:
            print("   code", pair[0], "\n   plain", pair[1])
        status = status or int(bool(wrong))
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
