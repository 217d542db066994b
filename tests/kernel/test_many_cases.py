"""Generated cases of every formula beside its independent calculation; `python -m tests.kernel.many` runs far more."""

from __future__ import annotations

import pytest

from tests.kernel import many


@pytest.mark.parametrize("name", many.FORMULAS)
def test_generated_cases_equal_the_independent_calculation(name: str) -> None:
    assert many.differences(name, many.cases_wanted()) == []


def test_the_cases_are_the_same_on_every_run() -> None:
    import random

    first, second = (many.guarantee(random.Random(7)) for _ in range(2))
    assert first == second
