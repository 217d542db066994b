"""People at their windows: a member of staff, a firm's owner on the phone, an act by its form."""

from __future__ import annotations

import os
import re
from pathlib import Path

from playwright.sync_api import Browser

from tests.journeys.browser import DESK, PHONE, Walker, walker
from tests.journeys.site import PASSWORD, Site

# where to keep pictures, if anybody wants them (docs/pictures)
PICTURES = Path(os.environ["HUOSHUI_PICTURES"]) if "HUOSHUI_PICTURES" in os.environ else None


def staff(browser: Browser, site: Site, username: str) -> Walker:
    one = walker(browser, site.url, username, view=DESK, pictures=PICTURES)
    one.go("/accounts/login/")
    one.page.locator("input[name=login]").fill(username)
    one.page.locator("input[name=password]").fill(PASSWORD)
    one.follow(one.page.locator("section[aria-labelledby=staff] button"))
    one.page.wait_for_load_state()
    return one


def owner(browser: Browser, site: Site, phone: str) -> Walker:
    one = walker(browser, site.url, "owner", view=PHONE, pictures=PICTURES)
    one.go("/my/sign-in/")
    one.page.locator("input[name=phone]").fill(phone)
    one.press("获取验证码")
    shown = re.search(r"验证码是 (\d{6})", one.page.inner_text("body"))
    assert shown, "practice mode shows the code"
    one.page.get_by_label("短信验证码").fill(shown[1])
    one.press("确认")
    return one


def act(one: Walker, code: str, **typed: str) -> None:
    """Open an act on the page, fill its form and send it; a refusal fails with its words."""
    place = one.page.locator(f"#act-{code}")
    place.evaluate("one => { one.open = true }")
    for name, value in typed.items():
        field = place.locator(f"[name={name}]")
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    with one.page.expect_navigation() as answered:
        place.locator("form button:not([type=button])").last.click()
    assert answered.value is not None
    assert answered.value.status == 200, one.page.inner_text("main")
