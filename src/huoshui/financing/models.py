"""Visits, demands, bank cases, decisions and loans. Private to the package."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from enum import StrEnum

from django.contrib.postgres.fields import ArrayField
from django.db import models

from huoshui.financing import demand_lifecycle, referral_lifecycle
from huoshui.financing.models_care import Aftercare, DispatchRun, SecurityRegistration
from huoshui.financing.models_group import DemandGroup, GroupCredit, Invoice

__all__ = [
    "Aftercare", "Clock", "CreditDecision", "Demand", "DemandChoice", "DemandGroup", "DispatchRun", "Drawdown",
    "GroupCredit", "Instalment", "Invoice", "Loan", "LoanCode", "Paper", "PaperRequest", "Rating", "Referral",
    "RepairItem", "Repayment", "SecurityRegistration", "StandardJudgement", "Visit",
]  # fmt: skip


def _values(states: Iterable[StrEnum]) -> list[str]:
    """Return plain text for constraints, so that a migration never changes with the table it came from."""
    return [state.value for state in states]


class LoanCode(models.Model):
    """A QR code that opens an application and carries where it hung (三晋贷款码)."""

    token = models.CharField(max_length=12, unique=True)
    kind = models.CharField(max_length=12)  # market, branch, guarantor, product, staff, event, hall
    label = models.CharField(max_length=80)
    district_code = models.CharField(max_length=6, blank=True, default="")
    organisation = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    product = models.ForeignKey("catalogue.Product", on_delete=models.PROTECT, null=True, related_name="+")
    active = models.BooleanField(default=True)
    scans = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.label


class Visit(models.Model):
    """A recorded call on a firm. *client_id* is made on the visitor's phone, so syncing twice makes one visit."""

    class Outcome(models.TextChoices):
        NEED = "need", "有融资需求"
        NO_NEED = "no_need", "暂无需求"
        NOT_FOUND = "not_found", "未找到"
        CLOSED = "closed", "已停业"
        REFUSED = "refused", "不愿接受走访"

    client_id = models.UUIDField(default=uuid.uuid4, unique=True)
    enterprise = models.ForeignKey("registry.Enterprise", on_delete=models.PROTECT, related_name="visits")
    district_code = models.CharField(max_length=6)
    visitor = models.ForeignKey("access.Person", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+")
    visited_on = models.DateField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    note = models.TextField(blank=True, default="")
    follow_up_on = models.DateField(null=True, blank=True)
    demand = models.OneToOneField("Demand", on_delete=models.PROTECT, null=True, related_name="visit")
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["district_code", "-visited_on"], name="visit_district"),
            models.Index(fields=["visitor", "-visited_on"], name="visit_visitor"),
        ]

    def __str__(self) -> str:
        return f"{self.visited_on} {self.enterprise_id}"


class Demand(models.Model):
    """What a firm asks for. Its states are in demand_lifecycle.py; a list (申报清单, 推荐清单) is a query."""

    number = models.CharField(max_length=24, unique=True)
    enterprise = models.ForeignKey("registry.Enterprise", on_delete=models.PROTECT, related_name="demands")
    applicant = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    district_code = models.CharField(max_length=6)
    district_before = models.CharField(max_length=6, blank=True, default="")  # until *district_since*: it was dissolved
    district_since = models.DateTimeField(null=True)
    amount = models.BigIntegerField()  # fen
    term_months = models.PositiveSmallIntegerField()
    purpose = models.CharField(max_length=20)  # code of purposes.py
    purpose_text = models.CharField(max_length=300, blank=True, default="")
    collateral = ArrayField(models.CharField(max_length=12), default=list)
    channel = models.CharField(max_length=12)  # code, web, staff, visit, event, hall, list
    loan_code = models.ForeignKey(LoanCode, on_delete=models.PROTECT, null=True, related_name="demands")
    platform_chooses = models.BooleanField(default=False)
    green_channel = models.BooleanField(default=False)
    state = models.CharField(max_length=14)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    declared_at = models.DateTimeField(null=True)
    recommended_at = models.DateTimeField(null=True)
    dispatched_at = models.DateTimeField(null=True)
    granted_at = models.DateTimeField(null=True)
    lent_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    close_reason = models.CharField(max_length=40, blank=True, default="")
    form_key = models.UUIDField(null=True, unique=True)  # the same form sent twice makes one demand
    group = models.ForeignKey("financing.DemandGroup", on_delete=models.PROTECT, null=True, related_name="demands")
    grab_until = models.DateTimeField(null=True)  # open for banks to claim until then

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="demand_amount_positive"),
            models.CheckConstraint(
                condition=models.Q(state__in=_values(demand_lifecycle.State)), name="demand_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state="closed", closed_at__isnull=False, close_reason__in=_values(demand_lifecycle.Close)
                )
                | (~models.Q(state="closed") & models.Q(closed_at__isnull=True, close_reason="")),
                name="demand_closed_pair",
            ),
            models.CheckConstraint(
                condition=models.Q(state="draft") | models.Q(declared_at__isnull=False), name="demand_declared_at"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["recommended", "dispatched", "granted", "lent"])
                | models.Q(recommended_at__isnull=False),
                name="demand_recommended_at",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="lent") | models.Q(lent_at__isnull=False, granted_at__isnull=False),
                name="demand_lent_at",
            ),
            models.UniqueConstraint(
                fields=["enterprise", "purpose"],
                condition=models.Q(state__in=_values(demand_lifecycle.OPEN_STATES)),
                name="demand_one_open_per_purpose",
            ),
            models.CheckConstraint(
                condition=models.Q(term_months__gte=1, term_months__lte=360), name="demand_term_range"
            ),
        ]
        indexes = [
            models.Index(fields=["district_code", "state", "-id"], name="demand_district_state"),
            models.Index(fields=["state", "-id"], name="demand_state"),
        ]

    def __str__(self) -> str:
        return self.number


