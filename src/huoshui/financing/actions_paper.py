"""A firm's papers: handed in once, shown to every bank it agreed to, taken back when it likes."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from huoshui.access.actor import Actor
from huoshui.access.scope import scope
from huoshui.audit.actions import record
from huoshui.catalogue import queries as catalogue
from huoshui.financing.models import Paper
from huoshui.financing.papers import PAPERS
from huoshui.financing.perform import person_of, refuse_if, writing
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Problem, Stale
from huoshui.kernel.text import Text

# what a file begins with decides what it is; its name does not
_BEGINNINGS = {b"%PDF-": ".pdf", b"\xff\xd8\xff": ".jpg", b"\x89PNG\r\n\x1a\n": ".png"}
MB = 1024 * 1024


def add_paper(
    actor: Actor, *, enterprise_id: int, kind: str, file_name: str, content: bytes, expires_on: dt.date | None = None
) -> int:
    """Keep a paper (PDF, JPEG or PNG) of the actor's own firm; the same file again returns the first one's id."""
    if enterprise_id not in actor.enterprise_ids:
        words = Text("只能提交自己企业的材料。", "Only papers of your own firm.")
        raise DomainError("not_yours", words, field="enterprise_id", value=enterprise_id)
    ending = next((name for begins, name in _BEGINNINGS.items() if content.startswith(begins)), "")
    refuse_if(_problems(kind, content, ending))
    digest = hashlib.sha256(content).hexdigest()
    before = Paper.objects.filter(enterprise_id=enterprise_id, kind=kind, sha256=digest, withdrawn_at__isnull=True)
    if (known := before.values_list("pk", flat=True).first()) is not None:
        return known
    today = clock.today()
    with writing():
        name = default_storage.save(f"papers/{enterprise_id}/{digest[:16]}{ending}", ContentFile(content))
        row = Paper.objects.create(
            enterprise_id=enterprise_id,
            kind=kind,
            file=name,
            file_name=file_name.replace("\\", "/").rpartition("/")[2][:160],
            size=len(content),
            sha256=digest,
            uploaded_by_id=person_of(actor),
            uploaded_at=clock.now(),
            expires_on=expires_on or today + dt.timedelta(days=catalogue.parameter("paper.valid_days")),
        )
        facts = {"paper": PAPERS[kind].name}
        record(actor, "PAPER_ADDED", ("paper", row.pk), topic=f"enterprise:{enterprise_id}", facts=facts)
    return row.pk


def _problems(kind: str, content: bytes, ending: str) -> list[Problem]:
    most = catalogue.parameter("paper.max_size_mb")
    found = []
    if kind not in PAPERS:
        found.append(Problem("paper_unknown", Text("没有这种材料。", "There is no such paper."), "kind", kind))
    if not content or len(content) > most * MB:
        said = Text(f"文件不能为空，最大 {most} MB。", f"Not empty, and at most {most} MB.")
        found.append(Problem("paper_size", said, "file", len(content)))
    if content and not ending:
        said = Text("只接受 PDF、JPG 或 PNG 文件。", "PDF, JPEG or PNG only.")
        found.append(Problem("paper_format", said, "file"))
    return found


def withdraw_paper(actor: Actor, *, paper_id: int) -> None:
    """Take a paper back: nobody else sees it from now."""
    row = scope(actor, Paper.objects.filter(pk=paper_id)).first()
    if row is None or row.enterprise_id not in actor.enterprise_ids:
        words = Text("没有这份材料。", "There is no such paper.")
        raise DomainError("not_found", words, field="paper_id", value=paper_id)
    with writing():
        if Paper.objects.filter(pk=paper_id, withdrawn_at__isnull=True).update(withdrawn_at=clock.now()) != 1:
            raise Stale(what="paper")
        topic = f"enterprise:{row.enterprise_id}"
        name = PAPERS[row.kind].name if row.kind in PAPERS else row.kind
        record(actor, "PAPER_WITHDRAWN", ("paper", paper_id), topic=topic, facts={"paper": name})
