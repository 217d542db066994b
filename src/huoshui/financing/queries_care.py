"""What is asked about care: steps for the declined, ratings to answer, registrations open, loans that may be renewed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, QuerySet

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.access.scope import scope
from huoshui.catalogue import queries as catalogue
from huoshui.financing.actions_care import OUTCOMES, STEPS
from huoshui.financing.models import Aftercare, Demand, Loan, Rating, Referral, SecurityRegistration
from huoshui.financing.perform import case_of, demand_of, loan_of
from huoshui.financing.registration import PLACES, paper_name
from huoshui.kernel import clock
from huoshui.kernel.text import Text
from huoshui.registry import queries as registry
from huoshui.rules import firm, words
from huoshui.rules.firm import Trace, Verdict
from huoshui.rules.tree import Atom


@dataclass(frozen=True, slots=True)
class CareLine:
    """A step for a firm without a loan."""

    id: int
    name: Text
    day: int
    adviser: str
    due_on: dt.date
    done_at: dt.datetime | None
    outcome: Text | None
    note: str


@dataclass(frozen=True, slots=True)
class RatingLine:
    """What the firm thought, and the answer where few stars asked for one."""

    stars: int
    comment: str
    rated_at: dt.datetime
    answer_due_on: dt.date | None
    answer: str
    answered_by: str
    answered_at: dt.datetime | None

    @property
    def open(self) -> bool:
        """Return whether an answer is owed."""
        return self.answer_due_on is not None and self.answered_at is None


@dataclass(frozen=True, slots=True)
class RegistrationLine:
    """The registration of a loan's security."""

    place: Text
    office: str
    papers: tuple[Text, ...]
    due_on: dt.date
    submitted_on: dt.date | None
    registered_on: dt.date | None
    certificate_no: str


@dataclass(frozen=True, slots=True)
class FitLine:
    """One condition of the product and whether the firm meets it; *fact* is the code whose value was read."""

    fact: str
    requirement: Text
    verdict: Verdict


def care_of(actor: Actor, demand_id: int) -> tuple[CareLine, ...]:
    """Return the steps for a demand that ended without a loan."""
    demand_of(actor, demand_id)
    rows = Aftercare.objects.filter(demand_id=demand_id).select_related("adviser").order_by("due_on", "id")
    return tuple(
        CareLine(
            row.pk,
            STEPS[row.step],
            row.day,
            row.adviser.name if row.adviser else "",
            row.due_on,
            row.done_at,
            OUTCOMES.get(row.outcome),
            row.note,
        )
        for row in rows
    )


def rating_of(actor: Actor, demand_id: int) -> RatingLine | None:
    """Return the firm's rating of a demand, if it gave one."""
    demand_of(actor, demand_id)
    row = Rating.objects.filter(demand_id=demand_id).select_related("answered_by").first()
    if row is None:
        return None
    by = row.answered_by.name if row.answered_by else ""
    return RatingLine(row.stars, row.comment, row.rated_at, row.answer_due_on, row.answer, by, row.answered_at)


def care(actor: Actor) -> QuerySet[Aftercare]:
    """Return the open steps of firms the actor may see, the first due first."""
    mine = scope(actor, Demand.objects.all())
    rows = Aftercare.objects.filter(done_at__isnull=True, demand__in=mine)
    return rows.select_related("demand__enterprise", "adviser").order_by("due_on", "id")


def ratings_to_answer(actor: Actor) -> QuerySet[Rating]:
    """Return the low ratings that nobody answered yet, the first due first."""
    mine = scope(actor, Demand.objects.all())
    rows = Rating.objects.filter(answer_due_on__isnull=False, answered_at__isnull=True, demand__in=mine)
    return rows.select_related("demand__enterprise").order_by("answer_due_on", "id")


def registration_of(actor: Actor, loan_id: int) -> RegistrationLine | None:
    """Return how the registration of a loan's security stands; None where none is needed."""
    loan_of(actor, loan_id)
    row = SecurityRegistration.objects.filter(loan_id=loan_id).first()
    if row is None:
        return None
    papers = tuple(paper_name(code) for code in row.papers)
    return RegistrationLine(
        PLACES[row.place], row.office, papers, row.due_on, row.submitted_on, row.registered_on, row.certificate_no
    )


def unregistered(actor: Actor) -> QuerySet[Loan]:
    """Return loans that wait for the registration of their security."""
    return scope(actor, Loan.objects.filter(registration__registered_on__isnull=True, registration__isnull=False))


def renewable(actor: Actor, *, enterprise_id: int, bank_id: int) -> QuerySet[Loan]:
    """Return the firm's active loans at a bank, with `balance`, the first to mature first."""
    rows = scope(actor, Loan.objects.filter(enterprise_id=enterprise_id, bank_id=bank_id, state="active"))
    return rows.annotate(balance=F("drawn") - F("repaid")).order_by("matures_on", "id")


def fit_of(actor: Actor, referral_id: int) -> tuple[FitLine, ...]:
    """Return the conditions of the case's product and whether the firm meets each today; () without a product.

    Facts are read as the platform; which values may be shown beside them is for the firm's consent to say.
    """
    case: Referral = case_of(actor, referral_id)
    offer = catalogue.offer(case.product_id, clock.today()) if case.product_id else None
    if offer is None or offer.criteria is None:
        return ()
    from huoshui.access import row_security
    from huoshui.access.actor import SYSTEM

    with row_security.acting(SYSTEM):
        facts = registry.facts_for_rules(case.enterprise_id)
    trace = firm.explain(offer.criteria, facts, as_of=clock.today())
    return tuple(
        FitLine(leaf.node.fact.code, words.requirement(leaf.node), leaf.verdict)
        for leaf in _leaves(trace)
        if isinstance(leaf.node, Atom)
    )


def _leaves(trace: Trace) -> list[Trace]:
    if not trace.children:
        return [trace]
    return [leaf for child in trace.children for leaf in _leaves(child)]


def may_care(actor: Actor) -> bool:
    """Return whether the actor works ratings and care."""
    return actor.may(Permission.JUDGE_DEMANDS)
