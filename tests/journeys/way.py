"""The way of one firm from a code on a wall to money in its account, step by step as people take it in a browser.

The test of the way and the tour with pictures walk the same steps; each step ends by looking at the page.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser

from tests.journeys.browser import DESK, PHONE, Walker, walker
from tests.journeys.site import PASSWORD, Site

AMOUNT_WAN, MONTHS = "30", "12"
BANK, LENDER = "汾水银行", "汾水银行小店支行"
CODE_LABEL = "柳巷市场 3 号门"
PLACE = "140105"  # the county whose taskforce and branch walk the way

FACTS = """
today = clock.today()
for source, values in {
    "market": {"premises_registered": True, "annual_report_filed": True, "abnormal_operation": False,
               "serious_violation": False, "permit_valid": True},
    "tax": {"tax_grade": "B", "tax_paid_last_year": 4_800_000, "revenue_last_year": 260_000_000,
            "assets_total": 190_000_000, "debt_ratio": Decimal("41.5"), "tax_arrears": False,
            "invoice_amount_12m": 240_000_000, "invoice_months": 12, "invoice_customers": 26},
    "social": {"employees": 18, "social_security_persons": 14, "social_security_arrears": False,
               "wage_arrears": False},
    "court": {"dishonest": False, "open_lawsuits": 0},
    "credit": {"has_loan_history": False, "loan_balance": 0, "lender_count": 0, "max_overdue_days": 0},
}.items():
    registry.record_facts(SYSTEM, enterprise_id=firm, source=source, as_of=today, values=values)
"""
IMPORTS = """
import datetime as dt, json
from decimal import Decimal
from huoshui.access import queries as access
from huoshui.financing import actions as financing
from huoshui.kernel import clock, uscc
from huoshui.registry import actions as registry, queries as register
"""
INVENTED = f"""{IMPORTS}
firm = registry.register_enterprise(
    SYSTEM, code=uscc.make_uscc(registrar="91", division="{PLACE}", organisation="MA7WAY00"),
    name="太原市小店区清泉餐具清洗有限公司", district_code="{PLACE}", invented=True, industry_code="O8192",
    scope="餐具集中清洗、消毒、配送", established_on=dt.date(2021, 4, 12), registered_capital=80_000_000,
    address="太原市小店区演示路16号",
)
{FACTS}"""


@dataclass(frozen=True)
class Firm:
    """Who walks: the name as registered, its credit code, what its owner types to find it."""

    name: str
    uscc: str
    typed: str


def firm_named(site: Site, part: str) -> Firm:
    """Return the firm that the register has under *part* of its name or its code."""
    hit = json.loads(
        site.run(
            f"{IMPORTS}\nhit = register.search(None, {part!r}, limit=1)[0]\nprint(json.dumps([hit.name, hit.uscc]))"
        )
    )
    return Firm(name=hit[0], uscc=hit[1], typed=part)


def hang_code(site: Site) -> str:
    """Have the county's taskforce make a loan code; return its token."""
    program = f"""{IMPORTS}
made = financing.create_code(access.actor_named("lead.xiaodian"), kind="market", label={CODE_LABEL!r},
                             district_code={PLACE!r})
print(made.token)"""
    return site.run(program).strip()


