"""A whole installation for browser tests: its own database, the web role's own connection, a real server process."""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from huoshui.config import embedded
from huoshui.config.paths import ROOT, VAR
from tests import template

PASSWORD = "practice-only-1"


@dataclass(frozen=True)
class Site:
    """Where the server answers, and the environment in which commands reach its database."""

    url: str
    environment: dict[str, str]

    def run(self, program: str) -> str:
        """Run *program* (Python text, Django loaded, acting as the system) against the site's database."""
        whole = f"{PREAMBLE}\nwith acting(SYSTEM):\n" + "\n".join(
            f"    {line}" for line in program.strip().splitlines()
        )
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", whole],
            env={**self.environment, "HUOSHUI_DB_ROLE": "owner"},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


CITY_TEMPLATE = "site_city"

PREAMBLE = """
import django; django.setup()
from huoshui.access.actor import SYSTEM
from huoshui.access.row_security import acting
"""

CITY = f"""
from huoshui.access import queries as access
from huoshui.catalogue import presets
from huoshui.config.demo import city
from huoshui.registry import actions as registry
offices = city.open_offices()
registry.install_reference_data(SYSTEM)
presets.install(SYSTEM)
presets.install_demo(SYSTEM)
offices |= {{row.code: row.id for row in access.organisations()}}
city.hire(city.MEMBERS, offices, {PASSWORD!r})
"""


@contextmanager
def running(database: str, *setup: str) -> Iterator[Site]:
    """Serve a fresh *database* after the city and the *setup* programs; stops its own processes at the end."""
    site, port = installed(database, city=True)
    for program in setup:
        site.run(program)
    web = subprocess.Popen(
        [sys.executable, "-m", "huoshui.config.cli", "serve", "--port", str(port), "--workers", "1", "--threads", "4"],
        env=site.environment,
        cwd=ROOT,
    )
    try:
        _wait(port, web)
        yield site
    finally:
        web.terminate()
        web.wait(timeout=20)


def installed(database: str, *, city: bool = False) -> tuple[Site, int]:
    """Make a fresh, migrated *database* in practice mode; return the site, whose port nothing serves yet, and the port.

    With *city* its offices, people, banks and products are there. It is a copy of a template, the city's made once a test run.
    """
    server = embedded.start(VAR)
    port = _free_port()
    if city:
        with _once("site-templates", _make_city):  # held, so that no other run of tests makes it anew meanwhile
            template.copy(server, CITY_TEMPLATE, database)
    else:
        template.copy(server, template.migrated(), database)
    site = _site(database, port)
    _collect_once(site)
    return site, port


def _make_city() -> None:
    template.copy(embedded.start(VAR), template.migrated(), CITY_TEMPLATE)
    _site(CITY_TEMPLATE, 0).run(CITY)


def _site(database: str, port: int) -> Site:
    environment = {
        **{key: value for key, value in os.environ.items() if key != "PYTEST_VERSION"},
        "DJANGO_SETTINGS_MODULE": "huoshui.config.settings",
        "HUOSHUI_DB_NAME": database,
        "HUOSHUI_DEMO": "1",
        "HUOSHUI_URL": f"http://127.0.0.1:{port}",
    }
    return Site(f"http://127.0.0.1:{port}", environment)


def _collect_once(site: Site) -> None:
    """Collect the static files: two workers that write the same manifest would trip over each other."""
    with _once("collected", lambda: _command(site, "manage", "collectstatic", "--noinput", "-v0")):
        pass


@contextmanager
def _once(name: str, work: Callable[[], None]) -> Iterator[None]:
    """Do *work* once a test run, whichever of its processes comes first; the others wait until it and the block end."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    with (VAR / name).open("a+") as stamp:
        fcntl.flock(stamp, fcntl.LOCK_EX)
        stamp.seek(0)
        if stamp.read() != run:
            work()
            stamp.truncate(0)
            stamp.write(run)
            stamp.flush()
        yield


def _command(site: Site, *command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "huoshui.config.cli", *command],
        env={**site.environment, "HUOSHUI_DB_ROLE": "owner"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, web: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert web.poll() is None, "the web process ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("nothing answers")


AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = next((path for path in map(Path, ("/usr/bin/chromium", "/usr/bin/chromium-browser")) if path.exists()), None)
