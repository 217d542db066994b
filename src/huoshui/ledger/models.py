"""Tables of the books. Private to the package; guards are in sql/, each with a test that tries to break it."""

from __future__ import annotations

from django.contrib.postgres.functions import TransactionNow
from django.db import models

LARGEST = 9 * 10**17  # fen; 9,000,000 亿元 leaves room to add in 64 bits


class Book(models.Model):
    """The books of one fund. Nothing is posted on or before *closed_through*."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True, default="")
    closed_through = models.DateField(null=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.code


class Account(models.Model):
    """An account of a book. Debits are positive. *guarded*: the balance on its own side never falls below what is held."""

    class Side(models.TextChoices):
        DEBIT = "debit", "借"
        CREDIT = "credit", "贷"

    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="accounts")
    code = models.CharField(max_length=60)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True, default="")
    side = models.CharField(max_length=6, choices=Side.choices)
    guarded = models.BooleanField(default=True)
    institution = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["book", "code"], name="account_code_once_per_book"),
            models.CheckConstraint(condition=models.Q(side__in=["debit", "credit"]), name="account_side_known"),
        ]

    def __str__(self) -> str:
        return self.code


class Posting(models.Model):
    """One business fact in the books. *source* names the fact ("subsidy:claim:12"); *lines* is how many entries it has."""

    # keys without a constraint of their own, here and below: sql/posting.sql checks them set by set
    book = models.ForeignKey(
        Book, on_delete=models.PROTECT, related_name="postings", db_index=False, db_constraint=False
    )
    source = models.CharField(max_length=120, unique=True)
    posted_on = models.DateField()
    recorded_at = models.DateTimeField(db_default=TransactionNow())
    text = models.CharField(max_length=200)
    lines = models.PositiveSmallIntegerField()
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversed_by", db_constraint=False
    )
    reason = models.TextField(blank=True, default="")
    actor_id = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(lines__gte=2), name="posting_has_two_lines"),
            models.CheckConstraint(
                condition=models.Q(reverses__isnull=True) | ~models.Q(reason=""), name="posting_reversal_has_reason"
            ),
        ]
        indexes = [models.Index(fields=["book", "posted_on", "id"], name="posting_book_day")]

    def __str__(self) -> str:
        return self.source


class Entry(models.Model):
    """One line of a posting: debit positive, credit negative, fen."""

    posting = models.ForeignKey(
        Posting, on_delete=models.PROTECT, related_name="entries", db_index=False, db_constraint=False
    )
    line = models.PositiveSmallIntegerField()
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="entries", db_index=False, db_constraint=False
    )
    amount = models.BigIntegerField()
    posted_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["posting", "line"], name="entry_line_once"),
            models.CheckConstraint(
                condition=~models.Q(amount=0) & models.Q(amount__gte=-LARGEST, amount__lte=LARGEST),
                name="entry_amount_range",
            ),
        ]
        indexes = [models.Index(fields=["account", "posted_on"], include=["amount"], name="entry_account_day")]

    def __str__(self) -> str:
        return f"{self.posting_id}/{self.line}"


class Balance(models.Model):
    """What an account holds now: sum of its entries, and what open holds reserve. Kept by triggers alone."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, primary_key=True, related_name="balance")
    side = models.SmallIntegerField()  # 1 debit, -1 credit
    guarded = models.BooleanField()
    amount = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(guarded=False)
                | models.Q(amount__gte=models.F("held"), side=1)
                | models.Q(amount__lte=-models.F("held"), side=-1),
                name="balance_covers_holds",
            ),
            models.CheckConstraint(condition=models.Q(held__gte=0), name="balance_held_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.amount}"


class Hold(models.Model):
    """Money reserved on an account until it is posted, voided or expires."""

    class State(models.TextChoices):
        OPEN = "open", "占用中"
        POSTED = "posted", "已支付"
        VOIDED = "voided", "已释放"
        EXPIRED = "expired", "已过期"

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="holds")
    source = models.CharField(max_length=120, unique=True)
    amount = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    text = models.CharField(max_length=200)
    expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # by source, checked at commit: the hold ends before its posting is made, so that the money is never counted twice
    posting = models.OneToOneField(Posting, on_delete=models.PROTECT, to_field="source", null=True, related_name="hold")
    reason = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0, amount__lte=LARGEST), name="hold_amount_positive"),
            models.CheckConstraint(
                condition=models.Q(state="open", ended_at__isnull=True)
                | (~models.Q(state="open") & models.Q(ended_at__isnull=False)),
                name="hold_end_recorded",
            ),
            models.CheckConstraint(
                condition=models.Q(state="posted", posting__isnull=False)
                | (~models.Q(state="posted") & models.Q(posting__isnull=True)),
                name="hold_posted_has_posting",
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], name="hold_open_expiry", condition=models.Q(state="open")),
        ]

    def __str__(self) -> str:
        return self.source


class Link(models.Model):
    """A posting's place in its book's chain; written by the database when the transaction commits."""

    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="links", db_index=False, db_constraint=False)
    seq = models.BigIntegerField()
    posting = models.OneToOneField(Posting, on_delete=models.PROTECT, related_name="link", db_constraint=False)
    previous = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["book", "seq"], name="link_seq_once_per_book")]

    def __str__(self) -> str:
        return f"{self.book_id}#{self.seq}"
