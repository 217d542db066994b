"""The themes of a loan: its purpose's, and inclusive finance for small customers within the regulator's limit."""

from __future__ import annotations

import pytest

from factories import cases as made
from huoshui.financing.models import Loan
from huoshui.financing.purposes import PURPOSES, themes_of
from huoshui.kernel import clock

LIMIT = 1000 * made.WAN


@pytest.mark.parametrize(("credit", "counts"), [(LIMIT - 1, True), (LIMIT, True), (LIMIT + 1, False)])
def test_credit_up_to_the_limit_is_inclusive(credit: int, counts: bool) -> None:
    assert ("inclusive" in themes_of(None, small=True, credit=credit, limit=LIMIT)) is counts


def test_a_larger_firm_has_the_themes_of_its_purpose_alone() -> None:
    assert themes_of(PURPOSES["technology"], small=False, credit=1, limit=LIMIT) == ["digital", "technology"]
    assert themes_of(PURPOSES["green"], small=True, credit=1, limit=LIMIT) == ["green", "inclusive"]


@pytest.mark.django_db
def test_a_loan_to_a_small_firm_is_marked_when_it_is_signed() -> None:
    with clock.at(made.START):
        place = made.city()
        place.firm.__class__.objects.filter(pk=place.firm.pk).update(size_class="small")
        made.case(place, "lent")
    assert Loan.objects.get().themes == ["inclusive"]
