"""Whether printed figures agree with each other: exactly, or only within the rounding of what was printed.

A paper prints a balance, its increase and the growth in percent, each rounded. Computed from the printed figures the
growth may differ in its last digit; that is shown as such, and nobody's figure is bent.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from huoshui.kernel.errors import DomainError
from huoshui.kernel.money import round_half_up
from huoshui.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Verdict:
    """*computed* from the printed figures, the range (*low* to *high*) that their rounding leaves open, and the finding.

    *agrees*: exact, rounding (inside the range only) or no.
    """

    computed: Decimal
    low: Decimal
    high: Decimal
    agrees: str


WORDS: dict[str, Text] = {
    "exact": Text("与印出的数字一致", "agrees with the printed figures"),
    "rounding": Text("与印出的数字相差仅因四舍五入", "differs only by the rounding of what was printed"),
    "no": Text("与印出的数字不符", "contradicts the printed figures"),
}


def growth(now: str, increase: str, pct: str) -> Verdict:
    """Return whether growth *pct* (percent) agrees with a figure *now* and its *increase*, all three as printed.

    Raises DomainError (printed_not_number, printed_no_base).
    """
    end, rise, shown = _number(now, "now"), _number(increase, "increase"), _number(pct, "pct")
    low_end, high_end = _range(end, now)
    low_rise, high_rise = _range(rise, increase)
    bases = [one - other for one in (low_end, high_end) for other in (low_rise, high_rise)]
    if min(bases) <= 0:
        raise DomainError("printed_no_base", Text("基数不大于零。", "The base is not above zero."), field="increase")
    corners = [other / (one - other) * 100 for one in (low_end, high_end) for other in (low_rise, high_rise)]
    computed = _rounded(rise / (end - rise) * 100, pct)
    low, high = _rounded(min(corners), pct), _rounded(max(corners), pct)
    agrees = "exact" if computed == shown else "rounding" if low <= shown <= high else "no"
    return Verdict(computed, low, high, agrees)


def _number(text: str, field: str) -> Fraction:
    try:
        return Fraction(text.strip())
    except (ValueError, ZeroDivisionError) as wrong:
        said = Text(f"“{text[:20]}”不是数字。", f"“{text[:20]}” is not a number.")
        raise DomainError("printed_not_number", said, field=field, value=text) from wrong


def _places(text: str) -> int:
    return len(text.strip().partition(".")[2])


def _range(value: Fraction, text: str) -> tuple[Fraction, Fraction]:
    half = Fraction(1, 2 * 10 ** _places(text))
    return value - half, value + half


def _rounded(value: Fraction, like: str) -> Decimal:
    places = _places(like)
    return Decimal(round_half_up(value * 10**places)).scaleb(-places)
