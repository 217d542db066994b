"""The leader's page, a bulletin from draft to PDF, an evaluation from self-score to publication, in a real browser."""

from __future__ import annotations

import pytest

from tests.journeys.browser import chromium
from tests.journeys.figures_way import CITY_AT_WORK, FiguresWay, walk
from tests.journeys.site import AXE, CHROMIUM, running

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None or not AXE.exists(), reason="no chromium or axe on this machine"),
]


def test_figures_go_from_counting_to_the_public_page() -> None:
    with running("h_figures", CITY_AT_WORK) as site, chromium() as browser:
        way = FiguresWay(site, browser)
        walk(way)
        assert way.problems == []
