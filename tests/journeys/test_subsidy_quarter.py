"""A quarter of interest subsidy in a real browser: from the loan record to the payment file and the matched statement."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.browser import PHONE, Walker, chromium
from tests.journeys.site import AXE, CHROMIUM, Site, running
from tests.journeys.test_a_bridge_advance import owner, staff
from tests.journeys.way import INVENTED

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None or not AXE.exists(), reason="no chromium or axe on this machine"),
]
# a loan drawn at the start of the last whole quarter, its interest paid, and a programme that banks claim on
QUARTER = (
    INVENTED
    + """
from huoshui.catalogue.models import Programme, ProgrammeVersion
from huoshui.config.demo import funds
from huoshui.financing import actions as lending
from huoshui.financing import queries as cases
from huoshui.funds import actions_fund
from huoshui.portals.shared.quarters import last_quarter
people, (first, end) = funds._cast(), last_quarter()
day = first + dt.timedelta(days=9)
loan = funds._loan(people, firm, funds.Plan(200, 0, None), day)
lending.record_repayment(
    people.manager, loan_id=loan, paid_on=day + dt.timedelta(days=60), principal=40_000_000, interest=3_000_000,
    slip_no="LX-1",
)
programme = Programme.objects.create(code="SUB-JOURNEY", kind="subsidy", name="小微企业贷款贴息", name_en="Small-firm subsidy")
ProgrammeVersion.objects.create(
    programme=programme, number=1, state="published", version=1, document_no="并财金〔2026〕7号", published_at=clock.now(),
    valid_from=dt.date(2025, 1, 1), criteria={"fact": "district_code", "op": "starts_with", "value": "14"},
    terms={"fraction": "0.5", "principal_cap": "1500000.00", "months": 12, "basis": 360, "flow": "bank_first",
           "central": False, "stacks_with": [], "purposes": [], "collateral": [],
           "shares": {"province": "30", "city": "30", "county": "40"}},
)
fund = actions_fund.open_fund(
    people.checker, code="SUB-JOURNEY", kind="subsidy", name="小微企业贷款贴息资金", name_en="Small-firm subsidy fund",
    district_code="140100", programme_id=programme.pk, account_no="0502120009001", account_bank="工商银行太原分行",
)
actions_fund.appropriate(people.checker, fund, amount=1_660_000_000, document_no="并财金〔2026〕7号", on=clock.today())
funds._owner(firm)
"""
)
WHO = """
from huoshui.financing import queries as cases
loan = cases.loans(SYSTEM).order_by("pk")[0]
print(f"138{loan.enterprise_id % 10**8:08d}")
"""
# the notice has to run for working days: it is published three weeks back
PUBLISHED = """
import datetime as dt
from huoshui.access import queries as access
from huoshui.funds import actions_payment
from huoshui.funds import queries_payment as money
from huoshui.kernel import clock
maker = access.actor_named("finance.maker")
order = money.payments(maker).first()
with clock.at(clock.now() - dt.timedelta(days=21)):
    actions_payment.publish_notice(maker, order_ids=[order.pk])
print(order.number, order.amount)
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running("h_subsidy_journey", QUARTER) as served:
        yield served


def _statement(maker: Walker, folder: Path, number: str, amount: int) -> None:
    """Take in a statement that pays the order and brings interest, and say what the rest is."""
    yuan = f"{amount // 100}.{amount % 100:02d}"
    statement = folder / "statement.csv"
    day = maker.page.evaluate("() => new Date().toISOString().slice(0, 10)")
    statement.write_text(f"交易日期,流水号,收入,支出,摘要\n{day},L1,,{yuan},{number}\n{day},L2,3.20,,结息\n", "utf-8")
    maker.go("/gov/bank-statements/new/")
    maker.page.locator("select[name=fund_id]").select_option(label="小微企业贷款贴息资金")
    maker.page.locator("input[name=file]").set_input_files(str(statement))
    maker.press("导入并核对")
    maker.look("statement", picture="subsidy-6-statement")
    assert maker.sees("按支付编号")
    maker.follow(maker.page.locator("tbody a").first)
    maker.look("left line")
    maker.page.locator("input[name=words]").fill("专户结息")
    maker.press("登记说明")


def test_a_quarter_goes_from_the_loan_record_to_the_matched_statement(
    site: Site, browser: Browser, tmp_path: Path
) -> None:
    bank, maker, checker = (staff(browser, site, name) for name in ("bank.manager", "finance.maker", "finance.checker"))
    bank.go("/bank/subsidy/account/")
    for name, value in (("holder", "汾水银行"), ("bank_name", "汾水银行营业部"), ("account_no", "6222 0200 0001")):
        bank.page.locator(f"input[name={name}]").fill(value)
    bank.press("登记")
    bank.look("quarter ahead", picture="subsidy-1-bank")
    bank.press("提交本季申报")
    bank.look("claim", picture="subsidy-2-lines", at="h2")
    claim = bank.page.url.removeprefix(site.url).replace("/bank/", "/gov/")

    maker.go("/gov/subsidy/")
    maker.look("queue")
    maker.go(claim)
    maker.look("claim at the bureau", picture="subsidy-3-claim")
    maker.press("受理并转入支付")
    checker.go("/gov/payments/")
    checker.page.locator("input[name=selected]").first.check()
    checker.press("复核")
    number, amount = site.run(PUBLISHED).split()
    public = staff(browser, site, "finance.checker")
    public.go("/payment-notices/")
    public.look("notices")
    public.follow(public.page.locator("article a").first)
    public.look("notice", picture="subsidy-4-notice")
    checker.go("/gov/payments/")
    checker.page.locator("input[name=selected]").first.check()
    checker.press("批准支付")
    maker.go("/gov/payment-files/")
    maker.press("生成支付文件")
    maker.look("files", picture="subsidy-5-file")

    _statement(maker, tmp_path, number, int(amount))
    maker.go("/gov/payments/")
    maker.look("paid", picture="subsidy-7-paid")
    assert maker.sees("已支付")

    firm = owner(browser, site, site.run(WHO).strip())
    firm.go("/my/subsidies/")
    firm.look("firm", picture="subsidy-8-firm-phone")
    assert firm.sees("超过贴息本金上限")
    maker.page.set_viewport_size(PHONE)
    for path in ("/gov/payments/", claim, "/gov/bank-statements/", "/gov/payment-files/", "/payment-notices/"):
        maker.go(path)
        maker.look(f"phone {path}", picture="subsidy-9-claim-phone" if path == claim else "")
        wide = maker.page.evaluate("() => document.documentElement.scrollWidth")
        assert wide <= PHONE["width"], f"{path} is {wide} pixels wide"
    assert re.search(r"/subsidy/\d+/", claim)
    assert [line for one in (firm, bank, maker, checker, public) for line in one.problems] == []
