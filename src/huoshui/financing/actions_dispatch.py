"""A demand goes to banks: by the platform in a fixed order, by an officer's hand, or on to the next bank."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from huoshui.access.actor import Actor
from huoshui.catalogue import queries as catalogue
from huoshui.financing import clocks as deadlines
from huoshui.financing import demand_lifecycle as lifecycle
from huoshui.financing import dispatch as order
from huoshui.financing import matching
from huoshui.financing import referral_lifecycle as cases
from huoshui.financing.batch import BatchResult, each
from huoshui.financing.demand_lifecycle import Act, State
from huoshui.financing.dispatch import Candidate, Desk, Offer
from huoshui.financing.facts import case_facts, demand_facts, desks, open_cases
from huoshui.financing.following import follow
from huoshui.financing.models import Clock, Demand, DemandChoice, GroupCredit, Loan, Referral
from huoshui.financing.perform import (
    case_of,
    deadline_values,
    demand_of,
    lock,
    log,
    said_moment,
    swap,
    tell_bank,
    tell_firm,
    tell_taskforce,
    writing,
)  # fmt: skip
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.kernel.money import Fen
from huoshui.kernel.text import Text
from huoshui.registry import queries as registry


def dispatch(actor: Actor, *, demand_id: int, seen_version: int | None = None) -> tuple[int, ...]:
    """Hand a recommended demand to banks in order choice → incumbent → fit → capacity; returns the new cases.

    Raises DomainError no_bank_found with what was thought of, so that an officer can offer it by hand.
    """
    demand = demand_of(actor, demand_id)
    lifecycle.decide(demand.state, Act.DISPATCH, actor=actor, facts=demand_facts(demand)).or_refuse()
    with writing():
        plan = plan_for(demand)
        if not plan.offers:
            raise _nobody(plan)
        return _send(actor, demand, plan.offers, seen_version)


def _send(actor: Actor, demand: Demand, offers: Sequence[Offer], seen: int | None = None) -> tuple[int, ...]:
    swap(demand, seen, state=State.DISPATCHED, dispatched_at=clock.now(), grab_until=None)
    made = hand_out(actor, demand, offers)
    tell_dispatched(actor, demand, offers)
    return tuple(made)


def dispatch_as(actor: Actor, *, demand_id: int, offers: Sequence[Offer]) -> tuple[int, ...]:
    """Hand a recommended demand to the banks that a plan named; a branch that has paused since is left out."""
    demand = demand_of(actor, demand_id)
    lifecycle.decide(demand.state, Act.DISPATCH, actor=actor, facts=demand_facts(demand)).or_refuse()
    serving = {desk.branch_id: desk for desk in desks(demand.district_code) if not desk.paused}
    asked = set(Referral.objects.filter(demand_id=demand_id).values_list("bank_id", flat=True))
    room = catalogue.parameter("dispatch.max_banks") - sum(case.closed_at is None for case in open_cases(demand_id))
    good = [offer for offer in offers if offer.branch_id in serving and offer.bank_id not in asked][: max(room, 0)]
    if not good:
        words = Text("方案里的网点都已暂停接单或已问过。", "Every branch of the plan has paused or was asked before.")
        raise DomainError("plan_outdated", words, field="demand", value=demand.number)
    with writing():
        return _send(actor, demand, good)


def dispatch_many(actor: Actor, *, demand_ids: Sequence[int]) -> BatchResult:
    """Dispatch each demand; says of each whether it was done or why not."""
    return each(demand_ids, lambda pk: dispatch(actor, demand_id=pk))


def offer_to(
    actor: Actor,
    *,
    demand_id: int,
    branch_id: int,
    bank_id: int | None = None,
    product_id: int | None = None,
    reason: str = "",
    seen_version: int | None = None,
) -> int:
    """Offer a demand to one branch by hand; returns the new case."""
    demand = demand_of(actor, demand_id)
    lifecycle.decide(demand.state, Act.OFFER, actor=actor, facts=demand_facts(demand)).or_refuse()
    desk = next((found for found in desks(demand.district_code) if found.branch_id == branch_id), None)
    if desk is None or desk.paused or (bank_id is not None and desk.bank_id != bank_id):
        words = Text(
            "这个网点不服务该区县，或暂停接单。", "This branch does not serve the district, or takes no cases."
        )
        raise DomainError("branch_unfit", words, field="branch", value=branch_id)
    with writing():
        held = lock(demand_id)
        if Referral.objects.filter(demand_id=demand_id, bank_id=desk.bank_id, closed_at__isnull=True).exists():
            words = Text("这家银行正在办理这笔需求。", "That bank has this demand already.")
            raise DomainError("bank_has_it", words, field="branch", value=branch_id)
        if held.state == State.RECOMMENDED:
            swap(held, seen_version, state=State.DISPATCHED, dispatched_at=held.dispatched_at or clock.now())
        why = Text("工作专班指定", "Named by the taskforce") if not reason else Text(reason, reason)
        offers = [offer_of(desk, product_id, order.REASSIGNED, why)]
        made = hand_out(actor, held, offers)
        tell_dispatched(actor, held, offers)
    return made[0]


def recall_case(actor: Actor, *, referral_id: int, reason: str, seen_version: int | None = None) -> int | None:
    """Take an overdue case back and offer it to the next bank; returns the new case, None where nobody is left."""
    case = case_of(actor, referral_id)
    facts = case_facts(case, cases.Act.RECALL, reason=reason)
    cases.decide(case.state, cases.Act.RECALL, actor=actor, facts=facts).or_refuse()
    with writing():
        demand = lock(case.demand_id)
        close_case(actor, case, cases.State.RECALLED, cases.Act.RECALL, Text(reason, reason), seen=seen_version)
        plan = plan_for(demand, room=1, widen=True)
        made = hand_out(actor, demand, plan.offers) if plan.offers else []
        if plan.offers:
            tell_dispatched(actor, demand, plan.offers)
        tell_taskforce(actor, demand, "case_late_here", {"bank": case.bank.name, "kind": Text("已收回", "taken back")})
        follow(actor, demand, another_bank=True)
    return made[0] if made else None


def plan_for(demand: Demand, *, room: int | None = None, widen: bool = False) -> order.Plan:
    """Return whom the platform would ask. *widen*: the platform adds banks even where the firm chose by itself."""
    most = room or catalogue.parameter("dispatch.max_banks")
    choices = DemandChoice.objects.filter(demand_id=demand.pk).order_by("rank")
    chosen = [
        Candidate(bank, product, rank)
        for bank, product, rank in choices.values_list("product__institution_id", "product_id", "rank")
    ]
    asked = frozenset(Referral.objects.filter(demand_id=demand.pk).values_list("bank_id", flat=True))
    platform = demand.platform_chooses or widen or not chosen
    ask = order.Ask(
        choices=tuple(chosen),
        platform=platform,
        fits=_fits(demand) if platform else (),
        incumbents=incumbents(demand) if platform else (),
        asked=asked,
        room=most,
        group=group_bank(demand),
    )
    return order.plan(ask, desks(demand.district_code))


def group_bank(demand: Demand) -> Candidate | None:
    """Return the bank that gave the demand's group a special credit, where it belongs to one."""
    if demand.group_id is None:
        return None
    found = GroupCredit.objects.filter(group_id=demand.group_id).values_list("bank_id", "product_id").first()
    return Candidate(found[0], found[1]) if found else None


