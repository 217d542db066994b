"""Leads: an edition's firms handed to banks, what the banks report back, what the platform takes back."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Count, F, OuterRef, Subquery

from huoshui.access import actions as access
from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.roles import Permission
from huoshui.access.row_security import acting
from huoshui.access.scope import scope
from huoshui.audit.actions import record
from huoshui.catalogue import queries as catalogue
from huoshui.catalogue.offers import Offer
from huoshui.financing import queries as financing
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Refused, Stale
from huoshui.kernel.text import Text
from huoshui.registry import queries as registry
from huoshui.rules import words
from huoshui.rules.firm import explain, passing
from huoshui.rules.tree import Atom, facts_of, parse
from huoshui.screening import making, register_book, snapshots
from huoshui.screening.actions_run import may_manage
from huoshui.screening.lead_lifecycle import ACT_NAMES, REASONS, STATE_NAMES, WAITING, Act, State, after
from huoshui.screening.leads import Chance, Desk, Given, serves, share_out
from huoshui.screening.left_over import Why, why_left
from huoshui.screening.list_kinds import PUSHED
from huoshui.screening.membership import Population, facts_in, judge_file
from huoshui.screening.models import Lead, LeadWaiting, ListEdition
from huoshui.screening.waiting import Left, keep_waiting, note_push


@dataclass(frozen=True, slots=True)
class Plan:
    """Who would get what: the firms' numbers with district, trade and size, and the offers behind the chances."""

    edition: ListEdition
    given: tuple[Given, ...]
    left: tuple[tuple[int, Why], ...]  # places of the firms that nobody can take now
    ids: tuple[int, ...]
    districts: tuple[str, ...]
    industries: tuple[str, ...]
    sizes: tuple[str, ...]
    offers: dict[int, Offer]
    open_after: tuple[int, ...]  # branches with room once this is handed out

    @property
    def free(self) -> int:
        """Return how many firms of the list could be handed out at all."""
        return len(self.ids)

    def by_branch(self) -> Counter[int]:
        """Return how many firms each branch would get."""
        return Counter(each.desk.branch_id for each in self.given)

    def by_district(self) -> Counter[str]:
        """Return how many firms of each district would be handed out."""
        return Counter(self.districts[each.at] for each in self.given)

    def by_reason(self) -> Counter[Why]:
        """Return how many firms stay, by what stands in their way."""
        return Counter(why for _at, why in self.left)


def preview(
    actor: Actor, *, edition_id: int, districts: Sequence[str] = (), only: Collection[int] | None = None
) -> Plan:
    """Return who would get which firm of an edition now; nothing is written. *only*: of these firms alone.

    A firm that a bank left without a word goes to another bank. Raises DomainError for an unknown edition, one that is not the newest, and kinds that banks do not get.
    """
    may_manage(actor)
    edition = _pushable(edition_id)
    today = clock.today()
    offers = {
        f"{register_book.PRODUCT}{each.code}": each for each in catalogue.offered_products(today) if each.kind == "loan"
    }
    best = sorted(offers, key=lambda code: (offers[code].rate_pct, -offers[code].amount_max, code))
    facts = registry.dictionary()
    rules = register_book.offer_rules(offers.values(), facts)
    everybody = judge_file(snapshots.path_of(edition.snapshot), rules, facts, as_of=today)
    had = banks_before(today)
    places = _looked_at(everybody, _free(making.members_of(edition.definition_id), today), districts, only)
    fits = everybody.yes[[everybody.codes.index(code) for code in best]][:, places]
    chances = [Chance(offers[code].product_id, offers[code].bank_id) for code in best]
    where = everybody.texts("district_code", places)
    shared = _Sharing(everybody.ids[places], where, fits, chances, had)
    given, left, open_after = shared.out(desks())
    return Plan(
        edition,
        tuple(given),
        tuple(left),
        tuple(everybody.ids[places].tolist()),
        tuple(where),
        tuple(everybody.texts("industry_code", places)),
        tuple(everybody.texts("size_class", places)),
        {each.product_id: each for each in offers.values()},
        open_after,
    )


