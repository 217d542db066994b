"""The county taskforce works its lists: judge five standards, recommend, have mended, decline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.catalogue import queries as catalogue
from huoshui.financing import demand_lifecycle as lifecycle
from huoshui.financing import standards
from huoshui.financing.batch import BatchResult, each
from huoshui.financing.demand_lifecycle import Act, Close, State
from huoshui.financing.facts import demand_facts
from huoshui.financing.following import open_aftercare
from huoshui.financing.models import Demand, RepairItem, StandardJudgement
from huoshui.financing.perform import (
    demand_of,
    log,
    person_of,
    plain,
    refuse_if,
    require,
    seen_or_stale,
    swap,
    tell_firm,
    writing,
)  # fmt: skip
from huoshui.financing.standards import StandardCheck
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Problem, Stale
from huoshui.kernel.text import Text
from huoshui.registry import queries as registry


def precheck(actor: Actor, *, demand_id: int) -> tuple[StandardCheck, ...]:
    """Return the five standards as the data show them, with evidence line by line."""
    require(actor, Permission.JUDGE_DEMANDS, Permission.READ_DEMANDS)
    return _checks(demand_of(actor, demand_id))


def _checks(demand: Demand) -> tuple[StandardCheck, ...]:
    facts = registry.facts_for_rules(demand.enterprise_id)
    asked = standards.Asked(demand.amount, demand.purpose, demand.purpose_text, clock.today())
    values = {path: catalogue.parameter(path) for path in standards.PATHS}
    return standards.precheck(facts, asked, values)


def judge(
    actor: Actor, *, demand_id: int, standard: int, verdict: str, note: str = "", seen_version: int | None = None
) -> None:
    """Keep an officer's verdict (yes, no, repair) on one standard with the evidence of that moment; may be changed."""
    judge_all(actor, demand_id=demand_id, verdicts=[(standard, verdict, note)], seen_version=seen_version)


def judge_all(
    actor: Actor,
    *,
    demand_id: int,
    verdicts: Sequence[tuple[int, str, str]] | None = None,
    seen_version: int | None = None,
) -> None:
    """Keep verdicts (standard, verdict, note) on several standards at once; None takes what the data suggest.

    Suggested verdicts are taken only where the data say yes or repair throughout: what nobody knows is for a person.
    """
    demand = demand_of(actor, demand_id)
    lifecycle.decide(demand.state, Act.JUDGE, actor=actor, facts=demand_facts(demand)).or_refuse()
    seen_or_stale(demand, seen_version)
    checks = {check.standard: check for check in _checks(demand)}
    given = list(verdicts) if verdicts is not None else _suggested(checks)
    refuse_if(_wrong_verdicts(given))
    with writing():
        swap(demand)
        StandardJudgement.objects.bulk_create(
            [_judgement(actor, demand, checks[number], verdict, note) for number, verdict, note in given],
            update_conflicts=True,
            unique_fields=["demand", "standard"],
            update_fields=["verdict", "evidence", "note", "judged_by", "judged_at"],
        )
        for number, verdict, _ in given:
            said = {"name": standards.NAMES[number], "verdict": standards.VERDICT_NAMES[verdict], "standard": number}
            log(actor, "STANDARD_JUDGED", demand_id, said)


def _suggested(checks: Mapping[int, StandardCheck]) -> list[tuple[int, str, str]]:
    return [(number, check.suggested, "") for number, check in checks.items() if check.suggested is not None]


def _wrong_verdicts(given: Sequence[tuple[int, str, str]]) -> list[Problem]:
    found = []
    for number, verdict, note in given:
        if number not in standards.NAMES or verdict not in standards.VERDICT_NAMES:
            said = Text("没有这项标准或这种结论。", "There is no such standard or verdict.")
            found.append(Problem("verdict_unknown", said, field=f"verdict_{number}", value=verdict))
        elif verdict == standards.NO and not note.strip():
            said = Text(
                f"第 {number} 项判断为不符合，请写明依据。", f"Say what standard {number} being not met rests on."
            )
            found.append(Problem("note_missing", said, field=f"note_{number}", value=note))
    return found


def _judgement(actor: Actor, demand: Demand, check: StandardCheck, verdict: str, note: str) -> StandardJudgement:
    lines: list[dict[str, Any]] = [
        {"fact": line.fact, "holds": line.holds, **plain({"words": line.words})} for line in check.evidence
    ]
    return StandardJudgement(
        demand=demand,
        standard=check.standard,
        verdict=verdict,
        evidence=lines,
        note=note.strip(),
        judged_by_id=person_of(actor),
        judged_at=clock.now(),
    )


