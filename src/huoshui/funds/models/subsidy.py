"""Tables of interest subsidies: claims of a period, their lines a loan, and what was called back."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class SubsidyClaim(models.Model):
    """A claim of one payee on one programme for the days from *first_day* up to *end_day* (not counted). Fen."""

    number = models.CharField(max_length=24, unique=True)
    fund = models.ForeignKey("funds.Fund", on_delete=models.PROTECT, related_name="claims")
    programme_code = models.CharField(max_length=30)
    flow = models.CharField(max_length=10)  # bank_first, firm_first, automatic
    bank = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    enterprise = models.ForeignKey("registry.Enterprise", on_delete=models.PROTECT, null=True, related_name="+")
    bank_path = models.CharField(max_length=120, blank=True, default="")
    district_code = models.CharField(max_length=6)
    first_day = models.DateField()
    end_day = models.DateField()
    amount = models.BigIntegerField()
    queued = models.BigIntegerField(default=0)
    state = models.CharField(max_length=9, default="filed")  # filed, accepted, paid, rejected
    version = models.PositiveIntegerField(default=1)
    key = models.CharField(max_length=100, unique=True)  # programme, payee and days: the same claim is filed once
    left_out = models.JSONField(default=list)  # loans that were looked at and earn nothing, with the reason
    filed_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    filed_at = models.DateTimeField()
    accepted_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    why = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(end_day__gt=F("first_day")), name="subsidy_claim_days"),
            models.CheckConstraint(condition=Q(amount__gte=0, queued__gte=0), name="subsidy_claim_amount"),
            models.CheckConstraint(
                condition=Q(state__in=["filed", "accepted", "paid", "rejected"]), name="subsidy_claim_state"
            ),
            models.CheckConstraint(
                condition=Q(bank__isnull=False, enterprise__isnull=True, flow="bank_first")
                | Q(bank__isnull=True, enterprise__isnull=False, flow__in=["firm_first", "automatic"]),
                name="subsidy_claim_payee",
            ),
            models.CheckConstraint(condition=~Q(state="rejected") | ~Q(why=""), name="subsidy_claim_why"),
        ]
        indexes = [models.Index(fields=["fund", "state", "id"], name="subsidy_claim_state_idx")]

    def __str__(self) -> str:
        return self.number


class SubsidyLine(models.Model):
    """A loan's part of a claim, as it was computed under the version of its programme that its first claim used."""

    claim = models.ForeignKey(SubsidyClaim, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveIntegerField()
    loan = models.ForeignKey("financing.Loan", on_delete=models.PROTECT, related_name="+")
    enterprise = models.ForeignKey("registry.Enterprise", on_delete=models.PROTECT, related_name="+")
    district_code = models.CharField(max_length=6)
    bank_path = models.CharField(max_length=120)
    programme_version = models.ForeignKey("catalogue.ProgrammeVersion", on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField()
    end_day = models.DateField()
    rate_ppm = models.PositiveIntegerField()
    applied_pct = models.DecimalField(max_digits=14, decimal_places=8)
    interest = models.BigIntegerField()
    full = models.BigIntegerField()
    cuts = models.JSONField(default=list)
    spans = models.JSONField(default=list)
    amount = models.BigIntegerField()
    queued = models.BigIntegerField(default=0)
    paid = models.BigIntegerField(default=0)
    clawed = models.BigIntegerField(default=0)
    shares = models.JSONField(default=dict)
    anomalies = models.JSONField(default=list)
    # which schemes it excludes on the same days: all of them, or its own alone where schemes may stack
    slot_from = models.BigIntegerField()
    slot_to = models.BigIntegerField()
    state = models.CharField(max_length=6, default="open")  # open, struck
    why = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "number"], name="subsidy_line_number"),
            models.CheckConstraint(condition=Q(end_day__gt=F("first_day")), name="subsidy_line_days"),
            models.CheckConstraint(
                condition=Q(amount__gte=0, queued__gte=0, full__gte=0, interest__gte=0), name="subsidy_line_amounts"
            ),
            models.CheckConstraint(condition=Q(amount__lte=F("interest")), name="subsidy_line_within_interest"),
            models.CheckConstraint(
                condition=Q(paid__gte=0, paid__lte=F("amount")), name="subsidy_line_paid_within_granted"
            ),
            models.CheckConstraint(
                condition=Q(clawed__gte=0, clawed__lte=F("paid")), name="subsidy_line_clawed_within_paid"
            ),
            models.CheckConstraint(
                condition=Q(state="open") | (Q(state="struck") & ~Q(why="")), name="subsidy_line_state"
            ),
        ]
        indexes = [models.Index(fields=["enterprise", "first_day"], name="subsidy_line_firm")]

    def __str__(self) -> str:
        return f"{self.claim_id}/{self.number}"


class SubsidyRecall(models.Model):
    """Subsidy that was wrongly paid and came back (追回), once a slip; never more than was paid."""

    line = models.ForeignKey(SubsidyLine, on_delete=models.PROTECT, related_name="recalls")
    amount = models.BigIntegerField()
    reason = models.TextField()
    slip_no = models.CharField(max_length=60)
    recovered_on = models.DateField()
    posting = models.OneToOneField("ledger.Posting", on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0) & ~Q(reason=""), name="subsidy_recall_amount"),
            models.UniqueConstraint(fields=["line", "slip_no"], name="subsidy_recall_slip_once"),
        ]

    def __str__(self) -> str:
        return self.slip_no
