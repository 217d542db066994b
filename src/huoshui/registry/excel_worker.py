"""Reads one sheet of a workbook into CSV. Runs as a process of its own, which the parent limits and may kill.

Usage: python -m huoshui.registry.excel_worker WORKBOOK OUT.csv MEMORY_BYTES. Prints one JSON line.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import resource
import sys
from typing import Any

import python_calamine


def said(cell: Any) -> str:
    """Return a cell as text: whole numbers without a point, dates in ISO form, everything else as it stands."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(sep=" ")
    return str(cell)


def convert(workbook: str, target: str) -> dict[str, Any]:
    """Write the first sheet of *workbook* to *target*; returns its first row's number, and the names of the sheets."""
    book = python_calamine.load_workbook(workbook)
    sheet = book.get_sheet_by_index(0)
    with open(target, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        for row in sheet.iter_rows():
            writer.writerow([said(cell) for cell in row])
    return {"first_row": (sheet.start or (0, 0))[0] + 1, "sheets": book.sheet_names}


def main(workbook: str, target: str, memory: str) -> None:
    """Convert under a limit of address space, so that a hostile file ends this process and no other."""
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    try:
        answer = convert(workbook, target)
    except (python_calamine.CalamineError, OSError, MemoryError, ValueError) as error:
        answer = {"error": str(error) or type(error).__name__}
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:4])
