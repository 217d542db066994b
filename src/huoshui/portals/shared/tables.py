"""Officers' lists, declared as data: columns, filters, sorting, paging, acts on the selected, export.

A page declares a `Table` and answers with `table_response`; the address holds the whole state, so a list can be kept,
shared and gone back to. HTMX asks the same address and gets only the list. Rows are a scoped queryset, or a sequence of
values where the list is short by nature. Counting stops at COUNT_LIMIT, so a list of half a million rows opens as fast
as a short one; the export has every row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import F, QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils.html import conditional_escape, escape, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from huoshui.portals.shared import tables_export
from huoshui.portals.shared.tables_cells import Cell, cell, export_value, read
from huoshui.portals.shared.tables_filters import Filter, FilterView, plain

COUNT_LIMIT = 10_000  # counting and paging stop here; beyond it nobody pages, they filter or export
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Column:
    """One column. *value*: a path ("enterprise.name") or a function of the row; *format* as in `tables_cells`.

    *sort*: the database field ("" = not sortable; for sequences a path). *link*: the page a cell opens. *export*: a
    function of the row where the file should hold something else than the page. *shown* False: only in the file.
    """

    name: str
    label: Any
    value: str | Callable[[Any], Any] = ""
    format: str = "text"
    sort: str = ""
    link: Callable[[Any], str] | None = None
    export: Callable[[Any], Any] | None = None
    shown: bool = True

    @property
    def path(self) -> str | Callable[[Any], Any]:
        """Return where the value comes from: its own path unless another is given."""
        return self.value or self.name


@dataclass(frozen=True, slots=True)
class Batch:
    """An act on the selected rows: posts `selected` to *url*; *form* asks for more; *confirm* is asked first."""

    name: str
    label: Any
    url: str
    tone: str = ""
    form: Form | None = None
    confirm: Any = ""


@dataclass(frozen=True, slots=True)
class Empty:
    """What an empty list says: what it means and what to do next."""

    title: Any = _("这里还没有内容")
    hint: Any = _("换一个筛选条件试试。")
    url: str = ""
    label: Any = ""


@dataclass(frozen=True, slots=True)
class Action:
    """A button beside the heading."""

    label: Any
    url: str
    icon: str = "plus"
    primary: bool = True


@dataclass(frozen=True)
class Table:
    """A list as data. *name* names the exported file; *default_sort* like "-due_at"; *key*: what `selected` holds.

    *see* is told the rows of a page before they are shown, so that what they have in common is looked up once. *many*:
    there may be half a million, so what stands in other tables is read for the rows of the page only.
    """

    name: str
    title: Any
    rows: Any
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...] = ()
    default_sort: str = ""
    tie: str = "-pk"
    per_page: int = PER_PAGE
    batches: tuple[Batch, ...] = ()
    actions: tuple[Action, ...] = ()
    empty: Empty = field(default_factory=Empty)
    key: str | Callable[[Any], Any] = "pk"
    lead: Any = ""
    see: Callable[[Sequence[Any]], None] | None = None
    many: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's head: *sort* is the query value the link sets, *direction* ascending, descending or nothing."""

    label: Any
    sort: str
    direction: str
    align: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row as the page shows it."""

    key: str
    cells: tuple[Cell, ...]


class Listing:
    """A table under one query string: what is shown, and why."""

    def __init__(self, table: Table, query: QueryDict) -> None:
        self.table, self.query = table, query

    @cached_property
    def filters(self) -> list[FilterView]:
        """Return each filter with what was typed, and what is wrong with it."""
        return [one.view(self.query) for one in self.table.filters]

    @cached_property
    def filtered(self) -> bool:
        """Return whether any filter narrows the list."""
        return any(view.active for view in self.filters)

    @cached_property
    def narrowed(self) -> Any:
        """Return the rows that pass every filter, in order."""
        rows = self.table.rows
        for one, view in zip(self.table.filters, self.filters, strict=True):
            if view.active and not view.problem:
                rows = one.apply(rows, view.value)
        return _in_order(rows, self.sort, self.table.columns, self.table.tie)

    @cached_property
    def sort(self) -> str:
        """Return the sort asked for ("-amount"), the table's own where it is unknown."""
        asked = plain(self.query.get("sort", ""))
        known = {column.name for column in self.table.columns if column.sort}
        return asked if asked.removeprefix("-") in known else self.table.default_sort

    @cached_property
    def counted(self) -> int:
        """Return how many rows there are, at most one beyond COUNT_LIMIT; a first page that is not full has counted."""
        if self.query.get("page", "1") == "1" and len(self.first) < self.table.per_page:
            return len(self.first)
        if isinstance(self.narrowed, QuerySet):
            return self.narrowed.order_by()[: COUNT_LIMIT + 1].count()
        return len(self.narrowed)

    @property
    def count_words(self) -> str:
        """Return the count as people read it: exact up to COUNT_LIMIT, then "10,000+"."""
        return f"{COUNT_LIMIT:,}+" if self.capped else f"{self.counted:,}"

    @property
    def capped(self) -> bool:
        """Return whether there are more rows than are counted."""
        return self.counted > COUNT_LIMIT

    @property
    def last_page(self) -> int:
        """Return the number of the last page that can be opened."""
        return max(1, -(-min(self.counted, COUNT_LIMIT) // self.table.per_page))

    @cached_property
    def page(self) -> int:
        """Return the page asked for, pulled into range."""
        asked = self.query.get("page", "1")
        return min(max(int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1, 1), self.last_page)

    @property
    def previous_page(self) -> int | None:
        """Return the page before, if any."""
        return self.page - 1 if self.page > 1 else None

    @property
    def next_page(self) -> int | None:
        """Return the page after, if any."""
        return self.page + 1 if self.page < self.last_page else None

    @property
    def headings(self) -> list[Heading]:
        """Return the heads of the columns that are shown."""
        return [self._heading(column) for column in self.shown]

    @property
    def shown(self) -> list[Column]:
        """Return the columns of the page."""
        return [column for column in self.table.columns if column.shown]

    def _heading(self, column: Column) -> Heading:
        direction = ""
        if self.sort.removeprefix("-") == column.name:
            direction = "descending" if self.sort.startswith("-") else "ascending"
        asks = f"-{column.name}" if direction == "ascending" else column.name
        return Heading(column.label, asks if column.sort else "", direction, _align(column.format))

    @cached_property
    def first(self) -> list[Any]:
        """Return the rows of the first page."""
        return self._part(0)

    def _part(self, start: int) -> list[Any]:
        read = _keys_first if start or self.table.many else _plainly
        return read(self.narrowed, start, start + self.table.per_page)

    @cached_property
    def lines(self) -> list[Line]:
        """Return the rows of this page."""
        start = (self.page - 1) * self.table.per_page
        rows = self._part(start) if start else self.first
        if self.table.see and rows:
            self.table.see(rows)
        return [Line(str(read(row, self.table.key)), tuple(_cell(row, c) for c in self.shown)) for row in rows]

    @cached_property
    def body(self) -> SafeString:
        """Return the rows of this page as HTML; written here, since a template's loop takes ten times as long."""
        choosing = str(_("选择")) if self.table.batches else ""
        heads = [escape(str(column.label)) for column in self.shown]
        return mark_safe("".join(_row(line, heads, choosing) for line in self.lines))  # noqa: S308 - parts are escaped

    @property
    def kept_query(self) -> list[tuple[str, str]]:
        """Return the query without page and sort, for forms that keep the filters."""
        return [
            (name, value) for name, values in self.query.lists() for value in values if name not in ("page", "export")
        ]


def _plainly(rows: Any, start: int, stop: int) -> list[Any]:
    return list(rows[start:stop])


def _keys_first(rows: Any, start: int, stop: int) -> list[Any]:
    """Return rows of a page: of those before it only the keys are read, not what stands in other tables."""
    if not isinstance(rows, QuerySet) or rows.query.distinct or rows.query.combinator or rows.query.annotations:
        return list(rows[start:stop])
    return list(rows.filter(pk__in=list(rows.values_list("pk", flat=True)[start:stop])))


def _cell(row: Any, column: Column) -> Cell:
    return cell(read(row, column.path), column.format, label=column.label, url=column.link(row) if column.link else "")


def _row(line: Line, heads: Sequence[str], choosing: str) -> str:
    shown = [_shown(cell) for cell in line.cells]
    parts = ["<tr>"]
    if choosing:
        what = escape(f"{choosing} {strip_tags(str(line.cells[0].html))}")
        parts.append(
            f'<td data-label="{choosing}"><input class="form-check-input m-0" type="checkbox" name="selected"'
            f' value="{escape(line.key)}" aria-label="{what}"></td>'
        )
    parts.append(f'<th scope="row" class="fw-normal {line.cells[0].css}" data-label="{heads[0]}">{shown[0]}</th>')
    rest = zip(line.cells[1:], heads[1:], shown[1:], strict=True)
    parts += [f'<td class="{one.css}" data-label="{head}">{html}</td>' for one, head, html in rest]
    return "".join([*parts, "</tr>"])


def _shown(one: Cell) -> str:
    html = conditional_escape(one.html)
    return f'<a href="{escape(one.url)}">{html}</a>' if one.url else html


def _align(format_: str) -> str:
    return "text-end" if format_ in ("yuan", "wan", "money", "count", "pct") else ""


def _in_order(rows: Any, sort: str, columns: Sequence[Column], tie: str) -> Any:
    """Return *rows* sorted; missing values come last either way, and equal ones keep a fixed order."""
    down, name = sort.startswith("-"), sort.removeprefix("-")
    path = next((column.sort for column in columns if column.name == name), name)
    if not isinstance(rows, QuerySet):
        return _sorted_values(list(rows), path, down=down) if path else list(rows)
    if not path:
        return rows if rows.ordered else rows.order_by(tie)
    order = F(path).desc(nulls_last=True) if down and _nullable(rows, path) else f"{'-' if down else ''}{path}"
    return rows.order_by(order, tie)


def _nullable(rows: QuerySet[Any], path: str) -> bool:
    """Return whether the column may be empty; a plain index serves the order only where it need not say nulls last."""
    if "__" in path or path in rows.query.annotations:
        return True
    return path != "pk" and bool(rows.model._meta.get_field(path).null)


def _sorted_values(rows: list[Any], path: str, *, down: bool) -> list[Any]:
    known = [row for row in rows if read(row, path) is not None]
    unknown = [row for row in rows if read(row, path) is None]
    return [*sorted(known, key=lambda row: _comparable(read(row, path)), reverse=down), *unknown]


def _comparable(value: Any) -> Any:
    return value if isinstance(value, int | float) or hasattr(value, "isoformat") else str(value)


def table_response(
    request: HttpRequest,
    table: Table,
    *,
    template: str = "shared/list.html",
    context: Mapping[str, Any] | None = None,
) -> HttpResponseBase:
    """Return the list's page, only the list for HTMX, or the file when `?export=xlsx` or `csv` is asked for."""
    listing = Listing(table, request.GET)
    kind = request.GET.get("export", "")
    if kind in tables_export.KINDS:
        return tables_export.response(kind, table.name, _head(table), _export_rows(listing))
    part = request.headers.get("HX-Target") == "list"
    return render(request, "shared/_list.html" if part else template, {"listing": listing, **(context or {})})


def _head(table: Table) -> list[str]:
    return [str(column.label) for column in table.columns]


def _export_rows(listing: Listing) -> Any:
    columns = listing.table.columns
    for row in tables_export.stream(listing.narrowed):
        yield [
            column.export(row) if column.export else export_value(read(row, column.path), column.format)
            for column in columns
        ]
