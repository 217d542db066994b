"""Which banks get a demand: the firm's choice, the bank of its group's special credit, then its lenders, then product fit, then branch capacity. Pure.

Source: 支持小微企业融资协调工作机制, dispatch order (rules §2). Every offer and every bank passed over carries its reason.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from huoshui.kernel.text import Text

CHOICE, INCUMBENT, FIT, CAPACITY = "choice", "incumbent", "fit", "capacity"
REASSIGNED, GRAB, GROUP = "reassigned", "grab", "group"
BASIS_NAMES: dict[str, Text] = {
    CHOICE: Text("企业自选", "The firm's choice"),
    INCUMBENT: Text("现有贷款行", "Its present lender"),
    FIT: Text("产品匹配", "Product fits"),
    CAPACITY: Text("网点承接能力", "Branch has room"),
    REASSIGNED: Text("转派", "Passed on"),
    GRAB: Text("银行抢单", "Claimed by the bank"),
    GROUP: Text("集群专项授信", "The group's special credit"),
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A bank that might be asked. *rank*: order among the firm's choices or by fit (1 = best), None for neither."""

    bank_id: int
    product_id: int | None = None
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """A branch that serves the firm's district: *capacity* a week, *load* of the last seven days."""

    branch_id: int
    path: str
    bank_id: int
    capacity: int
    load: int = 0
    paused: bool = False

    @property
    def room(self) -> int:
        """Return how many more cases the branch can take this week (below 0: over its capacity)."""
        return self.capacity - self.load


@dataclass(frozen=True, slots=True)
class Ask:
    """What is to be dispatched. *choices*: products the firm picked, in order; *platform*: it lets the platform add.

    *fits*: products it qualifies for, cheapest first; *incumbents*: banks it has a loan with; *asked*: banks that have
    or had this demand; *room*: how many more may have it at the same time.
    """

    choices: tuple[Candidate, ...]
    platform: bool
    fits: tuple[Candidate, ...]
    incumbents: tuple[int, ...]
    asked: frozenset[int]
    room: int
    group: Candidate | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A bank that gets the demand, where, with which product, and why."""

    bank_id: int
    branch_id: int
    path: str
    product_id: int | None
    basis: str
    why: Text


@dataclass(frozen=True, slots=True)
class Passed:
    """A bank that was thought of and does not get it, and why."""

    bank_id: int
    why: Text


@dataclass(frozen=True, slots=True)
class Plan:
    """Who gets the demand, in order, and who was passed over."""

    offers: tuple[Offer, ...]
    passed: tuple[Passed, ...]


def plan(ask: Ask, desks: Sequence[Desk]) -> Plan:
    """Return who gets the demand.

    A chosen bank gets it even when its branches are full (the firm decides), not when all are paused or none serves the
    district. Banks the platform adds need room. Between equal fits the branch with more room wins. Never more than
    *ask.room* banks, never a bank that was asked before.
    """
    offers: list[Offer] = []
    passed: list[Passed] = []
    for candidate, basis in _order(ask, desks):
        if len(offers) >= ask.room:
            break
        if candidate.bank_id in ask.asked or any(offer.bank_id == candidate.bank_id for offer in offers):
            continue
        found = _offer(candidate, basis, desks)
        if isinstance(found, Offer):
            offers.append(found)
        elif all(gone.bank_id != found.bank_id for gone in passed):
            passed.append(found)
    return Plan(tuple(offers), tuple(passed))


def best_desk(desks: Sequence[Desk], bank_id: int, *, needs_room: bool) -> Desk | None:
    """Return the branch of *bank_id* with the most room that is not paused, or None; ties to the smaller id."""
    open_ones = [d for d in desks if d.bank_id == bank_id and not d.paused and (d.room > 0 or not needs_room)]
    return max(open_ones, key=lambda desk: (desk.room, -desk.branch_id), default=None)


def _order(ask: Ask, desks: Sequence[Desk]) -> list[tuple[Candidate, str]]:
    ordered = [(each, CHOICE) for each in sorted(ask.choices, key=lambda each: each.rank or 0)]
    if ask.group is not None:
        ordered.append((ask.group, GROUP))
    if not ask.platform:
        return ordered
    fits = sorted(ask.fits, key=lambda each: (each.rank or 0, -_most_room(desks, each.bank_id), each.bank_id))
    lenders = [(_fitting(fits, bank), INCUMBENT) for bank in ask.incumbents]
    rest = sorted({desk.bank_id for desk in desks}, key=lambda bank: (-_most_room(desks, bank), bank))
    roomy = [(Candidate(bank), CAPACITY) for bank in rest] if not ask.fits else []
    return [*ordered, *lenders, *((each, FIT) for each in fits), *roomy]


def _fitting(fits: Collection[Candidate], bank_id: int) -> Candidate:
    return next((each for each in fits if each.bank_id == bank_id), Candidate(bank_id))


def _most_room(desks: Sequence[Desk], bank_id: int) -> int:
    return max((desk.room for desk in desks if desk.bank_id == bank_id and not desk.paused), default=-1_000_000)


def _offer(candidate: Candidate, basis: str, desks: Sequence[Desk]) -> Offer | Passed:
    own = [desk for desk in desks if desk.bank_id == candidate.bank_id]
    desk = best_desk(own, candidate.bank_id, needs_room=basis not in (CHOICE, GROUP))
    if desk is None:
        return Passed(candidate.bank_id, _why_not(own))
    why = _why(candidate, basis, desk)
    return Offer(desk.bank_id, desk.branch_id, desk.path, candidate.product_id, basis, why)


def _why(candidate: Candidate, basis: str, desk: Desk) -> Text:
    if basis == CHOICE:
        full = desk.room <= 0
        return Text(
            f"企业第 {candidate.rank or 1} 选择" + ("，网点本周已满额，仍按企业选择派单" if full else ""),
            f"The firm's choice no. {candidate.rank or 1}" + ("; the branch is full this week" if full else ""),
        )
    if basis == GROUP:
        return Text("该行给所在集群专项授信", "The bank gave the firm's group a special credit")
    if basis == INCUMBENT:
        return Text("企业在该行有贷款，了解企业情况", "The firm has a loan there already")
    if basis == FIT:
        return Text(f"产品匹配排第 {candidate.rank or 1}", f"No. {candidate.rank or 1} by fit and cost")
    return Text(f"网点本周还可承接 {desk.room} 笔", f"The branch can take {desk.room} more this week")


def _why_not(own: Sequence[Desk]) -> Text:
    if not own:
        return Text("该行在本区县没有承接网点", "No branch of this bank serves the district")
    if all(desk.paused for desk in own):
        return Text("该行网点暂停接单", "The bank's branches take no cases now")
    return Text("该行网点本周已满额", "The bank's branches are full this week")
