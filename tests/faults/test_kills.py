"""kill -9 in the middle of postings, holds and payment runs: of the process, of the server's backend, of the whole server.

A cluster of the test's own. Each life of the process repeats the deed that its forerunner was killed in. Every deed that
was acknowledged must be in the books, none twice, none in part. HUOSHUI_KILLS says how many kills; of payment runs, which
are longer, one in twenty of them.
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
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from huoshui.config import embedded
from huoshui.config.paths import VAR
from tests import template
from tests.faults.deeds import deed, run_of

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("HUOSHUI_KILLS", "200"))
SEED = int(os.environ.get("HUOSHUI_SEED", "4"))
CHECK_EVERY = 50
DATABASES = ("faults", "faults_pay")


class Cluster:
    """A database server of its own in a folder of its own."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.server = embedded.start(var)
        self.data = embedded._home(var) / "data"

    def opened(self, database: str) -> dict[str, str]:
        """Return the environment of processes on *database*, which is made now."""
        embedded.ensure_database(self.server, database)
        environment = {**os.environ, "HUOSHUI_DATABASE_URL": self.server.url(database)}
        environment |= {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
        self._fill(database)
        return environment

    def _fill(self, database: str) -> None:
        """Make every table, as they stand in the migrated template of the tests."""
        name, binaries = template.migrated(), embedded._binaries(embedded._home(VAR))
        dump = [binaries / "pg_dump", "--no-owner", "--no-privileges", embedded.start(VAR).url(name)]
        whole = subprocess.run(dump, check=True, capture_output=True).stdout
        restore = [binaries / "psql", "-q", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, self.server.url(database)]
        subprocess.run(restore, input=whole, check=True)

    def kill_backend(self) -> None:
        """Kill the backend that serves the posting process; the server then restarts itself."""
        master = self.master()
        before = children(master)
        with psycopg.connect(self.server.url("postgres"), autocommit=True) as look:
            found = look.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = ANY(%s)", [list(DATABASES)]
            ).fetchall()
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
            psycopg.connect(self.server.url("postgres"), connect_timeout=2).close()
            return True
        return False

    def master(self) -> int:
        return int((self.data / "postmaster.pid").read_text().split()[0])


class Poster:
    """A process that does deeds: told by lines what to do."""

    def __init__(self, environment: dict[str, str], module: str, log: Path) -> None:
        self.log = log
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", module], cwd=ROOT, env=environment, text=True,
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


def judged_runs(found: dict[str, Any], done: int, tried: int) -> None:
    """Fail unless every acknowledged run is paid once and whole, the one after it in one step of the way, and the books agree."""
    assert found["problems"] == []
    paid = Counter(found["paid"])  # reference → postings
    assert not paid or max(paid.values()) == 1
    sure = {f"run:{number}:{at}": sum_ for number in range(done + 1) for at, sum_ in enumerate(run_of(SEED, number))}
    assert sure.keys() <= paid.keys()
    extra = paid.keys() - sure.keys()
    open_run = {f"run:{tried}:{at}": sum_ for at, sum_ in enumerate(run_of(SEED, tried))} if tried > done else {}
    assert extra in (set(), open_run.keys())  # a statement pays all that it shows or nothing
    assert found["spent"] == sum(sure.values()) + (sum(open_run.values()) if extra else 0)
    assert sorted(found["told"]) == sorted(paid)
    unpaid = {name: state for name, state in found["states"].items() if state != "paid"}
    assert unpaid.keys() <= open_run.keys()
    assert len(set(unpaid.values())) <= 1  # all of a run stand at the same step
    waiting = sum(open_run.values()) if unpaid else 0
    assert found["committed"] == waiting
    assert found["held"] == (waiting if set(unpaid.values()) & {"approved", "in_file"} else 0)


@dataclass
class Ordeal:
    """What came of *kills*: of what, how many in the middle of a deed, the last deed acknowledged."""

    kills: Counter[str] = field(default_factory=Counter)
    middle: int = 0
    done: int = -1
    seconds: float = 0.0

    def said(self, what: str) -> str:
        parts = ", ".join(f"{count} of the {kind}" for kind, count in sorted(self.kills.items()))
        return (
            f"\n{self.kills.total()} kills in {self.seconds:.0f} s ({parts}); {self.middle} in the middle of a {what};"
            f" {self.done + 1} {what}s acknowledged, none lost, none twice"
        )


def endured(cluster: Cluster, poster: Poster, kills: int, judge: Callable[[dict[str, Any], int, int], None]) -> Ordeal:
    """Kill as often, at random moments, and judge what is in the database every now and then and at the end."""
    chance, came, begun = random.Random(SEED), Ordeal(), time.monotonic()
    for number in range(1, kills + 1):
        tried, done = poster.noted()
        child = poster.ask("work", SEED, tried if tried > done else done + 1, poster.log)
        until(lambda before=done: poster.noted()[1] > before)  # type: ignore[misc]
        time.sleep(chance.random() * 0.05)
        kind = chance.choices(["process", "backend", "server"], [82, 11, 7])[0]
        hit(cluster, kind, child)
        if kind != "process":
            cluster.back()
            kill(child)
        assert poster.answer() == "ended"
        came.kills[kind] += 1
        tried, came.done = poster.noted()
        came.middle += tried > came.done
        if number % CHECK_EVERY == 0 or number == kills:
            judge(poster.ask("check", SEED, tried), came.done, tried)
    poster.end()
    came.seconds = time.monotonic() - begun
    return came


CASES = {
    "deed": ("faults", "tests.faults.poster", KILLS, judged),
    "payment run": ("faults_pay", "tests.faults.payer", max(KILLS // 20, 1), judged_runs),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", CASES)
def test_nothing_is_lost_and_nothing_is_twice_however_often_it_is_killed(
    cluster: Cluster, tmp_path: Path, capfd: pytest.CaptureFixture[str], what: str
) -> None:
    database, module, kills, judge = CASES[what]
    poster = Poster(cluster.opened(database), module, tmp_path / "deeds.log")
    came = endured(cluster, poster, kills, judge)
    with capfd.disabled():
        print(came.said(what), file=sys.stderr)
