"""Evaluations: opened over a span, scored by the banks themselves, reviewed, fed back, appealed, published, recomputed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.db.models import F

from huoshui.access import actions as access
from huoshui.access import row_security
from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.roles import Permission
from huoshui.access.scope import scope
from huoshui.audit.actions import record
from huoshui.catalogue import queries as catalogue
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Problem, Refused, Stale
from huoshui.kernel.text import Text
from huoshui.statistics import cards
from huoshui.statistics import evaluation_lifecycle as lifecycle
from huoshui.statistics.actions_count import ensure
from huoshui.statistics.cards import Card, Item
from huoshui.statistics.evaluation_lifecycle import Act, Facts, State
from huoshui.statistics.figures import Sheet
from huoshui.statistics.models import EvaluationResult, EvaluationRound
from huoshui.statistics.queries_figures import measure, sheet
from huoshui.statistics.readings import compared_spans, reading
from huoshui.statistics.spans import KINDS, Span, span_to

LONGEST = 2_000


def open_round(actor: Actor, *, card: str, kind: str, last: dt.date, self_score_days: int | None = None) -> int:
    """Open an evaluation of every bank by *card* over a span that is over; returns its id. Raises Refused."""
    _refuse(_opening_problems(actor, card, kind, last))
    days = catalogue.parameter("evaluation.self_score_days") if self_score_days is None else self_score_days
    chosen, span, now = cards.shipped()[card], span_to(kind, last), clock.now()
    figures = figures_of(chosen, span)
    with transaction.atomic(), row_security.acting(SYSTEM):
        made = EvaluationRound.objects.create(
            card=cards.card_data(chosen), kind=kind, start=span.start, last=last, opened_by_id=actor.person_id,
            opened_at=now, self_score_until=clock.today() + dt.timedelta(days=days),
        )  # fmt: skip
        banks = [row for row in catalogue.institutions() if row.kind != "guarantor"]
        EvaluationResult.objects.bulk_create(
            EvaluationResult(
                round=made, institution_id=row.org_id, institution_path=row.path, peers=cards.peer_group(row.kind),
                figures=figures[row.org_id],
            )
            for row in banks
        )  # fmt: skip
        _record(actor, "EVALUATION_OPENED", made, day=made.self_score_until)
        for row in banks:
            _tell(actor, "evaluation_opened", row.org_id, made, day=made.self_score_until)
    return made.pk


def figures_of(card: Card, span: Span) -> dict[int, dict[str, str | None]]:
    """Return each bank's figure of every measured item over *span*, as decimal text; None where there is none."""
    codes = {item.measure for item in card.items if item.measure}
    ensure(compared_spans(span), codes=codes, defined=span.last)
    read = sheet(compared_spans(span), codes, institutions=True)
    banks = [row.org_id for row in catalogue.institutions() if row.kind != "guarantor"]
    return {bank: {item.code: _figure(read, item, span, bank) for item in card.items if item.measure} for bank in banks}


def _figure(read: Sheet, item: Item, span: Span, bank: int) -> str | None:
    found = reading(read, measure(item.measure), span, institution=bank)
    value = {"now": found.now, "on_year": found.on_year, "on_start": found.on_start}[item.show]
    return None if value is None else str(value)


def submit_self_score(
    actor: Actor, *, result_id: int, seen_version: int, points: Mapping[str, Decimal], note: str = ""
) -> None:
    """Take a bank's own points (0 to each item's weight) until the last day; sent again, they replace the earlier."""
    row = _result(actor, result_id, Act.SELF_SCORE)
    _refuse(_points_problems(cards.card_of(row.round.card), points))
    told = {code: str(value) for code, value in points.items()}
    with transaction.atomic():
        _change(row, seen_version, self_points=told, self_note=note.strip()[:LONGEST], submitted_at=clock.now())
        _record(actor, "SELF_SCORE_SENT", row.round, bank=row.institution.name)


def close_self_scoring(actor: Actor, *, round_id: int, seen_version: int) -> None:
    """End self-scoring and begin the review."""
    row = _round(actor, round_id, Act.CLOSE)
    with transaction.atomic():
        _change_round(row, seen_version, state=State.REVIEWING)
        _record(actor, "EVALUATION_CLOSED", row)


def review_result(
    actor: Actor, *, result_id: int, seen_version: int, values: Mapping[str, Decimal | None], note: str = ""
) -> None:
    """Take the reviewer's figures of the items that no measure gives."""
    row = _result(actor, result_id, Act.REVIEW)
    _refuse(_value_problems(cards.card_of(row.round.card), values))
    told = {code: None if value is None else str(value) for code, value in values.items()}
    with transaction.atomic():
        _change(row, seen_version, reviewed=told, review_note=note.strip()[:LONGEST])
        _record(actor, "RESULT_REVIEWED", row.round, bank=row.institution.name)