class Way:
    """The people of one way, each at a window of their own, and what they do in turn."""

    def __init__(self, site: Site, browser: Browser, firm: Firm, *, pictures: Path | None = None) -> None:
        def window(name: str, view: dict[str, int]) -> Walker:
            return walker(browser, site.url, name, view=view, pictures=pictures)

        self.site, self.firm = site, firm
        self.mobile = f"139{secrets.randbelow(10**8):08}"  # a telephone that nobody used before
        self.owner = window("firm", PHONE)
        self.officer, self.lead, self.manager = (window(name, DESK) for name in ("officer", "lead", "bank"))
        self.tracking = ""

    @property
    def problems(self) -> list[str]:
        """Return what went wrong in any window."""
        return [line for one in (self.owner, self.officer, self.lead, self.manager) for line in one.problems]

    # the owner, at a telephone

    def scan(self, token: str) -> None:
        """Open the address that the code on the wall holds."""
        self.owner.go(f"/c/{token}")
        assert self.owner.sees(CODE_LABEL), "the page says where the code hung"

    def find_firm(self) -> None:
        """Type a part of the name, or the code, and press the firm that appears."""
        page = self.owner.page
        page.get_by_label("企业名称或代码").press_sequentially(self.firm.typed, delay=5)
        page.locator("#found button", has_text=self.firm.uscc).wait_for()
        self.owner.look("find", picture="firm-1-find")
        page.locator("#found button", has_text=self.firm.uscc).click()
        page.wait_for_url("**/apply/firm/")
        assert self.owner.sees(self.firm.name)
        self.owner.look("confirm")
        self.owner.press("是，继续")

    def prove(self) -> None:
        """Confirm the phone by the code sent to it, and show the licence, since the register has no phone."""
        page = self.owner.page
        page.get_by_label("手机号").fill(self.mobile)
        self.owner.look("phone")
        self.owner.press("获取验证码")
        shown = re.search(r"验证码是 (\d{6})", page.inner_text("body"))
        assert shown, "practice mode shows the code"
        self.owner.look("code")
        page.get_by_label("短信验证码").fill(shown[1])
        self.owner.press("确认")
        page.wait_for_url("**/apply/proof/")
        photo = {"name": "licence.png", "mimeType": "image/png", "buffer": page.screenshot()}
        page.locator("input[type=file]").set_input_files([photo])  # type: ignore[list-item]
        page.get_by_label("我是这家企业的法定代表人").check()
        self.owner.look("proof")
        self.owner.press("提交")
        page.wait_for_url("**/apply/need/")

    def ask(self) -> None:
        """Say how much, how long and what for; agree to matching."""
        page = self.owner.page
        page.get_by_label("想贷多少").fill(AMOUNT_WAN)
        page.get_by_label("用多久").fill(MONTHS)
        page.get_by_label("做什么用").select_option(index=1)
        self.owner.look("need", picture="firm-2-need")
        self.owner.press("下一步")
        page.wait_for_url("**/apply/consent/")
        self.owner.look("consent", picture="firm-3-consent")
        page.locator("input[name=agreed]").check()
        self.owner.press("看能贷什么")
        page.wait_for_url("**/apply/matches/")

    def read_matches(self) -> int:
        """Read what the firm may have: each with why, others with what is missing; return how many may be had."""
        page = self.owner.page
        cards = page.locator("article.choice")
        for number in range(cards.count()):
            assert cards.nth(number).locator("details", has_text="为什么符合").locator("li").count() >= 1
        said = cards.locator(".tile-figures > div:first-child dd").all_inner_texts()
        costs = [float(text.rstrip("% ")) for text in said]
        assert costs == sorted(costs), "cheapest first"
        near = page.locator("section[aria-labelledby=near]")
        assert near.locator(".tile h3").count() >= 1, "near misses say what would open them"
        self.owner.look("matches", picture="matches")
        return cards.count()

    def choose(self) -> None:
        """Choose one product of the bank that walks the way, and agree to show it the data."""
        page = self.owner.page
        page.locator("article.choice", has_text=BANK).first.locator("input[name=product]").check()
        self.owner.press("下一步：确认发送")
        page.wait_for_url("**/apply/send/")
        self._send()

    def let_the_platform_choose(self) -> None:
        """Leave the choice to the platform, and agree to the banks it may ask, one by one."""
        page = self.owner.page
        page.locator("input[name=platform_chooses]").check()
        self.owner.press("下一步：确认发送")
        page.wait_for_url("**/apply/send/")
        assert self.owner.sees("平台只会从下面的银行里安排")
        self._send()

    def plan_the_day(self) -> None:
        """The lead recommends, has the whole list planned at once, reads who would get what and why, and confirms."""
        self.sign_in(self.lead, "lead.xiaodian")
        self.lead.go(f"/gov/demands/{self.demand_id}/")
        self._act(self.lead, "recommend")
        self.lead.go("/gov/dispatch/")
        self.lead.look("plans")
        self.lead.press("生成方案")
        assert self.lead.sees(self.firm.name), "the plan names the firm"
        assert self.lead.sees("综合"), "and says why"
        self.lead.look("plan", picture="county-4-plan")
        self.lead.press("确认派出")
        assert self.lead.sees("已派出")
        self.lead.look("sent-out")

    def _send(self) -> None:
        page = self.owner.page
        for tick in page.locator("input[name=consent]").all():
            tick.check()
        self.owner.look("send", picture="firm-4-send")
        self.owner.press("发送需求")
        page.wait_for_url(re.compile(r"/my/demands/\d+/"))
        self.tracking = page.url.removeprefix(self.site.url)

    def follow(self, words: str, label: str, picture: str = "") -> None:
        """Look at the tracking page again; it says *words*."""
        self.owner.go(self.tracking)
        assert self.owner.sees(words), f"{words!r} in {self.owner.page.inner_text('body')}"
        self.owner.look(label, picture=picture)

    # staff, at a desk

    def sign_in(self, one: Walker, username: str, picture: str = "") -> None:
        """Sign in with name and password and look at the first page."""
        one.go("/accounts/login/")
        one.page.locator("input[name=login]").fill(username)
        one.page.locator("input[name=password]").fill(PASSWORD)
        one.follow(one.page.locator("section[aria-labelledby=staff] button"))
        one.page.wait_for_load_state()
        one.look(f"{username}-home", picture=picture)

    @property
    def demand_id(self) -> int:
        """Return the number in the tracking page's address."""
        return int(re.findall(r"\d+", self.tracking)[0])

    def judge(self) -> None:
        """The officer reads the evidence, says yes to five standards, and saves."""
        page = self.officer.page
        self.sign_in(self.officer, "officer.xiaodian")
        self.officer.go("/gov/demands/declared/")
        assert self.officer.sees(self.firm.name)
        self.officer.look("declared", picture="county-1-declared")
        self.officer.go(f"/gov/demands/{self.demand_id}/")
        for number in range(1, 6):
            page.locator(f"input[name=verdict_{number}][value=yes]").check()
        self.officer.look("judge", picture="county-2-judge", at="section[aria-labelledby=standards]")
        self.officer.press("保存判断")
        self.officer.look("judged")

    def recommend_and_dispatch(self) -> None:
        """The lead recommends, sees which branch would be asked and why, and dispatches."""
        self.sign_in(self.lead, "lead.xiaodian")
        self.lead.go(f"/gov/demands/{self.demand_id}/")
        self._act(self.lead, "recommend")
        preview = self.lead.page.locator("#act-dispatch")
        preview.evaluate("one => { one.open = true }")
        assert LENDER in preview.inner_text(), "the branch that would be asked is named before"
        self.lead.look("dispatch", picture="county-3-dispatch", at="section[aria-labelledby=acts]")
        self._act(self.lead, "dispatch")
        assert self.lead.sees(LENDER)
        self.lead.look("dispatched")

    def take_in(self) -> None:
        """The account manager opens the inbox, accepts, and records the first contact."""
        page = self.manager.page
        self.sign_in(self.manager, "bank.manager", picture="bank-1-home")
        self.manager.go("/bank/cases/")
        self.manager.look("inbox", picture="bank-2-inbox")
        page.locator("tbody tr", has_text=self.firm.name).get_by_role("link").first.click()
        page.wait_for_url(re.compile(r"/bank/cases/\d+/"))
        self.manager.look("case", picture="bank-3-case")
        self._act(self.manager, "accept")
        self._act(self.manager, "contact", note="电话联系法定代表人，约定明天上门看现场。")
        self.manager.look("contacted")

    def decide(self) -> None:
        """Papers are complete; the bank grants and the contract is signed."""
        today = dt.date.today().isoformat()
        self._act(self.manager, "complete")
        self.manager.page.locator("#act-grant").evaluate("one => { one.open = true }")
        self.manager.look("grant", picture="bank-4-grant", at="section[aria-labelledby=acts]")
        terms = {"amount": AMOUNT_WAN, "rate_pct": "3.95", "term_months": MONTHS}
        self._act(self.manager, "grant", **terms, method="interest_only", collateral="credit")
        self._act(self.manager, "sign", contract_no=f"HT-2026-{self.demand_id:04d}", signed_on=today)
        self.manager.look("contracted")

    def pay_out(self) -> None:
        """The money is paid out; the loan has its schedule."""
        self.manager.press("打开贷款")
        wan = str(int(AMOUNT_WAN) * 10_000)
        self._act(
            self.manager,
            "draw",
            amount=wan,
            drawn_on=dt.date.today().isoformat(),
            slip_no=f"JJ-2026-{self.demand_id:04d}",
        )
        self.manager.look("loan", picture="bank-5-loan")

    def _act(self, one: Walker, code: str, **typed: str) -> None:
        """Open an act on the page, fill its form, and send it; a refusal fails the way with its words."""
        act = one.page.locator(f"#act-{code}")
        act.evaluate("one => { one.open = true }")
        for name, value in typed.items():
            field = act.locator(f"[name={name}]")
            if field.evaluate("one => one.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        with one.page.expect_navigation() as answered:
            act.locator("form button:not([type=button])").last.click()
        assert answered.value is not None
        assert answered.value.status == 200, one.page.inner_text("main")


def walk(way: Way, token: str) -> None:
    """Take every step in turn, from the code on the wall to the money."""
    way.scan(token)
    way.find_firm()
    way.prove()
    way.ask()
    assert way.read_matches() >= 2
    way.choose()
    way.follow("办到哪里了", "sent")
    way.judge()
    way.recommend_and_dispatch()
    way.follow(BANK, "dispatched")
    way.take_in()
    way.decide()
    way.follow("授信", "granted")
    way.pay_out()
    way.follow("放款", "lent", picture="firm-5-tracking")
