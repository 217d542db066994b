"""``huoshui demo``: database, city, history, web and worker, then the address and the sign-ins."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from huoshui.config import embedded
from huoshui.config.operate import start_django
from huoshui.config.paths import VAR

if TYPE_CHECKING:
    from huoshui.config.static_files import Collecting

WAIT_SECONDS = 60


@click.command()
@click.option("--firms", default=20_000, show_default=True, type=click.IntRange(200, 2_000_000), help="Invented firms.")
@click.option("--enterprises", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A real register.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--serve/--no-serve", default=True, help="Serve, or visit every page as every role and stop.")
@click.option("--fresh", is_flag=True, help="Throw the demo away and build it again.")
def demo(firms: int, enterprises: Path | None, port: int, serve: bool, fresh: bool) -> None:
    """Build the demo city (once) and serve it on 127.0.0.1."""
    started = time.monotonic()
    os.environ["HUOSHUI_DEMO"] = "1"
    os.environ.setdefault("HUOSHUI_DB_NAME", "huoshui_demo")
    collecting = _prepare(fresh=fresh)
    from huoshui.config.demo import build

    city = build.ensure(VAR / "demo", firms=firms, enterprises=enterprises)
    collecting.wait()
    if not serve:
        raise SystemExit(_crawl(city))
    processes = [_process("serve", "--port", str(port)), _process("worker")]
    try:
        _wait_for(port, processes[0])
        click.echo(f"\nready in {time.monotonic() - started:.0f} s:  http://127.0.0.1:{port}/\n")
        click.echo(city.sign_in_table(port))
        click.echo("\nStop with Ctrl-C.")
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


def _crawl(city: object) -> int:
    from huoshui.config.demo import build, crawl

    assert isinstance(city, build.City)
    report = crawl.crawl(city.by_role(), progress=click.echo)
    for visit in report.failures:
        click.echo(f"FAILED {visit.role} ({visit.language}) {visit.path}: {visit.problem}")
    click.echo(report.summary())
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
        click.echo("stopping …")
