"""A firm asks for money, or staff for it; the firm withdraws, moves to another bank, rates."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.catalogue import queries as catalogue
from huoshui.financing import ask as asking
from huoshui.financing import demand_lifecycle as lifecycle
from huoshui.financing.actions_dispatch import close_case, hand_out, offer_of
from huoshui.financing.actions_group import release_invoices
from huoshui.financing.ask import Ask
from huoshui.financing.demand_lifecycle import Act, Close, State
from huoshui.financing.dispatch import CHOICE, best_desk
from huoshui.financing.facts import demand_facts, desks, open_cases
from huoshui.financing.following import follow
from huoshui.financing.models import Demand, DemandChoice, DemandGroup, LoanCode, Rating, Referral
from huoshui.financing.perform import (
    demand_of,
    lock,
    log,
    refuse_if,
    require,
    swap,
    tell_taskforce,
    writing,
)  # fmt: skip
from huoshui.financing.purposes import PURPOSES
from huoshui.financing.referral_lifecycle import Act as CaseAct
from huoshui.financing.referral_lifecycle import State as CaseState
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Problem, Refused
from huoshui.kernel.money import human
from huoshui.kernel.text import Text
from huoshui.registry import actions as register
from huoshui.registry import queries as registry


@dataclass(frozen=True, slots=True)
class Submitted:
    """A demand that was handed in. *again*: the same form was sent before, and this is what came of it then."""

    id: int
    number: str
    state: str
    version: int
    again: bool = False


def submit_demand(
    actor: Actor,
    *,
    enterprise_id: int,
    amount: int,
    term_months: int,
    purpose: str,
    purpose_text: str = "",
    collateral: Sequence[str] = ("credit",),
    channel: str = "web",
    loan_code_token: str = "",
    product_ids: Sequence[int] = (),
    platform_chooses: bool = False,
    consents: Sequence[Mapping[str, Any]] = (),
    form_key: uuid.UUID | str | None = None,
) -> Submitted:
    """Declare what a firm needs, for its own person; gives *consents* (reader_id, data_kinds, until) with it.

    *amount* in fen. The same *form_key* returns the first demand. Raises Refused with every problem.
    """
    if actor.kind != "system" and enterprise_id not in actor.enterprise_ids:
        raise _not_yours(enterprise_id)
    ask = Ask(amount, term_months, purpose, purpose_text.strip(), tuple(collateral) or ("credit",))
    ways = _Ways(channel, loan_code_token, asking.distinct(product_ids), platform_chooses or not product_ids)
    return _declare(actor, enterprise_id, ask, ways, consents, _key(form_key))


def enter_demand(
    actor: Actor,
    *,
    enterprise_id: int,
    amount: int,
    term_months: int,
    purpose: str,
    purpose_text: str = "",
    collateral: Sequence[str] = ("credit",),
    channel: str = "staff",
    product_ids: Sequence[int] = (),
    platform_chooses: bool = True,
    consents: Sequence[Mapping[str, Any]] = (),
    paper: str = "",
    form_key: uuid.UUID | str | None = None,
) -> Submitted:
    """Declare what a firm needs, by staff (hall, event, list, visit). *paper*: the signed consent's number."""
    require(actor, Permission.ENTER_DEMAND)
    ask = Ask(amount, term_months, purpose, purpose_text.strip(), tuple(collateral) or ("credit",))
    ways = _Ways(channel, "", asking.distinct(product_ids), platform_chooses or not product_ids)
    given = [{**consent, "paper": consent.get("paper", paper)} for consent in consents]
    return _declare(actor, enterprise_id, ask, ways, given, _key(form_key))


@dataclass(frozen=True, slots=True)
class _Ways:
    channel: str
    token: str
    product_ids: list[int]
    platform: bool


