"""Figures anybody may read, as a page and as files for machines."""

from __future__ import annotations

import csv
import io
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language

from huoshui.access.actor import SYSTEM
from huoshui.access.guard import public
from huoshui.access.row_security import acting
from huoshui.portals.shared import charts
from huoshui.statistics import papers, queries
from huoshui.statistics.queries import PublicFigures

HEAD = ("period", "start", "last", "district", "name", "measure", "measure_name", "unit", "value", "hidden")
_FILES = {"pdf": "application/pdf", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@public
def figures(request: HttpRequest) -> HttpResponse:
    """Show the city's figures, protected, with the published bulletins and evaluations."""
    shown = _figures(request)
    context = {
        "figures": shown,
        "spans": queries.public_spans(),
        "map": _map(shown) if shown else None,
        "bulletins": queries.public_bulletins(),
        "grades": _grades(),
    }
    return render(request, "public/figures.html", context)


@acting(SYSTEM)
def _grades() -> list[object]:
    """Return published grades: row security shows a stranger no bank's result, and these are for everybody."""
    return list(queries.published_grades())


def _figures(request: HttpRequest) -> PublicFigures | None:
    offered = queries.public_spans()
    asked = request.GET.get("last", "")
    span = next((each for each in offered if each.last.isoformat() == asked), offered[0] if offered else None)
    return queries.public_figures(span) if span else None


def _map(shown: PublicFigures) -> charts.Map:
    at = next(at for at, head in enumerate(shown.table.heads) if head.code == "lent_amount")
    cells = {line.key: line.cells[at] for line in shown.table.lines}
    drawing, source = queries.drawing(list(cells))
    return charts.district_map(
        drawing, source, values={key: cell.value for key, cell in cells.items()},
        names={line.key: line.name for line in shown.table.lines},
        told={key: cell.text for key, cell in cells.items()}, links=dict.fromkeys(cells, ""),
    )  # fmt: skip


@public
def data(request: HttpRequest, kind: str) -> HttpResponse:
    """Hand out the figures as CSV or JSON."""
    shown = _figures(request)
    if shown is None:
        raise Http404
    language = get_language() or "zh"
    rows = [
        {
            "period": row.period, "start": row.start.isoformat(), "last": row.last.isoformat(),
            "district": row.district, "name": row.name.in_(language), "measure": row.measure,
            "measure_name": row.measure_name.in_(language), "unit": row.unit.in_(language), "value": row.value,
            "hidden": row.hidden,
        }
        for row in queries.open_rows(shown)
    ]  # fmt: skip
    return _csv(rows) if kind == "csv" else _json(rows, shown, language)


def _json(rows: list[dict[str, bool | str | None]], shown: PublicFigures, language: str) -> HttpResponse:
    told = {"period": shown.span.name.in_(language), "hidden_below": shown.threshold, "rows": rows}
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False})


def _csv(rows: list[dict[str, bool | str | None]]) -> HttpResponse:
    text = io.StringIO()
    writer = csv.DictWriter(text, HEAD)
    writer.writeheader()
    writer.writerows(rows)
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="huoshui-figures.csv"'
    return answer


@public
def bulletin(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a published bulletin."""
    view = queries.public_bulletin(pk)
    if view is None:
        raise Http404
    return render(request, "public/bulletin.html", {"view": view})


@public
def bulletin_file(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Hand out a published bulletin as PDF or Excel, protected as the page is."""
    view = queries.public_bulletin(pk)
    if view is None:
        raise Http404
    language = get_language() or "zh"
    made = papers.pdf(view, language=language) if kind == "pdf" else papers.excel(view, language=language)
    answer = HttpResponse(made, content_type=_FILES[kind])
    name = f"{view.title.in_(language)}-{view.number.in_(language)}.{kind}"
    answer["Content-Disposition"] = f"attachment; filename*=utf-8''{quote(name)}"
    return answer
