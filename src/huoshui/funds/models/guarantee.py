"""Tables of public guarantees: guarantors' standing, guarantees, claim papers, shares borne, recoveries. Amounts in fen."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from huoshui.funds import guarantee_lifecycle as lifecycle

_CLOSED = [state.value for state in lifecycle.CLOSED_STATES]
_FORCE = [state.value for state in lifecycle.FORCE_STATES]
_PAID = [state.value for state in lifecycle.PAID_STATES]
_DECIDED = ["approved", "issued", *_FORCE]
_ENDED_EARLY = ["declined", "withdrawn"]


class GuarantorStanding(models.Model):
    """A guarantor's net assets by a document, from a day on; written once."""

    guarantor = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+")
    guarantor_path = models.CharField(max_length=120)
    as_of = models.DateField()
    net_assets = models.BigIntegerField()
    mainly_small = models.BooleanField(default=False)
    document_no = models.CharField(max_length=60)
    recorded_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(net_assets__gt=0), name="guarantor_net_assets_positive"),
            models.UniqueConstraint(fields=["guarantor", "as_of", "document_no"], name="guarantor_standing_once"),
        ]

    def __str__(self) -> str:
        return self.document_no


class Guarantee(models.Model):
    """A public guarantee for one granted credit. *terms*: the programme's terms; *limits*: every figure at approval.

    *ceiling_total*, *ceiling_customer*: what the guarantor could stand in for at approval; the database holds to them.
    """

    number = models.CharField(max_length=24, unique=True)
    case = models.ForeignKey("financing.Referral", on_delete=models.PROTECT, related_name="+")
    enterprise = models.ForeignKey("registry.Enterprise", on_delete=models.PROTECT, related_name="+")
    district_code = models.CharField(max_length=6)
    bank = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+")
    bank_path = models.CharField(max_length=120)
    guarantor = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+")
    guarantor_path = models.CharField(max_length=120)
    programme = models.ForeignKey("catalogue.ProgrammeVersion", on_delete=models.PROTECT, related_name="+")
    terms = models.JSONField()
    evidence = models.JSONField(default=list)
    amount = models.BigIntegerField()
    repaid = models.BigIntegerField(default=0)  # of the loan's principal; a trigger keeps it
    term_months = models.PositiveSmallIntegerField()
    small = models.BooleanField(default=False)  # small or agricultural
    group_code = models.CharField(max_length=60, blank=True, default="")
    state = models.CharField(max_length=10)
    version = models.PositiveIntegerField(default=1)
    why = models.TextField(blank=True, default="")
    requested_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField()
    reviewed_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    opinion = models.TextField(blank=True, default="")
    # approval
    approved_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    limits = models.JSONField(default=list)
    ceiling_total = models.BigIntegerField(null=True)
    ceiling_customer = models.BigIntegerField(null=True)
    rate_ppm = models.PositiveIntegerField(null=True)  # the fee's yearly rate
    fee = models.BigIntegerField(null=True)
    # letter and fee
    letter_no = models.CharField(max_length=60, blank=True, default="")
    issued_on = models.DateField(null=True)
    fee_slip_no = models.CharField(max_length=60, blank=True, default="")
    in_force_on = models.DateField(null=True)
    # payout
    fund = models.ForeignKey("funds.Fund", on_delete=models.PROTECT, null=True, related_name="+")
    claims = models.PositiveSmallIntegerField(default=0)  # how often one was filed
    claimed_on = models.DateField(null=True)
    loss = models.BigIntegerField(default=0)
    payout = models.BigIntegerField(default=0)  # the loss less the bank's own share
    accepted_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    hold = models.OneToOneField("ledger.Hold", on_delete=models.PROTECT, null=True, related_name="+")
    paid_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    paid_on = models.DateField(null=True)
    posting = models.OneToOneField("ledger.Posting", on_delete=models.PROTECT, null=True, related_name="+")
    returned = models.BigIntegerField(default=0)  # net of cost, of the whole loss
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0, term_months__gt=0), name="guarantee_amount_positive"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in lifecycle.State]), name="guarantee_state_known"
            ),
            models.UniqueConstraint(
                fields=["case"], condition=~Q(state__in=_ENDED_EARLY), name="guarantee_one_per_case"
            ),
            models.CheckConstraint(
                condition=Q(state__in=_CLOSED, closed_at__isnull=False)
                | (~Q(state__in=_CLOSED) & Q(closed_at__isnull=True)),
                name="guarantee_closed_pair",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=_DECIDED)
                | Q(
                    approved_by__isnull=False, approved_at__isnull=False, ceiling_total__isnull=False,
                    ceiling_customer__isnull=False, rate_ppm__isnull=False, fee__gte=0,
                ),
                name="guarantee_approved_first",
            ),
            models.CheckConstraint(condition=~Q(approved_by=F("reviewed_by")), name="guarantee_approved_by_another"),
            models.CheckConstraint(
                condition=~Q(state__in=["issued", *_FORCE]) | (Q(issued_on__isnull=False) & ~Q(letter_no="")),
                name="guarantee_letter_first",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=_FORCE)
                | (Q(in_force_on__isnull=False) & (Q(fee=0) | ~Q(fee_slip_no=""))),
                name="guarantee_fee_first",
            ),
            models.CheckConstraint(
                condition=Q(loss__gte=0, payout__gte=0, payout__lte=F("loss"), loss__lte=F("amount")),
                name="guarantee_payout_within_loss",
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(hold__isnull=False, fund__isnull=False, accepted_by__isnull=False),
                name="guarantee_accepted_holds_money",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=_PAID, posting__isnull=False, paid_on__isnull=False, paid_by__isnull=False, payout__gt=0
                )
                | (~Q(state__in=_PAID) & Q(posting__isnull=True, paid_on__isnull=True, returned=0)),
                name="guarantee_paid_has_posting",
            ),
            models.CheckConstraint(condition=~Q(paid_by=F("accepted_by")), name="guarantee_paid_by_another"),
            models.CheckConstraint(
                condition=Q(returned__gte=0, returned__lte=F("loss")), name="guarantee_returned_within_loss"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["guarantor_path", "state"], name="guarantee_guarantor_state"),
            models.Index(fields=["bank_path", "state"], name="guarantee_bank_state"),
            models.Index(fields=["enterprise"], name="guarantee_firm"),
        ]

    def __str__(self) -> str:
        return self.number