def _looked_at(everybody: Population, free: Any, districts: Sequence[str], only: Collection[int] | None) -> Any:
    """Return the places of the free firms in *districts* (none: everywhere) and among *only*."""
    if only is not None:
        free = np.intersect1d(free, np.array(sorted(only), np.int64))
    places = np.flatnonzero(np.isin(everybody.ids, free))
    if districts:
        wanted = np.array([place in set(districts) for place in everybody.texts("district_code", places)], np.bool_)
        places = places[wanted]
    return places


@dataclass(frozen=True, slots=True)
class _Sharing:
    """Firms with their districts, the products they fit, best first, and the banks that left them without a word."""

    ids: Any
    where: list[str]
    fits: Any
    chances: list[Chance]
    had: dict[int, set[int]]

    def out(self, all_desks: Sequence[Desk]) -> tuple[list[Given], list[tuple[int, Why]], tuple[int, ...]]:
        """Return who gets which firm, why the others stay, and the branches with room after that."""
        most = int(catalogue.parameter("lists.banks_at_most"))
        still = _without_earlier(self.fits, self.ids, self.chances, self.had, most)
        banks = np.array([each.bank_id for each in self.chances], np.int64)
        usable = np.isin(banks, [desk.bank_id for desk in all_desks if desk.room > 0])
        chances = [each for each, good in zip(self.chances, usable.tolist(), strict=True) if good]
        given = share_out(self.ids, self.where, still[usable], chances, all_desks)
        taken = {each.at for each in given}
        serving = {
            place: {desk.bank_id for desk in all_desks if serves(desk, place)} for place in dict.fromkeys(self.where)
        }
        left = [at for at in range(len(self.where)) if at not in taken]
        reasons = why_left(left, self.where, fits=self.fits, still=still, banks=banks, serving=serving)
        used = Counter(each.desk.branch_id for each in given)
        return given, reasons, tuple(sorted(desk.branch_id for desk in all_desks if desk.room > used[desk.branch_id]))


def push(actor: Actor, *, edition_id: int, districts: Sequence[str] = (), only: Collection[int] | None = None) -> int:
    """Hand the edition's firms to branches as previewed; return how many. Banks are told, with a day to answer by.

    Firms that nobody can take now wait with the reason. Raises DomainError where nothing could be handed out.
    """
    plan = preview(actor, edition_id=edition_id, districts=districts, only=only)
    with transaction.atomic(), acting(SYSTEM):
        if plan.given:
            _hand_out(actor, plan)
        keep_waiting(actor, plan.edition, _left(plan), only=only, districts=districts)
        given = [plan.ids[each.at] for each in plan.given]
        note_push(actor, plan.edition, given=given, left=len(plan.left), open_after=plan.open_after)
    if not plan.given:
        raise DomainError(
            "nothing_to_push",
            Text(
                "没有可推送的企业：名单已推完，或没有银行能接。",
                "Nothing to hand out: all done, or no bank can take what is left.",
            ),
            remedy=Text(
                "名单页写明各户为什么没有银行能接、可以怎么办。",
                "The list's page says why no bank can take them, and what to do.",
            ),
        )
    return len(plan.given)


def _left(plan: Plan) -> list[Left]:
    return [Left(plan.ids[at], plan.districts[at], plan.industries[at], plan.sizes[at], why) for at, why in plan.left]


def _hand_out(actor: Actor, plan: Plan) -> None:
    why, due = _why(plan), due_in("lists.contact_days")
    Lead.objects.bulk_create([_lead(plan, each, why, due) for each in plan.given], batch_size=2_000)
    told = Counter(each.desk.bank_id for each in plan.given)
    name = {"zh": plan.edition.definition.name, "en": plan.edition.definition.name_en}
    for bank, count in told.items():
        facts = {"name": name, "count": count}
        access.notify(actor, template="LEADS_ARRIVED", facts=facts, link="/bank/leads/", organisation_id=bank)
    facts = {"name": plan.edition.definition.name, "number": plan.edition.number}
    facts |= {"count": len(plan.given), "banks": len(told)}
    record(actor, "LEADS_PUSHED", ("list", plan.edition.definition_id), facts=facts)


