"""The pages of guarantees at bank, guarantor, firm and bureau, under the web role with row security."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from factories import cases, people
from factories import guarantee as made
from factories.guarantee import LATER, PAPERS, Place
from funds.test_guarantee import built, place
from huoshui.access.actor import Actor
from huoshui.funds import queries_guarantee as queries
from huoshui.funds.models.guarantee import Guarantee
from huoshui.kernel import clock

pytestmark = pytest.mark.django_db
__all__ = ["built", "place"]


def act(client: Any, who: Actor, pk: int, code: str, **typed: object) -> int:
    people.sign_in(client, who)
    version = Guarantee.objects.values_list("version", flat=True).get(pk=pk)
    return int(
        client.post(reverse("bank:guarantee_act", args=[pk, code]), {"seen_version": version, **typed}).status_code
    )


def page(client: Any, who: Actor, name: str, *args: object) -> str:
    people.sign_in(client, who)
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200, name
    return str(answer.content.decode())


def test_a_guarantee_goes_its_way_on_pages_until_money_may_be_paid_out(client: Any, place: Place) -> None:
    with clock.at(cases.START):
        case = made.credit(place)
        assert "申请担保" in page(client, place.bank, "bank:case", case)
        assert reverse("bank:guarantee_ask", args=[case]) in page(client, place.bank, "bank:guarantee_to_ask")
        asked = client.post(reverse("bank:guarantee_ask", args=[case]), {"guarantor_id": place.guarantor})
        pk = Guarantee.objects.get().pk
        assert asked.headers["Location"] == reverse("bank:guarantee", args=[pk])
        people.sign_in(client, place.city.owner)
        assert reverse("enterprise:guarantee", args=[pk]) in client.get(reverse("enterprise:home")).content.decode()
        assert "登记信息" in client.get(reverse("enterprise:guarantee", args=[pk])).content.decode()
        assert client.post(reverse("enterprise:guarantee_agree", args=[pk])).status_code == 302
        assert "笔担保申请待受理" in page(client, place.officer, "bank:home")
        assert act(client, place.officer, pk, "review", opinion="") == 422
        assert act(client, place.officer, pk, "review", opinion="同意承保") == 302
        assert "批准后的限额占用" in page(client, place.lead, "bank:guarantee", pk)
        assert act(client, place.lead, pk, "approve", rate_pct="1.5") == 422
        assert act(client, place.lead, pk, "approve", rate_pct="1") == 302
        assert act(client, place.officer, pk, "issue", letter_no="保1", issued_on="2026-03-02") == 302
        assert act(client, place.officer, pk, "confirm_fee", amount="5000", paid_on="2026-03-02", slip_no="F") == 302
        assert "担保有效" in page(client, place.bank, "bank:loan", made.loan_of(pk).pk)
        people.sign_in(client, place.city.owner)
        assert "5,000.00" in client.get(reverse("enterprise:guarantee", args=[pk])).content.decode()


def test_a_loan_that_went_bad_is_paid_out_and_recovered_on_pages(client: Any, place: Place) -> None:
    pk = made.guarantee(place, "drawn")
    with clock.at(LATER):
        people.sign_in(client, place.bank)
        assert 'id="act-claim"' not in client.get(reverse("bank:guarantee", args=[pk])).content.decode()
        made.bad(pk)
        files = {code: SimpleUploadedFile(name, data) for code, (name, data) in PAPERS.items()}
        assert act(client, place.bank, pk, "claim") == 422
        assert act(client, place.bank, pk, "claim", **files) == 302
        paper = next(number for _code, _name, _file, number in queries.guarantee(place.officer, pk).papers)
        people.sign_in(client, place.officer)
        given = client.get(reverse("bank:guarantee_paper", args=[pk, paper]))
        assert (given.content, given.headers["Content-Disposition"]) == (
            PAPERS["form"][1], f'attachment; filename="{pk}-{paper}.pdf"',
        )  # fmt: skip
        assert act(client, place.officer, pk, "accept") == 302
        assert act(client, place.officer, pk, "pay") == 422
        assert act(client, place.lead, pk, "pay") == 302
        made.send(place, pk)
        back = {"received_on": "2026-09-01", "recovered": "100000", "cost": "10000", "slip_no": "Z1"}
        assert act(client, place.officer, pk, "recover", **back) == 302
        assert "36,000.00" in page(client, place.officer, "bank:guarantee", pk)
        assert "追偿中" in page(client, place.maker, "gov:guarantee", pk)
        assert "追偿中" in page(client, place.maker, "gov:guarantees")


def test_the_board_shows_the_limits_and_who_approves_records_net_assets(client: Any, place: Place) -> None:
    made.guarantee(place, "drawn")
    assert "登记净资产" not in page(client, place.officer, "bank:guarantee_exposure")
    people.sign_in(client, place.lead)
    typed = {"net_assets": "3000", "as_of": "2026-03-02", "document_no": "审2号"}
    assert client.post(reverse("bank:guarantee_exposure"), {**typed, "net_assets": "0"}).status_code == 422
    assert client.post(reverse("bank:guarantee_exposure"), typed).status_code == 302
    assert "3,000 万元" in page(client, place.lead, "bank:guarantee_exposure")


def test_a_guarantor_lists_filters_and_exports_its_queue(client: Any, place: Place) -> None:
    number = Guarantee.objects.get(pk=made.guarantee(place, "submitted")).number
    listed = reverse("bank:guarantees")
    people.sign_in(client, place.officer)
    assert number in client.get(listed, {"todo": "1", "sort": "-amount"}).content.decode()
    assert number not in client.get(listed, {"state": "in_force"}).content.decode()
    assert number in b"".join(client.get(listed, {"export": "csv"}).streaming_content).decode("utf-8-sig")
