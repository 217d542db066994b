"""What can be asked about evaluations: rounds, one round in full, a bank's own result, and whether it computes again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from huoshui.access.actor import Actor
from huoshui.access.scope import scope
from huoshui.audit import queries as audit
from huoshui.audit.queries import Entry
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text
from huoshui.statistics import cards
from huoshui.statistics import evaluation_lifecycle as lifecycle
from huoshui.statistics.actions_evaluation import facts_of, judged, values_of
from huoshui.statistics.cards import PEERS, Card
from huoshui.statistics.evaluation_lifecycle import Act, State
from huoshui.statistics.models import EvaluationResult, EvaluationRound
from huoshui.statistics.spans import Span, span_to


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item of a bank's result: its figure, what it earns, what the bank gave itself, and whether a person wrote it."""

    code: str
    name: Text
    weight: Decimal
    zero_at: Decimal
    full_at: Decimal
    figure: Decimal | None
    points: Decimal | None
    self_points: Decimal | None
    reviewed: bool
    manual: bool


@dataclass(frozen=True, slots=True)
class ResultView:
    """One bank in a round."""

    id: int
    version: int
    institution_id: int
    institution: Text
    peers: Text
    items: tuple[ItemLine, ...]
    self_total: Decimal | None
    self_note: str
    submitted_at: dt.datetime | None
    review_note: str
    points: Decimal | None
    grade: str
    rank: int | None
    rank_in_peers: int | None
    appeal: str
    appealed_at: dt.datetime | None
    answer: str
    upheld: bool | None
    acts: tuple[Act, ...]


@dataclass(frozen=True)
class RoundView:
    """A round with the results that the reader may see."""

    id: int
    version: int
    card: Card
    span: Span
    state: State
    state_name: Text
    self_score_until: dt.date
    appeal_until: dt.date | None
    published_at: dt.datetime | None
    results: tuple[ResultView, ...]
    submitted: int
    acts: tuple[Act, ...]
    timeline: tuple[Entry, ...]


def rounds(actor: Actor) -> QuerySet[EvaluationRound]:
    """Return the rounds *actor* may see, the newest first."""
    return scope(actor, EvaluationRound.objects.all()).order_by("-id")


@dataclass(frozen=True, slots=True)
class Waiting:
    """What evaluations ask of the office: appeals, rounds whose self-scoring is over, rounds that may be published."""

    appeals: int
    to_close: int
    to_publish: int


def evaluations_waiting(actor: Actor) -> Waiting:
    """Return what the running evaluations ask for today."""
    today, rows = clock.today(), rounds(actor).order_by()
    results = scope(actor, EvaluationResult.objects.filter(round__state=State.FEEDBACK))
    appeals = results.filter(appealed_at__isnull=False, answered_at__isnull=True)
    done = rows.filter(state=State.FEEDBACK, appeal_until__lt=today).exclude(pk__in=appeals.values("round_id"))
    return Waiting(
        appeals.count(), rows.filter(state=State.SELF_SCORING, self_score_until__lt=today).count(), done.count()
    )


def own_evaluations(actor: Actor) -> tuple[int, int]:
    """Return how many rounds wait for the bank's own score, and how many results it may still appeal."""
    today = clock.today()
    rows = scope(actor, EvaluationResult.objects.all())
    score = rows.filter(round__state=State.SELF_SCORING, submitted_at=None, round__self_score_until__gte=today)
    told = rows.filter(round__state=State.FEEDBACK, appealed_at=None, round__appeal_until__gte=today)
    return score.count(), told.count()


def evaluation(actor: Actor, round_id: int) -> RoundView:
    """Return a round: every bank for offices, only itself for a bank. Raises DomainError (evaluation_unknown)."""
    row = rounds(actor).filter(pk=round_id).first()
    if row is None:
        said = Text("没有这项评价，或您无权查看。", "No such evaluation, or not yours to see.")
        raise DomainError("evaluation_unknown", said, value=round_id)
    return _view(actor, row)


def _view(actor: Actor, row: EvaluationRound) -> RoundView:
    card, state = cards.card_of(row.card), State(row.state)
    found = scope(actor, EvaluationResult.objects.filter(round=row)).select_related("institution", "round")
    results = tuple(_result(actor, each, card) for each in found.order_by("rank", "institution__code"))
    facts = facts_of(actor, row)
    office = actor.org_kind not in ("bank", "guarantor")
    return RoundView(
        id=row.pk,
        version=row.version,
        card=card,
        span=span_to(row.kind, row.last),
        state=state,
        state_name=lifecycle.STATE_NAMES[state],
        self_score_until=row.self_score_until,
        appeal_until=row.appeal_until,
        published_at=row.published_at,
        results=results,
        submitted=sum(1 for each in results if each.submitted_at),
        acts=lifecycle.available(state, permissions=actor.permissions, facts=facts),
        timeline=tuple(audit.timeline(f"evaluation:{row.pk}")) if office else (),
    )


def _result(actor: Actor, row: EvaluationResult, card: Card) -> ResultView:
    shown = State(row.round.state) in (State.FEEDBACK, State.PUBLISHED) or actor.org_kind not in ("bank", "guarantor")
    values = values_of(row)
    earned = cards.points_of(card, values)
    told = {code: Decimal(value) for code, value in row.self_points.items()}
    items = tuple(
        ItemLine(
            item.code, item.name, item.weight, item.zero_at, item.full_at, values.get(item.code) if shown else None,
            earned[item.code] if shown else None, told.get(item.code), item.code in row.reviewed, not item.measure,
        )
        for item in card.items
    )  # fmt: skip
    return ResultView(
        id=row.pk,
        version=row.version,
        institution_id=row.institution_id,
        institution=Text(row.institution.name, row.institution.name_en or row.institution.name),
        peers=PEERS[row.peers],
        items=items,
        self_total=sum(told.values(), Decimal(0)) if told else None,
        self_note=row.self_note,
        submitted_at=row.submitted_at,
        review_note=row.review_note if shown else "",
        points=row.points if shown else None,
        grade=row.grade if shown else "",
        rank=row.rank if shown else None,
        rank_in_peers=row.rank_in_peers if shown else None,
        appeal=row.appeal,
        appealed_at=row.appealed_at,
        answer=row.answer,
        upheld=row.upheld,
        acts=lifecycle.available(
            State(row.round.state), permissions=actor.permissions, facts=facts_of(actor, row.round, row)
        ),
    )


def recomputed(round_id: int) -> list[tuple[int, str]]:
    """Return every result whose kept points, grade or ranks are not what its figures give (id, what); none: it holds."""
    row = EvaluationRound.objects.get(pk=round_id)
    rows = list(EvaluationResult.objects.filter(round=row))
    found = judged(row, rows)
    wrong = []
    for each in rows:
        kept = (each.points, each.grade, each.rank, each.rank_in_peers)
        if kept != found[each.pk]:
            wrong.append((each.pk, f"{kept} ≠ {found[each.pk]}"))
    return wrong
