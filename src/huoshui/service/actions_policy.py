"""The policy library: documents are written or taken in, explained, published and repealed; each write renews the index."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.audit.actions import record
from huoshui.catalogue import queries as catalogue
from huoshui.financing.perform import refuse_if, require, swap, writing
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Problem
from huoshui.kernel.text import Text
from huoshui.service import policy_words
from huoshui.service.models import PolicyDocument, PolicyPart, PolicyQuestion, PolicyWord

_P = Permission
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Written:
    """A document as it is written. *questions*: (question, answer) or (question, answer, English, English)."""

    title: str
    number: str = ""
    title_en: str = ""
    issuer: str = ""
    issued_on: dt.date | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    url: str = ""
    body: str = ""
    summary: str = ""
    summary_en: str = ""
    programme_code: str = ""
    papers: tuple[str, ...] = ()
    questions: tuple[tuple[str, ...], ...] = field(default=())

    @property
    def key(self) -> str:
        """Return what tells this document from others: title, number and day of issue."""
        said = "\n".join((self.title.strip(), self.number.strip(), str(self.issued_on or "")))
        return hashlib.sha256(said.encode()).hexdigest()

    def columns(self) -> dict[str, object]:
        """Return the document's own columns."""
        kept = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "questions"}
        return {**kept, "papers": list(self.papers), "key": self.key}


@dataclass(frozen=True, slots=True)
class Taken:
    """What an import did: documents new, changed, as they were; and what was refused: (line, why)."""

    created: int
    changed: int
    unchanged: int
    refused: tuple[tuple[int, str], ...]


def save_document(actor: Actor, *, written: Written, document_id: int | None = None, seen: int | None = None) -> int:
    """Write a new document (a draft) or change the one with this id; return its id. A published one stays published."""
    require(actor, _P.EDIT_POLICY_LIBRARY)
    refuse_if(_problems(written, document_id))
    with writing():
        if document_id is None:
            row = PolicyDocument.objects.create(**written.columns(), updated_at=clock.now())
        else:
            row = _document(document_id)
            swap(row, seen, **written.columns(), updated_at=clock.now())
        _set_questions(row, written.questions)
        reindex([row])
        record(actor, "POLICY_SAVED", ("policy", row.pk), topic=f"policy:{row.pk}", facts={"title": row.title})
    return row.pk


def publish_document(actor: Actor, *, document_id: int, seen: int | None = None) -> None:
    """Show a document to everybody. Without a plain summary it is refused: people came to understand it."""
    require(actor, _P.EDIT_POLICY_LIBRARY)
    row = _document(document_id)
    if not row.summary.strip():
        words = Text("发布前请写一段通俗的说明。", "Explain it in plain words before publishing.")
        raise DomainError("policy_summary", words, field="summary", value="")
    _move(actor, row, PolicyDocument.State.PUBLISHED, "POLICY_PUBLISHED", seen)


def repeal_document(actor: Actor, *, document_id: int, seen: int | None = None) -> None:
    """Mark a document as no longer in force: it stays readable and is shown last."""
    require(actor, _P.EDIT_POLICY_LIBRARY)
    _move(actor, _document(document_id), PolicyDocument.State.REPEALED, "POLICY_REPEALED", seen)


def import_documents(actor: Actor, *, rows: Iterable[Mapping[str, str]]) -> Taken:
    """Take documents in from rows with title, number, issuer, issued_on, url, body; known ones are changed, none twice."""
    require(actor, _P.EDIT_POLICY_LIBRARY)
    read, refused = _read(rows)
    with writing():
        known = {row.key: row for row in PolicyDocument.objects.filter(key__in=list(read))}
        new = [
            PolicyDocument(**one.columns(), state=PolicyDocument.State.PUBLISHED, updated_at=clock.now())
            for key, one in read.items()
            if key not in known
        ]
        changed = [row for key, row in known.items() if _differs(row, read[key])]
        PolicyDocument.objects.bulk_create(new, batch_size=BATCH)
        PolicyDocument.objects.bulk_update(changed, ["issuer", "url", "body"], batch_size=500)
        reindex([*new, *changed])
        facts = {"created": len(new), "changed": len(changed), "refused": len(refused)}
        record(actor, "POLICY_IMPORTED", ("policy", 0), facts=facts)
    return Taken(len(new), len(changed), len(known) - len(changed), tuple(refused))


