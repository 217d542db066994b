"""A year of matchmaking events: firms invited by rule, signed in at the door, what some of them asked for and got."""

from __future__ import annotations

import datetime as dt
from functools import partial

from huoshui.catalogue import queries as catalogue
from huoshui.config.demo import city
from huoshui.config.demo.history import WAN, Replay, judge
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.service import actions_event as acts
from huoshui.service import queries_event as queries
from huoshui.service.actions_campaign import Wanted

EVENTS, COMING, INVITED, ASK = (
    21,
    3,
    60,
    2,
)  # of the events so many still to come; firms invited to each; who ask for money
AHEAD, LAST_DAYS = dt.timedelta(days=10), 24
THEMES = (  # kind, title, its English, section invited
    ("matchmaking", "餐饮业政银企对接会", "Matchmaking for restaurants", "H"),
    ("matchmaking", "批发零售业融资对接会", "Matchmaking for traders", "F"),
    ("session", "贴息政策专题讲座", "Session on interest subsidies", ""),
    ("matchmaking", "制造业“白名单”对接会", "Matchmaking for manufacturers", "C"),
    ("roadshow", "专精特新企业股权路演", "Equity road-show of specialised firms", "C"),
)


def plan(play: Replay) -> None:
    """Queue every event's opening; districts take turns."""
    districts = [*city.COUNTIES]
    span = (play.end - play.start - dt.timedelta(days=LAST_DAYS)) / (EVENTS - COMING)
    for number in range(EVENTS):
        begins = play.start + dt.timedelta(days=12) + span * number
        if number >= EVENTS - COMING:
            begins = play.end + dt.timedelta(days=4 + 5 * (number - EVENTS + COMING))
        begins = _afternoon(begins)
        opens = min(begins - AHEAD, play.end - dt.timedelta(days=1))
        play.later(opens, (0, 0), partial(_open, play, districts[number % len(districts)], number, begins))


def _afternoon(moment: dt.datetime) -> dt.datetime:
    day = moment.astimezone(clock.ZONE).replace(hour=14, minute=0, second=0, microsecond=0)
    while day.weekday() >= 5:
        day += dt.timedelta(days=1)
    return day


def _open(play: Replay, district: str, number: int, begins: dt.datetime) -> None:
    kind, title, title_en, section = THEMES[number % len(THEMES)]
    name, lead = city.COUNTIES[district], play.actor(city.hands_of(district)[0])
    banks = tuple(row.org_id for row in catalogue.institutions() if row.kind != "guarantor")
    found = acts.open_event(
        lead,
        plan=acts.Plan(
            kind=kind, title=f"{name.zh}{title}", title_en=f"{title_en}, {name.en}", place=f"{name.zh}政务服务中心三层",
            seats=INVITED + 20, starts_at=begins, ends_at=begins + dt.timedelta(hours=2), bank_ids=banks[number % 5 :: 5],
            wanted=Wanted(kind="company", industry=section, most=INVITED),
        ),
    )  # fmt: skip
    play.later(begins, (0, 0), partial(_hold, play, district, found))


def _hold(play: Replay, district: str, event: int) -> None:
    """The day itself: most of the firms come, some ask for money, a few ask a question."""
    lead, officer, _visitor = (play.actor(name) for name in city.hands_of(district))
    invited = list(queries.attendances(lead, event).order_by("pk").values_list("pk", "enterprise_id"))
    came = [line for line in invited if play.chance(0.85)]
    acts.sign_in_firms(lead, event_id=event, attendance_ids=[pk for pk, _firm in came])
    for pk, firm in play.random.sample(came, min(ASK, len(came))):
        need = {
            "amount": play.random.choice([80, 150, 200, 300, 500]) * WAN, "term_months": 12, "purpose": "working_capital"
        }  # fmt: skip
        try:
            demand = acts.take_intent(officer, attendance_id=pk, need=need)
        except DomainError:  # the firm has a demand on its way already
            continue
        play.later(clock.now(), (2, 30), partial(judge, play, firm, district, demand))
    play.later(clock.now(), (3, 4), partial(acts.end_event, lead, event_id=event))
