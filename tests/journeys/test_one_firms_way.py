"""One firm goes from a code on a wall to money in its account, in a real browser, through every portal on the way."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from huoshui.config.paths import ROOT
from tests.conftest import REAL_DATA
from tests.journeys.browser import chromium
from tests.journeys.site import AXE, CHROMIUM, Site, running
from tests.journeys.way import FACTS, IMPORTS, INVENTED, Firm, Way, firm_named, hang_code, walk

REGISTER = REAL_DATA / "enterprises" / "taiyuan_enterprises_1980_2004.csv"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None or not AXE.exists(), reason="no chromium or axe on this machine"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running("h_journey", INVENTED) as served:
        yield served


def command(site: Site, *words: str) -> Any:
    """Run ``huoshui`` with *words* against the site's database; return the JSON document that it prints."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "huoshui.config.cli", *words, "--json"],
        env={**site.environment, "HUOSHUI_DB_ROLE": "owner"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return json.loads(done.stdout)


def test_an_invented_firm_goes_from_scan_to_money(site: Site, browser: Browser) -> None:
    way = Way(site, browser, firm_named(site, "清泉餐具"))
    walk(way, hang_code(site))
    assert way.problems == []
    assert command(site, "audit", "verify")["ok"] is True


def test_a_firm_lets_the_platform_choose_and_the_day_is_planned_at_once(site: Site, browser: Browser) -> None:
    site.run(INVENTED.replace("MA7WAY00", "MA7WAY11").replace("清泉餐具", "汾水餐具"))
    way = Way(site, browser, firm_named(site, "汾水餐具"))
    way.owner.axe = way.officer.axe = False
    way.scan(hang_code(site))
    way.find_firm()
    way.prove()
    way.ask()
    assert way.read_matches() >= 2
    way.let_the_platform_choose()
    way.judge()
    way.plan_the_day()
    way.follow("银行正在办理", "dispatched")
    assert way.problems == []


@pytest.mark.skipif(not REGISTER.exists(), reason="the real register is not in the data folder")
def test_a_registered_company_goes_from_scan_to_money(site: Site, browser: Browser) -> None:
    taken = command(site, "import", "enterprises", str(REGISTER))
    assert taken["rows"] == taken["accepted"] + taken["refused"] > 11_000
    way = Way(site, browser, _real(site))
    for one in (way.owner, way.officer, way.lead, way.manager):
        one.axe = False
    walk(way, hang_code(site))
    assert way.problems == []
    assert command(site, "audit", "verify")["ok"] is True


def _real(site: Site) -> Firm:
    """Return a company of the file whose district is that of the way, with facts as departments would send them."""
    lines = REGISTER.read_text(encoding="utf-8-sig").splitlines()
    code = next(line.split(",")[1] for line in lines if ",True,140105," in line and "有限公司" in line.split(",")[0])
    site.run(f"{IMPORTS}\nfirm = register.search(None, {code!r}, limit=1)[0].id\n{FACTS}")
    return firm_named(site, code)
