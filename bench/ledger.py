"""Postings a second and the time of a balance, beside django-hordak, beancount's check and pgbench, in one run.

Usage: python bench/ledger.py [--lines 100000]     (peers: make bench-deps)
Each peer works on the same embedded server; rounds are interleaved and medians taken. Last line: JSON of the figures.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATABASE, PEER_DATABASE = "bench_ledger", "bench_hordak"
DAY = dt.date(2026, 1, 5)
ROUNDS, SINGLE, BULK = 5, 200, 2_000


class Ours:
    """The product's own doors: audit event, guards and chain included."""

    def __init__(self) -> None:
        from huoshui.access.actor import SYSTEM
        from huoshui.ledger import actions, books, queries

        self.actor, self.actions, self.books, self.queries = SYSTEM, actions, books, queries
        self.book = actions.open_book(SYSTEM, code="bench", name="bench")
        opened = [("cash", "debit"), ("budget", "credit")]
        self.cash, self.budget = (
            actions.open_account(SYSTEM, book_id=self.book, code=code, name=code, side=side) for code, side in opened
        )
        self.number = 0

    def draft(self) -> object:
        self.number += 1
        return self.books.transfer(
            source=f"b{self.number}", on=DAY, text="拨入", debit=self.cash, credit=self.budget, amount=100
        )

    def single(self, count: int) -> None:
        for _ in range(count):
            self.actions.post(self.actor, book_id=self.book, draft=self.draft())

    def bulk(self, count: int) -> None:
        self.actions.post_many(self.actor, book_id=self.book, drafts=[self.draft() for _ in range(count)])

    def balance(self) -> int:
        return int(self.queries.account(self.cash).amount)

    def summed(self) -> int:
        return int(self.queries.balance(self.cash))


class Peer:
    """django-hordak in its own environment and process, told what to do by lines of text."""

    def __init__(self, address: str) -> None:
        python = ROOT / "build" / "bench-venv" / "bin" / "python"
        if not python.exists():
            sys.exit("the peers are not installed: make bench-deps")
        self.process = subprocess.Popen(
            [str(python), str(ROOT / "bench" / "peer_hordak.py"), address],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._answer()

    def ask(self, what: str, count: int = 0) -> float:
        assert self.process.stdin
        self.process.stdin.write(f"{what} {count}\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self) -> float:
        assert self.process.stdout
        return float(self.process.stdout.readline())


def seconds(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def pgbench(server: object) -> float:
    """Return transactions a second of pgbench's simple update with one client: what the server itself allows."""
    from huoshui.config import embedded

    program = str(embedded.binaries(ROOT / "var") / "pgbench")
    common = ["-h", "127.0.0.1", "-p", str(server.port), "-U", embedded.OWNER, DATABASE]
    environment = {**os.environ, "PGPASSWORD": server.owner_password}
    subprocess.run([program, "-i", "-q", *common], env=environment, check=True, capture_output=True)
    done = subprocess.run(
        [program, "-b", "simple-update", "-c", "1", "-T", "4", "-n", *common],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return next(float(line.split()[2]) for line in done.stdout.splitlines() if line.startswith("tps"))


def beancount_seconds(book: str) -> tuple[float, int]:
    """Return the seconds of beancount's own check of our export, and how many errors it found."""
    from beancount import loader

    from huoshui.ledger import export

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "books.beancount"
        path.write_text("\n".join(export.beancount(book)) + "\n", encoding="utf-8")
        started = time.perf_counter()
        _entries, errors, _options = loader.load_file(str(path))
        return time.perf_counter() - started, len(errors)


def prepare() -> tuple[object, str]:
    from huoshui.config import embedded

    server = embedded.start(ROOT / "var")
    import psycopg

    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        for name in (DATABASE, PEER_DATABASE):
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {name}")
    os.environ.update(HUOSHUI_DB_NAME=DATABASE, DJANGO_SETTINGS_MODULE="huoshui.config.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    return server, server.url(PEER_DATABASE)


def main(lines: int) -> None:
    server, peer_address = prepare()
    ours, peer = Ours(), Peer(peer_address)
    ours.single(20), peer.ask("single", 20)
    timed: dict[str, list[float]] = {"single": [], "bulk": [], "hordak_single": [], "hordak_bulk": []}
    for _ in range(ROUNDS):
        timed["single"].append(SINGLE / seconds(lambda: ours.single(SINGLE)))
        timed["hordak_single"].append(SINGLE / peer.ask("single", SINGLE))
        timed["bulk"].append(BULK / seconds(lambda: ours.bulk(BULK)))
        timed["hordak_bulk"].append(BULK / peer.ask("bulk", BULK))
    rate = {name: statistics.median(values) for name, values in timed.items()}
    while ours.number < lines:
        ours.bulk(min(5_000, lines - ours.number))
    missing = lines - int(peer.ask("count"))
    peer.ask("bulk", max(missing, 0))
    assert ours.balance() == ours.summed() == lines * 100
    balance = statistics.median(seconds(ours.balance) for _ in range(21))
    summed = statistics.median(seconds(ours.summed) for _ in range(5))
    hordak = statistics.median(peer.ask("balance") for _ in range(5))
    checked, errors = beancount_seconds("bench")
    verified = _verify()
    tps = pgbench(server)
    print(
        f"single posting   {rate['single']:9.0f}/s   hordak {rate['hordak_single']:9.0f}/s   ratio {rate['single'] / rate['hordak_single']:.1f}"
    )
    print(
        f"bulk posting     {rate['bulk']:9.0f}/s   hordak {rate['hordak_bulk']:9.0f}/s   ratio {rate['bulk'] / rate['hordak_bulk']:.1f}"
    )
    print(
        f"balance over {lines:,} lines: {balance * 1000:.2f} ms kept, {summed * 1000:.1f} ms summed, hordak {hordak * 1000:.1f} ms"
    )
    print(f"check of {lines:,} postings: ours {verified:.1f} s with chain, beancount {checked:.1f} s, {errors} errors")
    print(f"pgbench simple update: {tps:.0f}/s; a single posting reaches {rate['single'] / tps:.2f} of it")
    print(
        json.dumps(
            {
                "single_per_s": round(rate["single"]),
                "bulk_per_s": round(rate["bulk"]),
                "balance_ms": round(balance * 1000, 3),
                "hordak_single_per_s": round(rate["hordak_single"]),
                "hordak_bulk_per_s": round(rate["hordak_bulk"]),
                "pgbench_tps": round(tps),
                "balance_summed_ms": round(summed * 1000, 1),
                "hordak_balance_ms": round(hordak * 1000, 1),
                "verify_s": round(verified, 1),
                "beancount_s": round(checked, 1),
                "beancount_errors": errors,
            }
        )
    )


def _verify() -> float:
    from huoshui.ledger import verify

    started = time.perf_counter()
    report = verify.verify()
    assert report.ok, report.problems
    return time.perf_counter() - started


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=100_000)
    main(parser.parse_args().lines)
