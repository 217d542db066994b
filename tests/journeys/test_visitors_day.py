"""A visitor's day in a real browser: the list in walking order, visits recorded without network, sent once when it is back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browser import DESK, PHONE, Walker, chromium, walker
from tests.journeys.site import AXE, CHROMIUM, PASSWORD, Site, running

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None or not AXE.exists(), reason="no chromium or axe on this machine"),
]
PICTURES = Path(os.environ["HUOSHUI_PICTURES"]) if "HUOSHUI_PICTURES" in os.environ else None
FIRMS = """
import datetime as dt
from huoshui.access import queries as access
from huoshui.kernel import clock, uscc
from huoshui.registry import actions as registry
from huoshui.service import actions_campaign as service
streets = [("坞城路", 12), ("坞城路", 48), ("坞城路", 103), ("平阳路", 7), ("平阳路", 66)]
for number, (street, house) in enumerate(streets):
    registry.register_enterprise(
        SYSTEM, code=uscc.make_uscc(registrar="91", division="140105", organisation=f"MA7DAY0{number}"),
        name=f"太原{street[:2]}{house}号商贸有限公司", district_code="140105", invented=True, industry_code="F5299",
        address=f"太原市{street}{house}号",
    )
lead, visitor = access.actor_named("lead.xiaodian"), access.actor_named("visitor.xiaodian")
for number, street in enumerate(("坞城路", "平阳路")):
    service.save_grid(lead, code=f"XD-{number}", name=f"{street}网格", street="坞城街道", words=[street],
                      keeper_id=visitor.person_id)
today = clock.today()
service.open_campaign(lead, name="小店区秋冬走访", first_day=today, last_day=today + dt.timedelta(days=20),
                      wanted=service.Wanted())
"""
COUNT = """
from huoshui.financing import queries
from huoshui.access.actor import SYSTEM
found = list(queries.visits(SYSTEM))
print(len(found), sum(row.demand_id is not None for row in found))
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running("h_visitors_day", FIRMS) as served:
        yield served


def sign_in(one: Walker, username: str) -> None:
    one.go("/accounts/login/")
    one.page.locator("input[name=login]").fill(username)
    one.page.locator("input[name=password]").fill(PASSWORD)
    one.follow(one.page.locator("section[aria-labelledby=staff] button"))
    one.page.wait_for_load_state()


def call(one: Walker, place: int, outcome: str, **typed: str) -> None:
    """Open the firm at *place* of the list, say the outcome, and save."""
    card = one.page.locator(".calls > li").nth(place)
    card.locator("summary").click()
    card.locator(f"label.pick:has(input[value={outcome}])").click()
    for name, value in typed.items():
        card.locator(f"[name={name}]").fill(value)
    card.get_by_role("button", name="保存走访").click()


def test_visits_made_without_network_are_sent_once_when_it_is_back(site: Site, browser: Browser) -> None:
    visitor = walker(browser, site.url, "visitor", view=PHONE, pictures=PICTURES)
    sign_in(visitor, "visitor.xiaodian")
    visitor.go("/gov/round/")
    visitor.look("round", picture="visit-1-day")
    visitor.page.wait_for_function("navigator.serviceWorker.controller !== null")
    visitor.go("/gov/round/")  # now through the worker, which keeps the page
    names = visitor.page.locator(".calls strong").all_inner_texts()
    assert names[0].endswith("12号商贸有限公司"), "walked by house number within a grid"

    visitor.page.context.set_offline(True)
    visitor.page.reload()
    assert visitor.page.locator(".calls > li").count() == 5, "the page opens without network"
    call(visitor, 0, "no_need", note="生意平稳")
    call(visitor, 1, "need", amount="30", term_months="12", note="想添设备")
    expect(visitor.page.locator("[data-queue]")).to_contain_text("2")
    visitor.look("offline", picture="visit-2-offline")
    assert site.run(COUNT).split() == ["0", "0"]

    visitor.page.context.set_offline(False)
    visitor.page.evaluate("dispatchEvent(new Event('online'))")
    visitor.page.evaluate("dispatchEvent(new Event('online'))")  # a network that flickers sends nothing twice
    expect(visitor.page.locator("[data-queue]")).to_be_hidden()
    assert site.run(COUNT).split() == ["2", "1"]
    visitor.go("/gov/round/")
    assert visitor.page.locator(".call-done").count() == 2
    visitor.look("synced", picture="visit-3-synced")
    # a browser says of every address it could not reach without network that it could not; nothing else may go wrong
    assert [line for line in visitor.problems if "ERR_INTERNET_DISCONNECTED" not in line] == []


def test_the_lead_sees_how_far_each_grid_is(site: Site, browser: Browser) -> None:
    lead = walker(browser, site.url, "lead", view=DESK, pictures=PICTURES)
    sign_in(lead, "lead.xiaodian")
    lead.go("/gov/campaigns/")
    lead.look("campaigns", picture="visit-4-campaigns")
    lead.press("小店区秋冬走访")
    lead.press("抽取")
    assert lead.sees("坞城路网格")
    lead.look("board", picture="visit-5-coverage")
    lead.press("走访名单")
    lead.look("firms")
    lead.go("/gov/campaigns/new/")
    lead.look("new", picture="visit-6-new")
    assert lead.problems == []
