"""A bulletin's contents: what a template asks for, counted, as plain data with its digest. Knows no database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from huoshui.kernel.text import Text
from huoshui.statistics import prose, tables
from huoshui.statistics.figures import Sheet
from huoshui.statistics.measures import Book
from huoshui.statistics.spans import Span
from huoshui.statistics.tables import Column, Subject, Table, rule_of


@dataclass(frozen=True, slots=True)
class Template:
    """A kind of bulletin: its title, whom its rows are about (districts or banks), columns and sentences as data."""

    code: str
    name: Text
    subjects: str
    columns: tuple[Mapping[str, Any], ...]
    sentences: tuple[Mapping[str, Any], ...]

    @property
    def codes(self) -> frozenset[str]:
        """Return the measures that it shows."""
        return frozenset(column["measure"] for column in self.columns)


@lru_cache(maxsize=1)
def templates() -> Mapping[str, Template]:
    """Return the shipped kinds of bulletin by code."""
    told = json.loads((Path(__file__).parent / "data" / "bulletins.json").read_text(encoding="utf-8"))
    return {
        row["code"]: Template(
            row["code"], Text(row["zh"], row["en"]), row["subjects"], tuple(row["columns"]), tuple(row["sentences"])
        )
        for row in told
    }


def columns(template: Template, book: Book) -> list[Column]:
    """Return the template's columns with their colour rules."""
    found = []
    for told in template.columns:
        measure = book.measures[told["measure"]]
        found.append(Column(measure, told.get("show", "now"), rule_of(told["rule"], measure.better)))
    return found


def contents(
    template: Template, sheet: Sheet, span: Span, subjects: Sequence[Subject], *, excluded: Collection[str] = ()
) -> dict[str, Any]:
    """Return everything the bulletin says, as plain data: the same counts give the same bytes."""
    rows = [
        Subject(each.key, each.name, each.place, each.institution, each.note, each.key in excluded) for each in subjects
    ]
    table = tables.build(sheet, columns(template, sheet.book), span, rows)
    text = prose.sentences(table, span.name, template.sentences)
    return {
        "template": template.code,
        "title": _two(template.name),
        "span": {"kind": span.kind, "start": span.start.isoformat(), "last": span.last.isoformat()},
        "span_name": _two(span.name),
        "table": tables.as_data(table),
        "text": [_two(line) for line in text],
        "definitions": _definitions(template, sheet.book, span),
        "excluded": sorted(excluded),
        "counts": counts(template.codes, sheet, span, rows),
    }


def counts(codes: Collection[str], sheet: Sheet, span: Span, subjects: Sequence[Subject]) -> dict[str, dict[str, int]]:
    """Return how many things stand behind each row by tally: what decides whether a figure may be shown to everybody."""
    tallies = sorted({take.tally for code in codes for take in sheet.book.measures[code].takes})
    return {
        tally: {each.key: _count(sheet, tally, span, each) for each in subjects if not each.excluded}
        for tally in tallies
    }


def _count(sheet: Sheet, tally: str, span: Span, subject: Subject) -> int:
    version = sheet.book.tally(tally, span.last).version
    places = subject.place.codes if subject.place else ("",)
    return sum(sheet.cells.get((tally, version, span, code, subject.institution), (0, 0))[0] for code in places)


def _definitions(template: Template, book: Book, span: Span) -> list[dict[str, Any]]:
    codes = sorted({take.tally for code in template.codes for take in book.measures[code].takes})
    found = [book.tally(code, span.last) for code in codes]
    return [
        {"tally": each.code, "version": each.version, "words": _two(each.words), "source": each.source}
        for each in found
    ]


def digest(told: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a bulletin's contents in one fixed spelling."""
    plain = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def table_of(told: Mapping[str, Any]) -> Table:
    """Return the table in a bulletin's contents."""
    return tables.from_data(told["table"])


def text_of(told: Mapping[str, Any]) -> list[Text]:
    """Return the sentences in a bulletin's contents."""
    return [Text(line["zh"], line["en"]) for line in told["text"]]


def number_name(year: int, number: int | None, revision: int) -> Text:
    """Return how a bulletin is cited: 活水快报〔2026〕第3期（修订1）; a draft has no number yet."""
    if number is None:
        return Text("草稿", "draft")
    zh, en = f"活水快报〔{year}〕第{number}期", f"Bulletin {year}/{number}"
    return Text(f"{zh}（修订{revision}）", f"{en} revision {revision}") if revision else Text(zh, en)


def _two(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
