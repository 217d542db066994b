"""kill -9 in the middle of postings and holds: of the process, of the server's backend, of the whole server.

A cluster of the test's own. Each life of the posting process repeats the deed that its forerunner was killed in. Every
deed that was acknowledged must be in the books, none twice, none in part. HUOSHUI_KILLS says how many kills.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from huoshui.config import embedded
from tests.faults.deeds import deed

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("HUOSHUI_KILLS", "200"))
SEED = int(os.environ.get("HUOSHUI_SEED", "4"))
CHECK_EVERY = 50
DATABASE = "faults"
MIGRATE = """
import django
django.setup()
from django.core.management import call_command
for app in ("audit", "ledger"):
    call_command("migrate", app, verbosity=0)
"""


class Cluster:
    """A database server of its own in a folder of its own."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.server = embedded.start(var)
        embedded.ensure_database(self.server, DATABASE)
        self.data = embedded._home(var) / "data"
        environment = {**os.environ, "HUOSHUI_DATABASE_URL": self.server.url(DATABASE)}
        self.environment = {**environment, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
        subprocess.run([sys.executable, "-c", MIGRATE], env=self.environment, check=True, cwd=ROOT)

    def kill_backend(self) -> None:
        """Kill the backend that serves the posting process; the server then restarts itself."""
        master = self.master()
        before = children(master)
        with psycopg.connect(self.server.url("postgres"), autocommit=True) as look:
            found = look.execute("SELECT pid FROM pg_stat_activity WHERE datname = %s", [DATABASE]).fetchall()
            for (pid,) in found:
                kill(pid)
        until(lambda: not found or not any(alive(pid) for pid in before))  # the restart has begun

    def kill_server(self) -> None:
        """Kill the server with all its processes at once, and start it again."""
        master = self.master()
        for pid in [master, *children(master)]:
            kill(pid)
        until(lambda: not alive(master))

    def back(self) -> None:
        """Return when the server answers again, started where it is down."""
        if not alive(self.master()):
            embedded.start(self.var)
        until(self.answers)

    def answers(self) -> bool:
        with suppress(psycopg.OperationalError):
            psycopg.connect(self.server.url(DATABASE), connect_timeout=2).close()
            return True
        return False

    def master(self) -> int:
        return int((self.data / "postmaster.pid").read_text().split()[0])


class Poster:
    """The posting process: told by lines what to do."""

    def __init__(self, cluster: Cluster, log: Path) -> None:
        self.log = log
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.poster"], cwd=ROOT, env=cluster.environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def ask(self, *words: object) -> Any:
        assert self.process.stdin
        self.process.stdin.write(" ".join(str(word) for word in words) + "\n")
        self.process.stdin.flush()
        return self.answer()

    def answer(self) -> Any:
        assert self.process.stdout
        return json.loads(self.process.stdout.readline())

    def noted(self) -> tuple[int, int]:
        """Return the last deed that was begun and the last that was acknowledged; -1 for none."""
        words = [line.split() for line in self.log.read_text().splitlines()] if self.log.exists() else []
        last = dict.fromkeys(("try", "done"), -1)
        for word, number in words[-6:]:
            last[word] = int(number)
        return last["try"], last["done"]

    def end(self) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()


def kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def children(pid: int) -> list[int]:
    with suppress(OSError):
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def alive(pid: int) -> bool:
    return (Path("/proc") / str(pid)).exists()


def until(reached: Callable[[], bool], *, seconds: float = 60) -> None:
    """Wait for a condition; fail where it does not come."""
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain"
        time.sleep(0.003)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    var = Path(tempfile.mkdtemp(prefix="huoshui-faults-"))
    var.chmod(0o755)  # the server runs as nobody where the tests run as root
    made = Cluster(var)
    yield made
    made.kill_server()
    home = embedded._home(var)
    shutil.rmtree(var, ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)


def hit(cluster: Cluster, kind: str, child: int) -> None:
    if kind == "process":
        kill(child)
    elif kind == "backend":
        cluster.kill_backend()
    else:
        cluster.kill_server()


def judged(found: dict[str, Any], done: int, tried: int) -> None:
    """Fail unless the books hold every acknowledged deed once, at most the one after it besides, and verify."""
    assert found["problems"] == []
    seen = Counter(found["sources"])
    assert not seen or max(seen.values()) == 1
    sure = [deed(SEED, number) for number in range(done + 1)]
    assert {source for each in sure for source in each.sources} <= seen.keys()
    open_deed = deed(SEED, tried) if tried > done else None
    extra = seen.keys() - {source for each in sure for source in each.sources}
    assert extra in (set(), set(open_deed.sources) if open_deed else set())  # all of it or none of it
    counted = sure + ([open_deed] if open_deed and extra else [])
    assert found["cash"] == -sum(each.paid for each in counted)
    assert found["firms"] == sum(each.paid for each in counted if each.kind != "in")
    assert found["postings"] == found["noted"] == len(seen)
    holding = open_deed and f"hold:{tried}" in found["holds"] and open_deed.kind.startswith("hold") and not extra
    assert found["held"] in ({0, sum(open_deed.amounts)} if open_deed and holding else {0})


@pytest.mark.slow
def test_nothing_is_lost_and_nothing_is_twice_however_often_it_is_killed(
    cluster: Cluster, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(SEED)
    poster = Poster(cluster, tmp_path / "deeds.log")
    kills: Counter[str] = Counter()
    middle = 0
    begun = time.monotonic()
    for number in range(1, KILLS + 1):
        tried, done = poster.noted()
        child = poster.ask("post", SEED, tried if tried > done else done + 1, poster.log)
        until(lambda before=done: poster.noted()[1] > before)  # type: ignore[misc]
        time.sleep(chance.random() * 0.05)
        kind = chance.choices(["process", "backend", "server"], [70, 18, 12])[0]
        hit(cluster, kind, child)
        if kind != "process":
            cluster.back()
            kill(child)
        assert poster.answer() == "ended"
        kills[kind] += 1
        tried, done = poster.noted()
        middle += tried > done
        if number % CHECK_EVERY == 0 or number == KILLS:
            judged(poster.ask("check", SEED, tried), done, tried)
    poster.end()
    with capfd.disabled():
        parts = ", ".join(f"{count} of the {kind}" for kind, count in sorted(kills.items()))
        print(
            f"\n{KILLS} kills in {time.monotonic() - begun:.0f} s ({parts}); {middle} in the middle of a deed;"
            f" {done + 1} deeds acknowledged, none lost, none twice",
            file=sys.stderr,
        )
