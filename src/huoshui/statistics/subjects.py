"""Whom the rows of a table are about: the districts of the city, or the banks."""

from __future__ import annotations

from huoshui.catalogue import queries as catalogue
from huoshui.statistics.queries_figures import districts
from huoshui.statistics.spans import Span
from huoshui.statistics.tables import Subject


def subjects_of(kind: str, span: Span) -> list[Subject]:
    """Return the rows of *kind*: districts or banks."""
    return district_subjects(span) if kind == "districts" else bank_subjects()


def district_subjects(span: Span) -> list[Subject]:
    """Return the districts as a table over *span* has them."""
    return [Subject(row.code, row.name, row, note=row.note) for row in districts(span)]


def bank_subjects() -> list[Subject]:
    """Return every bank of the catalogue."""
    rows = [row for row in catalogue.institutions() if row.kind != "guarantor"]
    return [Subject(str(row.org_id), row.name, institution=row.org_id) for row in rows]
