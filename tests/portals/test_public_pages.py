"""What anybody may see: products with all their costs, programmes; nothing of it needs an account."""

from __future__ import annotations

import pytest

from factories import offers
from huoshui.access.actor import SYSTEM
from huoshui.catalogue import presets, queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank() -> int:
    return offers.bank(name="并州银行")


@pytest.fixture
def tax_loan(bank: int) -> int:
    offers.branch(bank)
    offers.approved(bank, code="TAX-1")
    return queries.offered_products()[0].product_id


def page(client, address: str, **headers: str) -> str:
    return client.get(address, headers=headers).content.decode()


def test_home_says_what_it_is_and_leads_to_the_application(client, tax_loan):
    shown = page(client, "/")
    assert 'href="/apply/"' in shown
    assert "税融贷" in shown
    assert shown.count("<h1") == 1


def test_home_counts_only_what_is_there(client):
    assert page(client, "/").count('<dd class="figure-big">0</dd>') == 3


def test_home_asks_the_database_little(client, tax_loan, django_assert_max_num_queries):
    page(client, "/")
    with django_assert_max_num_queries(8):
        page(client, "/")


def test_products_show_rate_limits_and_cost(client, tax_loan):
    shown = page(client, "/products/")
    assert "税融贷" in shown
    assert "300 万元" in shown
    assert "全部成本（年化）" in shown


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=税融", True),
        ("q=并州", True),
        ("q=不存在", False),
        ("amount=1", True),
        ("amount=0.99", False),
        ("amount=300", True),
        ("amount=301", False),
        ("months=3", True),
        ("months=2", False),
        ("months=24", True),
        ("months=25", False),
        ("collateral=credit", True),
        ("collateral=mortgage", False),
    ],
)
def test_filters_show_what_fits(client, tax_loan, query, found):
    assert ("税融贷" in page(client, f"/products/?{query}")) is found


def test_an_amount_in_words_is_refused_in_words(client, tax_loan):
    shown = page(client, "/products/?amount=三十万")
    assert "“三十万”不是金额" in shown
    assert "error-summary" in shown


def test_htmx_gets_only_the_products(client, tax_loan):
    shown = page(client, "/products/?q=税融", **{"HX-Request": "true", "HX-Target": "offers"})
    assert "<html" not in shown
    assert "税融贷" in shown


def test_no_product_leads_to_the_application(client):
    assert "没有符合条件的产品" in page(client, "/products/")


def test_the_sheet_of_a_product_names_every_cost(client, tax_loan):
    shown = page(client, f"/products/{tax_loan}/")
    assert "利息" in shown
    assert "全部成本折合年化" in shown
    assert "营业执照" in shown
    assert "失信" in shown


def test_the_sheet_is_reckoned_for_the_loan_in_mind(client, tax_loan):
    shown = page(client, f"/products/{tax_loan}/?amount=50&months=6")
    assert "50 万元" in shown
    assert shown.count("<td>利息<") == 6


def test_a_loan_beyond_the_product_is_pulled_to_its_limit(client, tax_loan):
    assert "300 万元" in page(client, f"/products/{tax_loan}/?amount=9000&months=360")


def test_an_unknown_product_is_not_found(client):
    assert client.get("/products/999999/").status_code == 404


def test_a_product_not_approved_is_not_found(client, bank):
    offers.draft(bank)
    assert client.get("/products/1/").status_code == 404


def test_programmes_name_their_document(client):
    presets.install(SYSTEM)
    shown = page(client, "/programmes/")
    assert "迎泽区支小支农贷款贴息" in shown
    one = page(client, "/programmes/SUB-YZ-ZXZN/")
    assert "迎泽区支小支农贷款贴息实施办法" in one
    assert "谁符合" in one


def test_an_unknown_programme_is_not_found(client):
    assert client.get("/programmes/NONE/").status_code == 404


def test_without_programmes_the_page_leads_to_products(client):
    assert "目前没有正在执行的政策" in page(client, "/programmes/")


def test_markup_in_a_products_name_is_shown_as_text(client, bank):
    offers.branch(bank)
    offers.approved(bank, name="<img src=x onerror=alert(1)>")
    assert "<img src=x" not in page(client, "/products/")


@pytest.mark.parametrize("address", ["/", "/products/", "/programmes/", "/apply/", "/my/sign-in/", "/accounts/login/"])
def test_every_page_is_complete_in_english(client, address):
    client.cookies["language"] = "en"
    shown = page(client, address)
    assert 'lang="en"' in shown
    main = shown.split("<main")[1].split("</main>")[0]
    assert not [letter for letter in main if "\u4e00" <= letter <= "\u9fff"]