def feed_back(actor: Actor, *, round_id: int, seen_version: int) -> None:
    """Compute points, grades and ranks, show each bank its own, and open the time to appeal."""
    row = _round(actor, round_id, Act.FEED_BACK)
    until = clock.today() + dt.timedelta(days=catalogue.parameter("evaluation.appeal_days"))
    with transaction.atomic(), row_security.acting(SYSTEM):
        _judge_all(row)
        _change_round(row, seen_version, state=State.FEEDBACK, appeal_until=until)
        _record(actor, "EVALUATION_FED_BACK", row, day=until)
        for bank in row.results.values_list("institution_id", flat=True):
            _tell(actor, "evaluation_feedback", bank, row, day=until)


def appeal(actor: Actor, *, result_id: int, seen_version: int, words: str) -> None:
    """Take a bank's appeal, once, within the time."""
    row = _result(actor, result_id, Act.APPEAL)
    if not words.strip():
        raise DomainError("words_missing", Text("请写明申诉的理由。", "Say why you appeal."), field="words")
    with transaction.atomic():
        _change(row, seen_version, appeal=words.strip()[:LONGEST], appealed_at=clock.now())
        _record(actor, "RESULT_APPEALED", row.round, bank=row.institution.name, reason=words.strip()[:200])


def answer_appeal(
    actor: Actor, *, result_id: int, seen_version: int, upheld: bool, words: str,
    values: Mapping[str, Decimal | None] | None = None,
) -> None:  # fmt: skip
    """Answer an appeal in words; where it is upheld, with other figures, and everything is computed again."""
    row = _result(actor, result_id, Act.ANSWER)
    if not words.strip():
        raise DomainError("words_missing", Text("请写明答复。", "Write the answer."), field="words")
    changed: dict[str, Any] = {"answer": words.strip()[:LONGEST], "upheld": upheld, "answered_at": clock.now()}
    if upheld and values:
        _refuse(_value_problems(cards.card_of(row.round.card), values))
        told = {code: None if value is None else str(value) for code, value in values.items()}
        changed["reviewed"] = {**row.reviewed, **told}
    with transaction.atomic(), row_security.acting(SYSTEM):
        _change(row, seen_version, **changed)
        _judge_all(row.round)
        _record(actor, "APPEAL_ANSWERED", row.round, bank=row.institution.name, reason=words.strip()[:200])
        _tell(actor, "evaluation_answered", row.institution_id, row.round)


def publish_round(actor: Actor, *, round_id: int, seen_version: int) -> None:
    """Publish a round when the time to appeal is over and every appeal is answered, by a second person."""
    row = _round(actor, round_id, Act.PUBLISH)
    with transaction.atomic():
        _change_round(
            row, seen_version, state=State.PUBLISHED, published_by_id=actor.person_id, published_at=clock.now()
        )
        _record(actor, "EVALUATION_PUBLISHED", row)


def cancel_round(actor: Actor, *, round_id: int, seen_version: int) -> None:
    """Cancel a round before anything was fed back."""
    row = _round(actor, round_id, Act.CANCEL)
    with transaction.atomic():
        _change_round(row, seen_version, state=State.CANCELLED)
        _record(actor, "EVALUATION_CANCELLED", row)


def values_of(row: EvaluationResult) -> dict[str, Decimal | None]:
    """Return the figures a result is judged by: the measured ones, over them what the reviewer wrote."""
    told = {**row.figures, **{code: value for code, value in row.reviewed.items() if value is not None}}
    return {code: None if value is None else Decimal(value) for code, value in told.items()}


def judged(round_: EvaluationRound, rows: list[EvaluationResult]) -> dict[int, tuple[Decimal, str, int, int]]:
    """Return (points, grade or "", rank, rank among peers) of each result, from its figures alone."""
    card = cards.card_of(round_.card)
    scores = {row.pk: cards.judge(card, values_of(row)) for row in rows}
    points = {key: found.points for key, found in scores.items()}
    over, within = cards.ranks(points), cards.ranks_within(points, {row.pk: row.peers for row in rows})
    return {key: (found.points, found.grade or "", over[key], within[key]) for key, found in scores.items()}


def _judge_all(round_: EvaluationRound) -> None:
    rows = list(EvaluationResult.objects.filter(round=round_))
    found = judged(round_, rows)
    for row in rows:
        row.points, row.grade, row.rank, row.rank_in_peers = found[row.pk]
    EvaluationResult.objects.bulk_update(rows, ["points", "grade", "rank", "rank_in_peers"])


def facts_of(actor: Actor, round_: EvaluationRound, row: EvaluationResult | None = None) -> Facts:
    """Return what decides beside the state."""
    results = EvaluationResult.objects.filter(round=round_)
    return Facts(
        today=clock.today(),
        self_score_until=round_.self_score_until,
        appeal_until=round_.appeal_until,
        all_submitted=not results.filter(submitted_at__isnull=True).exists(),
        appealed=row is not None and row.appealed_at is not None,
        answered=row is not None and row.answered_at is not None,
        open_appeals=results.filter(appealed_at__isnull=False, answered_at__isnull=True).count(),
        own=row is not None and bool(actor.org_path) and row.institution_path.startswith(actor.org_path),
        opener=actor.person_id is not None and round_.opened_by_id == actor.person_id,
    )


