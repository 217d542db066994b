"""The leader's page, the records behind a figure, the dictionary: who opens them, what they cost, what they show."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest
from django.urls import reverse

from factories import cases as made
from factories import people
from huoshui.access.actor import SYSTEM
from huoshui.access.roles import Role
from huoshui.access.row_security import acting
from huoshui.audit import queries as audit
from huoshui.catalogue import presets
from huoshui.kernel import clock
from huoshui.statistics import actions

pytestmark = pytest.mark.django_db
LAST = dt.date(2026, 3, 31)


@pytest.fixture
def lent():
    with clock.at(made.START):
        place = made.city()
        made.case(place, "lent")
    actions.refresh(on=LAST, thorough=False)
    return place


@pytest.fixture
def leader(client):
    city = people.organisation("government", district_code="140100", level="city")
    actor = people.staff(Role.LEADER, at=city)
    people.sign_in(client, actor)
    return actor


class TestBoard:
    def test_before_the_first_count_it_says_what_happens_next(self, client, leader):
        page = client.get(reverse("gov:board"))
        assert page.status_code == 200
        assert "还没有统计数据" in page.text

    def test_the_money_lent_stands_there_with_a_way_to_its_records(self, client, lent, leader):
        page = client.get(reverse("gov:board"))
        assert "50.00万元" in page.text
        assert reverse("gov:figure", args=["lent_amount"]) in page.text

    def test_who_sees_one_district_alone_reads_that_the_figure_is_the_whole_citys(self, client, lent, leader):
        address = reverse("gov:figure", args=["lent_amount"])
        asked = {"kind": "month", "last": "2026-03-31"}
        assert "全市页上的统计数" not in client.get(address, asked).text
        away = people.organisation("government", district_code="140181")
        people.sign_in(client, people.staff(Role.TASKFORCE_LEAD, at=away))
        assert "全市页上的统计数是 500,000.00；下面您能查看的记录合计 0.00" in client.get(address, asked).text

    def test_every_figure_of_the_league_tables_opens_its_records(self, client, lent, leader):
        page = client.get(reverse("gov:board")).text
        tables = page[page.index('id="districts"') :]
        cells = re.findall(r'<td class="num text-end[^"]*">(.*?)</td>', tables, re.S)
        shown = [cell for cell in cells if re.match(r"(<a[^>]*>)?[\d,.]+", cell)]
        assert shown
        assert [cell for cell in shown if not cell.startswith('<a href="/gov/figures/')] == []
        link = re.search(r'href="(/gov/figures/lent_amount/[^"]*institution=[^"]*)"', tables)
        assert "50" in client.get(html.unescape(link[1])).text

    def test_every_span_and_any_day_opens(self, client, lent, leader):
        asked = [{"kind": kind, "last": "2026-03-31"} for kind in ("month", "quarter", "year", "all", "nonsense")]
        asked += [{"last": last} for last in ("2026-02-28", "soon", "9999-12-31", "1999-01-01")]
        assert [query for query in asked if client.get(reverse("gov:board"), query).status_code != 200] == []

    def test_it_takes_few_questions(self, client, lent, leader, django_assert_max_num_queries):
        client.get(reverse("gov:board"))
        with django_assert_max_num_queries(30):
            client.get(reverse("gov:board"))

    def test_an_account_manager_has_no_business_there(self, client):
        people.sign_in(client, people.staff(Role.ACCOUNT_MANAGER))
        assert client.get(reverse("gov:board")).status_code == 403


class TestFigure:
    def test_the_loan_behind_the_money_is_listed_with_its_firm(self, client, lent, leader):
        page = client.get(reverse("gov:figure", args=["lent_amount"]), {"kind": "month", "last": "2026-03-31"})
        assert lent.firm.name in page.text
        assert "500,000.00" in page.text

    def test_reading_the_firms_leaves_an_event(self, client, lent, leader):
        client.get(reverse("gov:figure", args=["lent_amount"]), {"kind": "month", "last": "2026-03-31"})
        assert any("统计指标下钻" in event.reason for event in audit.events(SYSTEM))

    def test_the_records_are_exported(self, client, lent, leader):
        asked = {"kind": "month", "last": "2026-03-31", "export": "csv"}
        file = client.get(reverse("gov:figure", args=["lent_amount"]), asked)
        rows = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
        assert rows[0] == "记录,企业,县（市、区）,金额（元）"
        assert lent.firm.name in rows[1]

    def test_a_month_without_loans_opens_an_empty_list_that_says_so(self, client, lent, leader):
        page = client.get(reverse("gov:figure", args=["lent_amount"]), {"kind": "month", "last": "2026-02-28"})
        assert "没有计入任何记录" in page.text

    def test_odd_addresses_do_not_break_it(self, client, lent, leader):
        asked = [{"district": "x"}, {"institution": "-1"}, {"page": "99"}, {"part": "7"}]
        figure = reverse("gov:figure", args=["credit_share"])
        assert [query for query in asked if client.get(figure, query).status_code != 200] == []

    def test_an_unknown_measure_is_not_there(self, client, lent, leader):
        assert client.get(reverse("gov:figure", args=["gossip"])).status_code == 404

    def test_a_bad_page_number_beyond_the_end_shows_no_other_firms(self, client, lent, leader):
        page = client.get(reverse("gov:figure", args=["lent_amount"]), {"last": "2026-03-31", "page": "9"})
        assert lent.firm.name not in page.text


def test_the_dictionary_shows_definition_and_source_of_every_measure(client, leader):
    page = client.get(reverse("gov:measures"))
    assert "期内发生的放款流水" in page.text
    assert "金发〔2024〕32号" in page.text


@pytest.mark.parametrize("name", ["gov:measures", "gov:repair_table"])
def test_tables_of_policy_are_narrowed_sorted_and_exported(client, name):
    with acting(SYSTEM):
        presets.install(SYSTEM)
    people.sign_in(client, people.staff(Role.AUDITOR, kind="auditor"))
    whole = client.get(reverse(name), {"export": "csv"})
    assert whole.headers["Content-Type"].startswith("text/csv")
    lines = b"".join(whole.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) > 20
    assert "没有符合条件的记录" in client.get(reverse(name), {"q": "绝无此项"}).text
