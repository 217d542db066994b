"""What an atom asks of an ordered column, as closed intervals of stored values. Pure; no numpy.

Money is whole fen, dates are days since 1970-01-01, counts are whole numbers, other numbers are binary floats. The
intervals say exactly what the one-firm evaluator says, which compares decimals.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from huoshui.kernel.periods import whole_months
from huoshui.rules.tree import Atom

Stored = int | float
Span = tuple[Stored | None, Stored | None]  # both ends in; None = open; lower end above upper end = nothing

_EPOCH = dt.date(1970, 1, 1).toordinal()
_LAST = dt.date.max.toordinal() - 31  # the calendar's end, less the month that adding one may need


def spans(atom: Atom, *, as_of: dt.date, whole: bool) -> tuple[Span, ...]:
    """Return the intervals in which a known value satisfies *atom*, or for ``!=`` and ``not_in`` fails it.

    *whole*: the column holds whole numbers; otherwise it holds floats, whose shortest decimal text is what counts.
    """
    if atom.op.startswith("months_since"):
        return (_since(atom.op, atom.value, as_of),)
    ends = _whole_ends if whole else _float_ends
    if atom.op in ("in", "not_in"):
        return tuple(ends("=", each) for each in atom.value)
    if atom.op == "between":
        low, high = (_number(each) for each in atom.value)
        return ((ends(">=", low)[0], ends("<=", high)[1]),)
    return (ends("=" if atom.op == "!=" else atom.op, _number(atom.value)),)


def outside(atom: Atom) -> bool:
    """Return whether *atom* asks for a value outside its intervals."""
    return atom.op in ("!=", "not_in")


def stored_day(day: dt.date) -> int:
    """Return *day* as a date column stores it."""
    return day.toordinal() - _EPOCH


def _number(value: Any) -> Decimal:
    return Decimal(stored_day(value)) if isinstance(value, dt.date) else Decimal(value)


def _whole_ends(op: str, value: Decimal) -> Span:
    up = int(value.to_integral_value(ROUND_CEILING))
    down = int(value.to_integral_value(ROUND_FLOOR))
    return {
        "=": (up, down),
        "<": (None, up - 1),
        "<=": (None, down),
        ">": (down + 1, None),
        ">=": (up, None),
    }[op]


def _float_ends(op: str, value: Decimal) -> Span:
    near = float(value)
    written = Decimal(repr(near))
    # only the nearest float can stand on either side of the decimal; all others keep their side
    low = near if written >= value else math.nextafter(near, math.inf)
    high = near if written <= value else math.nextafter(near, -math.inf)
    above = near if written > value else math.nextafter(near, math.inf)
    below = near if written < value else math.nextafter(near, -math.inf)
    return {"=": (low, high), "<": (None, below), "<=": (None, high), ">": (above, None), ">=": (low, None)}[op]


def _since(op: str, months: int, as_of: dt.date) -> Span:
    """Whole months never grow as the day gets later, so that a search finds the last (first) day that fits."""
    if op == "months_since>=":
        last = _first_day(lambda day: whole_months(day, as_of) < months) - 1
        return (None, last - _EPOCH)
    return (_first_day(lambda day: whole_months(day, as_of) <= months) - _EPOCH, None)


def _first_day(holds: Callable[[dt.date], bool]) -> int:
    low, high = 1, _LAST
    while low < high:
        middle = (low + high) // 2
        if holds(dt.date.fromordinal(middle)):
            high = middle
        else:
            low = middle + 1
    return low