def _fits(demand: Demand) -> tuple[Candidate, ...]:
    on = clock.today()
    ask = matching.Ask(
        Fen(demand.amount), demand.term_months, demand.purpose, tuple(demand.collateral), demand.district_code
    )
    facts = registry.facts_for_rules(demand.enterprise_id)
    offers = catalogue.offered_products(on, district=demand.district_code)
    found = matching.match(offers, catalogue.published_programmes(None, on), facts, ask, on)
    loans = [option.offer for option in found.options if option.offer.kind == "loan"]
    return tuple(Candidate(offer.bank_id, offer.product_id, rank) for rank, offer in enumerate(loans, start=1))


def incumbents(demand: Demand) -> tuple[int, ...]:
    """Return the banks that lend to the firm now, the latest first."""
    rows = Loan.objects.filter(enterprise_id=demand.enterprise_id, state="active").order_by("-id")
    return tuple(dict.fromkeys(rows.values_list("bank_id", flat=True)))


def _nobody(plan: order.Plan) -> DomainError:
    names = {view.org_id: view.name for view in catalogue.institutions()}
    said = "；".join(f"{names[gone.bank_id].zh if gone.bank_id in names else ''}{gone.why.zh}" for gone in plan.passed)
    words = Text(
        f"没有可以派单的银行。{said}", "No bank can take it now. " + "; ".join(gone.why.en for gone in plan.passed)
    )
    remedy = Text("请手工指定银行，或请企业调整条件。", "Offer it by hand, or ask the firm to change its terms.")
    return DomainError("no_bank_found", words, field="demand", remedy=remedy)


