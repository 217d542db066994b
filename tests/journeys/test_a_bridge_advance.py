"""An advance of the bridge fund goes through its closed loop in a real browser, and a yuan of it is traced and back."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.browser import PHONE, Walker, chromium
from tests.journeys.hands import act, owner, staff
from tests.journeys.paying import account, bureau
from tests.journeys.site import AXE, CHROMIUM, Site, running
from tests.journeys.way import INVENTED

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None or not AXE.exists(), reason="no chromium or axe on this machine"),
]
FUND = (
    INVENTED.replace('"tax_paid_last_year": 4_800_000', '"tax_paid_last_year": 48_000_000')
    + """
from huoshui.config.demo import funds
from huoshui.funds import actions_bridge
people, plan, today = funds._cast(), funds.Plan(300, -6, None), clock.today()
actions_bridge.pay_in_bridge(people.checker, amount=1_000_000_000, on=today, document_no="并财金〔2026〕118号")
due = today + dt.timedelta(days=6)
funds._loan(people, firm, plan, due.replace(year=due.year - 1, day=min(due.day, 28)))
with clock.at(clock.now() - dt.timedelta(days=1)):  # a code is sent again only after a while
    funds._owner(firm)
"""
)
NEW_LOAN = """
import datetime as dt
from huoshui.config.demo import funds
from huoshui.financing import queries as cases
from huoshui.kernel import clock
old = cases.loans(SYSTEM).order_by("pk")[0]
funds._loan(funds._cast(), old.enterprise_id, funds.Plan(300, 0, None), clock.today(), renewal_of=old.pk)
print(cases.loans(SYSTEM).order_by("-pk")[0].pk)
"""
WHO = """
from huoshui.financing import queries as cases
loan = cases.loans(SYSTEM).order_by("pk")[0]
print(loan.pk, f"138{loan.enterprise_id % 10**8:08d}")
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running("h_bridge_journey", FUND) as served:
        yield served


def test_an_advance_closes_its_loop_and_is_traced(site: Site, browser: Browser, tmp_path: Path) -> None:
    loan, phone = site.run(WHO).split()
    today = dt.date.today().isoformat()
    firm = owner(browser, site, phone)
    firm.go(f"/my/loans/{loan}/")
    firm.press("申请应急周转")
    firm.look("ask", picture="bridge-1-ask", at="h1")
    firm.press("提交申请")
    firm.page.wait_for_url(re.compile(r"/my/bridge/\d+/"))
    pk = re.findall(r"\d+", firm.page.url.removeprefix(site.url))[0]

    bank, office = staff(browser, site, "bank.manager"), bureau(browser, site)
    maker, checker = office.maker, office.checker
    account(bank)
    bank.go("/bank/bridge/")
    bank.look("bank-list")
    bank.go(f"/bank/bridge/{pk}/")
    bank.look("commit", picture="bridge-2-bank")
    act(bank, "commit", commitment_no="汾银承诺〔2026〕1号")
    maker.go(f"/gov/bridge/{pk}/")
    maker.look("reserve")
    act(maker, "reserve")
    assert maker.page.locator("#act-advance").count() == 0, "who reserves cannot pay"
    checker.go(f"/gov/bridge/{pk}/")
    act(checker, "advance")
    checker.look("approved", picture="bridge-3-approved")
    office.file()
    number, amount = office.waiting("in_file")
    office.match(tmp_path, "应急周转保障资金", number, amount, picture="bridge-3-statement")

    bank.go(f"/bank/bridge/{pk}/")
    act(bank, "confirm_repaid", paid_on=today, slip_no="HK-1", interest="0")
    maker.go("/gov/bridge/")
    maker.look("list", picture="bridge-3-list")
    new = site.run(NEW_LOAN).strip()
    bank.go(f"/bank/bridge/{pk}/")
    act(bank, "confirm_renewed", new_loan_id=new)
    maker.go(f"/gov/bridge/{pk}/")
    act(maker, "take_back", returned_on=today, slip_no="GH-1")
    assert maker.page.locator("table .badge", has_text="已对上").count() == 4
    maker.look("returned", picture="bridge-4-loop")
    firm.go(f"/my/bridge/{pk}/")
    firm.look("firm", picture="bridge-5-firm")

    follow_the_money(maker, pk)
    assert [line for one in (firm, bank, maker, checker) for line in one.problems] == []


def follow_the_money(maker: Walker, pk: str) -> None:
    """From the overview down to a posting, to the firm and back; then the pages at a telephone's width."""
    maker.go("/gov/money/")
    maker.look("overview", picture="money-1-overview")
    maker.go("/gov/money/bridge/")
    maker.look("book", picture="money-2-book")
    maker.go("/gov/money/bridge/journal/")
    maker.look("journal")
    maker.follow(maker.page.locator("tbody a").first)
    maker.page.wait_for_load_state()
    maker.look("posting", picture="money-3-posting")
    maker.follow(maker.page.locator(".breadcrumb a").last)
    maker.page.wait_for_load_state()
    maker.look("firm-money")
    assert maker.page.locator("ul a[href*=postings]").count() == 4
    maker.page.set_viewport_size(PHONE)
    for path, picture in (
        ("/gov/money/", "money-4-phone"),
        ("/gov/money/bridge/", ""),
        (f"/gov/bridge/{pk}/", "bridge-6-phone"),
    ):
        maker.go(path)
        maker.look(f"phone {path}", picture=picture)
        wide = maker.page.evaluate("() => document.documentElement.scrollWidth")
        assert wide <= PHONE["width"], f"{path} is {wide} pixels wide"