def recommend(actor: Actor, *, demand_ids: Sequence[int], versions: Mapping[int, int] | None = None) -> BatchResult:
    """Put demands on the recommended list. *versions*: the version the officer saw, by id."""
    return each(demand_ids, lambda pk: _recommend(actor, pk, (versions or {}).get(pk)))


def _recommend(actor: Actor, demand_id: int, seen: int | None) -> None:
    demand = demand_of(actor, demand_id)
    seen_or_stale(demand, seen)
    lifecycle.decide(demand.state, Act.RECOMMEND, actor=actor, facts=demand_facts(demand)).or_refuse()
    with writing():
        swap(demand, state=State.RECOMMENDED, recommended_at=clock.now())
        log(actor, "DEMAND_RECOMMENDED", demand_id, {})
        tell_firm(actor, demand, "demand_recommended", {})


def send_to_repair(
    actor: Actor,
    *,
    demand_ids: Sequence[int],
    measures: Sequence[str],
    note: str = "",
    versions: Mapping[int, int] | None = None,
) -> BatchResult:
    """Have problems of the repair table (*measures*: codes) mended before demands can be recommended."""
    known = {view.code: view for view in catalogue.repair_measures()}
    unknown = [code for code in measures if code not in known]
    if unknown:
        said = Text("修复表中没有这个问题。", "The repair table has no such problem.")
        raise DomainError("measure_unknown", said, field="measures", value=unknown)
    chosen = [known[code] for code in dict.fromkeys(measures)]
    return each(demand_ids, lambda pk: _repair(actor, pk, chosen, note, (versions or {}).get(pk)))


def _repair(actor: Actor, demand_id: int, measures: Sequence[Any], note: str, seen: int | None) -> None:
    demand = demand_of(actor, demand_id)
    seen_or_stale(demand, seen)
    facts = demand_facts(demand, measures=tuple(view.code for view in measures))
    lifecycle.decide(demand.state, Act.REPAIR, actor=actor, facts=facts).or_refuse()
    with writing():
        swap(demand, state=State.REPAIRING)
        RepairItem.objects.bulk_create(
            RepairItem(
                demand=demand, measure_id=view.code, note=note, opened_by_id=actor.person_id, opened_at=clock.now()
            )
            for view in measures
        )
        problems = Text(
            "、".join(view.problem.zh for view in measures), "; ".join(view.problem.en for view in measures)
        )
        log(actor, "DEMAND_SENT_TO_REPAIR", demand_id, {"count": len(measures), "problems": problems}, reason=note)
        tell_firm(actor, demand, "demand_repair", {"count": len(measures)})


def resolve_repair(actor: Actor, *, repair_id: int) -> None:
    """Confirm that a problem is mended; with the last one the demand is declared again, and judged anew."""
    item = RepairItem.objects.filter(pk=repair_id).select_related("measure").first()
    demand = demand_of(actor, item.demand_id if item else 0)
    assert item is not None
    lifecycle.decide(demand.state, Act.RESOLVE, actor=actor, facts=demand_facts(demand)).or_refuse()
    with writing():
        now = clock.now()
        swap(demand)
        mended = RepairItem.objects.filter(pk=repair_id, resolved_at__isnull=True)
        if mended.update(resolved_at=now, resolved_by_id=actor.person_id) != 1:
            raise Stale(what="repair")
        problem = Text(item.measure.problem, item.measure.problem_en)
        log(actor, "REPAIR_RESOLVED", demand.pk, {"problem": problem})
        if not RepairItem.objects.filter(demand_id=demand.pk, resolved_at__isnull=True).exists():
            swap(demand, state=State.DECLARED)
            # what was judged before the mending no longer holds
            StandardJudgement.objects.filter(demand_id=demand.pk).exclude(verdict=standards.YES).delete()
            log(actor, "DEMAND_REPAIRED", demand.pk, {})


def decline(
    actor: Actor, *, demand_ids: Sequence[int], reason: str, versions: Mapping[int, int] | None = None
) -> BatchResult:
    """Close demands that do not meet the standards and cannot be mended; the firm reads *reason*."""
    return each(demand_ids, lambda pk: _decline(actor, pk, reason, (versions or {}).get(pk)))


def _decline(actor: Actor, demand_id: int, reason: str, seen: int | None) -> None:
    demand = demand_of(actor, demand_id)
    seen_or_stale(demand, seen)
    facts = demand_facts(demand, reason=reason)
    lifecycle.decide(demand.state, Act.DECLINE, actor=actor, facts=facts).or_refuse()
    with writing():
        swap(demand, state=State.CLOSED, closed_at=clock.now(), close_reason=Close.DECLINED)
        log(actor, "DEMAND_DECLINED", demand_id, {"words": reason}, reason=reason)
        tell_firm(actor, demand, "demand_declined", {"words": reason})
        open_aftercare(actor, demand)