class DemandChoice(models.Model):
    """A product the firm picked (at most three banks)."""

    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, related_name="choices")
    product = models.ForeignKey("catalogue.Product", on_delete=models.PROTECT, related_name="+")
    rank = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["demand", "rank"], name="demand_choice_rank"),
            models.UniqueConstraint(fields=["demand", "product"], name="demand_choice_once"),
            models.CheckConstraint(condition=models.Q(rank__gte=1, rank__lte=3), name="demand_choice_at_most_three"),
        ]

    def __str__(self) -> str:
        return f"{self.demand_id} #{self.rank}"


class StandardJudgement(models.Model):
    """One of the five standards judged for a demand: what the data said, what the officer decided."""

    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, related_name="judgements")
    standard = models.PositiveSmallIntegerField()
    verdict = models.CharField(max_length=8)  # yes, no, repair
    evidence = models.JSONField(default=list)
    note = models.TextField(blank=True, default="")
    judged_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, related_name="+")
    judged_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["demand", "standard"], name="standard_judged_once"),
            models.CheckConstraint(condition=models.Q(standard__gte=1, standard__lte=5), name="standard_one_to_five"),
            models.CheckConstraint(
                condition=models.Q(verdict__in=["yes", "no", "repair"]), name="standard_verdict_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.demand_id} {self.standard} {self.verdict}"


class RepairItem(models.Model):
    """A problem that keeps a demand from being recommended, with who helps and what to do."""

    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, related_name="repairs")
    measure = models.ForeignKey("catalogue.RepairMeasure", on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True, default="")
    opened_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.demand_id} {self.measure_id}"


class Referral(models.Model):
    """A demand at one bank: the bank's case. Its states are in referral_lifecycle.py."""

    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, related_name="referrals")
    enterprise = models.ForeignKey("registry.Enterprise", on_delete=models.PROTECT, related_name="+")
    district_code = models.CharField(max_length=6)
    district_before = models.CharField(max_length=6, blank=True, default="")  # until *district_since*: it was dissolved
    district_since = models.DateTimeField(null=True)
    bank = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    bank_path = models.CharField(max_length=120)  # path of the branch (or bank): row security reads it
    product = models.ForeignKey("catalogue.Product", on_delete=models.PROTECT, null=True, related_name="+")
    officer = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    basis = models.CharField(max_length=12)  # choice, incumbent, fit, capacity, grab, reassigned
    basis_facts = models.JSONField(default=dict)
    state = models.CharField(max_length=14)
    version = models.PositiveIntegerField(default=1)
    offered_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    contacted_at = models.DateTimeField(null=True)
    documents_complete_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["demand", "bank"], condition=models.Q(closed_at__isnull=True), name="referral_one_open_per_bank"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=_values(referral_lifecycle.State)), name="referral_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=_values(referral_lifecycle.CLOSED_STATES), closed_at__isnull=False)
                | (~models.Q(state__in=_values(referral_lifecycle.CLOSED_STATES)) & models.Q(closed_at__isnull=True)),
                name="referral_closed_pair",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["granted", "contracted", "lending", "lent", "settled", "declined"])
                | models.Q(decided_at__isnull=False),
                name="referral_decided_at",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["complete", "granted", "contracted", "lending", "lent", "settled"])
                | models.Q(documents_complete_at__isnull=False, accepted_at__isnull=False),
                name="referral_complete_at",
            ),
        ]
        indexes = [
            models.Index(fields=["bank_path", "state", "-id"], name="referral_bank_state"),
            models.Index(fields=["district_code", "state"], name="referral_district_state"),
        ]

    def __str__(self) -> str:
        return f"{self.demand_id} @ {self.bank_id}"


