"""The day's batch: a plan for every recommended demand at once, looked at, then dispatched through the ordinary act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Count, F, Q

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.access.scope import scope
from huoshui.audit.actions import record
from huoshui.catalogue import queries as catalogue
from huoshui.financing import dispatch_day as days
from huoshui.financing import matching
from huoshui.financing.actions_dispatch import dispatch_as, group_bank, incumbents
from huoshui.financing.demand_lifecycle import State
from huoshui.financing.dispatch import Candidate, Offer
from huoshui.financing.dispatch_day import Fitting, Want
from huoshui.financing.facts import desks
from huoshui.financing.models import Clock, Demand, DispatchRun, Referral
from huoshui.financing.perform import person_of, require, swap, writing
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.kernel.money import Fen
from huoshui.kernel.text import Text
from huoshui.registry import queries as registry

_WEIGHTS = ("fit", "cost", "record", "incumbent")


def plan_run(actor: Actor) -> int:
    """Plan the dispatch of every recommended demand the actor may dispatch; returns the run. Nothing goes out yet."""
    require(actor, Permission.DISPATCH_DEMANDS)
    rows = scope(actor, Demand.objects.filter(state=State.RECOMMENDED, grab_until__isnull=True)).order_by("id")
    most = catalogue.parameter("dispatch.run_most")  # a greater day is planned in several runs
    waiting = list(rows.select_related("enterprise").prefetch_related("choices__product")[:most])
    if not waiting:
        words = Text("推荐清单里没有等待派单的需求。", "No recommended demand waits to be dispatched.")
        raise DomainError("nothing_to_dispatch", words, field="demand")
    with writing():
        day = days.plan_day(
            _wants(waiting),
            records=_records(),
            small=frozenset(view.org_id for view in catalogue.institutions() if view.small),
            weights={name: catalogue.parameter(f"dispatch.weight_{name}") for name in _WEIGHTS},
            share=float(catalogue.parameter("dispatch.small_share_pct")),
        )
        run = DispatchRun.objects.create(
            district_code=actor.district,
            made_by_id=person_of(actor),
            made_at=clock.now(),
            method=day.method,
            objective=day.objective,
            greedy_objective=day.greedy_objective,
            lines=[_kept(line) for line in day.lines],
            unplaced=[{"demand": pk, "zh": why.zh, "en": why.en} for pk, why in day.unplaced],
        )
        facts = {"demands": len(waiting), "places": len(day.lines), "method": day.method}
        record(actor, "DISPATCH_PLANNED", ("dispatch_run", run.pk), facts=facts)
    return run.pk


def confirm_run(actor: Actor, *, run_id: int, seen_version: int | None = None) -> tuple[int, int]:
    """Dispatch what the run planned; returns (dispatched, left out). What has changed since is left out, with the reason."""
    run = _run_of(actor, run_id)
    with writing():
        swap(run, seen_version, state="done", done_at=clock.now())
        record(actor, "DISPATCH_RUN_CONFIRMED", ("dispatch_run", run.pk), facts={"places": len(run.lines)})
    done, left = 0, []
    for demand_id, offers in _by_demand(run.lines).items():
        try:
            dispatch_as(actor, demand_id=demand_id, offers=offers)
        except DomainError as refusal:
            left.append({"demand": demand_id, "zh": " ".join(refusal.lines("zh")), "en": " ".join(refusal.lines("en"))})
        else:
            done += 1
    with writing():
        DispatchRun.objects.filter(pk=run.pk).update(result={"done": done, "left": left})
    return done, len(left)


def drop_run(actor: Actor, *, run_id: int, seen_version: int | None = None) -> None:
    """Put a plan aside; nothing goes out."""
    run = _run_of(actor, run_id)
    with writing():
        swap(run, seen_version, state="dropped")
        record(actor, "DISPATCH_RUN_DROPPED", ("dispatch_run", run.pk))


def _run_of(actor: Actor, run_id: int) -> DispatchRun:
    require(actor, Permission.DISPATCH_DEMANDS)
    run = scope(actor, DispatchRun.objects.filter(pk=run_id)).first()
    if run is None or run.state != "preview":
        words = Text("没有这个派单方案，或已处理。", "No such plan, or it has been handled.")
        raise DomainError("run_gone", words, field="run", value=run_id)
    return run


def _wants(waiting: list[Demand]) -> list[Want]:
    most, serving = catalogue.parameter("dispatch.max_banks"), {}
    pks = [demand.pk for demand in waiting]
    asked: dict[int, set[int]] = {}
    open_banks: dict[int, int] = {}
    for demand_id, bank_id, closed in Referral.objects.filter(demand_id__in=pks).values_list(
        "demand_id", "bank_id", "closed_at"
    ):
        asked.setdefault(demand_id, set()).add(bank_id)
        open_banks[demand_id] = open_banks.get(demand_id, 0) + (closed is None)
    found = []
    for demand in waiting:
        if demand.district_code not in serving:
            serving[demand.district_code] = tuple(desks(demand.district_code))
        chosen = tuple(
            Candidate(line.product.institution_id, line.product_id, line.rank)
            for line in sorted(demand.choices.all(), key=lambda line: line.rank)
        )
        platform = demand.platform_chooses or not chosen
        special = group_bank(demand)
        found.append(
            Want(
                demand_id=demand.pk,
                room=most - open_banks.get(demand.pk, 0),
                choices=(*chosen, special) if special else chosen,
                platform=platform,
                fits=_fits(demand) if platform else (),
                incumbents=incumbents(demand) if platform else (),
                asked=frozenset(asked.get(demand.pk, ())),
                desks=serving[demand.district_code],
            )
        )
    return found


def _fits(demand: Demand) -> tuple[Fitting, ...]:
    on = clock.today()
    ask = matching.Ask(
        Fen(demand.amount), demand.term_months, demand.purpose, tuple(demand.collateral), demand.district_code
    )
    offers = catalogue.offered_products(on, district=demand.district_code)
    facts = registry.facts_for_rules(demand.enterprise_id)
    found = matching.match(offers, catalogue.published_programmes(None, on), facts, ask, on)
    loans = [option for option in found.options if option.offer.kind == "loan"]
    return tuple(
        Fitting(option.offer.bank_id, option.offer.product_id, rank, option.cost.rate_after_pct)
        for rank, option in enumerate(loans, start=1)
    )


def _records() -> Mapping[int, int]:
    """Return each bank's share of deadlines met in time over the days of the parameter, in thousandths."""
    since = clock.now() - dt.timedelta(days=catalogue.parameter("dispatch.fairness_days"))
    rows = Clock.objects.filter(started_at__gt=since, cancelled_at__isnull=True).filter(
        Q(met_at__isnull=False) | Q(due_at__lt=clock.now(), paused_at__isnull=True)
    )
    kept = Q(met_at__isnull=False, met_at__lte=F("due_at"))
    sums = rows.values("referral__bank_id").annotate(all=Count("id"), kept=Count("id", filter=kept))
    return {row["referral__bank_id"]: 1000 * row["kept"] // row["all"] for row in sums}


def _kept(line: days.Line) -> dict[str, Any]:
    offer = line.offer
    return {
        "demand": line.demand_id, "bank": offer.bank_id, "branch": offer.branch_id, "path": offer.path,
        "product": offer.product_id, "basis": offer.basis, "points": line.points,
        "zh": offer.why.zh, "en": offer.why.en,
    }  # fmt: skip


def _by_demand(lines: list[dict[str, Any]]) -> dict[int, list[Offer]]:
    found: dict[int, list[Offer]] = {}
    for line in lines:
        why = Text(line["zh"], line["en"])
        offer = Offer(line["bank"], line["branch"], line["path"], line["product"], line["basis"], why)
        found.setdefault(line["demand"], []).append(offer)
    return found
