"""Repayments by file: the template, and what came of a file line by line."""

from __future__ import annotations

import io
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huoshui.access.actor import Actor
from huoshui.financing import actions
from huoshui.financing.repayment_file import HEADER

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXAMPLE = ("HT-2026-0001", "LS-2026-000001", "2026-03-15", "10000.00", "325.00")
SUFFIXES = frozenset({".xlsx", ".csv"})


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """One thing wrong with one line."""

    line: int
    value: str
    words: str


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What came of a file; with problems nothing was booked."""

    summary: str
    problems: tuple[ProblemLine, ...]


def take_in(actor: Actor, file: UploadedFile) -> TakenIn:
    """Take the file in whole, or say of each line what is wrong."""
    suffix = Path(file.name or "").suffix.lower()
    with tempfile.NamedTemporaryFile(suffix=suffix if suffix in SUFFIXES else ".unknown") as kept:
        for chunk in file.chunks():
            kept.write(chunk)
        kept.flush()
        result = actions.import_repayments(actor, kept.name)
    language = get_language() or "zh"
    problems = tuple(
        ProblemLine(row.row, "" if problem.value is None else str(problem.value), problem.said(language))
        for row in result.problems
        for problem in row.problems
    )
    said = _("共 %(rows)s 行：入账 %(recorded)s 笔，此前已入账 %(known)s 笔。")
    facts = {"rows": result.rows, "recorded": result.recorded, "known": result.known}
    return TakenIn("" if problems else said % facts, problems)


def template() -> HttpResponse:
    """Return the empty sheet with the right head and one example."""
    import xlsxwriter  # heavy, and most processes write no workbook

    sheet = io.BytesIO()
    with xlsxwriter.Workbook(sheet, {"in_memory": True}) as book:
        page = book.add_worksheet("repayments")
        page.write_row(0, 0, HEADER, book.add_format({"bold": True}))
        page.write_row(1, 0, EXAMPLE)
        page.set_column(0, len(HEADER) - 1, 18)
    disposition = {"Content-Disposition": 'attachment; filename="repayments.xlsx"'}
    return HttpResponse(sheet.getvalue(), content_type=EXCEL, headers=disposition)
