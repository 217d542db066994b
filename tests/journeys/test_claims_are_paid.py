"""Claims on public money in a real browser, from the loan record to the matched statement: a quarter of subsidy, a bad loan."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.browser import Walker, chromium
from tests.journeys.hands import act, owner, staff
from tests.journeys.paying import account, bureau, on_a_phone
from tests.journeys.site import AXE, CHROMIUM, Site, running
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
with clock.at(clock.now() - dt.timedelta(days=1)):  # a code is sent again only after a while
    funds._owner(firm)
"""
)
# a pool, and a loan that fell due four months ago of which nobody has taken note yet
POOL = """
from huoshui.catalogue import queries as catalogue
rules = next(one for one in catalogue.published_programmes("compensation") if one.code == "COMP-TY")
pool = actions_fund.open_fund(
    people.checker, code="COMP-TY", kind="compensation", name="风险补偿资金池", name_en="Risk pool",
    district_code="140100", programme_id=rules.programme_id, account_no="0502120009002", account_bank="工商银行太原分行",
)
actions_fund.appropriate(people.checker, pool, amount=860_000_000, document_no="并财金〔2026〕8号", on=clock.today())
funds._loan(people, firm, funds.Plan(300, 0, None), clock.today() - dt.timedelta(days=486))
"""
GONE_BAD = """
from huoshui.financing import actions
actions.age_loans()
"""
WHO = """
from huoshui.financing import queries as cases
loan = cases.loans(SYSTEM).order_by("pk")[0]
print(f"138{loan.enterprise_id % 10**8:08d}")
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running("h_claims_journey", QUARTER + POOL) as served:
        yield served


def test_a_quarter_goes_from_the_loan_record_to_the_matched_statement(
    site: Site, browser: Browser, tmp_path: Path
) -> None:
    bank, office = staff(browser, site, "bank.manager"), bureau(browser, site)
    maker = office.maker
    account(bank)
    bank.look("quarter ahead", picture="subsidy-1-bank")
    bank.press("提交本季申报")
    bank.look("claim", picture="subsidy-2-lines", at="h2")
    claim = bank.page.url.removeprefix(site.url).replace("/bank/", "/gov/")

    maker.go("/gov/subsidy/")
    maker.look("queue", picture="subsidy-3-queue")
    maker.go(claim)
    maker.look("claim at the bureau", picture="subsidy-3-claim")
    maker.press("受理并转入支付")
    number, amount = office.confirm()
    _noticed(office.checker)
    office.send(picture="subsidy-5-file")
    office.match(
        tmp_path, "小微企业贷款贴息资金", number, amount, more="{day},L2,3.20,,结息\n", picture="subsidy-6-statement"
    )
    _explained(maker)
    maker.go("/gov/payments/")
    maker.look("paid", picture="subsidy-7-paid")
    assert maker.sees("已支付")
    maker.go("/gov/subsidy/settlement/")
    maker.look("settlement", picture="subsidy-9-settlement")

    firm = owner(browser, site, site.run(WHO).strip())
    firm.go("/my/subsidies/")
    firm.look("firm", picture="subsidy-8-firm-phone")
    assert firm.sees("超过贴息本金上限")
    fund = "".join(re.findall(r"/settlement/(\d+)/", maker.page.url))
    firm.go(f"/my/subsidies/claim/{fund}/")
    firm.look("firm's own claim", picture="subsidy-10-firm-claims-phone")
    pages = ("/gov/payments/", "/gov/bank-statements/", "/gov/payment-files/", "/payment-notices/")
    on_a_phone(maker, [(claim, "subsidy-9-claim-phone"), *((path, "") for path in pages)])
    assert [*firm.problems, *bank.problems, *office.problems] == []


def _noticed(public: Walker) -> None:
    """Look at the notice that everybody can read."""
    public.go("/payment-notices/")
    public.look("notices")
    public.follow(public.page.locator("article a").first)
    public.look("notice", picture="subsidy-4-notice")


def _explained(maker: Walker) -> None:
    """Say what the line of the statement is that pays nothing."""
    maker.follow(maker.page.locator("tbody tr", has_text="待核对").locator("a").first)
    maker.look("left line")
    maker.page.locator("input[name=words]").fill("专户结息")
    maker.press("登记说明")


def test_a_bad_loan_is_compensated_and_what_is_recovered_returns_to_the_pool(
    site: Site, browser: Browser, tmp_path: Path
) -> None:
    bank, office = staff(browser, site, "bank.manager"), bureau(browser, site)
    account(bank)
    claim = _filed(bank, site, tmp_path)
    maker = office.maker
    maker.go("/gov/compensation/")
    maker.look("claims")
    maker.go(claim)
    maker.look("claim at the bureau", picture="compensation-3-check")
    act(maker, "accept")
    number, amount = office.confirm()
    assert amount == 120_000_000  # 40 % of 300 wan
    office.send()
    office.match(tmp_path, "风险补偿资金池", number, amount)

    bank.go(claim.replace("/gov/", "/bank/"))
    today = bank.page.evaluate("() => new Date().toISOString().slice(0, 10)")
    act(bank, "recover", received_on=today, recovered="500000", cost="50000", slip_no="ZH-1")
    bank.look("recovered", picture="compensation-4-recovered", at="h1")
    maker.go(claim)
    act(maker, "close", reason="法院终结执行，追偿结束")
    assert maker.sees("18 万元"), "(50 − 5) wan × 40 % is back in the pool"
    maker.look("closed", picture="compensation-5-closed")
    on_a_phone(maker, [("/gov/compensation/", ""), (claim, "compensation-6-phone")])
    assert [*bank.problems, *office.problems] == []


def _filed(bank: Walker, site: Site, folder: Path) -> str:
    """Register a loan, see it go bad, file the claim with every paper; return the claim's address at the bureau."""
    bank.go("/bank/compensation/register/")
    bank.look("register", picture="compensation-1-register")
    bank.page.locator("tr", has_text="300 万元").locator("input[name=selected]").check()
    bank.press("备案所选贷款")
    site.run(GONE_BAD)
    bank.go("/bank/compensation/loans/")
    bank.look("registered")
    bank.follow(bank.page.locator("tbody a").first)
    paper = folder / "扫描件.pdf"
    paper.write_bytes(b"%PDF-1.4 invented")
    places = bank.page.locator("input[type=file]")
    assert places.count() == 5
    for at in range(5):
        places.nth(at).set_input_files(str(paper))
    bank.look("papers", picture="compensation-2-file")
    bank.press("提交申请")
    bank.look("filed")
    return bank.page.url.removeprefix(site.url).replace("/bank/", "/gov/")
