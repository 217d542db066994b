"""A campaign of visits under way: grids of two districts with their keepers, some firms visited over the last days, a
few with a need, a few looked at again."""

from __future__ import annotations

import datetime as dt
from uuid import NAMESPACE_URL, uuid5

from huoshui.access import queries as access
from huoshui.access.actor import Actor
from huoshui.config.demo.city import hands_of
from huoshui.config.demo.names import STREETS
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.service import actions_campaign as service
from huoshui.service import queries_campaign as queries

DISTRICTS = {"140105": ("小店区", 60, 26), "140106": ("迎泽区", 40, 15)}  # name, firms to visit, of them visited
DAYS = 9  # the campaign is under way for so long
WAN = 1_000_000  # fen
SUBDISTRICTS = ("坞城街道", "营盘街道", "平阳路街道", "黄陵街道", "龙城街道")
SAID = ("生意平稳，暂无融资打算。", "原材料涨价，周转稍紧，回去商量后答复。", "店面转租中，下月再来。", "")


def visit() -> None:
    """Draw grids, open a campaign in each district and make the first visits."""
    for district, (name, firms, visited) in DISTRICTS.items():
        lead, _officer, visitor = (access.actor_named(username) for username in hands_of(district))
        _grids(lead, visitor, district, name)
        began = clock.now() - dt.timedelta(days=DAYS)
        try:
            with clock.at(began):
                campaign = service.open_campaign(
                    lead,
                    name=f"{name}秋冬走访（从未走访的企业）",
                    first_day=clock.today(),
                    last_day=clock.today() + dt.timedelta(days=40),
                    wanted=service.Wanted(kind="company", aims=("never_visited", "no_open_demand"), most=firms),
                )
        except DomainError:  # in a city of a few hundred firms the year's visits have reached everybody
            continue
        _calls(visitor, visited, began)
        service.draw_sample(lead, campaign_id=campaign)


def _grids(lead: Actor, visitor: Actor, district: str, name: str) -> None:
    step = len(STREETS) // len(SUBDISTRICTS)
    for number, subdistrict in enumerate(SUBDISTRICTS):
        service.save_grid(
            lead,
            code=f"{district}-{number + 1:02d}",
            name=f"{name}第{number + 1}网格",
            name_en=f"Grid {number + 1}",
            street=subdistrict,
            words=STREETS[number * step : (number + 1) * step],
            keeper_id=visitor.person_id,
        )


def _calls(visitor: Actor, visited: int, began: dt.datetime) -> None:
    """Visit the first firms in walking order over the days since the campaign began; every ninth has a need."""
    for number, call in enumerate(queries.calls(visitor)[:visited]):
        outcome = "not_found" if number % 11 == 10 else "need" if number % 9 == 4 else "no_need"
        need = {"amount": (30 + number) * WAN, "term_months": 12, "purpose": "purchase"} if outcome == "need" else None
        with clock.at(began + dt.timedelta(days=number * DAYS // visited, minutes=number % 7 * 40)):
            service.visit_target(
                visitor,
                target_id=call.id,
                client_id=uuid5(NAMESPACE_URL, f"demo-visit-{call.id}"),
                visited_on=clock.today(),
                outcome=outcome,
                note="备货要用钱，已说明怎么申请。" if need else SAID[number % len(SAID)],
                need=need,
            )
