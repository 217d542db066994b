"""An event, a number at the hall, a complaint and a question, each to its end, in one city and a real browser."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.journeys.browser import DESK, PHONE, Walker, chromium, walker
from tests.journeys.hands import PICTURES, owner, staff
from tests.journeys.site import AXE, CHROMIUM, Site, running
from tests.journeys.way import INVENTED

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None or not AXE.exists(), reason="no chromium or axe on this machine"),
]
CITY = (
    INVENTED
    + """
from dataclasses import replace
from huoshui.catalogue import queries as catalogue
from huoshui.config.demo import funds, service
from huoshui.service import actions_policy
funds._loan(funds._cast(), firm, funds.Plan(100, 0, None), clock.today() - dt.timedelta(days=40))
with clock.at(clock.now() - dt.timedelta(days=1)):  # a code is sent again only after a while
    funds._owner(firm)
in_force = {view.code for view in catalogue.published_programmes()}
for document in service.POLICIES:
    written = document if document.programme_code in in_force else replace(document, programme_code="")
    actions_policy.publish_document(SYSTEM, document_id=actions_policy.save_document(SYSTEM, written=written))
"""
)
FACTS = """
import json
from huoshui.financing import queries as cases
firm = cases.loans(SYSTEM).order_by("pk")[0].enterprise
print(json.dumps([firm.pk, firm.name, f"138{firm.pk % 10**8:08d}"]))
"""
# the days until the event, the booking and the deadline go by
TODAY = """
import datetime as dt
from django.db import connection
from huoshui.kernel import clock
with connection.cursor() as cursor:
    cursor.execute({sql!r}, {{"today": clock.today(), "now": clock.now()}})
"""
EVENT_DAY = "UPDATE service_event SET starts_at = %(now)s, ends_at = %(now)s + interval '2 hours'"
BOOKED_DAY = "UPDATE service_ticket SET day = %(today)s, slot = '00:00'"
LATE = "UPDATE service_complaint SET due_on = %(today)s - 1"
TOKEN = """
from huoshui.service import queries_event
print(queries_event.coming()[0].token)
"""
LENT = """
from decimal import Decimal
from huoshui.access import queries as access
from huoshui.config.demo import funds
from huoshui.financing import actions as acts, queries as cases
from huoshui.kernel import clock
people = funds._cast()
demand = cases.demands(SYSTEM).order_by("-pk")[0].pk
acts.judge_all(people.officer, demand_id=demand, verdicts=[(standard, "yes", "") for standard in range(1, 6)])
acts.recommend(access.actor_named("lead.city"), demand_ids=[demand])  # not by whoever entered it
case = acts.offer_to(people.lead, demand_id=demand, branch_id=people.branch, reason="对接会现场选定")
acts.accept_case(people.manager, referral_id=case)
acts.record_contact(people.manager, referral_id=case, note="会上已面谈")
acts.complete_documents(people.manager, referral_id=case)
acts.grant(people.manager, referral_id=case, amount=80_000_000, rate_pct=Decimal("3.65"), term_months=12,
           method="interest_only", collateral="credit")
loan = acts.sign_contract(people.manager, referral_id=case, contract_no="HD-2026-1", signed_on=clock.today())
acts.record_drawdown(people.manager, loan_id=loan, amount=80_000_000, drawn_on=clock.today(), slip_no="HD-1")
"""
ESCALATED = """
from huoshui.service import actions_complaint
actions_complaint.escalate_late(SYSTEM)
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running("h_offices_day", CITY) as served:
        yield served


@pytest.fixture(scope="module")
def lead(browser: Browser, site: Site) -> Walker:
    return staff(browser, site, "lead.xiaodian")


@pytest.fixture(scope="module")
def firm(browser: Browser, site: Site) -> Walker:
    return owner(browser, site, json.loads(site.run(FACTS))[2])


def see(one: Walker, label: str, picture: str = "") -> None:
    """Look at the page; it must not be wider than the window."""
    one.look(label, picture=picture)
    width = one.page.evaluate("document.documentElement.scrollWidth")
    room = (one.page.viewport_size or DESK)["width"]
    assert width <= room, f"{label} is {width} wide"