def reindex(rows: Sequence[PolicyDocument]) -> None:
    """Cut *rows* into parts and words anew."""
    PolicyPart.objects.filter(document__in=[row.pk for row in rows]).delete()
    asked = _questions(rows)
    made: list[PolicyPart] = []
    counts = []
    for row in rows:
        head = "\n".join(filter(None, (row.title, row.number, row.summary, *asked.get(row.pk, ()))))
        for number, text in enumerate([head, *policy_words.parts(row.body)]):
            hits = policy_words.counted(text)
            made.append(PolicyPart(document=row, number=number, text=text, length=max(sum(hits.values()), 1)))
            counts.append(hits)
    PolicyPart.objects.bulk_create(made, batch_size=BATCH)
    found = [
        PolicyWord(word=word, part=part, hits=min(count, 30_000))
        for part, hits in zip(made, counts, strict=True)
        for word, count in hits.items()
    ]
    PolicyWord.objects.bulk_create(found, batch_size=BATCH)


def _questions(rows: Sequence[PolicyDocument]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for one in PolicyQuestion.objects.filter(document__in=[row.pk for row in rows]).order_by("place"):
        found.setdefault(one.document_id, []).append(f"{one.ask}\n{one.answer}")
    return found


def _set_questions(row: PolicyDocument, questions: Sequence[tuple[str, ...]]) -> None:
    PolicyQuestion.objects.filter(document=row).delete()
    PolicyQuestion.objects.bulk_create(
        PolicyQuestion(
            document=row, place=place, ask=one[0], answer=one[1],
            ask_en=one[2] if len(one) > 2 else "", answer_en=one[3] if len(one) > 3 else "",
        )
        for place, one in enumerate(questions)
    )  # fmt: skip


def _move(actor: Actor, row: PolicyDocument, state: PolicyDocument.State, kind: str, seen: int | None) -> None:
    with writing():
        swap(row, seen, state=state, updated_at=clock.now())
        record(actor, kind, ("policy", row.pk), topic=f"policy:{row.pk}", facts={"title": row.title})


def _document(document_id: int) -> PolicyDocument:
    row = PolicyDocument.objects.filter(pk=document_id).first()
    if row is None:
        words = Text("没有这份文件。", "No such document.")
        raise DomainError("policy_unknown", words, field="document", value=document_id)
    return row


def _problems(written: Written, document_id: int | None) -> list[Problem]:
    found = []
    if not written.title.strip():
        found.append(Problem("policy_title", Text("请填写文件名称。", "Give the title."), "title", written.title))
    if PolicyDocument.objects.filter(key=written.key).exclude(pk=document_id or 0).exists():
        said = Text("库里已有同名、同文号、同日期的文件。", "The library has a document of this title, number and day.")
        found.append(Problem("policy_twice", said, "number", written.number))
    if written.valid_from and written.valid_to and written.valid_to < written.valid_from:
        said = Text("失效日不能早于生效日。", "It ends before it begins.")
        found.append(Problem("policy_days", said, "valid_to", written.valid_to))
    codes = {view.code for view in catalogue.published_programmes()}
    if written.programme_code and written.programme_code not in codes:
        said = Text("没有这个正在执行的政策项目。", "No such programme is in force.")
        found.append(Problem("policy_programme", said, "programme_code", written.programme_code))
    if any(not all(part.strip() for part in one[:2]) for one in written.questions):
        said = Text("每个问题都要有回答。", "Every question needs an answer.")
        found.append(Problem("policy_questions", said, "questions", ""))
    return found


def _read(rows: Iterable[Mapping[str, str]]) -> tuple[dict[str, Written], list[tuple[int, str]]]:
    read: dict[str, Written] = {}
    refused: list[tuple[int, str]] = []
    for line, row in enumerate(rows, start=1):
        title = (row.get("title") or "").strip()
        try:
            day = dt.date.fromisoformat(row["issued_on"]) if row.get("issued_on") else None
        except ValueError:
            refused.append((line, f"issued_on: {row['issued_on']}"))
            continue
        if not title or len(title) > 300:
            refused.append((line, "title"))
            continue
        one = Written(
            title=title, number=(row.get("number") or "").strip()[:80], issuer=(row.get("issuer") or "")[:120],
            issued_on=day, url=(row.get("url") or "")[:300], body=row.get("body") or "",
        )  # fmt: skip
        read[one.key] = one
    return read, refused


def _differs(row: PolicyDocument, one: Written) -> bool:
    differs = (row.issuer, row.url, row.body) != (one.issuer, one.url, one.body)
    row.issuer, row.url, row.body = one.issuer, one.url, one.body
    return differs
