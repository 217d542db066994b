"""Whom the platform asks: the firm's choice, its lenders, fit, capacity."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from huoshui.financing.dispatch import Ask, Candidate, Desk, plan


def desk(bank: int, *, capacity: int = 10, load: int = 0, paused: bool = False, branch: int = 0) -> Desk:
    return Desk(branch or bank * 10, f"/{bank}/{branch or bank * 10}/", bank, capacity, load, paused)


def ask(**given: object) -> Ask:
    values = {
        "choices": (), "platform": True, "fits": (), "incumbents": (), "asked": frozenset(), "room": 3,
    } | given  # fmt: skip
    return Ask(**values)  # type: ignore[arg-type]


CHOICES = (Candidate(1, 100, 1), Candidate(2, 200, 2))
FITS = (Candidate(3, 300, 1), Candidate(4, 400, 2), Candidate(5, 500, 2))


def order(found: object) -> list[tuple[int, str]]:
    return [(offer.bank_id, offer.basis) for offer in found.offers]  # type: ignore[attr-defined]


def test_choice_comes_before_the_lender_before_fit() -> None:
    made = plan(ask(choices=CHOICES[:1], fits=FITS, incumbents=(4,)), [desk(n) for n in range(1, 6)])
    assert order(made) == [(1, "choice"), (4, "incumbent"), (3, "fit")]
    assert made.offers[1].product_id == 400  # the lender's own fitting product


def test_between_equal_fits_the_branch_with_more_room_wins() -> None:
    made = plan(ask(fits=FITS, room=2), [desk(3), desk(4, load=5), desk(5)])
    assert order(made) == [(3, "fit"), (5, "fit")]


def test_a_chosen_bank_gets_it_even_when_full_and_the_reason_says_so() -> None:
    made = plan(ask(choices=CHOICES[:1], platform=False), [desk(1, load=10)])
    assert order(made) == [(1, "choice")]
    assert "满额" in made.offers[0].why.zh


def test_a_bank_the_platform_adds_needs_room() -> None:
    made = plan(ask(fits=FITS[:1]), [desk(3, load=10)])
    assert made.offers == ()
    assert made.passed[0].why.zh == "该行网点本周已满额"


def test_a_paused_bank_and_one_without_a_branch_are_passed_over_with_the_reason() -> None:
    made = plan(ask(choices=CHOICES, platform=False), [desk(1, paused=True)])
    assert [gone.why.zh for gone in made.passed] == ["该行网点暂停接单", "该行在本区县没有承接网点"]


def test_without_leave_the_platform_adds_nobody() -> None:
    made = plan(ask(choices=CHOICES[:1], platform=False, fits=FITS), [desk(n) for n in range(1, 6)])
    assert order(made) == [(1, "choice")]


def test_where_nothing_fits_the_branches_with_room_are_asked() -> None:
    made = plan(ask(room=1), [desk(8, load=9), desk(7, load=3)])
    assert order(made) == [(7, "capacity")]


def test_the_branch_with_the_most_room_of_a_bank_takes_it() -> None:
    made = plan(ask(choices=CHOICES[:1]), [desk(1, branch=11, load=8), desk(1, branch=12, load=2)])
    assert made.offers[0].branch_id == 12


DESKS = st.lists(
    st.builds(
        lambda bank, branch, load, paused: desk(bank, branch=bank * 10 + branch, load=load, paused=paused),
        st.integers(1, 6), st.integers(0, 3), st.integers(0, 12), st.booleans(),
    ),
    max_size=12,
)  # fmt: skip


@given(desks=DESKS, room=st.integers(0, 4), asked=st.frozensets(st.integers(1, 6)), platform=st.booleans())
def test_never_too_many_never_twice_never_asked_before_never_paused(
    desks: list[Desk], room: int, asked: frozenset[int], *, platform: bool
) -> None:
    given = ask(choices=CHOICES, fits=FITS, incumbents=(6,), room=room, asked=asked, platform=platform)
    made = plan(given, desks)
    banks = [offer.bank_id for offer in made.offers]
    assert len(banks) == len(set(banks)) <= room
    assert not set(banks) & asked
    at = {each.branch_id: each for each in desks}
    assert all(offer.branch_id in at for offer in made.offers)
    open_branches = {each.branch_id for each in desks if not each.paused}
    assert all(offer.branch_id in open_branches for offer in made.offers)
    assert made == plan(given, desks)
