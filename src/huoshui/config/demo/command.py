"""``huoshui demo``: database, city, history, web and worker, then the address and the sign-ins."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import nullcontext, redirect_stdout
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from huoshui.config import embedded
from huoshui.config.operate import start_django
from huoshui.config.paths import VAR
from huoshui.config.telling import FLAG, tell

if TYPE_CHECKING:
    from huoshui.config.static_files import Collecting

WAIT_SECONDS = 60


@click.command()
@click.option("--firms", default=20_000, show_default=True, type=click.IntRange(200, 2_000_000), help="Invented firms.")
@click.option("--enterprises", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A real register.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--serve/--no-serve", default=True, help="Serve, or visit every page as every role and stop.")
@click.option("--fresh", is_flag=True, help="Throw the demo away and build it again.")
@click.option(
    FLAG, "as_json", is_flag=True, help="Print one JSON document: sign-ins when it is up, or what a visit found."
)
def demo(firms: int, enterprises: Path | None, port: int, serve: bool, fresh: bool, as_json: bool) -> None:
    """Build the demo city (once) and serve it on 127.0.0.1."""
    started = time.monotonic()
    os.environ["HUOSHUI_DEMO"] = "1"
    os.environ.setdefault("HUOSHUI_DB_NAME", "huoshui_demo")
    collecting = _prepare(fresh=fresh)
    from huoshui.config.demo import build

    with redirect_stdout(sys.stderr) if as_json else nullcontext():
        city = build.ensure(VAR / "demo", firms=firms, enterprises=enterprises)
        collecting.wait()
    if not serve:
        raise SystemExit(_crawl(city, as_json=as_json))
    processes = [_process("serve", "--port", str(port)), _process("worker")]
    try:
        _wait_for(port, processes[0])
        seconds = time.monotonic() - started
        address = f"http://127.0.0.1:{port}/"
        words = f"\nready in {seconds:.0f} s:  {address}\n\n{city.sign_in_table(port)}\n\nStop with Ctrl-C."
        facts = {"address": address, "seconds": round(seconds, 1), "password": city.password}
        tell({**facts, "sign_ins": city.by_role()}, words, as_json=as_json)
        _until_stopped(processes)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(timeout=20)
        embedded.stop_unless_shared(VAR, os.environ["HUOSHUI_DB_NAME"])


def _prepare(*, fresh: bool) -> Collecting:
    if fresh:
        _drop(os.environ["HUOSHUI_DB_NAME"])
    start_django()
    from huoshui.config import migrating, static_files

    migrating.migrate(verbosity=0)
    return static_files.Collecting()


def _drop(name: str) -> None:
    import psycopg
    from psycopg import sql

    with psycopg.connect(embedded.start(VAR).url("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _crawl(city: object, *, as_json: bool) -> int:
    from huoshui.config.demo import build, crawl

    assert isinstance(city, build.City)
    report = crawl.crawl(city.by_role(), progress=partial(click.echo, err=as_json))
    failed = [f"{one.role} ({one.language}) {one.path}: {one.problem}" for one in report.failures]
    words = "\n".join([*(f"FAILED {line}" for line in failed), report.summary()])
    tell({"pages": len(report.visits), "failed": failed}, words, as_json=as_json)
    embedded.stop_unless_shared(VAR, os.environ["HUOSHUI_DB_NAME"])
    return 1 if report.failures else 0


def _process(*command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "huoshui.config.cli", *command], env={**os.environ})


def _wait_for(port: int, web: subprocess.Popen[bytes]) -> None:
    for _attempt in range(WAIT_SECONDS * 10):
        if web.poll() is not None:
            raise click.ClickException(f"the web process ended; is port {port} taken? try: make demo PORT=8080")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise click.ClickException(f"nothing answers on port {port} after {WAIT_SECONDS} s")


def _until_stopped(processes: list[subprocess.Popen[bytes]]) -> None:
    def stop(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        while all(process.poll() is None for process in processes):
            time.sleep(0.5)
        click.echo("a process ended; stopping the demo", err=True)
    except KeyboardInterrupt:
        click.echo("stopping …", err=True)
