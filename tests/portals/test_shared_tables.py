"""Officers' lists: state in the address, filters on rows and values, paging, files without formulas."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.test import RequestFactory
from python_calamine import CalamineWorkbook

from factories import firms
from huoshui.access.actor import ANONYMOUS
from huoshui.kernel.text import Text
from huoshui.portals.shared import tables
from huoshui.portals.shared.tables import Batch, Column, Empty, Listing, Table, table_response
from huoshui.portals.shared.tables_export import harmless
from huoshui.portals.shared.tables_filters import AmountFilter, ChoiceFilter, DateFilter, TextFilter
from huoshui.registry.models import Enterprise


@dataclass(frozen=True)
class Case:
    pk: int
    name: str
    amount: int | None
    day: dt.date | None
    state: str = "open"


ROWS = [
    Case(1, "并州机电", 30_000_000, dt.date(2026, 3, 15)),
    Case(2, "龙城餐饮", 5_000_000, dt.date(2026, 3, 16), "closed"),
    Case(3, "汾河贸易", None, None),
    Case(4, "=HYPERLINK(1)", 30_000_001, dt.date(2026, 3, 17)),
]
COLUMNS = (
    Column("name", "名称", sort="name", link=lambda row: f"/x/{row.pk}/"),
    Column("amount", "金额", format="wan", sort="amount"),
    Column("day", "日期", format="day", sort="day"),
    Column("state", "状态", value=lambda row: (Text("办理中", "open"), "green"), format="status"),
)
FILTERS = (
    TextFilter("q", "名称", fields=("name",)),
    ChoiceFilter("state", "状态", choices=(("open", "办理中"), ("closed", "已结束"))),
    DateFilter("day", "日期"),
    AmountFilter("amount", "金额"),
)


def table(rows=ROWS, **given) -> Table:
    return Table(name="案件", title="案件", rows=rows, columns=COLUMNS, filters=FILTERS, **given)


def listing(query: str, rows=ROWS, **given) -> Listing:
    return Listing(table(rows, **given), QueryDict(query))


def keys(found: Listing) -> list[str]:
    return [line.key for line in found.lines]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["1", "2", "3", "4"]),
        ("q=龙城", ["2"]),
        ("q=%20龙城%00", ["2"]),
        ("state=closed", ["2"]),
        ("state=nonsense", ["1", "2", "3", "4"]),
        ("day_from=2026-03-16", ["2", "4"]),
        ("day_to=2026-03-15", ["1"]),
        ("day_from=2026-03-16&day_to=2026-03-16", ["2"]),
        ("amount_min=30", ["1", "4"]),
        ("amount_max=30", ["1", "2"]),
        ("amount_min=30&amount_max=30", ["1"]),
        ("q=无此企业", []),
    ],
)
def test_filters_keep_what_passes(query, expected):
    assert keys(listing(query)) == expected


@pytest.mark.parametrize("query", ["day_from=2026-02-30", "amount_min=三十万", "amount_max=-1", "amount_min=1e30"])
def test_a_filter_that_cannot_be_read_says_so_and_narrows_nothing(query):
    found = listing(query)
    (view,) = [view for view in found.filters if view.problem]
    assert query.split("=")[1][:3] in view.problem
    assert len(keys(found)) == 4


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("sort=amount", ["2", "1", "4", "3"]),
        ("sort=-amount", ["4", "1", "2", "3"]),
        ("sort=unknown", ["1", "2", "3", "4"]),
        ("sort=-day", ["4", "2", "1", "3"]),
    ],
)
def test_sorting_puts_missing_values_last(query, expected):
    assert keys(listing(query)) == expected


def test_the_link_of_a_sorted_column_turns_the_order():
    heads = {str(head.label): head for head in listing("sort=amount").headings}
    assert heads["金额"].sort == "-amount"
    assert heads["金额"].direction == "ascending"
    assert heads["日期"].sort == "day"
    assert heads["状态"].sort == ""


@pytest.mark.parametrize(
    ("asked", "page"), [("1", 1), ("2", 2), ("9", 2), ("0", 1), ("-1", 1), ("x", 1), ("9" * 30, 1)]
)
def test_a_page_out_of_range_is_pulled_into_it(asked, page):
    found = listing(f"page={asked}", per_page=3)
    assert found.page == page
    assert len(found.lines) == (3 if page == 1 else 1)


def test_pages_lead_to_their_neighbours():
    first, last = listing("page=1", per_page=3), listing("page=2", per_page=3)
    assert (first.previous_page, first.next_page) == (None, 2)
    assert (last.previous_page, last.next_page) == (1, None)


def test_counting_stops_at_the_limit(monkeypatch):
    monkeypatch.setattr(tables, "COUNT_LIMIT", 3)
    found = listing("", per_page=2)
    assert found.capped
    assert found.count_words == "3+"
    assert found.last_page == 2


def get(address: str, table_: Table, **headers: str):
    request = RequestFactory().get(address, headers=headers)
    request.actor = ANONYMOUS  # type: ignore[attr-defined]
    return table_response(request, table_)


def whole(response) -> bytes:
    return b"".join(response.streaming_content)


def test_csv_has_every_row_and_no_formula():
    rows = list(csv.reader(io.StringIO(whole(get("/?export=csv", table())).decode("utf-8-sig"))))
    assert rows[0] == ["名称", "金额", "日期", "状态"]
    assert rows[1] == ["并州机电", "300000.00", "2026-03-15", "办理中"]
    assert rows[3] == ["汾河贸易", "", "", "办理中"]
    assert rows[4][0] == "'=HYPERLINK(1)"


def test_excel_holds_numbers_and_days_and_texts_never_become_formulas():
    response = get("/?export=xlsx&state=open", table())
    assert "filename*=utf-8''%E6%A1%88%E4%BB%B6" in response["Content-Disposition"]
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(whole(response))).get_sheet_by_index(0).to_python()
    assert sheet[1] == ["并州机电", 300000.0, dt.date(2026, 3, 15), "办理中"]
    assert sheet[3][0] == "=HYPERLINK(1)"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", " ="])
def test_what_starts_a_formula_is_quoted(start):
    assert harmless(f"{start}1+1").startswith("'")


def test_plain_words_stay_as_they_are():
    assert harmless("老王刀削面馆") == "老王刀削面馆"


def test_names_that_are_markup_are_shown_as_text():
    rows = [Case(1, "<script>alert(1)</script>", 1, None)]
    page = get("/", table(rows), **{"HX-Target": "list"}).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_htmx_gets_only_the_list():
    page = get("/?q=龙城", table(), **{"HX-Target": "list", "HX-Request": "true"}).content.decode()
    assert "<html" not in page
    assert "龙城餐饮" in page
    assert "并州机电" not in page


def test_an_empty_list_says_what_to_do_next():
    empty = Empty("还没有案件", "先登记一次走访。", "/visits/new/", "登记走访")
    page = get("/", table([], empty=empty), **{"HX-Target": "list"}).content.decode()
    assert "还没有案件" in page
    assert 'href="/visits/new/"' in page


def test_a_filtered_empty_list_speaks_of_the_filter():
    page = get("/?q=无", table(empty=Empty("还没有案件")), **{"HX-Target": "list"}).content.decode()
    assert "还没有案件" not in page
    assert "没有符合条件的记录" in page


def test_batches_need_a_selection_and_go_to_their_address():
    page = get("/", table(batches=(Batch("recommend", "推荐", "/go/"),)), **{"HX-Target": "list"}).content.decode()
    assert page.count('name="selected"') == 4
    assert 'formaction="/go/"' in page


@pytest.mark.django_db
def test_a_queryset_is_filtered_counted_and_paged_in_three_queries(django_assert_num_queries):
    for number in range(5):
        firms.firm(f"太原企业{number}有限公司", registered_capital=number * 10_000_000)
    columns = (
        Column("name", "名称", sort="name"),
        Column("registered_capital", "注册资本", format="wan", sort="registered_capital"),
    )
    filters = (TextFilter("q", "名称", fields=("name",)), AmountFilter("registered_capital", "注册资本"))
    made = Table(
        "firms", "企业", Enterprise.objects.all(), columns, filters, default_sort="-registered_capital", per_page=2
    )
    with django_assert_num_queries(2):
        found = Listing(made, QueryDict("q=企业&registered_capital_min=10"))
        assert found.counted == 4
        assert [line.cells[1].html for line in found.lines] == ["40 万元", "30 万元"]


@pytest.mark.django_db
def test_a_queryset_streams_through_a_server_side_cursor(django_assert_num_queries):
    for number in range(3):
        firms.firm(f"太原企业{number}有限公司")
    made = Table("firms", "企业", Enterprise.objects.order_by("pk"), (Column("name", "名称"),))
    rows = whole(get("/?export=csv", made)).decode("utf-8-sig").split()
    assert rows == ["名称", *(f"太原企业{number}有限公司" for number in range(3))]


def test_rates_leave_as_percent():
    columns = (Column("rate", "利率", format="pct"),)
    rows = [{"rate": 34_500, "pk": 1}, {"rate": Decimal("3.85"), "pk": 2}]
    made = Table("rates", "利率", rows, columns)
    assert whole(get("/?export=csv", made)).decode("utf-8-sig").split() == ["利率", "3.4500", "3.85"]