def _permissions(actor: Actor) -> frozenset[Permission]:
    return frozenset(Permission) if actor.kind == "system" else actor.permissions


def _round(actor: Actor, round_id: int, act: Act) -> EvaluationRound:
    row = scope(actor, EvaluationRound.objects.filter(pk=round_id)).first()
    if row is None:
        raise _unknown(round_id)
    _refuse(lifecycle.problems(State(row.state), act, permissions=_permissions(actor), facts=facts_of(actor, row)))
    return row


def _result(actor: Actor, result_id: int, act: Act) -> EvaluationResult:
    rows = scope(actor, EvaluationResult.objects.filter(pk=result_id)).select_related("round", "institution")
    row = rows.first()
    if row is None:
        raise _unknown(result_id)
    facts = facts_of(actor, row.round, row)
    _refuse(lifecycle.problems(State(row.round.state), act, permissions=_permissions(actor), facts=facts))
    return row


def _unknown(number: int) -> DomainError:
    said = Text("没有这项评价，或您无权处理。", "No such evaluation, or not yours to handle.")
    return DomainError("evaluation_unknown", said, value=number)


def _change(row: EvaluationResult, seen_version: int, **values: Any) -> None:
    with row_security.acting(SYSTEM):
        seen = EvaluationResult.objects.filter(pk=row.pk, version=seen_version, round__state=row.round.state)
        if seen.update(version=F("version") + 1, **values) != 1:
            raise Stale(what="evaluation")


def _change_round(row: EvaluationRound, seen_version: int, **values: Any) -> None:
    seen = EvaluationRound.objects.filter(pk=row.pk, state=row.state, version=seen_version)
    if seen.update(version=F("version") + 1, **values) != 1:
        raise Stale(what="evaluation")


def _opening_problems(actor: Actor, card: str, kind: str, last: dt.date) -> list[Problem]:
    found = []
    if not actor.may(Permission.MANAGE_EVALUATION):
        found.append(Problem("not_allowed", Text("您没有组织评价的权限。", "You may not open an evaluation.")))
    if card not in cards.shipped():
        said = Text("没有这张评价表。", "There is no such card.")
        found.append(Problem("card_unknown", said, field="card", value=card))
    if kind not in KINDS:
        found.append(Problem("span_unknown", Text("没有这种评价期。", "No such span."), field="kind", value=kind))
    if last >= clock.today():
        said = Text("评价期要已经结束。", "The span to be judged must be over.")
        found.append(Problem("period_open", said, field="last", value=last))
    return found


def _points_problems(card: Card, points: Mapping[str, Decimal]) -> list[Problem]:
    found = []
    for item in card.items:
        value = points.get(item.code)
        if value is None or not 0 <= value <= item.weight:
            said = Text("{item}的自评分应在 0 到 {weight} 之间。", "{item}: give 0 to {weight} points.")
            words = said.format(item=item.name, weight=item.weight)
            found.append(Problem("points_out_of_range", words, field=item.code, value=value))
    return found


def _value_problems(card: Card, values: Mapping[str, Decimal | None]) -> list[Problem]:
    known = {item.code for item in card.items}
    said = Text("评价表没有这个指标。", "The card has no such indicator.")
    return [Problem("indicator_unknown", said, field=code) for code in values if code not in known]


def decimal_of(text: str) -> Decimal | None:
    """Return the number typed, None for an empty field. Raises DomainError (value_not_number)."""
    if not text.strip():
        return None
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise DomainError("value_not_number", Text(f"“{text[:20]}”不是数字。", f"“{text[:20]}” is not a number."))
    return value


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise Refused(problems)


def _record(actor: Actor, kind: str, row: EvaluationRound, *, reason: str = "", **facts: Any) -> None:
    told = {"card": cards.card_of(row.card).name, "span": span_to(row.kind, row.last).name, **facts}
    record(actor, kind, ("evaluation", row.pk), topic=f"evaluation:{row.pk}", facts=told, reason=reason)


def _tell(actor: Actor, template: str, bank: int, row: EvaluationRound, **facts: Any) -> None:
    told = {"card": cards.card_of(row.card).name, "span": span_to(row.kind, row.last).name, **facts}
    link = f"/bank/evaluation/{row.pk}/"
    plain = {name: fact.isoformat() if isinstance(fact, dt.date) else _two(fact) for name, fact in told.items()}
    access.notify(actor, template=template, facts=plain, link=link, organisation_id=bank)


def _two(fact: Any) -> Any:
    return {"zh": fact.zh, "en": fact.en} if isinstance(fact, Text) else fact
