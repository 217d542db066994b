"""Tables of funds and of paying out of them: orders, their lines, notices, payment files and bank statements."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from huoshui.funds import payment_lifecycle as lifecycle

_CLOSED = [state.value for state in lifecycle.CLOSED_STATES]
_HELD = [state.value for state in lifecycle.HELD_STATES]


class Fund(models.Model):
    """Public money with a purpose: one book of its own, and the account that the custodian bank keeps for it."""

    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=12)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True, default="")
    programme = models.ForeignKey("catalogue.Programme", on_delete=models.PROTECT, null=True, related_name="+")
    district_code = models.CharField(max_length=6)
    book = models.OneToOneField("ledger.Book", on_delete=models.PROTECT, related_name="+")
    account_no = models.CharField(max_length=40, blank=True, default="")
    account_bank = models.CharField(max_length=80, blank=True, default="")
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["subsidy", "compensation", "bridge", "guarantee"]), name="fund_kind_known"
            ),
            models.UniqueConstraint(fields=["account_no"], condition=~Q(account_no=""), name="fund_account_once"),
        ]

    def __str__(self) -> str:
        return self.code


class PayeeAccount(models.Model):
    """Where a firm or an institution is paid. A new account ends the one before; none is changed."""

    enterprise = models.ForeignKey("registry.Enterprise", on_delete=models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    holder = models.CharField(max_length=120)
    bank_name = models.CharField(max_length=80)
    account_no = models.CharField(max_length=40)
    set_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(enterprise__isnull=True, organisation__isnull=False)
                | Q(enterprise__isnull=False, organisation__isnull=True),
                name="payee_account_of_one",
            ),
            models.UniqueConstraint(
                fields=["enterprise"], condition=Q(ended_at__isnull=True), name="payee_account_firm_current"
            ),
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(ended_at__isnull=True), name="payee_account_office_current"
            ),
        ]

    def __str__(self) -> str:
        return self.holder


class PublicNotice(models.Model):
    """A list of payments open to objections from one day through another (公示)."""

    number = models.CharField(max_length=24, unique=True)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="notices")
    title = models.CharField(max_length=160)
    published_on = models.DateField()
    ends_on = models.DateField()
    published_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(ends_on__gte=F("published_on")), name="notice_days_in_order")]

    def __str__(self) -> str:
        return self.number


class PaymentFile(models.Model):
    """A numbered list of payments handed to the custodian bank; *content* is the CSV as it left, *digest* its SHA-256."""

    number = models.CharField(max_length=24, unique=True)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="files")
    items = models.PositiveIntegerField()
    total = models.BigIntegerField()
    content = models.TextField()
    digest = models.CharField(max_length=64)
    made_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.number


class PaymentOrder(models.Model):
    """A sum owed to one payee for one business fact (*reference*), from calculation to the bank's statement. Fen."""

    number = models.CharField(max_length=24, unique=True)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="orders")
    kind = models.CharField(max_length=24)  # whose business it is: reactions are found by it
    subject_id = models.BigIntegerField(null=True)
    reference = models.CharField(max_length=80, unique=True)
    text = models.CharField(max_length=120)
    payee_kind = models.CharField(max_length=10)
    payee_name = models.CharField(max_length=120)
    payee_bank = models.CharField(max_length=80, blank=True, default="")
    payee_account = models.CharField(max_length=40, blank=True, default="")
    payee_organisation = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    enterprise = models.ForeignKey("registry.Enterprise", on_delete=models.PROTECT, null=True, related_name="+")
    bank_path = models.CharField(max_length=120, blank=True, default="")
    district_code = models.CharField(max_length=6)
    amount = models.BigIntegerField()
    needs_notice = models.BooleanField(default=True)
    from_advance = models.BooleanField(default=False)  # settled against money the payee already has: no cash moves
    state = models.CharField(max_length=10)
    version = models.PositiveIntegerField(default=1)
    attempt = models.PositiveSmallIntegerField(default=1)
    notice = models.ForeignKey(PublicNotice, on_delete=models.PROTECT, null=True, related_name="orders")
    file = models.ForeignKey(PaymentFile, on_delete=models.PROTECT, null=True, related_name="orders")
    hold = models.OneToOneField("ledger.Hold", on_delete=models.PROTECT, null=True, related_name="+")
    posting = models.OneToOneField("ledger.Posting", on_delete=models.PROTECT, null=True, related_name="+")
    split_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="parts")
    made_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    checked_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    paid_on = models.DateField(null=True)
    why = models.TextField(blank=True, default="")  # the words of the last return or cancellation
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in lifecycle.State]), name="payment_state_known"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0) | Q(amount=0, state__in=["computed", "checked", "in_notice", "cancelled"]),
                name="payment_amount_positive",
            ),
            models.CheckConstraint(condition=~Q(checked_by=F("made_by")), name="payment_checked_by_another"),
            models.CheckConstraint(condition=~Q(approved_by=F("made_by")), name="payment_approved_by_another"),
            models.CheckConstraint(
                condition=Q(state__in=["computed", "cancelled"])
                | Q(checked_by__isnull=False, checked_at__isnull=False),
                name="payment_checked_first",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["computed", "checked", "in_notice", "cancelled"])
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="payment_approved_first",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["computed", "checked", "cancelled"])
                | Q(needs_notice=False)
                | Q(notice__isnull=False),
                name="payment_noticed_first",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=_HELD) | Q(hold__isnull=False),
                name="payment_approved_holds_money",
            ),
            models.CheckConstraint(
                condition=Q(state="paid", posting__isnull=False, paid_on__isnull=False)
                | (~Q(state="paid") & Q(posting__isnull=True, paid_on__isnull=True)),
                name="payment_paid_has_posting",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_CLOSED, closed_at__isnull=False)
                | (~Q(state__in=_CLOSED) & Q(closed_at__isnull=True)),
                name="payment_closed_pair",
            ),
        ]
        indexes = [
            models.Index(fields=["fund", "state", "id"], name="payment_fund_state"),
            models.Index(fields=["kind", "subject_id"], name="payment_subject"),
        ]

    def __str__(self) -> str:
        return self.number


