"""Reading ahead keeps the order, asks for one item more than was taken, and passes on what goes wrong."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from huoshui.kernel.ahead import ahead


@pytest.mark.parametrize("number", [0, 1, 2, 50])
def test_items_come_in_their_order(number: int) -> None:
    assert list(ahead(iter(range(1, number + 1)))) == list(range(1, number + 1))


def test_the_next_item_is_made_in_another_thread_while_the_last_is_worked_on_and_no_further_one() -> None:
    made: list[int] = []
    second = threading.Event()

    def items() -> Iterator[str]:
        for at in range(3):
            made.append(threading.get_ident())
            if at == 1:
                second.set()
            yield str(at)

    coming = ahead(items())
    assert next(coming) == "0"
    assert second.wait(5)
    assert len(made) == 2
    assert threading.get_ident() not in made
    assert list(coming) == ["1", "2"]


def test_what_goes_wrong_is_raised_where_the_item_is_asked_for() -> None:
    def items() -> Iterator[str]:
        yield "good"
        raise ValueError("broken")

    coming = ahead(items())
    assert next(coming) == "good"
    with pytest.raises(ValueError, match="broken"):
        next(coming)