def _pushable(edition_id: int) -> ListEdition:
    edition = ListEdition.objects.select_related("definition", "rule", "snapshot").filter(pk=edition_id).first()
    if edition is None:
        raise DomainError(
            "no_edition", Text("没有这一期名单。", "There is no such edition."), field="edition", value=edition_id
        )
    if edition.number != edition.definition.last_number:
        said = Text("只能推送最新一期名单。", "Only the newest edition is handed out.")
        raise DomainError("old_edition", said, field="edition", value=edition.number)
    if edition.definition.kind not in PUSHED:
        said = Text("这种名单不推送给银行。", "Banks do not get lists of this kind.")
        raise DomainError("not_pushed", said, field="edition", value=edition.definition.kind)
    return edition


def due_in(path: str) -> dt.date:
    """Return the working day by which a bank's word is owed from now; *path*: the parameter that holds the days."""
    return catalogue.calendar().due(clock.today(), days=int(catalogue.parameter(path))).on


def _rested(today: dt.date) -> dt.datetime:
    return clock.now() - dt.timedelta(days=int(catalogue.parameter("lists.rest_days", on=today)))


def banks_before(today: dt.date) -> dict[int, set[int]]:
    """Return, by firm, the banks that left it without a word within the days of rest."""
    rows = Lead.objects.filter(state=State.RECALLED, pushed_at__gte=_rested(today))
    found: dict[int, set[int]] = {}
    for firm, bank in rows.values_list("enterprise_id", "bank_id"):
        found.setdefault(firm, set()).add(bank)
    return found


def _without_earlier(fits: Any, ids: Any, chances: Sequence[Chance], had: dict[int, set[int]], most: int) -> Any:
    """Return *fits* (chances by firms) without the banks that a firm was recalled from; none after *most* of them."""
    kept = fits.copy()
    banks = np.array([each.bank_id for each in chances], np.int64)
    for at in np.flatnonzero(np.isin(ids, np.array(sorted(had), np.int64))).tolist():
        silent = had[int(ids[at])]
        kept[np.isin(banks, sorted(silent)) | (len(silent) >= most), at] = False
    return kept


def _free(members: Any, today: dt.date) -> Any:
    """Return the members that no bank has, that were not handed out lately and that no exclusion list holds.

    A recalled firm need not rest: it goes on to the next bank, as often as the parameter allows.
    """
    lately = Lead.objects.filter(pushed_at__gte=_rested(today)).exclude(state=State.RECALLED)
    taken = set(lately.values_list("enterprise_id", flat=True))
    taken |= set(Lead.objects.filter(state__in=WAITING).values_list("enterprise_id", flat=True))
    excluded = making.excluded_all()
    return np.setdiff1d(members, np.union1d(np.array(sorted(taken), np.int64), excluded))


def desks() -> list[Desk]:
    """Return every branch that takes cases, with how many leads it can take now."""
    each = int(catalogue.parameter("lists.leads_per_case"))
    with acting(SYSTEM):
        held = dict(
            Lead.objects.filter(state__in=WAITING)
            .values_list("branch_id")
            .annotate(n=Count("id"))
            .values_list("branch_id", "n")
        )
    return [
        Desk(
            view.org_id, view.path, view.bank_id, view.districts, view.weekly_capacity * each - held.get(view.org_id, 0)
        )
        for view in catalogue.branches()
        if not view.paused
    ]