class GuaranteePaper(models.Model):
    """A paper of the bank's claim as it was uploaded; *digest* is its SHA-256."""

    guarantee = models.ForeignKey(Guarantee, on_delete=models.PROTECT, related_name="papers")
    code = models.CharField(max_length=24)
    name = models.CharField(max_length=160)
    digest = models.CharField(max_length=64)
    content = models.BinaryField()
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["guarantee", "code"], name="guarantee_paper_once")]

    def __str__(self) -> str:
        return self.name


class GuaranteeShare(models.Model):
    """What one party bears of a loss that was paid out, and what it has had back."""

    guarantee = models.ForeignKey(Guarantee, on_delete=models.PROTECT, related_name="shares")
    place = models.PositiveSmallIntegerField()
    party = models.CharField(max_length=20)
    share_ppm = models.PositiveIntegerField()
    borne = models.BigIntegerField()
    returned = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["guarantee", "party"], name="guarantee_share_once"),
            models.CheckConstraint(
                condition=Q(borne__gte=0, returned__gte=0, returned__lte=F("borne")), name="guarantee_share_amounts"
            ),
        ]

    def __str__(self) -> str:
        return self.party


class GuaranteeRecovery(models.Model):
    """Money recovered from the debtor after the payout and its cost; *parts* by party; once a slip."""

    guarantee = models.ForeignKey(Guarantee, on_delete=models.PROTECT, related_name="recoveries")
    received_on = models.DateField()
    recovered = models.BigIntegerField()
    cost = models.BigIntegerField(default=0)
    parts = models.JSONField()
    slip_no = models.CharField(max_length=60)
    posting = models.ForeignKey("ledger.Posting", on_delete=models.PROTECT, null=True, related_name="+")
    recorded_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(recovered__gt=0, cost__gte=0, cost__lte=F("recovered")), name="guarantee_recovery_amounts"
            ),
            models.CheckConstraint(
                condition=Q(recovered=F("cost"), posting__isnull=True)
                | Q(recovered__gt=F("cost"), posting__isnull=False),
                name="guarantee_recovery_posted",
            ),
            models.UniqueConstraint(fields=["guarantee", "slip_no"], name="guarantee_slip_once"),
        ]

    def __str__(self) -> str:
        return self.slip_no
