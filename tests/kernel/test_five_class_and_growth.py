"""Five classes by days overdue, and growth against an earlier figure."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huoshui.kernel import five_class
from huoshui.kernel.errors import Refused
from huoshui.kernel.five_class import FiveClass
from huoshui.kernel.growth import growth_pct


@pytest.mark.parametrize(
    ("days", "name"),
    [
        (0, "正常"), (1, "关注"), (89, "关注"), (90, "关注"), (91, "次级"), (270, "次级"), (271, "可疑"), (360, "可疑"),
        (361, "损失"), (10_000, "损失"),
    ],
)  # fmt: skip
def test_each_limit_belongs_to_the_better_class(days: int, name: str) -> None:
    assert five_class.LABELS[five_class.classify(days)].zh == name


@pytest.mark.parametrize(
    ("days", "found"),
    [(9, FiveClass.NORMAL), (10, FiveClass.WATCH), (30, FiveClass.WATCH), (31, FiveClass.SUBSTANDARD)],
)
def test_limits_are_parameters(days: int, found: FiveClass) -> None:
    assert five_class.classify(days, limits=[30, 60, 90], watch_from=10) == found


def test_the_first_limit_may_be_the_first_day() -> None:
    assert five_class.classify(1, limits=[0, 60, 90]) == FiveClass.SUBSTANDARD


def test_a_limit_below_the_watch_still_wins() -> None:
    assert five_class.classify(6, limits=[5, 60, 90], watch_from=10) == FiveClass.SUBSTANDARD


@pytest.mark.parametrize(
    ("days", "limits", "watch", "codes"),
    [
        (-1, [90, 270, 360], 1, ["overdue_negative"]),
        (0, [90, 270], 1, ["five_class_limits"]),
        (0, [90, 90, 360], 1, ["five_class_limits"]),
        (0, [-1, 270, 360], 1, ["five_class_limits"]),
        (0, [90, 360, 360], 1, ["five_class_limits"]),
        (0, [90, 270, 360], 0, ["five_class_watch"]),
        (-1, [], 0, ["overdue_negative", "five_class_limits", "five_class_watch"]),
    ],
)
def test_nonsense_is_refused_with_every_problem(days: int, limits: list[int], watch: int, codes: list[str]) -> None:
    with pytest.raises(Refused) as refusal:
        five_class.classify(days, limits=limits, watch_from=watch)
    assert [problem.code for problem in refusal.value.problems] == codes


def test_the_worse_of_two_classes() -> None:
    assert five_class.worse_of(FiveClass.WATCH, FiveClass.NORMAL) == FiveClass.WATCH
    assert five_class.worse_of(FiveClass.SUBSTANDARD, FiveClass.LOSS) == FiveClass.LOSS


@given(st.integers(min_value=0, max_value=2000), st.integers(min_value=0, max_value=2000))
def test_more_days_are_never_a_better_class(one: int, two: int) -> None:
    order = list(FiveClass)
    fewer, more = sorted((one, two))
    assert order.index(five_class.classify(fewer)) <= order.index(five_class.classify(more))


@pytest.mark.parametrize(
    ("now", "growth", "published"),
    [
        ("400.48", "47.9", "13.59"),  # printed as 13.58: inside the rounding of 47.9
        ("141.9", "13.1", "10.17"),
        ("102.44", "4.61", "4.71"),
        ("32.38", "3.81", "13.34"),
    ],
)
def test_the_published_figures_of_a_branch(now: str, growth: str, published: str) -> None:
    assert growth_pct(Decimal(now), Decimal(now) - Decimal(growth)) == Decimal(published)


@pytest.mark.parametrize(
    ("now", "then", "pct"),
    [
        (1, 0, None),
        (None, 1, None),
        (1, None, None),
        (None, None, None),
        (0, 5, "-100.00"),
        (5, 5, "0.00"),
        (10_000_500, 10_000_000, "0.01"),  # 0.005 goes up
        (9_999_500, 10_000_000, "-0.01"),  # and away from zero
        (10_000_499, 10_000_000, "0.00"),
        (3, 1, "200.00"),
    ],
)
def test_growth_at_its_edges(now: int | None, then: int | None, pct: str | None) -> None:
    found = growth_pct(now, then)
    assert (None if found is None else str(found)) == pct


@given(st.integers(min_value=0, max_value=10**15), st.integers(min_value=1, max_value=10**15))
def test_growth_is_the_plain_quotient(now: int, then: int) -> None:
    plain = (Decimal(now - then) * 100 / Decimal(then)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert growth_pct(now, then) == plain
