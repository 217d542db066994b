"""Tables of the emergency bridge fund (应急周转保障资金)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from huoshui.funds import bridge_lifecycle as lifecycle

_OUT = [state.value for state in lifecycle.OUT_STATES]
_CLOSED = [state.value for state in lifecycle.CLOSED_STATES]
_DONE = ["returned", "recovered"]


class BridgeAdvance(models.Model):
    """Public money that repays a maturing loan until the same bank has renewed it. Amounts in fen.

    *terms*: the programme's terms the case is decided under. Each leg names the posting that carries it.
    """

    number = models.CharField(max_length=24, unique=True)
    enterprise = models.ForeignKey("registry.Enterprise", on_delete=models.PROTECT, related_name="+")
    district_code = models.CharField(max_length=6)
    bank = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+")
    bank_path = models.CharField(max_length=120)
    old_loan = models.ForeignKey("financing.Loan", on_delete=models.PROTECT, related_name="+")
    new_loan = models.ForeignKey("financing.Loan", on_delete=models.PROTECT, null=True, related_name="+")
    programme = models.ForeignKey("catalogue.ProgrammeVersion", on_delete=models.PROTECT, related_name="+")
    terms = models.JSONField()
    evidence = models.JSONField(default=list)  # the conditions as they were read when the firm asked
    amount = models.BigIntegerField()
    state = models.CharField(max_length=10)
    version = models.PositiveIntegerField(default=1)
    requested_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField()
    # the bank's written commitment
    commitment_no = models.CharField(max_length=60, blank=True, default="")
    committed = models.BigIntegerField(null=True)
    committed_on = models.DateField(null=True)
    committed_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    # the fund
    hold = models.OneToOneField("ledger.Hold", on_delete=models.PROTECT, null=True, related_name="+")
    reserved_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    reserved_at = models.DateTimeField(null=True)
    advanced_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    advanced_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    rate_ppm = models.PositiveIntegerField(null=True)  # the yearly rate of the day the money went out
    # the legs
    advance_posting = models.OneToOneField("ledger.Posting", on_delete=models.PROTECT, null=True, related_name="+")
    repaid_posting = models.OneToOneField("ledger.Posting", on_delete=models.PROTECT, null=True, related_name="+")
    renewed_posting = models.OneToOneField("ledger.Posting", on_delete=models.PROTECT, null=True, related_name="+")
    repaid_on = models.DateField(null=True)
    repayment = models.ForeignKey("financing.Repayment", on_delete=models.PROTECT, null=True, related_name="+")
    renewed_on = models.DateField(null=True)
    returned = models.BigIntegerField(default=0)
    fee_paid = models.BigIntegerField(default=0)
    alerted = models.SmallIntegerField(null=True)  # days before the due day last told; -1: told that it is overdue
    closed_at = models.DateTimeField(null=True)
    close_reason = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="bridge_amount_positive"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in lifecycle.State]), name="bridge_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=_CLOSED, closed_at__isnull=False)
                | (~Q(state__in=_CLOSED) & Q(closed_at__isnull=True)),
                name="bridge_closed_pair",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["requested", "declined", "withdrawn"])
                | (Q(committed__gte=F("amount"), committed_on__isnull=False) & ~Q(commitment_no="")),
                name="bridge_committed_covers",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["reserved", *_OUT, *_DONE])
                | Q(hold__isnull=False, reserved_by__isnull=False, reserved_at__isnull=False),
                name="bridge_reserved_has_hold",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[*_OUT, *_DONE],
                    advance_posting__isnull=False,
                    advanced_on__isnull=False,
                    due_on__isnull=False,
                    rate_ppm__isnull=False,
                )
                | (~Q(state__in=[*_OUT, *_DONE]) & Q(advance_posting__isnull=True, returned=0)),
                name="bridge_advanced_has_posting",
            ),
            models.CheckConstraint(condition=~Q(advanced_by=F("reserved_by")), name="bridge_four_eyes"),
            models.CheckConstraint(
                condition=~Q(state__in=["repaid", "renewed", "returned"])
                | Q(repaid_posting__isnull=False, repayment__isnull=False, repaid_on__isnull=False),
                name="bridge_repaid_matched",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["renewed", "returned"])
                | Q(renewed_posting__isnull=False, new_loan__isnull=False, renewed_on__isnull=False),
                name="bridge_renewed_matched",
            ),
            models.CheckConstraint(
                condition=Q(returned__gte=0, returned__lte=F("amount"), fee_paid__gte=0), name="bridge_returned_range"
            ),
            models.CheckConstraint(
                condition=Q(state__in=_DONE, returned=F("amount"))
                | (~Q(state__in=_DONE) & (Q(returned__lt=F("amount")))),
                name="bridge_returned_whole",
            ),
            models.UniqueConstraint(
                fields=["enterprise"], condition=Q(closed_at__isnull=True), name="bridge_one_open_per_firm"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_on"], name="bridge_state_due"),
            models.Index(fields=["bank_path", "state"], name="bridge_bank_state"),
            models.Index(fields=["district_code", "state"], name="bridge_district_state"),
        ]

    def __str__(self) -> str:
        return self.number


class BridgeReturn(models.Model):
    """Money that came back to the fund on one day: principal and fee in fen, once a slip."""

    advance = models.ForeignKey(BridgeAdvance, on_delete=models.PROTECT, related_name="returns")
    returned_on = models.DateField()
    principal = models.BigIntegerField()
    fee = models.BigIntegerField()
    days = models.PositiveIntegerField()
    overdue_days = models.PositiveIntegerField(default=0)
    slip_no = models.CharField(max_length=60)
    posting = models.OneToOneField("ledger.Posting", on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(principal__gt=0, fee__gte=0), name="bridge_return_amounts"),
            models.UniqueConstraint(fields=["advance", "slip_no"], name="bridge_return_slip_once"),
        ]

    def __str__(self) -> str:
        return self.slip_no
