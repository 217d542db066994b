"""The pages of risk compensation at the bank and at the bureau, under the web role."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from funds.subsidies import WAN, Scheme, loan
from funds.test_compensation import LATER, PAPERS, bad, filed, paid, place, row
from huoshui.access.models import Person
from huoshui.funds.models.compensation import CompensationClaim, CompensationLoan
from huoshui.kernel import clock

pytestmark = pytest.mark.django_db
__all__ = ["place"]


def enter(client: Any, person_id: int | None) -> None:
    client.force_login(Person.objects.get(pk=person_id))


def test_a_bank_registers_and_files_on_pages(client: Any, place: Scheme) -> None:
    sound, wrong = loan(place), bad(place)
    enter(client, place.bank.person_id)
    assert sound.contract_no in client.get(reverse("bank:compensation_register")).content.decode()
    client.post(reverse("bank:compensation_register"), {"selected": [sound.pk]})
    assert CompensationLoan.objects.filter(loan=sound).exists()
    address = reverse("bank:compensation_file", args=[wrong.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {}).status_code == 422
    files = {code: SimpleUploadedFile(name, data) for code, (name, data) in PAPERS.items()}
    assert client.post(address, files).status_code == 302
    claim = CompensationClaim.objects.get()
    for name, args in (
        ("bank:compensation", []),
        ("bank:compensation_loans", []),
        ("bank:compensation_claim", [claim.pk]),
    ):
        assert client.get(reverse(name, args=args)).status_code == 200, name


def test_the_bureau_accepts_on_the_page_and_the_bank_reports_what_came_back(client: Any, place: Scheme) -> None:
    first = filed(place)
    enter(client, place.maker.person_id)
    page = client.get(reverse("gov:compensation_claim", args=[first])).content.decode()
    assert "40 %" in page
    assert "未还本金" in page
    assert "{&#x27;" not in page, "steps are words, not data"
    assert client.get(reverse("gov:compensation")).status_code == 200
    paper = client.get(reverse("gov:compensation_paper", args=[first, "contract"]))
    assert paper.getvalue() == PAPERS["contract"][1]
    assert client.get(reverse("gov:compensation_paper", args=[first, "nothing"])).status_code == 422
    empty = client.post(reverse("gov:compensation_act", args=[first, "return"]), {"reason": ""})
    assert empty.status_code == 422
    assert client.post(reverse("gov:compensation_act", args=[first, "accept"])).status_code == 302
    assert row(first).state == "accepted"


def test_the_bank_reports_a_recovery_on_the_page(client: Any, place: Scheme) -> None:
    claim = paid(place, amount=100 * WAN)
    enter(client, place.bank.person_id)
    given = {"received_on": LATER.date().isoformat(), "recovered": "100000", "cost": "0", "slip_no": "Z1"}
    with clock.at(LATER + dt.timedelta(days=1)):
        made = client.post(reverse("bank:compensation_act", args=[claim, "recover"]), given)
    assert made.status_code == 302
    assert row(claim).returned == 4 * WAN