def send(one: Walker) -> None:
    """Press the main button of the page's last form; its word may stand in the navigation too."""
    one.follow(one.page.locator("main form button.btn-primary").last)


def on_phone(one: Walker, path: str, label: str, picture: str = "") -> None:
    """See the same page as on a telephone."""
    one.page.set_viewport_size(PHONE)
    one.go(path)
    see(one, label, picture)
    one.page.set_viewport_size(DESK)


def fill(one: Walker, **typed: str) -> None:
    for name, value in typed.items():
        field = one.page.locator(f"[name={name}]").first
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def test_an_event_goes_from_invitation_by_rule_to_a_counted_loan(site: Site, lead: Walker, firm: Walker) -> None:
    tomorrow = (dt.date.today() + dt.timedelta(days=2)).isoformat()
    lead.go("/gov/events/new/")
    fill(lead, title="餐饮与居民服务对接会", place="小店区政务服务中心", day=tomorrow, begins="14:00", ends="16:00",
         industry="O", most="30")  # fmt: skip
    lead.page.get_by_label("汾水银行").check()
    see(lead, "new event", "service-event-new-1440")
    send(lead)
    event = lead.page.url.removeprefix(site.url)
    number = event.rstrip("/").rsplit("/", 1)[1]

    firm.go("/notices/")
    firm.look("notices")
    firm.go(f"/my/events/{number}/")
    fill(firm, question="没有抵押能贷多少？")
    see(firm, "invitation", "service-event-invited-360")
    firm.press("报名参加")
    assert firm.sees("已报名")
    lead.go(event)
    fill(lead, answer="信用贷款最高 500 万元。")
    lead.press("回答", nth=0)

    site.run(TODAY.format(sql=EVENT_DAY))
    firm.go(f"/my/sign-in/{site.run(TOKEN).strip()}/")
    see(firm, "at the door", "service-event-door-360")
    firm.press("签到")
    assert firm.sees("信用贷款最高 500 万元")
    lead.go(event)
    see(lead, "event", "service-event-1440")
    lead.press("登记需求")
    fill(lead, amount="80", term_months="12", purpose="working_capital")
    see(lead, "intent")
    send(lead)
    assert lead.sees("需求已申报")
    site.run(LENT)
    lead.go(event)
    assert "80" in lead.page.locator(".event-figures div", has_text="后来放款").inner_text()
    on_phone(lead, event, "event 360", "service-event-360")
    on_phone(lead, "/gov/events/", "events 360")
    assert lead.problems + firm.problems == []


def test_a_booking_is_called_and_the_firm_sees_where_it_stands(site: Site, browser: Browser, firm: Walker) -> None:
    day = dt.date.today() + dt.timedelta(days=1)
    while day.weekday() >= 5:
        day += dt.timedelta(days=1)
    firm.go("/my/hall/")
    fill(firm, day=day.isoformat(), slot="09:30", topic="loan")
    see(firm, "book", "service-hall-book-360")
    send(firm)
    assert firm.sees("A001"), firm.page.inner_text("body")
    site.run(TODAY.format(sql=BOOKED_DAY))
    desk = staff(browser, site, "desk")
    desk.go("/gov/hall/")
    see(desk, "queue")
    desk.press("叫下一个")
    see(desk, "called", "service-hall-1440")
    screen = walker(browser, site.url, "screen", view=DESK, pictures=PICTURES)
    screen.go("/hall/screen/")
    assert screen.sees("A001")
    see(screen, "screen", "service-hall-screen-1440")
    on_phone(screen, "/hall/screen/", "screen 360", "service-hall-screen-360")
    desk.follow(desk.page.locator("#queue ~ ul a", has_text="登记进度").first)
    fill(desk, stage="diligence", note="客户经理周四上门")
    desk.page.locator("[name=bank_id]").select_option(label="汾水银行")
    see(desk, "stage", "service-hall-stage-1440")
    send(desk)
    see(desk, "stages")
    on_phone(desk, "/gov/hall/", "queue 360", "service-hall-360")
    on_phone(desk, "/gov/hall/stages/", "stages 360")
    firm.go("/my/hall/")
    assert firm.sees("尽职调查")
    assert firm.sees("客户经理周四上门")
    see(firm, "where it stands", "service-hall-firm-360")
    assert desk.problems + screen.problems + firm.problems == []


