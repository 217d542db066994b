"""A finance officer widens a subsidy in the policy lab in a real browser, sees who gains and what it costs, saves, compares
and drafts the programme; a checker publishes; a bank counts its own criteria roughly; all of it once without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page

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
from huoshui.screening import snapshots
invented, facts = firms.invent(3000, today=clock.today())
load_enterprises(SYSTEM, firms=invented, facts=facts)
snapshots.take(SYSTEM)
"""
START = "/gov/lab/new/?from=programme:SUB-YZ-ZXZN:1"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running("h_journey_lab", GROUND) as served:
        yield served


def signed_in(site: Site, browser: Browser, name: str, view: dict[str, int] = DESK) -> Walker:
    made = walker(browser, site.url, name, view=view)
    made.go("/accounts/login/")
    made.page.fill("input[name=login]", name)
    made.page.fill("input[name=password]", PASSWORD)
    made.follow(made.page.locator("section[aria-labelledby=staff] button"))
    made.page.wait_for_load_state()
    return made


def counted(page: Page, act: Any) -> None:
    """Do *act* and wait for the count that follows it."""
    with page.expect_response(lambda answer: "edit=count" in (answer.request.post_data or "")):
        act()
    page.wait_for_timeout(100)


def qualify(page: Page) -> int:
    return int(page.locator(".trial-headline dd").first.inner_text().replace(",", ""))


def test_a_rule_is_widened_counted_saved_compared_and_published(site: Site, browser: Browser) -> None:
    maker = signed_in(site, browser, "finance.maker")
    page = maker.page
    maker.go("/gov/lab/")
    maker.look("the list of drafts")
    maker.go(START)
    before = qualify(page)
    counted(page, lambda: page.select_option("[name='r-0.value']", "1401"))  # the whole city instead of one district
    wide = qualify(page)
    assert wide > before
    assert maker.sees("新增符合")
    counted(page, lambda: page.get_by_role("button", name="加条件").first.click())
    counted(page, lambda: page.select_option("[name='r-4.fact']", "tax_grade"))
    counted(page, lambda: page.select_option("[name='r-4.op']", "in"))
    assert page.locator("[name='r-4.value'][value='A']").is_checked(), "the best grade stands first"
    assert 0 < qualify(page) < wide
    assert maker.sees("补上哪些数据最有用")
    assert maker.sees("杠杆倍数")
    maker.look("the editor with its count")
    page.fill("[name=name]", "全市、A 级")
    maker.press("保存草稿")
    assert maker.sees("已保存为第 1 版")
    page.fill("[name=note]", "放宽到 A、B")
    counted(page, lambda: page.locator("[name='r-4.value'][value='B']").check())
    maker.press("保存为新版本")
    assert maker.sees("已保存为第 2 版")
    number = page.url.rstrip("/").rsplit("/", 1)[1]
    maker.go(f"/gov/lab/compare/?a=draft:{number}:1&b=draft:{number}:2")
    assert maker.sees("从第一个改为第二个")
    maker.look("two versions side by side")
    maker.go(f"/gov/lab/{number}/")
    maker.press("起草政策")
    page.fill("[name=document_no]", "并财金〔2026〕99号")
    page.fill("[name=valid_from]", "2027-01-01")
    maker.look("the scheme's draft with terms as fields")
    maker.press("保存草稿")
    assert maker.sees("请由另一位同事发布")
    checker = signed_in(site, browser, "finance.checker")
    checker.go("/gov/programmes/SUB-YZ-ZXZN/")
    checker.press("发布")
    assert checker.sees("已发布")
    checker.look("the published scheme")
    assert maker.problems + checker.problems == []


def test_the_finder_narrows_the_list_of_facts(site: Site, browser: Browser) -> None:
    maker = signed_in(site, browser, "finance.maker")
    maker.go("/gov/lab/new/")
    everything = maker.page.locator("[name='r-0.fact'] option:not([hidden])").count()
    maker.page.fill(".criteria-find input", "纳税")
    shown = maker.page.locator("[name='r-0.fact'] option:not([hidden])").count()
    assert 0 < shown < everything / 2
    assert maker.problems == []


def opened(page: Page, place: Locator) -> None:
    """Press *place* and wait for the page that it opens."""
    with page.expect_navigation():
        place.click()


def test_everything_works_without_scripts_at_a_telephone(site: Site, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE, locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    page.goto(site.url + "/accounts/login/")
    page.fill("input[name=login]", "finance.maker")
    page.fill("input[name=password]", PASSWORD)
    opened(page, page.locator("section[aria-labelledby=staff] button"))
    page.goto(site.url + START)
    before = qualify(page)
    page.select_option("[name='r-0.value']", "1401")
    opened(page, page.get_by_role("button", name="重新测算"))
    assert qualify(page) > before
    opened(page, page.get_by_role("button", name="加条件").first)
    page.select_option("[name='r-4.fact']", "employees")
    opened(page, page.get_by_role("button", name="更新").last)
    page.fill("[name=name]", "不用脚本")
    opened(page, page.get_by_role("button", name="保存草稿").last)
    assert "请填写数值" in page.inner_text("main")
    assert page.input_value("[name=name]") == "不用脚本"
    page.select_option("[name='r-4.op']", "known")
    opened(page, page.get_by_role("button", name="保存草稿").last)
    assert "已保存为第 1 版" in page.inner_text("body")


def test_a_bank_sees_round_numbers_of_its_own_criteria(site: Site, browser: Browser) -> None:
    bank = signed_in(site, browser, "bank.head")
    bank.go("/bank/products/new/")
    counted(bank.page, lambda: bank.page.select_option("[name='r-0.fact']", "has_loan_history"))
    counted(bank.page, lambda: bank.page.select_option("[name='r-0.value']", "false"))
    assert qualify(bank.page) % 10 == 0
    assert bank.page.locator(".trial-table").count() == 0
    bank.look("the bank's editor")
    assert bank.problems == []


def test_it_fits_a_telephone(site: Site, browser: Browser) -> None:
    maker = signed_in(site, browser, "finance.maker", PHONE)
    for path in ("/gov/lab/", START, "/gov/programmes/COMP-TY/edit/"):
        maker.go(path)
        maker.look(path)
        assert maker.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert maker.problems == []