def _why(plan: Plan) -> dict[int, list[dict[str, str]]]:
    """Return for each firm given the conditions of the list that hold for it, in words, without values."""
    rule, facts = plan.edition.rule, registry.dictionary()
    node = parse(rule.criteria, facts)
    ids = [plan.ids[each.at] for each in plan.given]
    known = facts_in(snapshots.path_of(plan.edition.snapshot), ids, facts_of(node), facts)
    found: dict[int, list[dict[str, str]]] = {}
    for firm in ids:
        leaves = passing(explain(node, known.get(firm, {}), as_of=plan.edition.as_of))
        said = [words.requirement(leaf.node) for leaf in leaves if isinstance(leaf.node, Atom)]
        found[firm] = [{"zh": text.zh, "en": text.en} for text in said]
    return found


def _lead(plan: Plan, each: Given, why: dict[int, list[dict[str, str]]], due: dt.date) -> Lead:
    firm, offer = plan.ids[each.at], plan.offers[each.chance.product_id]
    return Lead(
        edition=plan.edition,
        enterprise_id=firm,
        district_code=plan.districts[each.at],
        industry_code=plan.industries[each.at],
        size_class=plan.sizes[each.at],
        bank_id=each.desk.bank_id,
        branch_id=each.desk.branch_id,
        bank_path=each.desk.path,
        product_id=offer.product_id,
        fits=each.fits,
        amount_max=int(offer.amount_max),
        rate_ppm=int(offer.rate_pct * 10_000),
        why=why[firm],
        pushed_at=clock.now(),
        due_on=due,
    )


def invite(actor: Actor, *, lead_id: int, version: int | None = None) -> None:
    """Ask the firm, by the platform, to let the bank read its data."""
    due = due_in("lists.report_days")
    lead = _act(actor, lead_id, Act.INVITE, version, invited_at=clock.now(), due_on=due)
    facts = {"bank": bank_name(lead), "product": lead.product.name}
    with acting(SYSTEM):
        access.notify(
            SYSTEM, template="LEAD_INVITATION", facts=facts, link="/my/consents/", enterprise_id=lead.enterprise_id
        )


def contacted(actor: Actor, *, lead_id: int, version: int | None = None, note: str = "") -> None:
    """Report that the bank reached the firm."""
    due = due_in("lists.report_days")
    _act(actor, lead_id, Act.CONTACT, version, contacted_at=clock.now(), note=note, due_on=due)


def applied(actor: Actor, *, lead_id: int, version: int | None = None, note: str = "") -> None:
    """Report that the firm applies for a loan."""
    _act(actor, lead_id, Act.APPLY, version, applied_at=clock.now(), note=note)


def refused(actor: Actor, *, lead_id: int, reason_code: str, version: int | None = None, note: str = "") -> None:
    """Report that nothing comes of it, and why (a code of REASONS)."""
    if reason_code not in REASONS:
        said = Text("请选择未能对接的原因。", "Choose why nothing came of it.")
        raise DomainError("no_reason", said, field="reason_code", value=reason_code)
    _act(actor, lead_id, Act.REFUSE, version, closed_at=clock.now(), reason_code=reason_code, note=note)


def report(
    actor: Actor, *, lead_ids: Collection[int], act: Act, reason_code: str = "", note: str = ""
) -> tuple[int, list[str]]:
    """Report the same of many leads; return how many were done and what stood in the way of the others."""
    done, problems = 0, []
    for pk in dict.fromkeys(lead_ids):
        try:
            match act:
                case Act.INVITE:
                    invite(actor, lead_id=pk)
                case Act.CONTACT:
                    contacted(actor, lead_id=pk, note=note)
                case Act.APPLY:
                    applied(actor, lead_id=pk, note=note)
                case _:
                    refused(actor, lead_id=pk, reason_code=reason_code, note=note)
            done += 1
        except DomainError as problem:
            problems += problem.lines("zh")
    return done, list(dict.fromkeys(problems))


_EVENTS = {
    Act.INVITE: "LEAD_INVITED",
    Act.CONTACT: "LEAD_CONTACTED",
    Act.APPLY: "LEAD_APPLIED",
    Act.REFUSE: "LEAD_REFUSED",
}


