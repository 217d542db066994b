"""A payment's posting leads to the payment, and the fund's line shows what is promised to it."""

from __future__ import annotations

import pytest

from huoshui.funds import queries_overview as overview
from tests.funds import paying

pytestmark = pytest.mark.django_db


def test_the_source_of_a_payment_leads_to_the_payment() -> None:
    place = paying.bureau()
    row = paying.row(paying.payment(place, "in_file"))
    subject = overview.about(place.maker, f"pay:{row.pk}:{row.attempt}:paid")
    assert subject is not None
    assert (subject.page, subject.id, subject.postings) == ("gov:payment", row.pk, ())
    line = next(line for line in overview.funds() if line.code.startswith("fund:"))
    assert (line.promised, line.held, line.paid) == (row.amount, row.amount, 0)
    assert line.bound == row.amount, "promised and held, but one sum"
    assert line.left == line.paid_in - row.amount
    assert overview.about(place.maker, "pay:none") is None
