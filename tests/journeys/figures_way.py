"""The offices' way with figures, as people take it in a browser: the leader's page, a bulletin, an evaluation, the public.

The test of it and the page docs/statistics.md with its pictures walk the same steps.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser

from tests.journeys.browser import DESK, PHONE, Walker, walker
from tests.journeys.site import PASSWORD, Site

CITY_AT_WORK = """
import datetime as dt
from huoshui.access import actions as access, queries as offices
from huoshui.access.roles import Role
from huoshui.config.demo import city, firms as inventing, history
from huoshui.kernel import clock
from huoshui.registry.loading import load_enterprises
from huoshui.statistics import actions
branches = {row.code: row.name.zh for row in offices.organisations(kind="bank") if row.level == "branch"}
codes = {row.code: row.id for row in offices.organisations()}
city.hire(city.staff_everywhere(branches), codes, None)
second = access.create_person(SYSTEM, username="office.second", name="许明", organisation_id=codes["CITY"], password=PASSWORD)
access.grant_role(SYSTEM, person_id=second, role=Role.OFFICE)
firms, facts = inventing.invent(400, today=clock.today())
load_enterprises(SYSTEM, firms=firms, facts=facts)
history.replay(visits=120)
actions.refresh(on=clock.today())
""".replace("PASSWORD", repr(PASSWORD))

DAYS_PASS = """
import datetime as dt
from django.db import connection
from huoshui.kernel import clock
with connection.cursor() as cursor:
    cursor.execute("UPDATE statistics_evaluationround SET {column} = %s", [clock.today() - dt.timedelta(days=1)])
"""


@dataclass
class FiguresWay:
    """Everybody who looks at figures, each in a window of their own."""

    site: Site
    browser: Browser
    pictures: Path | None = None
    walkers: list[Walker] = field(default_factory=list)

    def window(self, username: str, view: dict[str, int] = DESK) -> Walker:
        """Open a window; sign in where *username* is given."""
        one = walker(self.browser, self.site.url, username or "public", view=view, pictures=self.pictures)
        self.walkers.append(one)
        if username:
            one.go("/accounts/login/")
            one.page.fill("input[name=login]", username)
            one.page.fill("input[name=password]", PASSWORD)
            one.page.press("input[name=password]", "Enter")
            one.page.wait_for_load_state()
        return one

    def see(self, one: Walker, label: str, *, picture: str = "") -> None:
        """Look at the page; it must not be wider than the window."""
        one.look(label, picture=picture)
        width = one.page.evaluate("document.documentElement.scrollWidth")
        room = one.page.viewport_size or DESK
        if width > room["width"]:
            one.problems.append(f"{label} is {width} wide")

    @property
    def problems(self) -> list[str]:
        return [f"{one.name}: {line}" for one in self.walkers for line in one.problems]

    def pass_days(self, column: str) -> None:
        """Let the last day of *column* be yesterday, as if the days had gone by."""
        self.site.run(DAYS_PASS.format(column=column))


def walk(way: FiguresWay) -> None:
    """Walk it all."""
    bulletin(way)
    evaluation(way)
    leader(way)
    public(way)


def leader(way: FiguresWay) -> None:
    """The leader opens the page on both screens, and the records behind a figure."""
    for view, name in ((DESK, "1440"), (PHONE, "360")):
        one = way.window("leader", view)
        one.go("/gov/board/")
        way.see(one, f"board {name}", picture=f"figures-board-{name}")
        one.page.select_option("#measure", "visited")
        one.page.select_option("#kind", "month")
        one.press("查看")
        assert one.sees("走访户数")
        one.follow(one.page.locator(".headline a").nth(2))
        one.page.wait_for_load_state()
        way.see(one, f"records {name}", picture=f"figures-records-{name}" if name == "1440" else "")
        assert one.sees("口径")


def bulletin(way: FiguresWay) -> None:
    """One office drafts, another freezes, publishes and takes the PDF."""
    drafter = way.window("lead.city")
    drafter.go("/gov/bulletins/new/")
    way.see(drafter, "new bulletin")
    drafter.press("统计并起草")
    way.see(drafter, "draft", picture="figures-draft-1440")
    address = re.sub(r"^https?://[^/]+", "", drafter.page.url)
    freezer = way.window("office.city")
    freezer.go(address)
    freezer.press("定稿并编号")
    assert freezer.sees("第1期")
    freezer.press("公开发布")
    way.see(freezer, "frozen", picture="figures-bulletin-1440")
    with freezer.page.expect_download() as waiting:
        freezer.page.get_by_role("link", name="PDF").click()
    paper = waiting.value.path().read_bytes()
    assert paper.startswith(b"%PDF")
    phone = way.window("lead.city", PHONE)
    phone.go(address)
    way.see(phone, "bulletin 360", picture="figures-bulletin-360")


def evaluation(way: FiguresWay) -> None:
    """The office opens it, a bank scores itself and appeals, the office reviews and answers, a second person publishes."""
    office, bank = way.window("office.city"), way.window("bank.head")
    office.go("/gov/evaluations/new/")
    office.press("发起并通知各银行")
    address = re.sub(r"^https?://[^/]+", "", office.page.url)
    number = re.findall(r"\d+", address)[0]
    bank.go(f"/bank/evaluation/{number}/")
    for box in bank.page.locator("input[type=number]").all():
        box.fill("8")
    way.see(bank, "self-score", picture="figures-selfscore-1440")
    bank.press("提交自评")
    way.pass_days("self_score_until")
    office.go(address)
    office.press("结束自评")
    office.follow(office.page.get_by_role("link", name="汾水银行").first)
    office.page.locator("input[name=complaints]").fill("1")
    office.press("保存")
    office.press("反馈结果")
    assert office.sees("结果一致")
    bank.go(f"/bank/evaluation/{number}/")
    bank.page.locator("textarea[name=words]").fill("其中一件投诉不涉及本行。")
    way.see(bank, "result")
    bank.press("提出申诉")
    office.follow(office.page.get_by_role("link", name="汾水银行").first)
    office.page.locator("input[name=complaints]").fill("0")
    office.page.locator("textarea[name=words]").fill("经核对予以更正。")
    way.see(office, "answer")
    office.press("答复并重新计算")
    way.pass_days("appeal_until")
    second = way.window("office.second")
    second.go(address)
    second.press("公布")
    second.page.wait_for_load_state()
    assert second.sees("已公布")
    way.see(second, "published", picture="figures-evaluation-1440")
    phone = way.window("bank.head", PHONE)
    phone.go(f"/bank/evaluation/{number}/")
    way.see(phone, "result 360", picture="figures-evaluation-360")


def public(way: FiguresWay) -> None:
    """A stranger reads the figures, the bulletin and the grades."""
    for view, name in ((DESK, "1440"), (PHONE, "360")):
        one = way.window("", view)
        one.go("/figures/")
        way.see(one, f"public {name}", picture=f"figures-public-{name}")
        one.follow(one.page.locator(".cards a").first)
        one.page.wait_for_load_state()
        way.see(one, f"public bulletin {name}")