class Clock(models.Model):
    """A deadline that runs on a bank's case; it stops while the firm owes papers."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="clocks")
    kind = models.CharField(max_length=8)  # accept, contact, decide
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    reminders = models.PositiveSmallIntegerField(default=0)  # rungs of the chase ladder already sent

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["referral", "kind"], name="clock_once_per_kind"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["accept", "contact", "decide"]), name="clock_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(met_at__isnull=True) | models.Q(cancelled_at__isnull=True), name="clock_ends_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="clock_running",
                condition=models.Q(met_at__isnull=True, cancelled_at__isnull=True, paused_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.referral_id} {self.kind}"


class PaperRequest(models.Model):
    """Papers a bank asked the firm for; the decision clock pauses until they come."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="paper_requests")
    papers = ArrayField(models.CharField(max_length=40))
    note = models.TextField(blank=True, default="")
    asked_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.referral_id} {self.papers}"


class Paper(models.Model):
    """A paper of a firm: uploaded once, shown to every bank it agreed to."""

    enterprise = models.ForeignKey("registry.Enterprise", on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=40)
    file = models.CharField(max_length=200)  # path in the file store
    file_name = models.CharField(max_length=160)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    expires_on = models.DateField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.file_name


class CreditDecision(models.Model):
    """What a bank decided (授信): granted with amount, rate, term, conditions; or declined with code and words."""

    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="decision")
    granted = models.BooleanField()
    amount = models.BigIntegerField(null=True)  # fen
    rate_ppm = models.PositiveIntegerField(null=True)
    term_months = models.PositiveSmallIntegerField(null=True)
    method = models.CharField(max_length=16, blank=True, default="")
    collateral = models.CharField(max_length=12, blank=True, default="")
    conditions = models.TextField(blank=True, default="")
    reason_code = models.CharField(max_length=40, blank=True, default="")
    words = models.TextField(blank=True, default="")
    decided_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    granted=True, amount__gt=0, rate_ppm__isnull=False, term_months__gt=0, reason_code=""
                )
                | (models.Q(granted=False, amount__isnull=True) & ~models.Q(reason_code="") & ~models.Q(words="")),
                name="credit_decision_complete",
            )
        ]

    def __str__(self) -> str:
        return f"{self.referral_id} {'granted' if self.granted else 'declined'}"