def _declare(
    actor: Actor,
    enterprise_id: int,
    ask: Ask,
    ways: _Ways,
    consents: Sequence[Mapping[str, Any]],
    form_key: uuid.UUID | None,
) -> Submitted:
    lifecycle.decide(State.DRAFT, Act.SUBMIT, actor=actor, facts=lifecycle.Facts()).or_refuse()
    if form_key is not None and (before := _sent_before(form_key, enterprise_id)):
        return before
    district, status = _firm(actor, enterprise_id)
    values = {path: catalogue.parameter(path) for path in asking.PATHS}
    with writing():
        open_ones = Demand.objects.filter(enterprise_id=enterprise_id, state__in=lifecycle.OPEN_STATES)
        around = asking.Around(status, tuple(open_ones.values_list("purpose", flat=True)), _chosen(ways.product_ids))
        wrong = asking.problems(ask, around, ways.channel, values)
        # the same form may have become a demand a moment ago: then that is the answer, not "there is one already"
        if wrong and form_key is not None and (before := _sent_before(form_key, enterprise_id)):
            return before
        refuse_if(wrong)
        try:
            with transaction.atomic():
                demand = _create(actor, enterprise_id, district, ask, ways, form_key, green=asking.green(ask, values))
        except IntegrityError as broken:
            return _lost_race(broken, ask, form_key, enterprise_id)
        _choose(demand, ways.product_ids)
        _log_declared(actor, demand)
        for consent in consents:
            register.give_consent(actor, **_consent(enterprise_id, consent))
    return Submitted(demand.pk, demand.number, demand.state, demand.version)


def _key(form_key: uuid.UUID | str | None) -> uuid.UUID | None:
    if not form_key or isinstance(form_key, uuid.UUID):
        return form_key or None
    try:
        return uuid.UUID(form_key)
    except ValueError:
        words = Text("表单已失效，请重新打开页面。", "The form is no longer valid; open the page again.")
        raise DomainError("form_key", words, field="form_key", value=form_key) from None


def _sent_before(form_key: uuid.UUID, enterprise_id: int) -> Submitted | None:
    found = Demand.objects.filter(form_key=form_key, enterprise_id=enterprise_id).first()
    return Submitted(found.pk, found.number, found.state, found.version, again=True) if found else None


def _lost_race(broken: IntegrityError, ask: Ask, form_key: uuid.UUID | None, enterprise_id: int) -> Submitted:
    """Another transaction was a moment earlier: with the same form, or with another demand for the same use."""
    if form_key is not None and (before := _sent_before(form_key, enterprise_id)):
        return before
    if "demand_one_open_per_purpose" in str(broken):
        raise Refused([asking.same_purpose(ask.purpose)]) from broken
    raise broken


def _firm(actor: Actor, enterprise_id: int) -> tuple[str, str]:
    """Return district and status of the firm (the survivor where it was merged is the caller's to name)."""
    firms: Any = Demand._meta.get_field("enterprise").related_model
    found: tuple[str, str] | None = (
        firms._default_manager.filter(pk=enterprise_id).values_list("district_code", "status").first()
    )
    if found is None:
        raise _not_yours(enterprise_id)
    if actor.district and actor.kind == "staff" and not found[0].startswith(actor.district):
        words = Text("只能为本区县的企业录入需求。", "You may enter demands for firms of your own district only.")
        raise DomainError("other_district", words, field="enterprise_id", value=enterprise_id)
    return found


def _not_yours(enterprise_id: int) -> DomainError:
    words = Text("没有这个企业，或您不能代表它。", "No such firm, or you do not act for it.")
    return DomainError("no_enterprise", words, field="enterprise_id", value=enterprise_id)


def _chosen(product_ids: Sequence[int]) -> tuple[tuple[int, int | None], ...]:
    if not product_ids:
        return ()
    offered = {offer.product_id: offer.bank_id for offer in catalogue.offered_products()}
    return tuple((product, offered.get(product)) for product in product_ids)