def test_a_complaint_is_escalated_answered_opened_again_and_settled(
    site: Site, browser: Browser, lead: Walker, firm: Walker
) -> None:
    firm.go("/my/complaints/new/")
    fill(firm, kind="complaint", subject="bank", words="评估费没有事先说明。")
    firm.page.locator("[name=target]").select_option(label="汾水银行")
    see(firm, "complain", "service-complaint-new-360")
    send(firm)
    mine = firm.page.url.removeprefix(site.url)
    theirs = mine.replace("/my/", "/gov/")
    lead.go(theirs)
    lead.press("受理并由我办理")
    site.run(TODAY.format(sql=LATE) + ESCALATED)
    lead.go("/gov/")
    assert lead.sees("件投诉已逾期")
    see(lead, "first page", "service-home-1440")
    lead.go("/gov/complaints/")
    see(lead, "complaints", "service-complaints-1440")
    lead.go(theirs)
    assert lead.sees("逾期已上报")
    bank = staff(browser, site, "bank.head")
    bank.go(theirs.replace("/gov/", "/bank/"))
    fill(bank, words="系评估公司收取，已协调退还。")
    see(bank, "statement", "service-complaint-bank-1440")
    bank.press("提交说明")
    answer(lead, theirs, "评估公司已退费。")
    rate(firm, mine, "1", "已重新办理")
    answer(lead, theirs, "银行已致歉并减免当期利息。")
    see(lead, "complaint", "service-complaint-1440")
    rate(firm, mine, "5", "已办结")
    see(firm, "settled", "service-complaint-firm-360")
    firm.go("/my/complaints/")
    see(firm, "all matters")
    on_phone(lead, theirs, "complaint 360", "service-complaint-360")
    for path in ("/gov/complaints/", "/gov/complaints/counts/", "/gov/"):
        on_phone(lead, path, f"{path} 360")
    for path in ("/bank/complaints/", "/bank/events/"):
        on_phone(bank, path, f"{path} 360")
    assert lead.problems + firm.problems + bank.problems == []


def answer(lead: Walker, path: str, words: str) -> None:
    lead.go(path)
    fill(lead, words=words)
    lead.press("答复")
    assert lead.sees(words)


def rate(firm: Walker, path: str, stars: str, outcome: str) -> None:
    firm.go(path)
    fill(firm, stars=stars)
    firm.press("提交评价")
    assert firm.sees(outcome), firm.page.inner_text("body")


@pytest.mark.parametrize(("view", "name"), [(DESK, "1440"), (PHONE, "360")], ids=["desk", "phone"])
def test_a_question_finds_its_document_and_who_qualifies(
    site: Site, browser: Browser, view: dict[str, int], name: str
) -> None:
    one = walker(browser, site.url, "public", view=view, pictures=PICTURES)
    one.go("/policy/")
    see(one, "library")
    one.page.fill("#q", "应急周转资金要收多少钱")
    one.page.press("#q", "Enter")
    one.page.locator("#found h2 a").first.wait_for()
    see(one, "found", f"service-policy-found-{name}")
    one.follow(one.page.locator("#found h2 a").first)
    assert one.sees("5 天内归还")
    see(one, "document", f"service-policy-{name}")
    assert one.sees("谁符合")
    one.press("看看我是否符合")
    assert "/apply/" in one.page.url
    assert one.problems == []


def test_the_operator_words_notices_and_reads_what_was_sent(site: Site, browser: Browser) -> None:
    one = staff(browser, site, "admin.system")
    for path, label in (
        ("/gov/notices/", "templates"),
        ("/gov/notices/sent/", "sent"),
        ("/gov/notices/quiet/", "quiet"),
    ):
        one.go(path)
        see(one, label, f"service-notices-{label}-1440")
        on_phone(one, path, f"{label} 360")
    one.go("/gov/notices/template/EVENT_INVITES/")
    fill(one, zh="诚邀您参加“{title}”，{on}，{place}。")
    see(one, "template", "service-notice-template-1440")
    one.press("保存为新版本")
    assert one.sees("v2")
    assert one.problems == []
