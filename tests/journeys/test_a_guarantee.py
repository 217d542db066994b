"""A guarantee in a real browser: asked for, agreed on the phone, in force before any money, paid out and recovered."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.browser import PHONE, Walker, chromium
from tests.journeys.hands import act, owner, staff
from tests.journeys.paying import Bureau, account, bureau
from tests.journeys.site import AXE, CHROMIUM, Site, running
from tests.journeys.way import INVENTED

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None or not AXE.exists(), reason="no chromium or axe on this machine"),
]
CREDIT = (
    INVENTED
    + """
from huoshui.config.demo import funds, guarantees
people, today = funds._cast(), clock.today()
funds._open_funds(people, clock.today())
guarantees.standing()
guarantees._credit(people, firm, guarantees.Case(50, 0, "in_force"), today)
with clock.at(clock.now() - dt.timedelta(days=1)):  # a code is sent again only after a while
    funds._owner(firm)
"""
)
WHO = """
from huoshui.financing import queries as cases
loan = cases.loans(SYSTEM).get()
print(loan.pk, loan.referral_id, f"138{loan.enterprise_id % 10**8:08d}")
"""
LATE = """
import datetime as dt
from huoshui.financing import actions, queries
from huoshui.kernel import clock
loan = queries.loans(SYSTEM).get()
actions.age_loans(clock.today() + dt.timedelta(days=80), only=[loan.pk])
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running("h_guarantee_journey", CREDIT) as served:
        yield served


def refused(one: Walker, code: str, **typed: str) -> str:
    """Send an act that is refused; return what the page says."""
    with pytest.raises(AssertionError):
        act(one, code, **typed)
    return one.page.inner_text("main")


def test_from_the_request_to_the_recovery(site: Site, browser: Browser, tmp_path: Path) -> None:
    loan, case, phone = site.run(WHO).split()
    today = dt.date.today().isoformat()
    bank, officer, lead = (staff(browser, site, name) for name in ("bank.manager", "guarantor", "guarantor.lead"))
    bank.go(f"/bank/loans/{loan}/")
    assert "担保还没有生效" in refused(bank, "draw", slip_no="FK-1")
    bank.go(f"/bank/guarantees/ask/{case}/")
    bank.page.get_by_label("担保机构").select_option(label="汾水融资担保有限公司")
    bank.press("提交申请")
    pk = re.findall(r"\d+", bank.page.url.removeprefix(site.url))[0]

    firm = owner(browser, site, phone)
    firm.go("/my/")
    firm.press("的担保申请")
    firm.look("agree", picture="guarantee-1-firm")
    firm.press("同意")

    officer.go("/bank/")
    officer.look("home", picture="guarantee-2-home")
    officer.go(f"/bank/guarantees/{pk}/")
    act(officer, "review", opinion="主营稳定，同意承保")
    officer.look("limits", picture="guarantee-3-review")
    lead.go(f"/bank/guarantees/{pk}/")
    assert "1.20%" in refused(lead, "approve", rate_pct="1.2"), "the limit is told with its figure"
    act(lead, "approve", rate_pct="0.8")
    officer.go(f"/bank/guarantees/{pk}/")
    act(officer, "issue", letter_no="汾担保函1号")
    act(officer, "confirm_fee", slip_no="F-1")
    bank.go(f"/bank/loans/{loan}/")
    act(bank, "draw", slip_no="FK-1")

    account(bank)
    pay_out(site, (bank, officer, lead), pk, tmp_path)
    money_goes_out(bureau(browser, site), tmp_path)
    officer.go(f"/bank/guarantees/{pk}/")
    act(officer, "recover", recovered="100000", cost="10000", slip_no="ZC-1", received_on=today)
    officer.look("recovered", picture="guarantee-5-recovered")
    look_around(pk, firm, officer)
    assert [line for one in (bank, officer, lead, firm) for line in one.problems if "422" not in line] == []


def pay_out(site: Site, people: tuple[Walker, Walker, Walker], pk: str, folder: Path) -> None:
    """The loan is late: claim with papers, accept, pay by another person."""
    bank, officer, lead = people
    site.run(LATE)
    paper = folder / "proof.pdf"
    paper.write_bytes(b"%PDF-1.4 invented")
    bank.go(f"/bank/guarantees/{pk}/")
    for name in ("form", "classification_proof", "collection_record"):
        bank.page.locator(f"#act-claim [name={name}]").set_input_files(paper)
    act(bank, "claim")
    officer.go(f"/bank/guarantees/{pk}/")
    officer.look("claim", picture="guarantee-4-claim")
    act(officer, "accept")
    assert officer.page.locator("#act-pay").count() == 0, "who accepts cannot pay"
    lead.go(f"/bank/guarantees/{pk}/")
    act(lead, "pay")


def money_goes_out(office: Bureau, folder: Path) -> None:
    """The finance bureau checks, approves and sends the payout; the statement shows it."""
    number, amount = office.waiting("computed")
    office.approve(picture="guarantee-4-file")
    office.match(folder, "政府性融资担保分险", number, amount, picture="guarantee-4-statement")
    assert office.problems == []


def look_around(pk: str, firm: Walker, officer: Walker) -> None:
    """The board, the firm's page; then the guarantor's pages at a telephone's width."""
    officer.go("/bank/guarantees/exposure/")
    officer.look("board", picture="guarantee-6-board")
    firm.go(f"/my/guarantees/{pk}/")
    firm.look("firm after", picture="guarantee-7-firm")
    officer.page.set_viewport_size(PHONE)
    for at, path in enumerate(("/bank/guarantees/", f"/bank/guarantees/{pk}/"), start=8):
        officer.go(path)
        officer.look(f"phone {path}", picture=f"guarantee-{at}-phone")
        wide = officer.page.evaluate("() => document.documentElement.scrollWidth")
        assert wide <= PHONE["width"], f"{path} is {wide} pixels wide"