def _create(
    actor: Actor, enterprise_id: int, district: str, ask: Ask, ways: _Ways, form_key: uuid.UUID | None, *, green: bool
) -> Demand:
    now, number = clock.now(), _next_number()
    code = LoanCode.objects.filter(token=ways.token, active=True).first() if ways.token else None
    return Demand.objects.create(
        pk=number,
        number=f"XQ{now:%Y%m%d}{number:06d}",
        enterprise_id=enterprise_id,
        applicant_id=actor.person_id,
        district_code=district,
        amount=ask.amount,
        term_months=ask.term_months,
        purpose=ask.purpose,
        purpose_text=ask.purpose_text,
        collateral=list(ask.collateral),
        channel="code" if code else ways.channel if ways.channel != "code" else "web",
        loan_code=code,
        group_id=_group(code, district),
        platform_chooses=ways.platform,
        green_channel=green,
        state=State.DECLARED,
        created_at=now,
        declared_at=now,
        form_key=form_key,
    )


def _group(code: LoanCode | None, district: str) -> int | None:
    """Return the open group whose code was scanned by a firm of its district."""
    if code is None:
        return None
    rows = DemandGroup.objects.filter(loan_code_id=code.pk, closed_at__isnull=True, district_code=district)
    rows = rows.filter(Q(closes_on__isnull=True) | Q(closes_on__gte=clock.today()))
    return rows.values_list("pk", flat=True).first()


def _next_number() -> int:
    # the id is drawn first, so that the number people read is made of it
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('financing_demand', 'id'))")
        return int(cursor.fetchone()[0])


def _choose(demand: Demand, product_ids: Sequence[int]) -> None:
    if product_ids:
        DemandChoice.objects.bulk_create(
            DemandChoice(demand=demand, product_id=product, rank=rank)
            for rank, product in enumerate(product_ids, start=1)
        )


def _log_declared(actor: Actor, demand: Demand) -> None:
    facts = {
        "number": demand.number,
        "amount": human(demand.amount),
        "term": demand.term_months,
        "purpose": PURPOSES[demand.purpose].name,
        "channel": demand.channel,
    }
    log(actor, "DEMAND_DECLARED", demand.pk, facts)


def _consent(enterprise_id: int, given: Mapping[str, Any]) -> dict[str, Any]:
    until = given.get("until") or clock.today() + dt.timedelta(days=catalogue.parameter("consent.default_days"))
    return {
        "enterprise_id": enterprise_id,
        "reader_id": given["reader_id"],
        "purpose": given.get("purpose", "loan_application"),
        "data_kinds": given["data_kinds"],
        "until": until,
        "paper": given.get("paper", ""),
    }


def withdraw_demand(actor: Actor, *, demand_id: int, reason: str = "", seen_version: int | None = None) -> None:
    """Take a demand back from every bank, before any money is paid; consents given for it end too."""
    demand = demand_of(actor, demand_id)
    facts = demand_facts(demand, reason=reason)
    lifecycle.decide(demand.state, Act.WITHDRAW, actor=actor, facts=facts).or_refuse()
    with writing():
        swap(demand, seen_version, state=State.CLOSED, closed_at=clock.now(), close_reason=Close.WITHDRAWN)
        words = Text("企业撤回需求", "the firm withdrew")
        for case in open_cases(demand_id):
            close_case(actor, case, CaseState.WITHDRAWN, CaseAct.WITHDRAW, words)
        log(actor, "DEMAND_WITHDRAWN", demand_id, {}, reason=reason)
        release_invoices(demand_id)
        _end_consents(actor, demand)


def _end_consents(actor: Actor, demand: Demand) -> None:
    """End what the firm let banks read for this demand, where no other demand or loan of its needs it."""
    if actor.kind != "owner":
        return
    banks = set(Referral.objects.filter(demand_id=demand.pk).values_list("bank_id", flat=True))
    kept = Referral.objects.filter(enterprise_id=demand.enterprise_id, closed_at__isnull=True)
    banks -= set(kept.values_list("bank_id", flat=True))
    for consent in registry.consents_of(demand.enterprise_id, open_only=True):
        if consent.reader_id in banks and consent.purpose == "loan_application":
            register.withdraw_consent(actor, consent_id=consent.id)