def _act(actor: Actor, lead_id: int, act: Act, version: int | None, **columns: Any) -> Lead:
    """Change the lead where the table allows it, by compare-and-set, and record it."""
    if not actor.may(Permission.HANDLE_CASES):
        raise DomainError("not_permitted", Text("您没有反馈名单的权限。", "You may not report on leads."))
    with transaction.atomic():
        lead = scope(actor, Lead.objects.filter(pk=lead_id)).select_related("bank", "product").first()
        if lead is None:
            raise DomainError("no_lead", Text("没有这条线索。", "There is no such lead."), field="lead", value=lead_id)
        target = after(lead.state, act)
        if target is None:
            raise Refused([_not_now(State(lead.state), act)])
        rows = Lead.objects.filter(pk=lead.pk, state=lead.state, version=version or lead.version)
        if rows.update(state=target.value, version=F("version") + 1, officer_id=actor.person_id, **columns) != 1:
            raise Stale(what=str(lead.pk))
        reason = columns.get("reason_code", "")
        facts = {"bank": bank_name(lead)} | ({"reason": _both(REASONS[reason])} if reason else {})
        record(actor, _EVENTS[act], ("enterprise", lead.enterprise_id), facts=facts)
    return lead


def _not_now(state: State, act: Act) -> Any:
    now, wanted = STATE_NAMES[state], ACT_NAMES[act]
    said = Text(f"“{now.zh}”的线索不能标为“{wanted.zh}”。", f"A lead that is “{now.en}” cannot become “{wanted.en}”.")
    return DomainError("not_now", said, field="state", value=state.value).problems[0]


def bank_name(lead: Lead) -> dict[str, str]:
    """Return the bank of a lead in both languages, as facts hold it."""
    return {"zh": lead.bank.name, "en": lead.bank.name_en or lead.bank.name}


def _both(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def withdraw_excluded(enterprise_ids: Collection[int]) -> int:
    """Take back the open leads of firms that came onto an exclusion list; return how many."""
    rows = Lead.objects.filter(enterprise_id__in=list(enterprise_ids), state__in=WAITING)
    LeadWaiting.objects.filter(enterprise_id__in=list(enterprise_ids)).delete()
    count = rows.update(state=State.WITHDRAWN.value, version=F("version") + 1, closed_at=clock.now())
    if count:
        record(SYSTEM, "LEAD_WITHDRAWN", ("leads", clock.today().isoformat()), facts={"count": count})
    return count


def follow_districts() -> int:
    """Let open leads go where the register has their firms now (a district may have been dissolved); return how many."""
    firm = Lead.objects.filter(pk=OuterRef("pk")).values("enterprise__district_code")[:1]
    with acting(SYSTEM):
        moved = Lead.objects.filter(state__in=WAITING).exclude(district_code=F("enterprise__district_code"))
        return int(moved.update(district_code=Subquery(firm)))


def note_applications() -> int:
    """Mark leads whose firm has a case with the same bank since they were handed over; return how many."""
    open_now = list(Lead.objects.filter(state__in=WAITING).select_related("bank"))
    cases = financing.cases(SYSTEM).filter(enterprise_id__in={lead.enterprise_id for lead in open_now})
    asked = cases.order_by("offered_at").values_list("enterprise_id", "bank_id", "offered_at")
    since = {(firm, bank): at for firm, bank, at in asked}
    count = 0
    for lead in open_now:
        at = since.get((lead.enterprise_id, lead.bank_id))
        if at is None or at < lead.pushed_at:
            continue
        with transaction.atomic():
            held = Lead.objects.filter(pk=lead.pk, state=lead.state, version=lead.version)
            count += held.update(state=State.APPLIED.value, version=F("version") + 1, applied_at=at)
            record(SYSTEM, "LEAD_APPLIED", ("enterprise", lead.enterprise_id), facts={"bank": bank_name(lead)})
    return count
