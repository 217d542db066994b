"""A browser that looks while it walks: console errors, accessibility and pictures of every page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, sync_playwright
from playwright.sync_api import TimeoutError as NoAnswer

from tests.journeys.site import AXE, CHROMIUM

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1440, "height": 900}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

OPENS_A_PAGE = """one => {
  const within = place => place.hasAttribute('hx-get') || place.hasAttribute('hx-post')
  if (within(one)) return false
  if (one.tagName === 'A') return !(one.getAttribute('href') ?? '#').startsWith('#') && !one.hasAttribute('download')
  const form = one.form
  return !!form && one.type === 'submit' && !within(form) && (form.noValidate || form.checkValidity())
}"""


@dataclass
class Walker:
    """One person's window. *problems* gathers console errors, failed answers and accessibility violations."""

    page: Page
    base: str
    pictures: Path | None = None
    name: str = ""
    axe: bool = True  # off where another walk has looked at the same pages
    problems: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        self.page.goto(self.base + path)

    def press(self, name: str, *, nth: int = 0) -> None:
        """Press the button or link called *name* (part of it); where that opens a page, wait until it is there."""
        self.follow(self.page.get_by_role("button", name=name).or_(self.page.get_by_role("link", name=name)).nth(nth))

    def follow(self, place: Locator) -> None:
        """Press *place*; where that opens a page, wait until it is there."""
        if not place.evaluate(OPENS_A_PAGE):
            place.click()
            return
        # the load state alone would be that of the page still standing; a file sent back is no page
        with suppress(NoAnswer), self.page.expect_navigation(timeout=15_000):
            place.click()

    def look(self, label: str, *, picture: str = "", at: str = "body") -> None:
        """Check the page with axe; take its *picture*, scrolled to *at*, where the walk keeps any."""
        self.page.wait_for_load_state()
        if self.axe:
            self.problems += [f"{label}: {line}" for line in violations(self.page)]
        if self.pictures and picture:
            self.pictures.mkdir(parents=True, exist_ok=True)
            self.page.locator(at).first.evaluate("one => one.scrollIntoView({block: 'start', behavior: 'instant'})")
            self.page.screenshot(path=str(self.pictures / f"{picture}.png"))
            self.taken.append(picture)

    def sees(self, text: str) -> bool:
        return text in self.page.inner_text("body")


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong with the page: rule and the first place."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate(
        "() => axe.run({resultTypes: ['violations'], preload: false, elementRef: false})"
    )
    return [f"{page.url} {row['id']}: {row['nodes'][0]['html'][:160]}" for row in found["violations"]]


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def walker(
    browser: Browser,
    base: str,
    name: str,
    *,
    view: dict[str, int],
    language: str = "zh-CN",
    pictures: Path | None = None,
) -> Walker:
    """Open a window of its own (cookies apart) for one person."""
    context = browser.new_context(viewport=view, locale=language)
    page = context.new_page()
    page.set_default_timeout(15_000)
    made = Walker(page, base, pictures, name)
    page.on(
        "console",
        lambda said: (
            made.problems.append(f"console: {said.text} {said.location['url']}") if said.type == "error" else None
        ),
    )
    return made
