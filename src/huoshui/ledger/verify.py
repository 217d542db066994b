"""Re-checks the books from nothing but their rows: every rule that the guards hold, and the chain."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.db import connection

from huoshui.ledger.models import Book, Link

START = bytes(32)

# what must yield no row → what a row means; each selects one text
RULES: dict[str, str] = {
    "posting does not balance": """
        SELECT posting.source FROM ledger_posting posting LEFT JOIN ledger_entry entry ON entry.posting_id = posting.id
         GROUP BY posting.id HAVING coalesce(sum(entry.amount), 0) <> 0 OR count(entry.id) <> posting.lines
             OR count(entry.id) < 2""",
    "line is of another book or day": """
        SELECT posting.source FROM ledger_entry entry JOIN ledger_posting posting ON posting.id = entry.posting_id
          JOIN ledger_account account ON account.id = entry.account_id
         WHERE account.book_id <> posting.book_id OR entry.posted_on <> posting.posted_on""",
    "balance is not the sum of its lines": """
        SELECT account.code || ': ' || balance.amount || ' ≠ ' || coalesce(sum(entry.amount), 0)
          FROM ledger_balance balance JOIN ledger_account account ON account.id = balance.account_id
          LEFT JOIN ledger_entry entry ON entry.account_id = account.id
         GROUP BY account.id, balance.amount HAVING balance.amount <> coalesce(sum(entry.amount), 0)""",
    "held is not the sum of open holds": """
        SELECT account.code || ': ' || balance.held FROM ledger_balance balance
          JOIN ledger_account account ON account.id = balance.account_id
          LEFT JOIN ledger_hold hold ON hold.account_id = account.id AND hold.state = 'open'
         GROUP BY account.id, balance.held HAVING balance.held <> coalesce(sum(hold.amount), 0)""",
    "guarded account is overdrawn": """
        SELECT account.code FROM ledger_balance balance JOIN ledger_account account ON account.id = balance.account_id
         WHERE account.guarded AND (CASE account.side WHEN 'debit' THEN 1 ELSE -1 END) * balance.amount < balance.held""",
    "account has no balance": """
        SELECT code FROM ledger_account WHERE NOT EXISTS (SELECT FROM ledger_balance WHERE account_id = ledger_account.id)""",
    "counter-posting differs from its original": """
        SELECT undo.source FROM ledger_posting undo JOIN ledger_entry entry
            ON entry.posting_id IN (undo.id, undo.reverses_id) WHERE undo.reverses_id IS NOT NULL
         GROUP BY undo.id, entry.account_id HAVING sum(entry.amount) <> 0""",
    "posting is not in the chain": """
        SELECT source FROM ledger_posting WHERE NOT EXISTS
            (SELECT FROM ledger_link WHERE posting_id = ledger_posting.id)""",
}


@dataclass
class Report:
    """How many postings were checked and what is wrong, each as "rule: what"."""

    postings: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Return whether nothing is wrong."""
        return not self.problems


def verify(progress: Callable[[int], None] = lambda done: None) -> Report:
    """Return the report over all books. Reads only; a few seconds for 100,000 postings."""
    report = Report()
    for rule, query in RULES.items():
        with connection.cursor() as cursor:
            cursor.execute(query)
            report.problems += [f"{rule}: {what}" for (what,) in cursor.fetchmany(20)]
    for book in Book.objects.order_by("id"):
        for count, problem in _chain(int(book.pk)):
            report.postings += count
            if problem:
                report.problems.append(f"chain of {book.code}: {problem}")
            progress(report.postings)
    return report


def head(book_id: int) -> tuple[int, str]:
    """Return (number of links, digest in hex) of a book's chain, for publication elsewhere."""
    last = Link.objects.filter(book_id=book_id).order_by("-seq").first()
    return (int(last.seq), bytes(last.digest).hex()) if last else (0, START.hex())


def _chain(book_id: int) -> Iterator[tuple[int, str]]:
    """Yield (1, what is wrong or "") for every link, recomputing each digest here rather than in the database."""
    expected, previous = 1, START
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq, previous, digest, ledger_canonical(posting_id) FROM ledger_link WHERE book_id = %s ORDER BY seq",
            [book_id],
        )
        while rows := cursor.fetchmany(2000):
            for seq, before, digest, canonical in rows:
                yield 1, _broken(seq, expected, bytes(before), previous, bytes(digest), canonical)
                expected, previous = seq + 1, bytes(digest)


def _broken(seq: int, expected: int, before: bytes, previous: bytes, digest: bytes, canonical: str | None) -> str:
    if seq != expected:
        return f"link {expected} is missing, {seq} follows"
    if before != previous:
        return f"link {seq} does not follow link {seq - 1}"
    if canonical is None or hashlib.sha256(before + canonical.encode()).digest() != digest:
        return f"posting of link {seq} was changed"
    return ""