def offer_of(desk: Desk, product_id: int | None, basis: str, why: Text) -> Offer:
    """Return the offer of a demand to one branch."""
    return Offer(desk.bank_id, desk.branch_id, desk.path, product_id, basis, why)


def hand_out(actor: Actor, demand: Demand, offers: Collection[Offer]) -> list[int]:
    """Open a case for each of *offers*, start its first deadline, record it, tell the branch; returns the cases' ids."""
    now, calendar, values = clock.now(), catalogue.calendar(), deadline_values()
    made = Referral.objects.bulk_create(_case(demand, offer, now) for offer in offers)
    rule = deadlines.rule_of(deadlines.ACCEPT, green=False, values=values)
    begun = deadlines.start(deadlines.ACCEPT, rule, now, calendar)
    Clock.objects.bulk_create(
        Clock(referral=case, kind=begun.kind, started_at=begun.started_at, due_at=begun.due_at) for case in made
    )
    names = _names()
    for case in made:
        said = {"bank": names.get(case.bank_id, "—"), "due": said_moment(begun.due_at)}
        basis = {"basis": order.BASIS_NAMES[case.basis], "why": case.basis_facts}
        log(actor, "CASE_OFFERED", demand.pk, said | basis, referral_id=case.pk)
        tell_bank(actor, case, demand.number, "case_offered", {"due": said["due"]})
    return [case.pk for case in made]


def _names() -> dict[int, Text]:
    return {view.org_id: view.name for view in catalogue.institutions()}


def _case(demand: Demand, offer: Offer, now: Any) -> Referral:
    return Referral(
        demand=demand,
        enterprise_id=demand.enterprise_id,
        district_code=demand.district_code,
        bank_id=offer.bank_id,
        branch_id=offer.branch_id,
        bank_path=offer.path,
        product_id=offer.product_id,
        basis=offer.basis,
        basis_facts={"zh": offer.why.zh, "en": offer.why.en},
        state=cases.State.OFFERED,
        offered_at=now,
    )


def tell_dispatched(actor: Actor, demand: Demand, offers: Sequence[Offer]) -> None:
    """Record to which banks a demand went, and tell the firm. Inside `writing`."""
    names = _names()
    banks = [names[offer.bank_id] for offer in offers if offer.bank_id in names]
    said = Text("、".join(name.zh for name in banks), ", ".join(name.en for name in banks))
    log(actor, "DEMAND_DISPATCHED", demand.pk, {"banks": said})
    tell_firm(actor, demand, "demand_dispatched", {"banks": said})


_CLOSING = {
    cases.Act.WITHDRAW: "CASE_WITHDRAWN",
    cases.Act.RECALL: "CASE_RECALLED",
    cases.Act.LAPSE: "OFFER_LAPSED",
}


def close_case(
    actor: Actor,
    case: Referral,
    state: cases.State,
    act: cases.Act,
    words: Text,
    *,
    seen: int | None = None,
) -> None:
    """End a bank's case (withdrawn, recalled): state, deadlines, an unused contract, event, notice. Inside `writing`."""
    now = clock.now()
    swap(case, seen, state=state, closed_at=now)
    Clock.objects.filter(referral_id=case.pk, met_at__isnull=True, cancelled_at__isnull=True).update(
        cancelled_at=now, paused_at=None
    )
    Loan.objects.filter(referral_id=case.pk, drawn=0).update(state="cancelled")
    facts = {"bank": case.bank.name, "words": words}
    log(actor, _CLOSING[act], case.demand_id, facts, referral_id=case.pk, reason=words.zh)
    tell_bank(actor, case, case.demand.number, "case_closed", {"words": words})
