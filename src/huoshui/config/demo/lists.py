"""The demo's lists: a first edition half a year ago with all that came of it, today's edition, leads under way."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice

from huoshui.access import queries as access
from huoshui.access.actor import SYSTEM
from huoshui.config.demo import city, history
from huoshui.config.demo.history import Replay
from huoshui.financing import queries as financing
from huoshui.kernel import clock
from huoshui.registry import actions as registry
from huoshui.registry import queries as register
from huoshui.rules.firm import obstacles
from huoshui.rules.tree import parse
from huoshui.screening import actions_lead, actions_list, actions_recall, snapshots
from huoshui.screening import queries_list as lists
from huoshui.screening.lead_lifecycle import Act

SEED = 17
FIRST = "140121"  # the district whose banks had leads first
FIRST_DAY = 24.0 * 215  # hours from the start of the year to the first edition
CALLED, ASKED = 90, 30  # leads that a bank called, firms of these that asked for a loan
SHOWN = ("140105", "140106")  # districts whose banks have leads now
WORKED = 60  # of these leads a bank has reported on
SEEN = 4_000  # never-borrowed firms looked through for one that only owes its annual report
_OUTCOMES = (
    (Act.INVITE, 0.30, ""),
    (Act.CONTACT, 0.30, ""),
    (Act.APPLY, 0.20, ""),
    (Act.REFUSE, 0.12, "no_need"),
    (Act.REFUSE, 0.08, "not_reached"),
)


@dataclass(frozen=True, slots=True)
class _Lead:
    id: int
    firm: int
    district: str
    branch: str
    product: int
    most: int


def plan(play: Replay) -> None:
    """Queue the first editions, their leads in one county, and what the banks and firms made of them."""
    play.later(play.start, (FIRST_DAY, FIRST_DAY), partial(_first, play))


def _first(play: Replay) -> None:
    actions_list.install_ready(SYSTEM)
    edition = _make_and_push((FIRST,))
    rows = lists.leads(SYSTEM, edition_id=edition).order_by("id")
    fields = ("pk", "enterprise_id", "district_code", "branch__code", "product_id", "amount_max")
    leads = [_Lead(*row) for row in rows.values_list(*fields)]
    for at, lead in enumerate(play.random.sample(leads, min(CALLED, len(leads)))):
        play.later(clock.now(), (4, 260), partial(_call, play, lead, asks=at < ASKED))


def _make_and_push(districts: tuple[str, ...]) -> int:
    kept = snapshots.take(SYSTEM)
    made = actions_list.make(SYSTEM, codes=[row.code for row in lists.definitions(SYSTEM)], snapshot=kept)
    edition = next(each.pk for each in made if each.definition.code == "prospects")
    office = access.actor_named("office.city")
    # a bare register shows no prospects
    if actions_lead.preview(office, edition_id=edition, districts=districts).given:
        actions_lead.push(office, edition_id=edition, districts=districts)
    return int(edition)


def _call(play: Replay, lead: _Lead, *, asks: bool) -> None:
    """The account manager reaches the firm; it asks for a loan, or says why not."""
    manager = play.actor(city.manager_of(lead.branch))
    actions_lead.report(manager, lead_ids=[lead.id], act=Act.CONTACT)
    if asks:
        ask = partial(history.ask_for, play, lead.firm, lead.district, lead.product, lead.most)
        play.later(clock.now(), (2, 90), ask)
    elif play.chance(0.8):
        reason = play.random.choice(["no_need", "no_need", "has_lender", "rate_too_high", "not_qualified"])
        refuse = partial(actions_lead.report, manager, lead_ids=[lead.id], act=Act.REFUSE, reason_code=reason)
        play.later(clock.now(), (20, 300), refuse)


def make() -> None:
    """Make every list as of this week, hand the prospects to banks, and let the banks report on some of them."""
    with clock.at(_morning(days=8)):
        _news()
    with clock.at(_morning(days=4)):
        actions_lead.note_applications()
        actions_recall.recall_silent()
        _make_and_push(SHOWN)
        actions_list.make_due(SYSTEM)  # schemes, from the same snapshot
    _report()


def _morning(*, days: int) -> dt.datetime:
    """Return half past nine of the last working day that is *days* or more ago."""
    day = clock.today() - dt.timedelta(days=days)
    while day.weekday() >= 5:
        day -= dt.timedelta(days=1)
    return dt.datetime.combine(day, dt.time(9, 30), clock.ZONE)


def _news() -> None:
    """What departments told since: who has borrowed now, who filed the annual report that was missing."""
    today = clock.today()
    lent = financing.cases(SYSTEM, states=("lending", "lent", "settled")).order_by().values_list("enterprise_id")
    for (firm,) in lent.distinct():
        values = {"has_loan_history": True, "lender_count": 1}
        registry.record_facts(SYSTEM, enterprise_id=firm, source="credit", as_of=today, values=values)
    for firm in islice(_only_owe_a_report(), 25):
        values = {"annual_report_filed": True}
        registry.record_facts(SYSTEM, enterprise_id=firm, source="market", as_of=today, values=values)


def _only_owe_a_report() -> Iterator[int]:
    """Yield firms that would be prospects had they filed their annual report."""
    held = lists.definitions(SYSTEM).get(code="prospects")
    rule = lists.rule_of(SYSTEM, held.pk)
    assert rule, "the list has a rule"
    node = parse(rule.criteria, register.dictionary())
    some = register.enterprises(SYSTEM, status="active").order_by("id").values_list("id", flat=True)[:SEEN]
    for firm, facts in register.facts_of_many(list(some)).items():
        codes = [each.atom.fact.code for each in obstacles(node, facts, as_of=clock.today()) if not each.missing]
        if codes == ["annual_report_filed"]:
            yield firm


def _report() -> None:
    dice = random.Random(SEED)  # noqa: S311  a demo's dice
    rows = list(
        lists.leads(SYSTEM)
        .filter(state="new", district_code__in=SHOWN)
        .order_by("id")
        .values_list("pk", "branch__code", "pushed_at")
    )
    for pk, branch, pushed_at in dice.sample(rows, min(WORKED, len(rows))):
        manager = access.actor_named(city.manager_of(branch))
        act, _share, reason = dice.choices(_OUTCOMES, [share for _act, share, _reason in _OUTCOMES])[0]
        with clock.at(pushed_at + dt.timedelta(hours=24 * dice.randint(0, 3) + dice.randint(1, 7))):
            actions_lead.report(manager, lead_ids=[pk], act=act, reason_code=reason)
