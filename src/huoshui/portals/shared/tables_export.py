"""Lists as files: Excel with constant memory, CSV for everything else. No cell can become a formula."""

from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import IO, Any
from urllib.parse import quote

from django.db import transaction
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponseBase

from huoshui.kernel import clock

KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
CHUNK = 2_000  # rows a round trip of the server-side cursor
IN_MEMORY = 8 * 1024 * 1024  # bytes of a file before it goes to disk
EXCEL_ROWS = 1_048_576
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def stream(rows: Any) -> Iterator[Any]:
    """Yield *rows* a chunk at a time through a server-side cursor, so that memory does not grow with the list."""
    if not isinstance(rows, QuerySet):
        yield from rows
        return
    with transaction.atomic():  # the cursor lives in the transaction; outside one the server would copy the result
        yield from rows.iterator(chunk_size=CHUNK)


def response(kind: str, name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponseBase:
    """Return the file of *rows* under *name* and today's date. It is whole before the first byte leaves.

    Written to disk first: row security ends with the request, so nothing may be read while the answer is sent.
    """
    target: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the response closes it
    (_excel if kind == "xlsx" else _csv)(target, head, rows)
    target.seek(0)
    file_name = f"{name}-{clock.today():%Y%m%d}.{kind}"
    answer = FileResponse(target, content_type=KINDS[kind])
    answer["Content-Disposition"] = f"attachment; filename*=utf-8''{quote(file_name)}"
    return answer


def _csv(target: IO[bytes], head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=True)  # Excel needs the mark
    writer = csv.writer(text)
    writer.writerow([harmless(title) for title in head])
    writer.writerows([_plain(value) for value in row] for row in rows)
    text.flush()
    text.detach()


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return str(value) if isinstance(value, int | Decimal | dt.date) else harmless(str(value))


def harmless(text: str) -> str:
    """Return *text* so that no spreadsheet takes it for a formula: a quote goes before the signs that start one."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def _excel(target: IO[bytes], head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    import xlsxwriter  # heavy, and most processes write no workbook

    book = xlsxwriter.Workbook(
        target, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet()
    styles = {
        "head": book.add_format({"bold": True, "bottom": 1}),
        "amount": book.add_format({"num_format": "#,##0.00"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "minute": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
    }
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(len(head) - 1, 0), 16)
    for at, title in enumerate(head):
        sheet.write_string(0, at, title, styles["head"])
    for line, row in enumerate(rows, start=1):
        if line >= EXCEL_ROWS:
            break
        for at, value in enumerate(row):
            _write(sheet, line, at, value, styles)
    book.close()


def _write(sheet: Any, line: int, at: int, value: Any, styles: dict[str, Any]) -> None:
    if value is None:
        return
    if isinstance(value, Decimal):
        sheet.write_number(line, at, float(value), styles["amount"])  # a sheet knows only floats; 15 digits are exact
    elif isinstance(value, bool) or not isinstance(value, int | dt.date):
        sheet.write_string(line, at, str(value))
    elif isinstance(value, int):
        sheet.write_number(line, at, value)
    else:
        sheet.write_datetime(line, at, value, styles["minute" if isinstance(value, dt.datetime) else "day"])
