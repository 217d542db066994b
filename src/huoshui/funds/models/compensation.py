"""Tables of risk compensation: registered loans, claims with their papers, recoveries. Amounts in fen."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from huoshui.funds import compensation_lifecycle as lifecycle

_PAID = ["paid", "closed"]


class CompensationLoan(models.Model):
    """A loan registered in a pool before it went bad (备案). A loan is in one pool only."""

    fund = models.ForeignKey("funds.Fund", on_delete=models.PROTECT, related_name="+")
    programme = models.ForeignKey("catalogue.ProgrammeVersion", on_delete=models.PROTECT, related_name="+")
    terms = models.JSONField()
    loan = models.OneToOneField("financing.Loan", on_delete=models.PROTECT, related_name="+")
    enterprise = models.ForeignKey("registry.Enterprise", on_delete=models.PROTECT, related_name="+")
    district_code = models.CharField(max_length=6)
    bank = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+")
    bank_path = models.CharField(max_length=120)
    principal = models.BigIntegerField()
    additions = models.JSONField(default=list)
    registered_on = models.DateField()
    registered_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(principal__gt=0), name="compensation_loan_principal"),
        ]
        indexes = [models.Index(fields=["bank_path", "registered_on"], name="compensation_bank_day")]

    def __str__(self) -> str:
        return str(self.pk)


class CompensationClaim(models.Model):
    """A bank's claim on a pool for one registered loan; at most one that is not rejected."""

    number = models.CharField(max_length=24, unique=True)
    registration = models.ForeignKey(CompensationLoan, on_delete=models.PROTECT, related_name="claims")
    fund = models.ForeignKey("funds.Fund", on_delete=models.PROTECT, related_name="+")
    enterprise = models.ForeignKey("registry.Enterprise", on_delete=models.PROTECT, related_name="+")
    district_code = models.CharField(max_length=6)
    bank_path = models.CharField(max_length=120)
    state = models.CharField(max_length=10)
    version = models.PositiveIntegerField(default=1)
    went_bad_on = models.DateField()
    overdue_days = models.PositiveIntegerField()
    five_class = models.CharField(max_length=14)
    unpaid = models.BigIntegerField()
    other_paid = models.BigIntegerField(default=0)
    ratio_ppm = models.PositiveIntegerField()
    amount = models.BigIntegerField()  # computed: what the pool owes
    cuts = models.JSONField(default=list)
    lines = models.JSONField(default=list)
    order = models.OneToOneField("funds.PaymentOrder", on_delete=models.PROTECT, null=True, related_name="+")
    paid = models.BigIntegerField(default=0)
    returned = models.BigIntegerField(default=0)
    why = models.TextField(blank=True, default="")
    filed_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    filed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in lifecycle.State]), name="compensation_state_known"
            ),
            models.UniqueConstraint(
                fields=["registration"], condition=~Q(state="rejected"), name="compensation_claim_once"
            ),
            models.CheckConstraint(
                condition=Q(unpaid__gt=0, other_paid__gte=0, amount__gte=0, amount__lte=F("unpaid")),
                name="compensation_amounts",
            ),
            models.CheckConstraint(
                condition=Q(paid__gte=0, paid__lte=F("amount")), name="compensation_paid_within_amount"
            ),
            models.CheckConstraint(
                condition=Q(returned__gte=0, returned__lte=F("paid")), name="compensation_returned_within_paid"
            ),
            models.CheckConstraint(
                condition=Q(state__in=_PAID, paid__gt=0, order__isnull=False)
                | (~Q(state__in=_PAID) & Q(paid=0, returned=0)),
                name="compensation_paid_pair",
            ),
        ]
        indexes = [models.Index(fields=["bank_path", "state"], name="compensation_bank_state")]

    def __str__(self) -> str:
        return self.number


class CompensationPaper(models.Model):
    """A paper of the programme's checklist as it was uploaded; *digest* is its SHA-256."""

    claim = models.ForeignKey(CompensationClaim, on_delete=models.PROTECT, related_name="papers")
    code = models.CharField(max_length=24)
    name = models.CharField(max_length=160)
    digest = models.CharField(max_length=64)
    content = models.BinaryField()
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["claim", "code"], name="compensation_paper_once")]

    def __str__(self) -> str:
        return self.name


class CompensationRecovery(models.Model):
    """Money recovered from the debtor after payment, its cost, and what of it went back to the pool; once a slip."""

    claim = models.ForeignKey(CompensationClaim, on_delete=models.PROTECT, related_name="recoveries")
    received_on = models.DateField()
    recovered = models.BigIntegerField()
    cost = models.BigIntegerField(default=0)
    to_pool = models.BigIntegerField()
    slip_no = models.CharField(max_length=60)
    posting = models.ForeignKey("ledger.Posting", on_delete=models.PROTECT, null=True, related_name="+")
    recorded_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(recovered__gt=0, cost__gte=0, to_pool__gte=0, to_pool__lte=F("recovered")),
                name="compensation_recovery_amounts",
            ),
            models.CheckConstraint(
                condition=Q(to_pool=0, posting__isnull=True) | Q(to_pool__gt=0, posting__isnull=False),
                name="compensation_recovery_posted",
            ),
            models.UniqueConstraint(fields=["claim", "slip_no"], name="compensation_slip_once"),
        ]

    def __str__(self) -> str:
        return self.slip_no
