"""Measures the search of the policy library: thirty questions written down before it was built, over real documents.

Takes titled documents and full texts of the real data folder into the library inside one transaction that is rolled
back, asks every question, and counts those with an expected document among the first three. Beside it, in the same run:
plain containment of the question's words in titles and texts (what a database gives without an index of words), and
pg_trgm's word similarity of titles.

    HUOSHUI_DB_NAME=bench .venv/bin/python bench/policy_search.py
"""

from __future__ import annotations

import csv
import json
import os
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REAL_DATA = ROOT / ".." / "shared" / "data" / "policy"
QUESTIONS = ROOT / "tests" / "service" / "data" / "policy_questions.json"


def rows() -> Iterator[dict[str, str]]:
    """Return the real documents: laws with text, others by title; a law that has its text is not listed again."""
    with_text = set()
    for line in (REAL_DATA / "laws_fulltext.jsonl").read_text(encoding="utf-8").splitlines():
        law = json.loads(line)
        body = law["text"].split("<!-- INFO END -->")[-1]
        with_text.add((law["title"], law["date"]))
        yield {"title": law["title"], "issued_on": law["date"] or "", "issuer": law["level"], "body": body}
    with (REAL_DATA / "policy_documents_index.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["title"] and (row["title"], row["issued_on"]) not in with_text:
                yield {
                    "title": row["title"], "number": row["doc_number"], "issuer": row["issuer"],
                    "issued_on": row["issued_on"], "url": row["url"],
                }  # fmt: skip


def plainly(question: str) -> list[str]:
    """Return the titles that plain containment gives: most of the question's characters pairs in title or text."""
    from huoshui.service.models import PolicyDocument

    pairs = {
        question[at : at + 2]
        for at in range(len(question) - 1)
        if re.fullmatch(r"[\u4e00-\u9fff]{2}", question[at : at + 2])
    }
    found = [
        (sum(pair in title for pair in pairs) * 2 + sum(pair in body for pair in pairs), title)
        for title, body in PolicyDocument.objects.values_list("title", "body")
    ]
    return [title for _score, title in sorted(found, key=lambda one: -one[0])[:3]]


def similar(question: str) -> list[str]:
    """Return the titles that pg_trgm finds most alike."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT title FROM service_policydocument ORDER BY word_similarity(%s, title) DESC, id LIMIT 3", [question]
        )
        return [title for (title,) in cursor.fetchall()]


def main() -> None:
    """Take in, ask, count, roll back."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huoshui.config.settings")
    import django

    django.setup()
    from django.db import transaction

    from huoshui.access.actor import SYSTEM
    from huoshui.access.row_security import acting

    if not REAL_DATA.exists():
        print("the real data folder is absent: nothing measured")
        return
    with acting(SYSTEM), transaction.atomic():
        measure(verbose="-v" in sys.argv)
        transaction.set_rollback(True)


def measure(*, verbose: bool) -> None:
    """Print every question with its answers, then one line of figures."""
    from huoshui.access.actor import SYSTEM
    from huoshui.service import actions_policy, queries_policy

    started = time.perf_counter()
    taken = actions_policy.import_documents(SYSTEM, rows=rows())
    seconds = time.perf_counter() - started
    asked = json.loads(QUESTIONS.read_text(encoding="utf-8"))["questions"]
    hits = {"words": 0, "containment": 0, "trigram": 0}
    took = []
    for one in asked:
        begun = time.perf_counter()
        ours = ["".join(piece for piece, _ in found.title) for found in queries_policy.search(one["ask"], limit=3)]
        took.append((time.perf_counter() - begun) * 1000)
        answers = {"words": ours, "containment": plainly(one["ask"]), "trigram": similar(one["ask"])}
        for way, titles in answers.items():
            hits[way] += bool(set(titles) & set(one["titles"]))
        if verbose:
            print("hit " if set(ours) & set(one["titles"]) else "miss", one["ask"], ours)
    figures = {
        "documents": taken.created, "import_seconds": round(seconds, 1), "questions": len(asked),
        "hits_in_first_three": hits["words"], "plain_containment": hits["containment"],
        "pg_trgm_titles": hits["trigram"], "ms_median": round(sorted(took)[len(took) // 2], 1),
        "ms_slowest": round(max(took), 1),
    }  # fmt: skip
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
