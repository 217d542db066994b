"""The two processes of an installation: web and worker."""

from __future__ import annotations

import os
from collections import Counter

import click

from huoshui.config.operate import start_django
from huoshui.config.telling import FLAG, tell


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Web processes.")
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64), help="Threads a process.")
@click.option(FLAG, "as_json", is_flag=True, help="Print one JSON document when it is up: address, process, workers.")
def serve(host: str, port: int, workers: int, threads: int, as_json: bool) -> None:
    """Serve the web application under the database role that row security binds."""
    os.environ["HUOSHUI_DB_ROLE"] = "web"
    os.environ["HUOSHUI_POOL"] = str(threads + 1)
    from granian import Granian
    from granian.constants import Interfaces

    server = Granian(
        "huoshui.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        backlog=1024,
        log_level=os.environ.get("HUOSHUI_SERVER_LOG", "warning"),  # type: ignore[arg-type]
        respawn_failed_workers=True,
    )
    if as_json:
        facts = {"address": f"http://{host}:{port}/", "process": os.getpid(), "workers": workers, "threads": threads}
        server.on_startup(lambda: tell(facts, "", as_json=True))
    server.serve()


@click.command()
@click.option("--once", is_flag=True, help="Do what waits, then stop.")
@click.option(FLAG, "as_json", is_flag=True, help="Print one JSON document at the end: jobs done, failed, left.")
def worker(once: bool, as_json: bool) -> None:
    """Run background and scheduled work."""
    os.environ["HUOSHUI_DB_ROLE"] = "web"
    start_django()
    from procrastinate.contrib.django import app

    before = _jobs()
    # the web process only defers jobs, through Django's connection; running them needs an asynchronous one
    with app.replace_connector(app.connector.get_worker_connector()) as working:  # type: ignore[attr-defined]
        working.run_worker(wait=not once, listen_notify=not once)
    if as_json:
        after = _jobs()
        facts = {"done": after["succeeded"] - before["succeeded"], "failed": after["failed"] - before["failed"]}
        tell({**facts, "left": after["todo"]}, "", as_json=True)


def _jobs() -> Counter[str]:
    """Return how many jobs there are in each state."""
    from django.db.models import Count
    from procrastinate.contrib.django.models import ProcrastinateJob

    rows = ProcrastinateJob.objects.order_by().values_list("status").annotate(n=Count("id")).values_list("status", "n")
    return Counter(dict(rows))
