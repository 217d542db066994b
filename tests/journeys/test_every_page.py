"""Every page of every role answers, in both languages, in a small city with a year of history."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from huoshui.config.demo.city import MEMBERS
from huoshui.config.paths import ROOT
from tests.journeys.site import Site, installed

BUILD = """
import sys
from pathlib import Path
import django; django.setup()
from huoshui.config.demo import build
build.ensure(Path(sys.argv[1]), firms=400, enterprises=None)
"""
CRAWL = """
import dataclasses, json
import django; django.setup()
from huoshui.config.demo import build, crawl
report = crawl.crawl(build.City("").by_role(), per_route=1)
print(json.dumps([dataclasses.asdict(visit) for visit in report.visits]))
"""
MOST_BYTES = 200_000
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def visits(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Every page that was opened: by the web role's own connection, so that row security judges each."""
    site, _ = installed("h_journey_city")
    _python(site, BUILD, str(tmp_path_factory.mktemp("city")), role="owner")
    found: list[dict[str, Any]] = json.loads(_python(site, CRAWL, role="web"))
    return found


def test_every_page_of_every_role_answers_in_both_languages(visits: list[dict[str, Any]]) -> None:
    failed = [f"{one['role']} ({one['language']}) {one['path']}: {one['problem']}" for one in visits if one["problem"]]
    assert failed == []
    assert {one["role"] for one in visits} >= {member.label.en for member in MEMBERS}
    assert {one["language"] for one in visits} == {"zh-hans", "en"}
    assert len(visits) > 200


def test_no_page_is_heavier_than_the_limit(visits: list[dict[str, Any]]) -> None:
    assert [f"{one['path']}: {one['size']}" for one in visits if one["size"] > MOST_BYTES] == []


def _python(site: Site, program: str, *words: str, role: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, *words],
        env={**site.environment, "HUOSHUI_DB_ROLE": role},
        cwd=Path(ROOT),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout
