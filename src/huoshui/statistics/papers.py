"""A bulletin as a file: Excel and PDF, from the very contents that were frozen. The same contents give the same PDF."""

from __future__ import annotations

import io
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
from noto_cjk_sans_otc import FONT_PATH

from huoshui.kernel import clock
from huoshui.kernel.text import Text
from huoshui.statistics import wording
from huoshui.statistics.queries_bulletin import BulletinView
from huoshui.statistics.tables import Cell, Head, Line

_TEMPLATE = Path(__file__).parent / "data" / "bulletin.typ"
WIDE_FROM = 7  # columns: more than so many lie on a wide page
_FILLS = {"green": "#DFF2E5", "red": "#FBE3E3", "yellow": "#FDF0D8"}
_SIGNS = {"green": "▲", "red": "▼", "yellow": "●"}
_FIRST = {"districts": Text("县（市、区）", "District"), "banks": Text("银行", "Bank")}
_LEGEND = Text(
    "▲ 绿色为靠前，▼ 红色为靠后，● 黄色为关注；数字后的小字为名次。空白行不参与排名，“—”表示没有数据或没有可比基数。",
    "▲ green: best, ▼ red: last, ● yellow: watch; the small figure is the rank. Blank rows take no part; — means no data.",
)


def pdf(view: BulletinView, *, language: str = "zh") -> bytes:
    """Return the bulletin as PDF in *language*; frozen contents give the same bytes every time."""
    told = json.dumps(_told(view, language), ensure_ascii=False)
    made: bytes = _compiler().compile(format="pdf", sys_inputs={"told": told})
    return made


@lru_cache(maxsize=1)
def _compiler() -> Any:
    # the font that comes with the platform and no other: a bulletin looks alike on every machine
    return typst.Compiler(str(_TEMPLATE), font_paths=[str(Path(str(FONT_PATH)).parent)], ignore_system_fonts=True)


def _told(view: BulletinView, language: str) -> dict[str, Any]:
    def say(text: Text) -> str:
        return text.in_(language)

    dated = view.frozen_at or view.drafted_at
    first = "banks" if view.template == "banks" else "districts"
    lines = [*view.table.lines, *([view.table.total] if view.table.total else [])]
    return {
        "lang": "en" if language.startswith("en") else "zh",
        "wide": len(view.table.heads) > WIDE_FROM,
        "title": say(view.title),
        "number": say(view.number),
        "digest": view.digest[:16],
        "span": say(view.span.name),
        "date": f"{dated.astimezone(clock.ZONE):%Y-%m-%d}",
        "note": view.note,
        "text": [say(line) for line in view.text],
        "first": say(_FIRST[first]),
        "heads": [{"name": say(head.name), "unit": say(head.unit)} for head in view.table.heads],
        "lines": [{"name": say(line.name), "cells": [_cell(cell) for cell in line.cells]} for line in lines],
        "legend": say(_LEGEND),
        "differences_title": say(Text("与上一版的差异", "What differs from the version before")),
        "differences": [difference_words(each, language) for each in view.differences],
        "definitions_title": say(Text("口径：", "Definitions: ")),
        "definitions": [_two(each["words"]).in_(language) for each in view.definitions],
    }


def _cell(cell: Cell) -> dict[str, str]:
    return {"text": cell.text, "colour": cell.colour, "rank": str(cell.rank or "")}


def difference_words(told: dict[str, str], language: str = "zh") -> str:
    """Return one difference as a line: whose figure, from what, to what."""
    nothing = Text("（无）", "(none)").in_(language)
    row, column = (told["row_en"], told["column_en"]) if language.startswith("en") else (told["row"], told["column"])
    return f"{row} · {column}: {told['before'] or nothing} → {told['after'] or nothing}"


def _two(told: dict[str, str]) -> Text:
    return Text(told["zh"], told["en"])


def excel(view: BulletinView, *, language: str = "zh") -> bytes:
    """Return the bulletin as a workbook: the text, the table with its colours, the definitions, the differences."""
    import xlsxwriter  # heavy, and most processes write no workbook

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(Text("通报", "Bulletin").in_(language))
    sheet.write_string(0, 0, view.title.in_(language), book.add_format({"bold": True, "font_size": 14}))
    sheet.write_string(1, 0, f"{view.number.in_(language)}  {view.span.name.in_(language)}")
    at = 2
    for line in view.text:
        sheet.write_string(at, 0, line.in_(language))
        at += 1
    at = _excel_table(book, sheet, view, at + 1, language)
    told = [_two(each["words"]).in_(language) for each in view.definitions]
    for line_ in [*told, *(difference_words(each, language) for each in view.differences), view.digest]:
        at += 1
        sheet.write_string(at, 0, line_)
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, len(view.table.heads), 15)
    book.close()
    return target.getvalue()


def _excel_table(book: Any, sheet: Any, view: BulletinView, at: int, language: str) -> int:
    head_format = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    sheet.write_string(at, 0, "", head_format)
    for place, head in enumerate(view.table.heads, start=1):
        sheet.write_string(at, place, f"{head.name.in_(language)}（{head.unit.in_(language)}）", head_format)
    rows: list[Line] = [*view.table.lines, *([view.table.total] if view.table.total else [])]
    for line in rows:
        at += 1
        sheet.write_string(at, 0, line.name.in_(language))
        for place, (head, cell) in enumerate(zip(view.table.heads, line.cells, strict=True), start=1):
            _excel_cell(book, sheet, at, place, head, cell)
    return at


def _excel_cell(book: Any, sheet: Any, at: int, place: int, head: Head, cell: Cell) -> None:
    style: dict[str, Any] = {"align": "right"}
    if cell.colour:
        style["bg_color"] = _FILLS[cell.colour]
    if cell.value is None or cell.text in ("", wording.NOTHING):
        sheet.write_string(at, place, cell.text, book.add_format(style))
        return
    # the number as it is written, so that the file, the page and the sentences agree to the last digit
    places = "#,##0.00" if "." in cell.text else "#,##0"
    style["num_format"] = places + (f'" {_SIGNS[cell.colour]}"' if cell.colour else "")
    sheet.write_number(at, place, float(cell.text.replace(",", "")), book.add_format(style))
