"""The match page and the bank's inbox at concurrency 16, beside a bare Django page with one query, in one run.

Usage: python bench/web.py [--seconds 4]     (needs a built demo: make demo SERVE=0)
All three are served the same way (granian, 2 processes of 4 threads, pooled connections); rounds are interleaved and
medians taken. Last line: JSON of the figures.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONNECTIONS, ROUNDS = 16, 3
SERVER = ["-m", "granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "4", "--log-level", "error"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(application: str, port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, *SERVER, "--host", "127.0.0.1", "--port", str(port), application]
    environment = {**os.environ, "HUOSHUI_DB_ROLE": "web", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process
        time.sleep(0.1)
    sys.exit(f"{application} does not answer")


def load(address: str, seconds: float, cookie: str = "") -> dict[str, float]:
    command = [sys.executable, str(ROOT / "bench" / "load.py"), address, str(CONNECTIONS), str(seconds), cookie]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def cookies() -> dict[str, str]:
    """Return the cookie of a bank's account manager and of a firm that has said what it needs."""
    sys.path.insert(0, str(ROOT))
    from tests.journeys import signed_in

    return {"inbox": signed_in.staff_cookie("bank.manager"), "match": signed_in.firm_cookie()}


def main(seconds: float) -> None:
    os.environ.update(HUOSHUI_DEMO="1", DJANGO_SETTINGS_MODULE="huoshui.config.settings", HUOSHUI_VAR=str(ROOT / "var"))
    os.environ.setdefault("HUOSHUI_DB_NAME", "huoshui_demo")
    import django

    django.setup()
    held = cookies()
    ours, bare = free_port(), free_port()
    processes = [serve("huoshui.config.wsgi:application", ours), serve("bench.bare_wsgi:application", bare)]
    pages = {
        "bare": (f"http://127.0.0.1:{bare}/", ""),
        "empty": (f"http://127.0.0.1:{bare}/empty/", ""),
        "inbox": (f"http://127.0.0.1:{ours}/bank/cases/", held["inbox"]),
        "match": (f"http://127.0.0.1:{ours}/apply/matches/", held["match"]),
    }
    try:
        for address, cookie in pages.values():
            load(address, 1, cookie)  # warm
        found: dict[str, list[dict[str, float]]] = {name: [] for name in pages}
        for _ in range(ROUNDS):
            for name, (address, cookie) in pages.items():
                found[name].append(load(address, seconds, cookie))
    finally:
        for process in processes:
            process.terminate()
    report(
        {name: {key: statistics.median(r[key] for r in rounds) for key in rounds[0]} for name, rounds in found.items()}
    )


def report(figures: dict[str, dict[str, float]]) -> None:
    for name, figure in figures.items():
        ratio = figure["per_s"] / figures["bare"]["per_s"]
        print(
            f"{name:6} {figure['per_s']:7.0f}/s   median {figure['median_ms']:6.1f} ms   "
            f"p95 {figure['p95_ms']:6.1f} ms   ratio to bare {ratio:.2f}"
        )
    flat = {f"{name}_{key}": round(value, 1) for name, figure in figures.items() for key, value in figure.items()}
    ratios = {
        f"{name}_ratio": round(figures[name]["per_s"] / figures["bare"]["per_s"], 2) for name in ("inbox", "match")
    }
    print(json.dumps({**flat, **ratios}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4)
    main(parser.parse_args().seconds)
