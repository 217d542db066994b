"""Interest and subsidy of very many loans at once, to the fen what ``kernel.subsidy.line`` gives one by one.

Columns, one value a loan; balances as (periods, loans), so that one period of all loans lies together in memory.
Money int64 fen, dates int32 days since 1970-01-01 (Arrow's date32), rates int64 parts per million (43,500 = 4.35 %).
Work goes in tiles that fit the processor's cache. Where 64 bits hold every product they are used; where only the sum of
fen × days fits, the product with the rate is divided digit by digit; beyond that, Python's own whole numbers serve.
Formula, order of cuts and source: docs/algorithms/subsidy.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from huoshui.kernel.errors import Problem, Refused
from huoshui.kernel.subsidy import MOST_MONTHS, Terms
from huoshui.kernel.text import Text

NO_DAY = np.iinfo(np.int32).max  # an unused period, a loan that was not stopped: later than every day
NOT_SET = -1  # a limit that does not apply
PPM = 1_000_000
MOST_PPM = 4_000_000  # 400 % a year; keeps a rate of twelve decimals within 42 bits
FINEST = 6  # decimals that a programme's fraction may have
TILE = 32_768  # loans a tile: some 6 MB of columns and scratch
CUTS = (
    "principal_cap", "other_subsidy_pct", "months", "stopped_on", "interest_paid", "firm_cap_left", "budget_left",
)  # fmt: skip

_INT64 = 2**63 - 1
_DIGIT = 14  # bits: a remainder below 2**49 and 14 bits more stay within 63
_FIRST_DAY = (dt.date.min - dt.date(1970, 1, 1)).days
_LAST_DAY = (dt.date.max - dt.date(1970, 1, 1)).days

Whole = NDArray[Any]  # int64, or Python's whole numbers where 64 bits are too few
Days = NDArray[np.int32]
Fens = NDArray[np.int64]
_Later = Callable[[Days], Days]


@dataclass(frozen=True, slots=True)
class Lines:
    """The claim lines. *starts* and *amounts*: (periods, loans), ascending, unused periods last and NO_DAY.

    Optional columns: None for all loans at once, NO_DAY or NOT_SET for one. *firm_cap_left* and *budget_left* given here
    stand for those of the terms.
    """

    starts: Days
    amounts: Fens
    end: Days
    contract_ppm: Fens
    other_ppm: Fens | None = None
    interest_paid: Fens | None = None
    stopped_on: Days | None = None
    firm_cap_left: Fens | None = None
    budget_left: Fens | None = None


@dataclass(frozen=True, slots=True)
class Bulk:
    """Interest and subsidy in fen; *applied* / *scale* is the rate subsidised; *cuts*: bit k stands for CUTS[k]."""

    interest: Fens
    subsidy: Fens
    applied: Fens
    scale: int
    cuts: NDArray[np.uint8]

    def applied_rate_pct(self, at: int) -> Decimal:
        """Return the subsidised rate of line *at* in percent, exactly."""
        return Decimal(int(self.applied[at])) * 100 / self.scale

    def limited_by(self, at: int) -> tuple[str, ...]:
        """Return what cut line *at*, in the order of the cuts."""
        return tuple(name for bit, name in enumerate(CUTS) if self.cuts[at] >> bit & 1)


@dataclass(frozen=True, slots=True)
class _Grant:
    """The terms in whole numbers: rates and fractions per *scale*."""

    scale: int
    fraction: int | None  # per scale / PPM
    points: int | None  # ppm
    terms: Terms


def lines(given: Lines, *, terms: Terms, workers: int = 1) -> Bulk:
    """Return interest, subsidy, applied rate and cuts of every line.

    Equal to ``kernel.subsidy.line`` to the fen, half up once a line. *workers*: threads that share the tiles.
    Raises Refused naming the first lines that make no sense (codes as in the kernel; besides ``subsidy_columns`` for
    columns of unlike length or type, ``subsidy_precision`` for terms finer than columns hold, ``subsidy_too_large``
    where a result does not fit 64 bits).
    """
    grant = _grant(terms)
    count = _checked_columns(given)
    interest, subsidy, applied = (np.empty(count, np.int64) for _ in range(3))
    made = Bulk(interest, subsidy, applied, grant.scale, np.empty(count, np.uint8))
    later = _calendar(given.starts[0], terms.months)

    def tile(part: slice) -> None:
        _tile(given, part, grant, made, later)

    with ThreadPoolExecutor(workers) as pool:
        for _ in pool.map(tile, _parts(count)) if workers > 1 else map(tile, _parts(count)):
            pass  # drawing raises here what a tile refused
    return made


def _parts(count: int) -> Iterator[slice]:
    return (slice(at, min(at + TILE, count)) for at in range(0, count, TILE))


def _tile(given: Lines, part: slice, grant: _Grant, made: Bulk, later: _Later) -> None:
    """Compute the lines of *part* and write them into *made*."""
    starts, amounts, end = given.starts[:, part], given.amounts[:, part], given.end[part]
    contract = given.contract_ppm[part]
    _refuse_nonsense(starts, amounts, end, part.start)
    _refuse_rates(given, part)
    applied, cuts = _applied(contract, _of(given.other_ppm, part), grant)
    ends = None if grant.terms.months is None else later(starts[0])
    last = _last_day(end, ends, _of(given.stopped_on, part), cuts)
    most, cap = int(amounts.max()), grant.terms.principal_cap
    if most * int((end.astype(np.int64) - starts[0]).max()) > _INT64:
        amounts = amounts.astype(object)
    cap = None if cap is None or most <= cap else cap
    interest_days, capped_days = _fen_days(starts, amounts, end, cap)
    ended = last < end  # few: for the others the days are the same
    granted_days = interest_days.copy()
    granted_days[ended], of_ended = _fen_days(starts[:, ended], amounts[:, ended], last[ended], cap)
    basis = grant.terms.basis
    gross = _share(granted_days, applied, basis * grant.scale)
    if cap is not None:
        capped_days[ended], uncapped = of_ended, gross
        gross = _share(capped_days, applied, basis * grant.scale)
        cuts |= (uncapped > gross).astype(np.uint8)
    made.interest[part] = _narrow(_share(interest_days, contract, basis * PPM), part.start)
    made.subsidy[part] = _narrow(_limited(gross, given, part, grant.terms, cuts), part.start)
    made.applied[part], made.cuts[part] = applied, cuts


def _fen_days(starts: Days, amounts: Whole, last: Days, cap: int | None) -> tuple[Whole, Whole]:
    """Return Σ amount × days up to *last*, and the same of at most *cap* a day (None: the first again). An unused period
    begins after every day and so has no days."""
    total = np.zeros(last.shape, amounts.dtype)
    capped = total if cap is None else total.copy()
    days, product = np.empty(last.shape, amounts.dtype), np.empty(last.shape, amounts.dtype)
    begin = np.minimum(starts[0], last)
    for at, amount in enumerate(amounts):
        following = np.minimum(starts[at + 1], last) if at + 1 < len(starts) else last
        days[:] = following - begin  # as wide as the amounts, which multiply faster by their own kind
        total += np.multiply(amount, days, out=product)
        if cap is not None:
            capped += np.multiply(np.minimum(amount, cap, out=product), days, out=product)
        begin = following
    return total, capped


def _share(fen_days: Whole, rate: Fens, divisor: int) -> Whole:
    """Return fen_days × rate / divisor, half up. *divisor* is even and below 2**49, nothing is negative."""
    most = int(fen_days.max()) * int(rate.max()) + divisor
    if most <= _INT64 or fen_days.dtype == object:
        made: Whole = (fen_days * rate.astype(fen_days.dtype, copy=False) + divisor // 2) // divisor
        return made
    wide = fen_days.astype(np.float64) * rate > _INT64 / 2  # far enough from the edge for a float to tell
    if not wide.any():
        wide[:] = True
    long = _long_share(fen_days[wide], rate[wide], divisor)
    made = np.empty(fen_days.shape, long.dtype)
    made[~wide] = (fen_days[~wide] * rate[~wide] + divisor // 2) // divisor
    made[wide] = long
    return made


def _long_share(fen_days: Fens, rate: Fens, divisor: int) -> Whole:
    """Return the same where the product needs up to 105 bits: school division, a digit of 14 bits of the rate at a time."""
    by = np.uint64(divisor)
    whole, rest = np.divmod(fen_days.astype(np.uint64), by)
    quotient, remainder = np.zeros_like(rest), np.zeros_like(rest)
    digits = rate.astype(np.uint64)
    for shift in (2 * _DIGIT, _DIGIT, 0):
        digit = (digits >> np.uint64(shift)) & np.uint64(2**_DIGIT - 1)
        step, remainder = np.divmod((remainder << np.uint64(_DIGIT)) + rest * digit, by)
        quotient = (quotient << np.uint64(_DIGIT)) + step
    small = (quotient + (remainder >= by - by // np.uint64(2))).astype(np.int64)
    if int(whole.max()) * int(rate.max()) <= _INT64 - int(small.max()):
        return whole.astype(np.int64) * rate + small
    made: Whole = whole.astype(object) * rate.astype(object) + small
    return made


def _applied(contract: Fens, other: Fens | None, grant: _Grant) -> tuple[Fens, NDArray[np.uint8]]:
    """Return the rate subsidised per scale, and the cut of other programmes as its bit."""
    finer = grant.scale // PPM
    granted = contract * (finer if grant.fraction is None else grant.fraction)
    if grant.points is not None:
        np.minimum(granted, grant.points * finer, out=granted)
    if other is None:
        return granted, np.zeros(len(contract), np.uint8)
    applied = np.maximum(np.minimum(granted, (contract - other) * finer), 0)
    return applied, (applied < granted).astype(np.uint8) << np.uint8(1)


def _last_day(end: Days, ends: Days | None, stopped: Days | None, cuts: NDArray[np.uint8]) -> Days:
    """Return the day the subsidy ends (not counted); mark in *cuts* what ended it before *end*: its months, a stop."""
    limits = [(bit, day) for bit, day in ((2, ends), (3, stopped)) if day is not None]
    last = end
    for _, day in limits:
        last = np.minimum(last, day)
    for bit, day in limits:
        cuts |= ((day == last) & (last < end)).astype(np.uint8) << np.uint8(bit)
    return last


def _calendar(first: Days, months: int | None) -> _Later:
    """Return what tells of days of *first* the day *months* calendar months later."""
    least, most = (int(first.min()), int(first.max())) if len(first) else (0, 0)
    if months is None or not _FIRST_DAY <= least <= most <= _LAST_DAY or most - least >= len(first):
        return lambda day: _on_calendar(day, months or 0)
    # loans begin on few different days: the calendar is asked once a day, not once a loan
    known = _on_calendar(np.arange(least, most + 1, dtype=np.int32), months)
    return lambda day: known[day - least]


def _on_calendar(day: Days, months: int) -> Days:
    """Return the day *months* calendar months later, on the last day of the month where that is shorter."""
    date = day.astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    target = month + months
    longest = ((target + 1).astype("datetime64[D]") - target.astype("datetime64[D]")).astype(np.int64) - 1
    past = np.minimum((date - month.astype("datetime64[D]")).astype(np.int64), longest)
    later = target.astype("datetime64[D]").astype(np.int64) + past
    if (later > _LAST_DAY).any():
        raise Refused(
            [_problem("subsidy_dates", "programme.months", "日期超出公元 9999 年。", "Beyond the year 9999.")]
        )
    made: Days = later.astype(np.int32)
    return made


def _limited(gross: Whole, given: Lines, part: slice, terms: Terms, cuts: NDArray[np.uint8]) -> Whole:
    columns = (
        (4, given.interest_paid, None),
        (5, given.firm_cap_left, terms.firm_cap_left),
        (6, given.budget_left, terms.budget_left),
    )
    for bit, column, of_all in columns:
        limit = _of(column, part) if column is not None else of_all
        if limit is None:
            continue
        cut = (limit < gross) & (np.asarray(limit) >= 0)
        gross = np.where(cut, limit, gross)
        cuts |= cut.astype(np.uint8) << np.uint8(bit)
    return gross


def _of(column: NDArray[Any] | None, part: slice) -> NDArray[Any] | None:
    return None if column is None else column[part]


def _narrow(amounts: Whole, offset: int) -> Fens:
    if amounts.dtype == object:
        _refuse_where(
            amounts > _INT64, offset, "subsidy_too_large", "balances", "金额过大，无法入账。", "Too large to be booked."
        )
    return amounts.astype(np.int64)


# -- refusals ----------------------------------------------------------------------------------------------------------


def _grant(terms: Terms) -> _Grant:
    """Return the terms in whole numbers; raises Refused with everything that is wrong with them."""
    wrong = [*_term_problems(terms), *_precision_problems(terms)]
    if wrong:
        raise Refused(wrong)
    decimals = 0 if terms.fraction is None else max(0, _decimals(terms.fraction))
    fraction = None if terms.fraction is None else int(terms.fraction.scaleb(decimals))
    points = None if terms.points_pct is None else int(min(terms.points_pct * 10_000, Decimal(MOST_PPM)))
    return _Grant(PPM * 10**decimals, fraction, points, terms)


def _term_problems(terms: Terms) -> Iterator[Problem]:
    if terms.fraction is not None and not 0 <= terms.fraction <= 1:
        zh, en = "比例应在 0 到 1 之间。", "The fraction lies between 0 and 1."
        yield _problem("subsidy_terms", "programme.fraction", zh, en)
    if terms.basis not in (360, 365):
        yield _problem("subsidy_terms", "programme.basis", "计息基数是 360 或 365。", "The basis is 360 or 365.")
    for name in ("points_pct", "principal_cap", "firm_cap_left", "budget_left", "months"):
        value = getattr(terms, name)
        if value is not None and value < 0:
            yield _problem("subsidy_terms", f"programme.{name}", "不能小于零。", "It cannot be below zero.")
    if terms.months is not None and terms.months > MOST_MONTHS:
        zh, en = f"贴息月数不能超过 {MOST_MONTHS}。", f"Not more than {MOST_MONTHS} months."
        yield _problem("subsidy_terms", "programme.months", zh, en)


def _precision_problems(terms: Terms) -> Iterator[Problem]:
    if terms.fraction is not None and _decimals(terms.fraction) > FINEST:
        zh, en = f"比例最多 {FINEST} 位小数。", f"The fraction has at most {FINEST} decimals."
        yield _problem("subsidy_precision", "programme.fraction", zh, en)
    if terms.points_pct is not None and _decimals(terms.points_pct) > 4:
        zh, en = "百分点最多 4 位小数。", "The points have at most 4 decimals."
        yield _problem("subsidy_precision", "programme.points_pct", zh, en)


def _decimals(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return -exponent if isinstance(exponent, int) else FINEST + 1


def _checked_columns(given: Lines) -> int:
    """Return how many lines there are; raises Refused where the columns do not fit together."""
    count = len(given.end)
    for name, kind in _KINDS.items():
        column = getattr(given, name)
        if column is None:
            continue
        shape = (len(given.starts), count) if name in ("starts", "amounts") else (count,)
        if column.dtype != kind or column.shape != shape or not len(given.starts):
            zh, en = f"应为 {kind.__name__}{list(shape)}。", f"It should be {kind.__name__}{list(shape)}."
            raise Refused([_problem("subsidy_columns", name, zh, en)])
    return count


_KINDS: dict[str, type] = {
    "starts": np.int32,
    "amounts": np.int64,
    "end": np.int32,
    "contract_ppm": np.int64,
    "other_ppm": np.int64,
    "interest_paid": np.int64,
    "stopped_on": np.int32,
    "firm_cap_left": np.int64,
    "budget_left": np.int64,
}


def _refuse_nonsense(starts: Days, amounts: Fens, end: Days, offset: int) -> None:
    zh, en = "至少需要一笔余额。", "At least one balance is needed."
    _refuse_where(starts[0] == NO_DAY, offset, "subsidy_balances", "balances", zh, en)
    unused = starts == NO_DAY
    zh, en = "余额的日期必须由早到晚，且不重复。", "The balances' dates must ascend without repeating."
    _refuse_where((starts[1:] <= starts[:-1]) > unused[1:], offset, "subsidy_balances", "balances", zh, en)
    zh, en = "截止日早于最后一笔余额的日期。", "The end is before the last balance's date."
    _refuse_where((starts > end) > unused, offset, "subsidy_dates", "to", zh, en)
    zh, en = "日期须在公元 1 年至 9999 年之间。", "A date lies in the years 1 to 9999."
    _refuse_where((starts[0] < _FIRST_DAY) | (end > _LAST_DAY), offset, "subsidy_dates", "to", zh, en)
    if int(amounts.min()) < 0:
        zh, en = "余额不能小于零。", "A balance cannot be below zero."
        _refuse_where(amounts < 0, offset, "subsidy_balances", "balances", zh, en)


def _refuse_rates(given: Lines, part: slice) -> None:
    zh, en = f"利率须在 0 到 {MOST_PPM // 10_000}% 之间。", f"A rate lies between 0 and {MOST_PPM // 10_000} %."
    for name in ("contract_ppm", "other_ppm"):
        column = _of(getattr(given, name), part)
        if column is not None:
            _refuse_where((column < 0) | (column > MOST_PPM), part.start, "subsidy_rate", name, zh, en)
    for name in ("interest_paid", "firm_cap_left", "budget_left"):
        column = _of(getattr(given, name), part)
        if column is not None:
            zh, en = "金额不能小于零（-1 表示未设）。", "An amount cannot be below zero (-1 stands for not set)."
            _refuse_where(column < NOT_SET, part.start, "subsidy_amount", name, zh, en)


def _refuse_where(wrong: NDArray[Any], offset: int, code: str, field: str, zh: str, en: str) -> None:
    """Raise Refused naming the first five lines that are wrong, or of which one period is, if any is."""
    if not wrong.any():
        return
    lines = wrong if wrong.ndim == 1 else wrong.any(axis=0)
    at = [int(row) + offset for row in np.flatnonzero(lines)[:5]]
    raise Refused(
        [Problem(code, Text(f"第 {row} 行：{zh}", f"Line {row}: {en}"), field=field, value=row) for row in at]
    )


def _problem(code: str, field: str, zh: str, en: str) -> Problem:
    return Problem(code, Text(zh, en), field=field)
