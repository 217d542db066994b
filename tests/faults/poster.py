"""A posting process to be killed. Started once, it forks on each line of its input and prints one line of JSON.

    post SEED FIRST LOG   the child does deed FIRST, FIRST + 1, … and notes "try N" before and "done N" after each in LOG
    check SEED TRIED      what the books hold of the deeds up to TRIED, and whether they verify

Run with HUOSHUI_DATABASE_URL naming the database.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
import traceback

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huoshui.config.settings")
django.setup()

from django.db import OperationalError, connection  # noqa: E402

from huoshui.access.actor import SYSTEM  # noqa: E402
from huoshui.kernel import clock  # noqa: E402
from huoshui.kernel.errors import DomainError  # noqa: E402
from huoshui.ledger import actions, books, queries, verify  # noqa: E402
from tests.faults.deeds import Deed, deed  # noqa: E402


def opened() -> tuple[int, int, int, int]:
    """Return book, fund's account, where money comes from, where it goes."""
    book = actions.open_book(SYSTEM, code="faults", name="测试资金")
    cash, budget, firms = (
        actions.open_account(SYSTEM, book_id=book, code=code, name=code, side=side, guarded=code == "cash")
        for code, side in (("cash", "debit"), ("budget", "credit"), ("firms", "debit"))
    )
    return book, cash, budget, firms


def do(what: Deed, where: tuple[int, int, int, int]) -> None:
    """Do one deed; doing it again changes nothing."""
    book, cash, budget, firms = where
    debit, credit = (cash, budget) if what.kind == "in" else (firms, cash)
    drafts = [
        books.transfer(source=source, on=what.day, text=what.kind, debit=debit, credit=credit, amount=amount)
        for source, amount in zip(what.sources, what.amounts, strict=False)
    ]
    with clock.at(dt.datetime.now(dt.UTC) + dt.timedelta(days=what.clock)):
        if not what.kind.startswith("hold"):
            actions.post_many(SYSTEM, book_id=book, drafts=drafts)
            return
        held = actions.hold(SYSTEM, account_id=cash, source=f"hold:{what.number}", amount=what.amounts[0], text="占用")
        if what.kind == "hold_posted":
            actions.post_hold(SYSTEM, hold_id=held, draft=drafts[0])
        else:
            void_once(held)


def void_once(held: int) -> None:
    try:
        actions.void_hold(SYSTEM, hold_id=held, reason="不再需要")
    except DomainError as refusal:
        if refusal.code != "ledger_hold_ends_once":  # voided before the process was killed
            raise


def post(seed: int, first: int, path: str) -> None:
    log = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    where = opened()
    number = first
    while True:
        os.write(log, f"try {number}\n".encode())
        do(deed(seed, number), where)
        os.write(log, f"done {number}\n".encode())
        number += 1


def check(seed: int, tried: int) -> dict[str, object]:
    """Return balances, the sources in the books, open holds and the verifier's findings."""
    _, cash, _, firms = opened()
    with connection.cursor() as cursor:
        cursor.execute("SELECT source FROM ledger_posting WHERE source LIKE 'deed:%%'")
        found = [source for (source,) in cursor.fetchall()]
        cursor.execute("SELECT source FROM ledger_hold")
        holds = [source for (source,) in cursor.fetchall()]
        cursor.execute("SELECT count(*), coalesce(sum((facts->>'postings')::int), 0) FROM audit_event"
                       " WHERE kind = 'LEDGER_POSTED'")  # fmt: skip
        _, noted = cursor.fetchone()
    report = verify.verify()
    return {
        "cash": queries.account(cash).amount,
        "held": queries.account(cash).held,
        "firms": queries.account(firms).amount,
        "sources": found,
        "holds": holds,
        "noted": int(noted),
        "postings": report.postings,
        "problems": report.problems,
    }


def forked(words: list[str]) -> None:
    """Answer one command in a child; "post" answers with the child's number at once, "check" when it is done."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        if words[0] == "post":
            print(json.dumps(child), flush=True)
        os.waitpid(child, 0)
        if words[0] == "post":
            print(json.dumps("ended"), flush=True)
        return
    status = 1
    try:
        if words[0] == "post":
            post(int(words[1]), int(words[2]), words[3])
        else:
            print(json.dumps(check(int(words[1]), int(words[2]))), flush=True)
        status = 0
    except OperationalError:
        pass  # the server was killed under it: the process ends, as a real one would
    except Exception:
        traceback.print_exc()
    finally:
        os._exit(status)


for line in sys.stdin:
    forked(line.split())
