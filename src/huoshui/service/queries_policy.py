"""The policy library as people read it: search by words, a document with its questions, the editor's list.

Ranking is Okapi BM25 over parts (the head with title, summary and questions; each article): a document scores its head,
counted more, and its best article. Sums run in the database over the words' index.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Avg, Count, QuerySet

from huoshui.kernel.text import Text
from huoshui.service import policy_words
from huoshui.service.models import PolicyDocument, PolicyPart, PolicyWord

K1, B = 1.2, 0.75  # BM25's usual constants (Robertson and Zaragoza 2009)
HEAD_WEIGHT = 2.0  # what the title, summary and questions say tells more than one article
REPEALED_WEIGHT = 0.5
PARTS = 600  # best parts that are looked at
_DRAFT = PolicyDocument.State.DRAFT

_SQL = """
SELECT * FROM (
SELECT part.document_id, part.id, part.number,
       sum(wanted.weight * found.hits * %s / (found.hits + %s * (%s + %s * part.length / %s))) AS score,
       array_agg(found.word) AS words
FROM unnest(%s::text[], %s::float8[]) AS wanted(word, weight)
JOIN service_policyword found ON found.word = wanted.word
JOIN service_policypart part ON part.id = found.part_id
GROUP BY part.document_id, part.id, part.number
) scored ORDER BY score * CASE number WHEN 0 THEN %s ELSE 1 END DESC, id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Found:
    """A document that answers: *title* and *snippet* as (piece, whether it was asked for)."""

    id: int
    title: tuple[tuple[str, bool], ...]
    snippet: tuple[tuple[str, bool], ...]
    number: str
    issuer: str
    issued_on: Any
    repealed: bool
    score: float


@dataclass(frozen=True, slots=True)
class Question:
    """What people ask, and the answer."""

    ask: Text
    answer: Text


@dataclass(frozen=True, slots=True)
class PolicyView:
    """A document for its page."""

    id: int
    title: Text
    number: str
    issuer: str
    row: PolicyDocument
    summary: Text
    questions: tuple[Question, ...]
    articles: tuple[str, ...]


def search(question: str, *, limit: int = 10) -> list[Found]:
    """Return the published documents that answer *question* best, first the best."""
    wanted = policy_words.asked(question[:200])
    weights = _weights(wanted)
    if not weights:
        return []
    best, heads, seen, where = _scores(weights)
    total = {pk: _score(pk, best, heads, seen, weights) for pk in seen}
    rows = {row.pk: row for row in PolicyDocument.objects.filter(pk__in=list(total)).exclude(state=_DRAFT)}
    ranked = sorted(rows, key=lambda pk: (-total[pk] * _standing(rows[pk]), pk))[:limit]
    texts = dict(
        PolicyPart.objects.filter(pk__in=[where[pk] for pk in ranked if pk in where]).values_list("document_id", "text")
    )
    return [_found(rows[pk], texts.get(pk, ""), wanted, total[pk]) for pk in ranked]


def newest(limit: int = 10) -> list[PolicyDocument]:
    """Return what was explained last, then the newest documents."""
    rows = PolicyDocument.objects.filter(state=PolicyDocument.State.PUBLISHED)
    return list(rows.exclude(summary="").order_by("-issued_on", "-pk")[:limit])


def common_questions(limit: int = 6) -> list[tuple[int, Question]]:
    """Return questions of published documents to begin with, (document, question)."""
    rows = PolicyDocument.objects.filter(state=PolicyDocument.State.PUBLISHED, questions__place=0).order_by(
        "-issued_on"
    )
    return [(row.pk, _question(one)) for row in rows[:limit] for one in row.questions.filter(place=0)[:1]]


def document(document_id: int, *, drafts: bool = False) -> PolicyView | None:
    """Return one document; drafts only where asked for."""
    row = PolicyDocument.objects.filter(pk=document_id).prefetch_related("questions").first()
    if row is None or (row.state == _DRAFT and not drafts):
        return None
    questions = tuple(map(_question, sorted(row.questions.all(), key=lambda one: one.place)))
    title, summary = Text(row.title, row.title_en or row.title), Text(row.summary, row.summary_en or row.summary)
    return PolicyView(
        row.pk, title, row.number, row.issuer, row, summary, questions, tuple(policy_words.parts(row.body))
    )


def documents() -> QuerySet[PolicyDocument]:
    """Return every document with its number of `asked` questions, for the editor's list."""
    return PolicyDocument.objects.annotate(asked=Count("questions")).defer("body")


def _weights(wanted: dict[str, float]) -> dict[str, float]:
    """Return what each word tells: rare words more, words nobody wrote nothing."""
    total = PolicyPart.objects.count()
    counts = PolicyWord.objects.filter(word__in=list(wanted)).values_list("word").annotate(Count("pk"))
    return {
        word: wanted[word] * math.log(1 + (total - count + 0.5) / (count + 0.5)) for word, count in counts.order_by()
    }


def _scores(
    weights: dict[str, float],
) -> tuple[dict[int, float], dict[int, float], dict[int, set[str]], dict[int, int]]:
    """Return by document: score of the best article, of the head, the words found, and the best article's id."""
    average = PolicyPart.objects.aggregate(mean=Avg("length"))["mean"] or 1
    best: dict[int, float] = {}
    heads: dict[int, float] = {}
    seen: dict[int, set[str]] = {}
    where: dict[int, int] = {}
    with connection.cursor() as cursor:
        given = (K1 + 1, K1, 1 - B, B, float(average), list(weights), list(weights.values()), HEAD_WEIGHT, PARTS)
        cursor.execute(_SQL, given)
        for pk, part, number, score, found in cursor.fetchall():
            seen.setdefault(pk, set()).update(found)
            if number == 0:
                heads[pk] = score
            elif score > best.get(pk, 0):
                best[pk], where[pk] = score, part
    return best, heads, seen, where


def _score(
    pk: int,
    best: dict[int, float],
    heads: dict[int, float],
    seen: dict[int, set[str]],
    weights: dict[str, float],
) -> float:
    covered = sum(weights[word] for word in seen[pk]) / sum(weights.values())
    return (HEAD_WEIGHT * heads.get(pk, 0) + best.get(pk, 0)) * (0.5 + covered)


def _standing(row: PolicyDocument) -> float:
    return REPEALED_WEIGHT if row.state == PolicyDocument.State.REPEALED else 1


def _found(row: PolicyDocument, text: str, wanted: dict[str, float], score: float) -> Found:
    title = policy_words.marked(row.title, wanted, around=300)
    snippet = policy_words.marked(row.summary or text, wanted) if row.summary or text else []
    repealed = row.state == PolicyDocument.State.REPEALED
    return Found(row.pk, tuple(title), tuple(snippet), row.number, row.issuer, row.issued_on, repealed, score)


def _question(one: Any) -> Question:
    return Question(Text(one.ask, one.ask_en or one.ask), Text(one.answer, one.answer_en or one.answer))
