"""Twelve months of the city's life, made by the real actions on a simulated clock.

Proportions are those published for the province (rules §2): of 100 firms visited 10.4 declare a need, 92 % of these are
recommended, 90.6 % of these granted, 97 % of these lent. The newest cases are left where they are, so that everybody
has something to do today.
"""

from __future__ import annotations

import datetime as dt
import heapq
import random
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial

import click

from huoshui.access import actions as accounts
from huoshui.access import queries as access
from huoshui.access.actor import SYSTEM, Actor
from huoshui.config.demo import city, guarantees
from huoshui.financing import actions as financing
from huoshui.financing import ask as asking
from huoshui.financing import loan_book
from huoshui.financing import queries as cases
from huoshui.financing.reasons import REASON_CODES
from huoshui.financing.registration import REGISTRY_PAPERS
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.registry import actions as registry
from huoshui.registry import queries as register

SEED = 11
SHOWN_DISTRICT = "140105"
NEED, RECOMMENDED, GRANTED, LENT = 0.104, 0.92, 0.906, 0.97
MONTHS = 12
FRESH = 45  # demands of the last days, left where they are
FRESH_DAYS = dt.timedelta(days=9)
UNJUDGED = 10  # of these, in the district shown, that wait on the declared list
OPEN_CASES = dt.timedelta(days=30)  # so old may a case be that a bank still works on
UNSIGNED = 9  # every ninth firm has not signed yet that its bank may read its data
PURPOSES = (
    *("working_capital", "working_capital", "purchase", "purchase", "equipment", "order", "renovation"),
    *("technology", "green", "agriculture", "care"),
)
STARS = (5, 5, 5, 5, 5, 4, 4, 4, 3)
WAN = 1_000_000  # fen

Step = Callable[[], object]


@dataclass(order=True)
class _Due:
    at: dt.datetime
    order: int
    step: Step = field(compare=False)


class Replay:
    """A queue of steps in the order of their moments; each runs with the clock set to its own."""

    def __init__(self, *, visits: int, today: dt.date) -> None:
        self.random = random.Random(SEED)  # noqa: S311  a demo's dice, not a secret's
        self.visits = visits
        self.end = dt.datetime.combine(today, dt.time(9), clock.ZONE)
        self.start = self.end - dt.timedelta(days=30 * MONTHS)
        self.queue: list[_Due] = []
        self.count = 0
        self.passed = 0
        self.actors: dict[str, Actor] = {}
        self.schedules: dict[int, tuple[loan_book.Line, ...]] = {}
        self.waiting: frozenset[int] = frozenset()  # firms whose demand nobody has judged yet
        self.owners: dict[int, Actor] = {}

    def actor(self, username: str) -> Actor:
        """Return the actor behind a user name, looked up once."""
        if username not in self.actors:
            self.actors[username] = access.actor_named(username)
        return self.actors[username]

    def later(self, after: dt.datetime, hours: tuple[float, float], step: Step) -> None:
        """Queue *step* between so many hours *after*, within working hours; what lies in the future is left undone."""
        moment = self._working(after + dt.timedelta(hours=self.random.uniform(*hours)))
        if moment < self.end:
            self.count += 1
            heapq.heappush(self.queue, _Due(moment, self.count, step))

    def run(self) -> Iterator[int]:
        """Run every step in order; yield how many are done."""
        done = 0
        while self.queue:
            due = heapq.heappop(self.queue)
            with clock.at(due.at):
                due.step()
            done += 1
            yield done

    def still(self, act: Step) -> bool:
        """Do *act* unless the case has gone another way meanwhile (taken back, won by another bank)."""
        try:
            act()
        except DomainError:
            self.passed += 1
            return False
        return True

    def chance(self, share: float) -> bool:
        """Return True in *share* of the calls."""
        return self.random.random() < share

    def _working(self, moment: dt.datetime) -> dt.datetime:
        hour = min(max(moment.hour, 9), 16)
        moment = moment.replace(hour=hour)
        while moment.weekday() >= 5:
            moment += dt.timedelta(days=1)
        return moment