class Loan(models.Model):
    """A signed loan contract with its drawdowns, schedule and repayments."""

    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, null=True, related_name="loan")
    enterprise = models.ForeignKey("registry.Enterprise", on_delete=models.PROTECT, related_name="loans")
    district_code = models.CharField(max_length=6)
    bank = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+")
    bank_path = models.CharField(max_length=120)
    product = models.ForeignKey("catalogue.Product", on_delete=models.PROTECT, null=True, related_name="+")
    contract_no = models.CharField(max_length=60)
    principal = models.BigIntegerField()  # fen, as contracted
    rate_ppm = models.PositiveIntegerField()
    term_months = models.PositiveSmallIntegerField()
    method = models.CharField(max_length=16)
    day_count = models.CharField(max_length=12, default="actual/360")
    collateral = models.CharField(max_length=12)
    purpose = models.CharField(max_length=20, blank=True, default="")
    themes = ArrayField(models.CharField(max_length=12), default=list)
    signed_on = models.DateField()
    starts_on = models.DateField(null=True)
    matures_on = models.DateField(null=True)
    drawn = models.BigIntegerField(default=0)  # fen, sum of drawdowns
    repaid = models.BigIntegerField(default=0)  # fen, principal repaid
    overdue_days = models.PositiveIntegerField(default=0)
    five_class = models.CharField(max_length=14, default="normal")
    first_loan = models.BooleanField(default=False)
    renewal_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="renewals")
    no_principal_renewal = models.BooleanField(default=False)
    state = models.CharField(max_length=10, default="signed")  # signed, active, settled
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    settled_on = models.DateField(null=True)
    renewal_plan = models.CharField(max_length=14, blank=True, default="")  # what is to happen at maturity
    renewal_note = models.CharField(max_length=300, blank=True, default="")
    renewal_planned_at = models.DateTimeField(null=True)
    warned_days = models.PositiveSmallIntegerField(null=True)  # the last of renewal.warn_days that was told

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bank", "contract_no"], name="loan_contract_once"),
            models.UniqueConstraint(
                fields=["enterprise"], condition=models.Q(first_loan=True), name="loan_first_once_per_firm"
            ),
            models.CheckConstraint(condition=models.Q(principal__gt=0), name="loan_principal_positive"),
            models.CheckConstraint(
                condition=models.Q(state__in=["signed", "active", "settled", "cancelled"]), name="loan_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["signed", "cancelled"], drawn=0, starts_on__isnull=True)
                | models.Q(
                    state__in=["active", "settled"], drawn__gt=0, starts_on__isnull=False, matures_on__isnull=False
                ),
                name="loan_drawn_pair",
            ),
            models.CheckConstraint(
                condition=models.Q(state="settled", settled_on__isnull=False, repaid=models.F("drawn"))
                | (~models.Q(state="settled") & models.Q(settled_on__isnull=True)),
                name="loan_settled_pair",
            ),
            models.CheckConstraint(
                condition=models.Q(five_class__in=["normal", "watch", "substandard", "doubtful", "loss"]),
                name="loan_five_class_known",
            ),
            models.CheckConstraint(
                condition=models.Q(no_principal_renewal=False) | models.Q(renewal_of__isnull=False),
                name="loan_renewal_pair",
            ),
            models.CheckConstraint(
                condition=models.Q(drawn__gte=0, drawn__lte=models.F("principal")), name="loan_drawn_within_principal"
            ),
            models.CheckConstraint(
                condition=models.Q(repaid__gte=0, repaid__lte=models.F("drawn")), name="loan_repaid_within_drawn"
            ),
        ]
        indexes = [
            models.Index(fields=["bank_path", "state", "matures_on"], name="loan_bank_maturity"),
            models.Index(fields=["district_code", "state"], name="loan_district_state"),
        ]

    def __str__(self) -> str:
        return self.contract_no


class Drawdown(models.Model):
    """Money paid out under a contract (放贷)."""

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="drawdowns")
    amount = models.BigIntegerField()
    drawn_on = models.DateField()
    slip_no = models.CharField(max_length=60)
    recorded_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["loan", "slip_no"], name="drawdown_slip_once"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="drawdown_amount_positive"),
        ]

    def __str__(self) -> str:
        return self.slip_no


class Instalment(models.Model):
    """A line of a loan's schedule."""

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="instalments")
    number = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    principal = models.BigIntegerField()
    interest = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["loan", "number"], name="instalment_number")]

    def __str__(self) -> str:
        return f"{self.loan_id} #{self.number}"


class Repayment(models.Model):
    """Money a firm paid back: principal and interest, once per slip."""

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="repayments")
    paid_on = models.DateField()
    principal = models.BigIntegerField()
    interest = models.BigIntegerField()
    slip_no = models.CharField(max_length=60)
    recorded_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["loan", "slip_no"], name="repayment_slip_once"),
            models.CheckConstraint(
                condition=models.Q(principal__gte=0, interest__gte=0)
                & (models.Q(principal__gt=0) | models.Q(interest__gt=0)),
                name="repayment_amounts",
            ),
        ]

    def __str__(self) -> str:
        return self.slip_no


class Rating(models.Model):
    """What the firm thought of the case, asked when it closes."""

    demand = models.OneToOneField(Demand, on_delete=models.PROTECT, related_name="rating")
    stars = models.PositiveSmallIntegerField()
    comment = models.TextField(blank=True, default="")
    rated_at = models.DateTimeField()
    answer_due_on = models.DateField(null=True)  # few stars: the taskforce answers by then
    answer = models.TextField(blank=True, default="")
    answered_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(stars__gte=1, stars__lte=5), name="rating_one_to_five"),
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True, answer="")
                | (models.Q(answered_at__isnull=False) & ~models.Q(answer="")),
                name="rating_answer_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.demand_id} {self.stars}"
