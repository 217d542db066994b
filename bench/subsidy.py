"""Interest and subsidy of a million loans, beside what reading them costs and beside the plain Decimal loop, in one run.

Usage: python bench/subsidy.py [--loans 1000000] [--sample 20000]
The limit is the time to read every input and write every output once, on one thread. The Decimal loop runs on a sample,
its time is extrapolated to all loans; sample and bulk are compared to the fen. Last line: JSON of the figures.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import statistics
import time
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from huoshui.funds import bulk_subsidy
from huoshui.funds.bulk_subsidy import NO_DAY, Bulk, Lines
from huoshui.kernel.subsidy import Terms

PERIODS, ROUNDS, SEED = 12, 7, 20261121
TERMS = Terms(fraction=Decimal("0.5"), points_pct=Decimal("2"), principal_cap=500_000_000, months=12, basis=360)
EPOCH = dt.date(1970, 1, 1)


def generated(count: int) -> Lines:
    """Return loans of a year in 12 periods of about a month, a fifth of them begun late or ended early with 1 to 11:
    10,000 to 10,000,000 yuan, 2.5 to 8 %."""
    chance = np.random.default_rng(SEED)
    used = np.where(chance.random(count) < 0.2, chance.integers(1, PERIODS, count), PERIODS)
    steps = chance.integers(20, 32, (PERIODS, count), dtype=np.int32)
    steps[0] = chance.integers(20_000, 20_300, count)
    starts = np.cumsum(steps, axis=0, dtype=np.int32)
    last = starts[used - 1, np.arange(count)]
    past = np.arange(PERIODS)[:, None] >= used
    starts[past] = NO_DAY
    amounts = chance.integers(1_000_000, 1_000_000_000, (PERIODS, count))
    amounts[past] = 0
    stopped = np.where(chance.random(count) < 0.03, starts[0] + 60, NO_DAY).astype(np.int32)
    rates = chance.integers(250, 801, count) * 100
    return Lines(starts, amounts, (last + 30).astype(np.int32), rates, stopped_on=stopped)


def decimal_loop(given: Lines, sample: range) -> list[tuple[int, int]]:
    """Return (interest, subsidy) of the sampled loans by the rule in plain decimals, a loan at a time."""
    chosen = slice(sample.start, sample.stop, sample.step)
    starts, amounts = given.starts[:, chosen].T.tolist(), given.amounts[:, chosen].T.tolist()
    made = []
    for row, at in enumerate(sample):
        periods = [
            (start, Decimal(amount)) for start, amount in zip(starts[row], amounts[row], strict=True) if start < NO_DAY
        ]
        end, rate = int(given.end[at]), Decimal(int(given.contract_ppm[at])) / 1_000_000
        applied = min(rate, rate * Decimal("0.5"), Decimal("0.02"))
        last = min(end, int(given.stopped_on[at]), a_year_later(periods[0][0]))
        interest = granted = Decimal(0)
        for (start, amount), following in zip(periods, [*(start for start, _ in periods[1:]), end], strict=True):
            interest += amount * (following - start)
            granted += min(amount, Decimal(500_000_000)) * max(0, min(following, last) - start)
        made.append((whole(interest * rate / 360), whole(granted * applied / 360)))
    return made


def a_year_later(day: int) -> int:
    date = EPOCH + dt.timedelta(days=day)
    leap = (date.month, date.day) == (2, 29)
    return (date.replace(year=date.year + 1, day=28 if leap else date.day) - EPOCH).days


def whole(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


def touch(given: Lines, out: Bulk) -> None:
    """Read every input and write every output once."""
    for column in (given.starts, given.amounts, given.end, given.contract_ppm, given.stopped_on):
        column.max()
    for column in (out.interest, out.subsidy, out.applied, out.cuts):
        column.fill(0)


def median(act: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        act()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def main(loans: int, sample_size: int) -> None:
    given = generated(loans)
    sample = range(0, loans, max(1, loans // sample_size))
    found = bulk_subsidy.lines(given, terms=TERMS)
    started = time.perf_counter()
    expected = decimal_loop(given, sample)
    loop = (time.perf_counter() - started) * loans / len(sample)
    equal = expected == [(int(found.interest[at]), int(found.subsidy[at])) for at in sample]
    seconds = median(lambda: bulk_subsidy.lines(given, terms=TERMS))
    two = median(lambda: bulk_subsidy.lines(given, terms=TERMS, workers=2))
    limit = median(lambda: touch(given, found))
    print(f"{loans:,} loans, up to {PERIODS} periods, {os.cpu_count()} cores; sample of {len(sample):,} by decimals")
    print(f"bulk {seconds * 1000:.0f} ms on one thread, {two * 1000:.0f} ms on two")
    print(f"limit {limit * 1000:.1f} ms to read and write everything once: {seconds / limit:.1f} times that")
    print(f"Decimal loop {loop:.1f} s, extrapolated from the sample: {loop / seconds:.0f} times ours")
    print(f"equal to the fen on the sample: {equal}")
    figures = {"seconds": round(seconds, 4), "decimal_loop_s": round(loop, 1), "equal": equal}
    ratios = {"loop_ratio": round(loop / seconds), "limit_ratio": round(seconds / limit, 1)}
    print(json.dumps({**figures, **ratios, "two_threads_s": round(two, 4), "limit_s": round(limit, 4)}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--loans", type=int, default=1_000_000)
    parser.add_argument("--sample", type=int, default=20_000)
    chosen = parser.parse_args()
    main(chosen.loans, chosen.sample)