class PaymentLine(models.Model):
    """What one firm's part of a payment is, and what was objected against it."""

    order = models.ForeignKey(PaymentOrder, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveIntegerField()
    enterprise = models.ForeignKey("registry.Enterprise", on_delete=models.PROTECT, null=True, related_name="+")
    district_code = models.CharField(max_length=6)
    bank_path = models.CharField(max_length=120, blank=True, default="")
    subject_id = models.BigIntegerField(null=True)
    text = models.CharField(max_length=200)
    amount = models.BigIntegerField()
    state = models.CharField(max_length=10, default="open")  # open, suspended, struck
    objection = models.TextField(blank=True, default="")
    objected_at = models.DateTimeField(null=True)
    objector = models.CharField(max_length=80, blank=True, default="")
    answer = models.TextField(blank=True, default="")
    answered_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="payment_line_number"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_line_amount"),
            models.CheckConstraint(condition=Q(state__in=["open", "suspended", "struck"]), name="payment_line_state"),
            models.CheckConstraint(
                condition=Q(state="open") | (Q(objected_at__isnull=False) & ~Q(objection="")),
                name="payment_line_objection",
            ),
            models.CheckConstraint(condition=~Q(state="struck") | ~Q(answer=""), name="payment_line_struck_why"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}/{self.number}"


class Statement(models.Model):
    """A bank's statement of a fund's account as it was taken in; the same file is taken in once."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="statements")
    district_code = models.CharField(max_length=6)
    name = models.CharField(max_length=160)
    digest = models.CharField(max_length=64)
    lines_count = models.PositiveIntegerField()
    first_on = models.DateField()
    last_on = models.DateField()
    imported_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["fund", "digest"], name="statement_once")]

    def __str__(self) -> str:
        return self.name


class StatementLine(models.Model):
    """A movement on the fund's account: *amount* fen, above 0 in, below 0 out."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="lines")
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    booked_on = models.DateField()
    bank_ref = models.CharField(max_length=80)
    amount = models.BigIntegerField()
    party = models.CharField(max_length=120, blank=True, default="")
    party_account = models.CharField(max_length=40, blank=True, default="")
    remark = models.CharField(max_length=200, blank=True, default="")
    state = models.CharField(max_length=9, default="left")  # left, matched, explained
    how = models.CharField(max_length=20, blank=True, default="")
    note = models.TextField(blank=True, default="")
    settled_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fund", "bank_ref"], name="statement_line_once"),
            models.CheckConstraint(condition=~Q(amount=0), name="statement_line_amount"),
            models.CheckConstraint(
                condition=Q(state__in=["left", "matched", "explained"]), name="statement_line_state"
            ),
            models.CheckConstraint(condition=~Q(state="explained") | ~Q(note=""), name="statement_line_note"),
        ]
        indexes = [models.Index(fields=["fund", "state"], name="statement_line_left")]

    def __str__(self) -> str:
        return self.bank_ref


class StatementMatch(models.Model):
    """A statement's line shows that a payment was made (out) or came back (in), in that attempt; each once."""

    line = models.ForeignKey(StatementLine, on_delete=models.PROTECT, related_name="matches")
    order = models.ForeignKey(PaymentOrder, on_delete=models.PROTECT, related_name="matches")
    attempt = models.PositiveSmallIntegerField()
    direction = models.CharField(max_length=3)  # out, in
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "attempt", "direction"], name="statement_match_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="statement_match_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} → {self.order_id}"