def replay(*, visits: int = 900, beside: Iterable[Callable[[Replay], None]] = ()) -> None:
    """Play the months up to today, with a progress bar. *beside*: what else queues steps of its own."""
    play = Replay(visits=visits, today=clock.today())
    firms = _firms(visits + FRESH, play.random)
    hung = _hang_codes(play)
    for firm in firms[FRESH:]:
        _plan_visit(play, firm, hung, since=play.start, needs=play.chance(NEED))
    play.waiting = frozenset(firm.id for firm in firms[:UNJUDGED])
    for firm in firms[:FRESH]:  # under way today, at every stage
        _plan_visit(play, firm, hung, since=play.end - FRESH_DAYS, needs=True)
    for week in range(1, MONTHS * 30 // 7):
        play.later(play.start, (week * 168.0, week * 168.0), _weekly)
    for plan in beside:
        plan(play)
    with click.progressbar(length=len(play.queue) + 12 * FRESH, label="a year of history", width=30) as bar:
        for _ in play.run():
            bar.update(1)


def _weekly() -> None:
    """What the worker does by itself: remind, take back what is late, count arrears."""
    financing.chase()
    financing.age_loans(clock.today())


@dataclass(frozen=True, slots=True)
class _Firm:
    id: int
    district: str


def _firms(count: int, dice: random.Random) -> list[_Firm]:
    rows = register.enterprises(SYSTEM, status="active").order_by("id").values_list("id", "district_code")
    picked = [_Firm(number, district) for number, district in rows if district in city.COUNTIES]
    dice.shuffle(picked)
    shown = [firm for firm in picked if firm.district == SHOWN_DISTRICT]
    first = shown[: FRESH // 2]  # the district whose officers the demo signs in as has enough to do
    shown_first = set(first)
    rest = [firm for firm in picked if firm not in shown_first]
    return [*first, *rest[: count - len(first)]]


def _hang_codes(play: Replay) -> dict[str, list[str]]:
    hung: dict[str, list[str]] = {}
    with clock.at(play.start):
        for district, name in city.COUNTIES.items():
            lead = play.actor(city.hands_of(district)[0])
            labels = [f"{name.zh}政务大厅", f"{name.zh}综合市场"]
            hung[district] = [
                financing.create_code(lead, kind="market", label=label, district_code=district).token
                for label in labels
            ]
    return hung


def _plan_visit(play: Replay, firm: _Firm, hung: dict[str, list[str]], *, since: dt.datetime, needs: bool) -> None:
    span = (play.end - since).total_seconds() / 3600
    own = needs and play.chance(0.4)  # the visitor shows the code and the owner applies on the phone

    def visit() -> None:
        visitor = play.actor(city.hands_of(firm.district)[2])
        outcome = "need" if needs else play.random.choice(["no_need"] * 8 + ["not_found", "refused"])
        ask = None if own or not needs else _ask(play)
        made = financing.record_visit(
            visitor,
            client_id=uuid.UUID(int=play.random.getrandbits(128)),
            enterprise_id=firm.id,
            visited_on=clock.today(),
            outcome=outcome,
            note="",
            follow_up_on=None,
            demand=ask,
        )
        if own:
            play.later(clock.now(), (1, 72), lambda: _apply(play, firm, play.random.choice(hung[firm.district])))
        elif declared := made.demand_id:
            play.later(clock.now(), (2, 30), lambda: _judge(play, firm, declared))

    play.later(since, (0, span), visit)


def _ask(play: Replay) -> financing.DemandAsk:
    amount = play.random.choice([10, 20, 30, 30, 50, 50, 80, 100, 150, 200, 300, 500])
    return financing.DemandAsk(
        amount=amount * WAN,
        term_months=play.random.choice([6, 12, 12, 12, 24, 36]),
        purpose=play.random.choice(PURPOSES),
        collateral=play.random.choice([("credit",), ("credit",), ("mortgage",), ("guarantee",)]),
    )


def _apply(play: Replay, firm: _Firm, token: str) -> None:
    owner = _owner(play, firm)
    financing.scan_code(token)
    ask = _ask(play)
    found = cases.matches_for(owner, enterprise_id=firm.id, ask=asking.Ask(ask.amount, ask.term_months, ask.purpose))
    wished = {option.offer.bank_id: option.offer.product_id for option in reversed(found.options)}
    chosen = list(wished.values())[-play.random.choice([1, 2, 3]) :] if play.chance(0.7) else []
    _submit(play, firm, owner, ask, chosen, token)


def ask_for(play: Replay, enterprise_id: int, district: str, product_id: int, most: int) -> None:
    """Let a firm that a bank talked to ask that bank for *product_id*, for at most *most* fen."""
    firm, ask = _Firm(enterprise_id, district), _ask(play)
    ask = replace(ask, amount=min(ask.amount, most), collateral=("credit",))
    play.still(lambda: _submit(play, firm, _owner(play, firm), ask, [product_id]))


def _submit(
    play: Replay, firm: _Firm, owner: Actor, ask: financing.DemandAsk, chosen: list[int], token: str = ""
) -> None:
    made = financing.submit_demand(
        owner,
        enterprise_id=firm.id,
        amount=ask.amount,
        term_months=ask.term_months,
        purpose=ask.purpose,
        purpose_text="",
        collateral=ask.collateral,
        channel="code" if token else "web",
        loan_code_token=token,
        product_ids=chosen,
        platform_chooses=not chosen,
        form_key=uuid.UUID(int=play.random.getrandbits(128)),
    )
    play.later(clock.now(), (2, 30), lambda: _judge(play, firm, made.id))


def judge(play: Replay, enterprise_id: int, district: str, demand_id: int) -> None:
    """Let the taskforce judge a demand that came another way, and everything that follows from it."""
    _judge(play, _Firm(enterprise_id, district), demand_id)


def _owner(play: Replay, firm: _Firm) -> Actor:
    if firm.id not in play.owners:
        play.owners[firm.id] = owner_of(firm.id)
    return play.owners[firm.id]


def owner_of(enterprise_id: int) -> Actor:
    """Return the owner of a firm, with a phone of their own, signed in the first time if need be."""
    phone = f"139{enterprise_id % 10**8:08d}"
    code = accounts.send_code(phone).practice_code
    assert code, "the demo shows its codes"
    person = accounts.check_code(phone, code)
    registry.represent(SYSTEM, person_id=person.pk, enterprise_id=enterprise_id, proof="staff_confirmed")
    return access.actor(person.pk)


def _judge(play: Replay, firm: _Firm, demand_id: int) -> None:
    lead, officer, _ = (play.actor(name) for name in city.hands_of(firm.district))
    if firm.id in play.waiting:
        return
    if not play.chance(RECOMMENDED):
        with_reason = play.chance(0.4)
        if with_reason:
            financing.decline(officer, demand_ids=[demand_id], reason="经核实暂无真实融资需求")
        else:
            financing.send_to_repair(officer, demand_ids=[demand_id], measures=["premises_unregistered"])
        return
    financing.judge_all(officer, demand_id=demand_id, verdicts=[(standard, "yes", "") for standard in range(1, 6)])
    play.later(clock.now(), (1, 24), lambda: _recommend(play, lead, demand_id))


def _recommend(play: Replay, lead: Actor, demand_id: int) -> None:
    financing.recommend(lead, demand_ids=[demand_id])
    play.later(clock.now(), (0.5, 8), lambda: _dispatch(play, lead, demand_id))


def _dispatch(play: Replay, lead: Actor, demand_id: int) -> None:
    try:
        offered = financing.dispatch(lead, demand_id=demand_id)
    except DomainError:
        return  # no bank fits: it stays on the recommended list, where an officer sees it
    granted = play.chance(GRANTED)
    for place, referral in enumerate(offered):
        _plan_case(play, referral, wins=granted and place == 0)


def _plan_case(play: Replay, referral: int, *, wins: bool) -> None:
    manager = play.actor(city.manager_of(cases.branch_code(referral)))
    slow = play.chance(0.06)  # some banks keep a firm waiting
    play.later(clock.now(), (20, 60) if slow else (1, 7), lambda: _accept(play, manager, referral, wins=wins))


def _accept(play: Replay, manager: Actor, referral: int, *, wins: bool) -> None:
    if not play.still(lambda: financing.accept_case(manager, referral_id=referral)):
        return
    if (wins or clock.now() > play.end - OPEN_CASES) and referral % UNSIGNED:
        _let_read(play, referral)
    play.later(clock.now(), (3, 40), lambda: _contact(play, manager, referral, wins=wins))


def _let_read(play: Replay, referral: int) -> None:
    """The firm signs that the bank may read its data; the visitor enters the paper."""
    columns = ("enterprise_id", "demand__district_code", "bank_id")
    firm, district, bank = cases.cases(SYSTEM).values_list(*columns).get(pk=referral)
    registry.give_consent(
        play.actor(city.hands_of(district)[2]),
        enterprise_id=firm,
        reader_id=bank,
        purpose="loan_application",
        data_kinds=register.DATA_KINDS,
        until=clock.today() + dt.timedelta(days=365),
        paper=f"SQ{clock.today():%Y%m%d}-{referral:06d}",
    )


def _contact(play: Replay, manager: Actor, referral: int, *, wins: bool) -> None:
    if not play.still(lambda: financing.record_contact(manager, referral_id=referral, note="电话沟通用款计划")):
        return
    if play.chance(0.35):
        asked = ["bank_statements"]
        play.still(lambda: financing.ask_papers(manager, referral_id=referral, papers=asked, note="请补充近六个月流水"))
    play.later(clock.now(), (8, 120), lambda: _complete(play, manager, referral, wins=wins))


def _complete(play: Replay, manager: Actor, referral: int, *, wins: bool) -> None:
    if not play.still(lambda: financing.complete_documents(manager, referral_id=referral)):
        return
    quick = cases.asked(referral).collateral == "credit" and not play.chance(0.1)
    play.later(clock.now(), (6, 60) if quick else (24, 300), lambda: _decide(play, manager, referral, wins=wins))


_DECLINES = ("revenue_unproven", "debt_high", "cash_flow_weak", "security_missing", "credit_overdue", "too_young")


def _decide(play: Replay, manager: Actor, referral: int, *, wins: bool) -> None:
    if not wins:
        code = play.random.choice(_DECLINES)
        words = REASON_CODES[code].words.zh
        play.still(lambda: financing.decline_case(manager, referral_id=referral, reason_code=code, words=words))
        return
    asked = cases.asked(referral)
    amount = asked.amount if play.chance(0.7) else max(asked.amount * 8 // 10 // WAN, 1) * WAN
    rate = Decimal(play.random.choice(["3.05", "3.25", "3.45", "3.65", "3.85", "4.20"]))
    done = play.still(
        lambda: financing.grant(
            manager,
            referral_id=referral,
            amount=amount,
            rate_pct=rate,
            term_months=asked.term_months,
            method=play.random.choice(["interest_only", "annuity", "equal_principal"]),
            collateral=asked.collateral,
        )
    )
    if done and play.chance(LENT):
        play.later(clock.now(), (8, 80), lambda: _sign(play, manager, referral, amount, asked.collateral))


def _sign(play: Replay, manager: Actor, referral: int, amount: int, security: str) -> None:
    number = f"HT{clock.today():%Y%m%d}-{referral:06d}"
    signed: list[int] = []
    act = financing.sign_contract
    if play.still(
        lambda: signed.append(act(manager, referral_id=referral, contract_no=number, signed_on=clock.today()))
    ):
        if security in ("mortgage", "pledge"):
            play.later(clock.now(), (1, 2), lambda: _register(play, manager, signed[0]))
        if security == "guarantee":  # the firm may go without the money: not every one qualifies
            play.later(clock.now(), (1, 2), lambda: play.still(lambda: guarantees.secure(referral, manager)))
        play.later(clock.now(), (3, 60), lambda: _draw(play, manager, signed[0], amount))


def _register(play: Replay, manager: Actor, loan: int) -> None:
    """Hand the papers of a secured loan to the registry and take its certificate, mostly here, at times elsewhere."""
    today, away = clock.today(), play.chance(0.1)
    office = "西安市不动产登记服务中心" if away else "太原市不动产登记中心"
    place = "cross_province" if away else "local"
    submit, complete = financing.submit_registration, financing.complete_registration
    handed = partial(submit, manager, loan_id=loan, papers=list(REGISTRY_PAPERS), place=place, office=office)
    if play.still(lambda: handed(submitted_on=today)):
        number = f"晋（{today:%Y}）不动产证明第{loan:07d}号"
        play.still(lambda: complete(manager, loan_id=loan, certificate_no=number, registered_on=today))


def _draw(play: Replay, manager: Actor, loan: int, amount: int) -> None:
    halves = [amount // 2, amount - amount // 2]
    for number, part in enumerate([amount] if play.chance(0.85) else halves, start=1):
        wait = (0.1, 2.0) if number == 1 else (200.0, 500.0)
        play.later(clock.now(), wait, partial(_pay_out, play, manager, loan, part, f"FK{loan:06d}-{number}"))


def _pay_out(play: Replay, manager: Actor, loan: int, amount: int, slip: str) -> None:
    today = clock.today()
    act = financing.record_drawdown
    paid = play.still(lambda: act(manager, loan_id=loan, amount=amount, drawn_on=today, slip_no=slip))
    if not paid:
        return
    held = cases.loan(SYSTEM, loan)
    play.schedules[loan] = held.schedule  # each part drawn makes it anew
    if not slip.endswith("-1"):
        return
    if held.demand_id and (owner := play.owners.get(held.enterprise_id)):
        play.later(clock.now(), (20, 200), partial(_rate, play, owner, held.demand_id))
    pays_until = play.random.choice([1, 2, 3]) if play.chance(0.04) else 999  # a few firms fall behind
    for number, line in enumerate(play.schedules[loan][:pays_until], start=1):
        due = dt.datetime.combine(line.due_on, dt.time(9), clock.ZONE)
        play.later(due - dt.timedelta(hours=96), (0, 24), partial(_repay, play, manager, loan, number))


def _rate(play: Replay, owner: Actor, demand: int) -> None:
    play.still(lambda: financing.rate_case(owner, demand_id=demand, stars=play.random.choice(STARS)))


def _repay(play: Replay, manager: Actor, loan: int, number: int) -> None:
    """Pay what the schedule, as it stands now, says of this instalment."""
    line = play.schedules[loan][number - 1]
    play.still(
        lambda: financing.record_repayment(
            manager,
            loan_id=loan,
            paid_on=clock.today(),
            principal=line.principal,
            interest=line.interest,
            slip_no=f"HK{loan:06d}-{number:02d}",
        )
    )
