"""A campaign of visits under way: grids of two districts with their keepers, some firms visited, a few looked at again."""

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
SUBDISTRICTS = ("坞城街道", "营盘街道", "平阳路街道", "黄陵街道", "龙城街道")
SAID = ("生意平稳，暂无融资打算。", "原材料涨价，周转稍紧，回去商量后答复。", "店面转租中，下月再来。", "")


def visit() -> None:
    """Draw grids, open a campaign in each district and make the first visits."""
    for district, (name, firms, visited) in DISTRICTS.items():
        lead, _officer, visitor = (access.actor_named(username) for username in hands_of(district))
        _grids(lead, visitor, district, name)
        today = clock.today()
        try:
            campaign = service.open_campaign(
                lead,
                name=f"{name}秋冬走访（从未走访的企业）",
                first_day=today,
                last_day=today + dt.timedelta(days=30),
                wanted=service.Wanted(kind="company", aims=("never_visited", "no_open_demand"), most=firms),
            )
        except DomainError:  # in a city of a few hundred firms the year's visits have reached everybody
            continue
        _calls(visitor, visited)
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


def _calls(visitor: Actor, visited: int) -> None:
    for number, call in enumerate(queries.calls(visitor)[:visited]):
        service.visit_target(
            visitor,
            target_id=call.id,
            client_id=uuid5(NAMESPACE_URL, f"demo-visit-{call.id}"),
            visited_on=clock.today(),
            outcome="not_found" if number % 11 == 10 else "no_need",
            note=SAID[number % len(SAID)],
        )
