"""The refused rows of a batch as a file that a clerk opens, mends and hands in again."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType

from huoshui.registry.imports.problems import Bad

ROW, REASONS, CODES = "行号", "拒收原因", "原因代码"
NOTE = "以 = + - @ 制表符或回车开头的单元格前加了一个单引号，以防被表格软件当作公式执行"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def harmless(cell: str | None) -> str:
    """Return *cell* so that no spreadsheet runs it: one that starts like a formula gets an apostrophe before it."""
    if not cell:
        return ""
    return "'" + cell if cell.startswith(_FORMULA) else cell


class RefusalFile:
    """Refused rows, written as they come: UTF-8 with mark, first line the names of the columns. Use as a context."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.path, self.columns, self.count = path, list(columns), 0
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("w", newline="", encoding="utf-8-sig")
        self._writer = csv.writer(self._file)
        self._writer.writerow([ROW, REASONS, CODES, *map(harmless, self.columns)])

    def add(self, bad: Iterable[Bad]) -> None:
        """Write rows with their reasons."""
        for row in bad:
            cells = [harmless(row.cells.get(column)) for column in self.columns]
            reasons = "；".join(reason.text.zh for reason in row.reasons)
            codes = ";".join(reason.code for reason in row.reasons)
            self._writer.writerow([row.row, harmless(reasons), codes, *cells])
            self.count += 1

    def __enter__(self) -> RefusalFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def as_workbook(refused: Path, target: Path) -> None:
    """Write the refused rows of *refused* (CSV) to *target* as .xlsx, every cell text, so that no formula can run."""
    import xlsxwriter  # heavy, and most processes write no workbook

    book = xlsxwriter.Workbook(
        target, {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}
    )
    sheet = book.add_worksheet("拒收")
    with refused.open(encoding="utf-8-sig", newline="") as file:
        for place, record in enumerate(csv.reader(file)):
            for column, cell in enumerate(record):
                sheet.write_string(place, column, cell)
    sheet.write_comment(0, 0, NOTE)
    book.close()