def move_demand(
    actor: Actor,
    *,
    demand_id: int,
    to_product: int,
    from_bank: int | None = None,
    consents: Sequence[Mapping[str, Any]] = (),
) -> int:
    """Take a demand from one bank (where named) and offer it to the bank of product *to_product*; returns the new case."""
    demand = demand_of(actor, demand_id)
    offer = catalogue.offer(to_product)
    if offer is None:
        words = Text("所选产品目前没有上架。", "The chosen product is not offered now.")
        raise DomainError("product_gone", words, field="to_product", value=to_product)
    cases = open_cases(demand_id)
    left = [case for case in cases if case.bank_id == from_bank]
    facts = demand_facts(demand, leaving=len(left))
    lifecycle.decide(demand.state, Act.MOVE, actor=actor, facts=facts).or_refuse()
    refuse_if(_movable(cases, from_bank, offer.bank_id, left))
    with writing():
        held = lock(demand_id)
        for case in left:
            words = Text("企业换了另一家银行", "the firm chose another bank")
            close_case(actor, case, CaseState.WITHDRAWN, CaseAct.WITHDRAW, words)
        made = _offer_chosen(actor, held, offer.bank_id, to_product)
        if held.state == State.RECOMMENDED:
            swap(held, state=State.DISPATCHED, dispatched_at=held.dispatched_at or clock.now())
        names = {"from_bank": "、".join(case.bank.name for case in left) or "—", "bank": offer.bank_name}
        log(actor, "DEMAND_MOVED", demand_id, names)
        for consent in consents:
            register.give_consent(actor, **_consent(demand.enterprise_id, consent))
        follow(actor, held)
    return made


def _movable(cases: Sequence[Referral], from_bank: int | None, bank_id: int, left: Sequence[Referral]) -> list[Problem]:
    found = []
    if from_bank is not None and not left:
        said = Text("这家银行没有在办理这笔需求。", "That bank is not handling this demand.")
        found.append(Problem("not_with_bank", said, field="from_bank", value=from_bank))
    if any(case.state in (CaseState.CONTRACTED, CaseState.LENDING, CaseState.LENT) for case in left):
        said = Text("已与该行签约，不能换行。", "A contract with that bank is signed already.")
        found.append(Problem("already_signed", said, field="from_bank", value=from_bank))
    if any(case.bank_id == bank_id for case in cases):
        said = Text("这家银行正在办理这笔需求。", "That bank has this demand already.")
        found.append(Problem("bank_has_it", said, field="to_product", value=bank_id))
    return found


def _offer_chosen(actor: Actor, demand: Demand, bank_id: int, product_id: int) -> int:
    serving = desks(demand.district_code, bank_id=bank_id)
    desk = best_desk(serving, bank_id, needs_room=False)
    if desk is None:
        words = Text("该行在本区县没有接单的网点。", "No branch of that bank takes cases in the district.")
        raise DomainError("no_branch", words, field="to_product", value=product_id)
    why = Text("企业自选", "The firm's choice")
    return hand_out(actor, demand, [offer_of(desk, product_id, CHOICE, why)])[0]


def rate_case(actor: Actor, *, demand_id: int, stars: int, comment: str = "", is_matter: bool = False) -> None:
    """Keep what the firm thought of the service, once; few stars ask the taskforce to call, unless a complaint does."""
    demand = demand_of(actor, demand_id)
    facts = demand_facts(demand, rated=Rating.objects.filter(demand_id=demand_id).exists())
    lifecycle.decide(demand.state, Act.RATE, actor=actor, facts=facts).or_refuse()
    if not 1 <= stars <= 5:
        said = Text("请选择 1 到 5 星。", "Choose one to five stars.")
        raise DomainError("stars_range", said, field="stars", value=stars)
    with writing():
        low = stars <= catalogue.parameter("rating.low_stars") and not is_matter
        due = (
            catalogue.calendar().due(clock.today(), days=catalogue.parameter("rating.answer_days")).on if low else None
        )
        Rating.objects.create(
            demand_id=demand_id, stars=stars, comment=comment.strip(), rated_at=clock.now(), answer_due_on=due
        )
        log(actor, "CASE_RATED", demand_id, {"stars": stars})
        if due:
            log(actor, "RATING_REOPENED", demand_id, {"due": due.isoformat()})
            tell_taskforce(actor, demand, "low_rating", {"stars": stars})
