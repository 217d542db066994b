"""A posting process to be killed: postings and holds in a book of its own. Commands: see forking.

Run with HUOSHUI_DATABASE_URL naming the database.
"""

from __future__ import annotations

import datetime as dt
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huoshui.config.settings")
django.setup()

from django.db import connection  # noqa: E402

from huoshui.access.actor import SYSTEM  # noqa: E402
from huoshui.kernel import clock  # noqa: E402
from huoshui.kernel.errors import DomainError  # noqa: E402
from huoshui.ledger import actions, books, queries, verify  # noqa: E402
from tests.faults.deeds import Deed, deed  # noqa: E402
from tests.faults.forking import serve  # noqa: E402


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


if __name__ == "__main__":
    serve(opened, lambda seed, number, where: do(deed(seed, number), where), check)
