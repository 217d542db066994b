"""From a checked claim to money that left the fund, as the bureau's two people do it in a browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser

from tests.journeys.browser import PHONE, Walker
from tests.journeys.hands import staff
from tests.journeys.site import Site

# the notice has to run for working days: it is published three weeks back
PUBLISHED = """
import datetime as dt
from huoshui.access import queries as access
from huoshui.funds import actions_payment
from huoshui.funds import queries_payment as money
from huoshui.kernel import clock
maker = access.actor_named("finance.maker")
order = money.payments(maker, state="checked").first()
with clock.at(clock.now() - dt.timedelta(days=21)):
    actions_payment.publish_notice(maker, order_ids=[order.pk])
print(order.number, order.amount)
"""

ORDER = """
from huoshui.funds import queries_payment as money
order = money.payments(SYSTEM, state="{state}").get()
print(order.number, order.amount)
"""


@dataclass(frozen=True)
class Bureau:
    """The finance bureau's two people, each at a window of their own."""

    site: Site
    maker: Walker
    checker: Walker

    @property
    def problems(self) -> list[str]:
        return self.maker.problems + self.checker.problems

    def confirm(self) -> tuple[str, int]:
        """Check the one payment that waits and publish it; return its number and amount (fen)."""
        self._choose("computed", "复核")
        number, amount = self.site.run(PUBLISHED).split()
        return number, int(amount)

    def send(self, *, picture: str = "") -> None:
        """Approve what was published and put it into a payment file."""
        self._choose("in_notice", "批准支付")
        self.file(picture=picture)

    def file(self, *, picture: str = "") -> None:
        """Put what is approved into a payment file."""
        self.maker.go("/gov/payment-files/")
        self.maker.press("生成支付文件")
        self.maker.look("files", picture=picture)

    def approve(self, *, picture: str = "") -> None:
        """Check and approve the one payment that waits and needs no notice, and put it into a payment file."""
        self._choose("computed", "复核")
        self._choose("checked", "批准支付")
        self.file(picture=picture)

    def waiting(self, state: str) -> tuple[str, int]:
        """Return number and amount (fen) of the one payment in a state."""
        number, amount = self.site.run(ORDER.format(state=state)).split()
        return number, int(amount)

    def _choose(self, state: str, act: str) -> None:
        self.checker.go(f"/gov/payments/?state={state}")
        self.checker.page.locator("input[name=selected]").first.check()
        self.checker.press(act)

    def match(self, folder: Path, fund: str, number: str, amount: int, *, more: str = "", picture: str = "") -> None:
        """Take in a statement of the fund's account that pays the order; *more*: further lines of it."""
        statement = folder / "statement.csv"
        day = self.maker.page.evaluate("() => new Date().toISOString().slice(0, 10)")
        lines = f"{day},L-{number},,{amount // 100}.{amount % 100:02d},{number}\n{more.format(day=day)}"
        statement.write_text(f"交易日期,流水号,收入,支出,摘要\n{lines}", "utf-8")
        self.maker.go("/gov/bank-statements/new/")
        self.maker.page.locator("select[name=fund_id]").select_option(label=fund)
        self.maker.page.locator("input[name=file]").set_input_files(str(statement))
        self.maker.press("导入并核对")
        self.maker.look("statement", picture=picture)
        assert self.maker.sees("按支付编号")


def bureau(browser: Browser, site: Site) -> Bureau:
    """Return the bureau's people, signed in."""
    return Bureau(site, *(staff(browser, site, name) for name in ("finance.maker", "finance.checker")))


def account(bank: Walker) -> None:
    """Record where the bank is paid, where it has not said so yet."""
    bank.go("/bank/subsidy/account/")
    for name, value in (("holder", "汾水银行"), ("bank_name", "汾水银行营业部"), ("account_no", "6222 0200 0001")):
        bank.page.locator(f"input[name={name}]").fill(value)
    bank.press("登记")


def on_a_phone(one: Walker, pages: Sequence[tuple[str, str]]) -> None:
    """Look at *pages* (address, picture or "") at a telephone's width: nothing runs over the edge."""
    one.page.set_viewport_size(PHONE)
    for path, picture in pages:
        one.go(path)
        one.look(f"phone {path}", picture=picture)
        wide = one.page.evaluate("() => document.documentElement.scrollWidth")
        assert wide <= PHONE["width"], f"{path} is {wide} pixels wide"
