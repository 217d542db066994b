"""The office hands a list's firms to banks, a bank sees its part and reports, a firm borrows; the list's page shows what
came of it, and a firm that turns out dishonest is taken back at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.journeys.browser import DESK, PHONE, Walker, chromium, walker
from tests.journeys.site import AXE, CHROMIUM, PASSWORD, Site, running

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None or not AXE.exists(), reason="no chromium or axe on this machine"),
]
GROUND = """
from huoshui.config.demo import firms
from huoshui.kernel import clock
from huoshui.registry.loading import load_enterprises
from huoshui.screening import actions_list
invented, facts = firms.invent(1500, today=clock.today())
load_enterprises(SYSTEM, firms=invented, facts=facts)
actions_list.install_ready(SYSTEM)
actions_list.make(SYSTEM, codes=["excluded-dishonest", "excluded-closed", "excluded-sector", "prospects"])
"""
BORROWS = """
import datetime as dt
from huoshui.config.demo import history
from huoshui.kernel import clock
from huoshui.screening import actions_lead
from huoshui.screening.models import Lead
history.RECOMMENDED = history.GRANTED = history.LENT = 1
play = history.Replay(visits=0, today=clock.today() + dt.timedelta(days=60))
lead = Lead.objects.get(state="contacted")
history.ask_for(play, lead.enterprise_id, lead.district_code, lead.product_id, lead.amount_max)
list(play.run())
assert play.passed == 0
actions_lead.note_applications()
"""
TURNS_BAD = """
from huoshui.kernel import clock
from huoshui.registry import actions
from huoshui.screening.models import Lead
firm = Lead.objects.filter(state="invited").values_list("enterprise_id", flat=True).get()
actions.record_facts(SYSTEM, enterprise_id=firm, source="court", as_of=clock.today(), values={"dishonest": True})
"""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running("h_journey_lists", GROUND) as served:
        yield served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def signed_in(site: Site, browser: Browser, name: str, view: dict[str, int] = DESK) -> Walker:
    made = walker(browser, site.url, name, view=view)
    made.go("/accounts/login/")
    made.page.fill("input[name=login]", name)
    made.page.fill("input[name=password]", PASSWORD)
    made.follow(made.page.locator("section[aria-labelledby=staff] button"))
    return made


def figure(office: Walker, name: str) -> int:
    """Return one figure of the list's page."""
    tile = office.page.locator("section[aria-labelledby=conversion] div", has=office.page.locator("dt", has_text=name))
    return int(tile.last.locator("dd").first.inner_text().replace(",", ""))


def report(bank: Walker, act: str, *, row: int, reason: str = "") -> None:
    """Tick one lead and report on it."""
    bank.page.locator("input[name=selected]").nth(row).check()
    form = bank.page.locator("details", has=bank.page.locator("summary", has_text=act)).first
    if form.count():
        form.locator("summary").click()
        if reason:
            form.locator("select").select_option(reason)
        bank.follow(form.locator("button").last)
    else:
        bank.press(act)


def test_from_a_list_to_a_loan(site: Site, browser: Browser) -> None:
    office, bank = (signed_in(site, browser, name) for name in ("office.city", "bank.manager"))
    office.go("/gov/lists/")
    office.press("有效无贷户名单")
    where = office.page.url.removeprefix(site.url)
    office.look("an edition")
    office.press("推送给银行")
    office.page.get_by_label("小店区").check()
    office.press("重新预览")
    office.look("who would get what")
    office.follow(office.page.locator("form[method=post] button.btn-primary"))
    assert office.sees("银行已收到提醒")
    office.go(where)
    pushed = figure(office, "已推送")
    bank.go("/bank/leads/?state=new")
    bank.look("the bank's leads")
    mine = bank.page.locator("input[name=selected]").count()
    assert 3 <= mine < pushed, "a bank sees its part only"
    assert "****" in bank.page.locator("tbody th").first.inner_text(), "no name before the firm agrees"
    for act, reason in (("请企业授权", ""), ("已联系", ""), ("未能对接", "no_need")):
        bank.go("/bank/leads/?state=new")
        report(bank, act, row=0, reason=reason)
        assert bank.sees("已反馈 1 户")
    site.run(BORROWS)
    site.run(TURNS_BAD)
    office.go(where)
    office.look("what came of it")
    told = [figure(office, name) for name in ("已联系", "已申请", "已授信", "已放贷", "未能对接")]
    assert told == [1, 1, 1, 1, 1]
    bank.go("/bank/leads/?state=withdrawn")
    assert bank.page.locator("input[name=selected]").count() == 1
    office.go("/gov/lists/")
    office.press("失信与严重违法主体")
    assert office.sees("本期之后的变化")
    office.look("a firm excluded since the edition")
    assert office.problems + bank.problems == []


def test_the_pages_fit_a_telephone(site: Site, browser: Browser) -> None:
    office = signed_in(site, browser, "office.city", PHONE)
    for path in ("/gov/lists/", "/gov/lists/5/", "/gov/lists/5/rule/"):
        office.go(path)
        office.look(path)
        assert office.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert office.problems == []
