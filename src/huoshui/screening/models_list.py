"""Lists of firms by rule, their editions and members, and the leads that banks work from them. Private to the package."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from huoshui.screening import lead_lifecycle
from huoshui.screening.list_kinds import KINDS, SCHEDULES


class ListDefinition(models.Model):
    """A list that is made again and again: what it is for, where its facts come from, how often."""

    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=16)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    source = models.CharField(max_length=200)
    schedule = models.CharField(max_length=8, default="manual")
    active = models.BooleanField(default=True)
    last_number = models.PositiveIntegerField(default=0)  # of its editions
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=list(KINDS)), name="listdefinition_kind_known"),
            models.CheckConstraint(
                condition=models.Q(schedule__in=list(SCHEDULES)), name="listdefinition_schedule_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ListRule(models.Model):
    """One version of a list's rule; never changed. Firms of the lists in *without* are left out, and those that fewer
    than *needs_products* products on offer fit."""

    definition = models.ForeignKey(ListDefinition, on_delete=models.PROTECT, related_name="rules")
    number = models.PositiveIntegerField()
    criteria = models.JSONField()
    without = ArrayField(models.CharField(max_length=40), default=list)
    needs_products = models.PositiveSmallIntegerField(default=0)
    document_no = models.CharField(max_length=120)
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["definition", "number"], name="listrule_number")]

    def __str__(self) -> str:
        return f"{self.definition_id} r{self.number}"


class ListEdition(models.Model):
    """A list as it stood: as-of date, rule version, snapshot, how many, how it differs. Never changed."""

    definition = models.ForeignKey(ListDefinition, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    rule = models.ForeignKey(ListRule, on_delete=models.PROTECT, related_name="+")
    snapshot = models.ForeignKey("screening.Snapshot", on_delete=models.PROTECT, related_name="editions")
    as_of = models.DateField()
    firms = models.PositiveIntegerField()  # of the whole register
    count = models.PositiveIntegerField()
    unknown = models.PositiveIntegerField()  # firms that a missing fact leaves open
    came = models.PositiveIntegerField()
    went = models.PositiveIntegerField()
    figures = models.JSONField()  # {"district": {code: count}, "section": …, "size": …}
    members_sha256 = models.CharField(max_length=64)  # of the members' numbers, ascending, eight octets each
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["definition", "number"], name="listedition_number"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="listedition_from_one"),
            models.CheckConstraint(condition=models.Q(count__lte=models.F("firms")), name="listedition_not_beyond"),
            models.CheckConstraint(condition=models.Q(came__lte=models.F("count")), name="listedition_came_within"),
        ]

    def __str__(self) -> str:
        return f"{self.definition_id} #{self.number}"


class ListMember(models.Model):
    """A firm on a list, from edition *since* to edition *until* (none: still there). An edition of half a million
    firms writes only how it differs from the one before; a row is never changed but for its end."""

    definition = models.ForeignKey(ListDefinition, on_delete=models.PROTECT, related_name="+", db_index=False)
    enterprise = models.ForeignKey("registry.Enterprise", on_delete=models.PROTECT, related_name="+")
    # as the edition that listed the firm read them: a page narrows and turns half a million rows without a join
    district_code = models.CharField(max_length=6)
    industry_code = models.CharField(max_length=5, blank=True, default="")
    size_class = models.CharField(max_length=8, blank=True, default="")
    since = models.PositiveIntegerField()
    until = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["definition", "enterprise"],
                condition=models.Q(until__isnull=True),
                name="listmember_once",
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="listmember_ends_after_start",
            ),
        ]
        indexes = [
            models.Index(fields=["definition", "district_code", "id"], name="listmember_district"),
            models.Index(fields=["definition", "id"], name="listmember_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.definition_id} {self.enterprise_id}"


class ListChange(models.Model):
    """A firm that came onto an exclusion list, or left it, when one of its facts changed between two editions. Written
    once; it counts until an edition is made from a later snapshot."""

    definition = models.ForeignKey(ListDefinition, on_delete=models.PROTECT, related_name="+", db_index=False)
    rule = models.ForeignKey(ListRule, on_delete=models.PROTECT, related_name="+")
    enterprise = models.ForeignKey("registry.Enterprise", on_delete=models.PROTECT, related_name="+")
    district_code = models.CharField(max_length=6)
    listed = models.BooleanField()  # came onto the list; otherwise left it
    facts = ArrayField(models.CharField(max_length=60))  # the facts that changed and that the rule reads
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["definition", "-made_at"], name="listchange_newest")]

    def __str__(self) -> str:
        return f"{self.definition_id} {self.enterprise_id} {self.listed}"


class Lead(models.Model):
    """A firm of an edition handed to one branch, with the product that fits best and why; what the bank did about it."""

    edition = models.ForeignKey(ListEdition, on_delete=models.PROTECT, related_name="leads")
    enterprise = models.ForeignKey("registry.Enterprise", on_delete=models.PROTECT, related_name="+")
    district_code = models.CharField(max_length=6)
    industry_code = models.CharField(max_length=5, blank=True, default="")
    size_class = models.CharField(max_length=8, blank=True, default="")
    bank = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+")
    bank_path = models.CharField(max_length=120)  # of the branch: row security reads it
    product = models.ForeignKey("catalogue.Product", on_delete=models.PROTECT, related_name="+")
    fits = models.PositiveIntegerField()  # products of this bank that the firm qualifies for
    amount_max = models.BigIntegerField()  # fen, of the product
    rate_ppm = models.PositiveIntegerField()
    why = models.JSONField(default=list)  # the conditions that decided, in words; no values
    state = models.CharField(max_length=10, default="new")
    version = models.PositiveIntegerField(default=1)
    officer = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    pushed_at = models.DateTimeField()
    invited_at = models.DateTimeField(null=True)
    contacted_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)  # by when the bank's next word is owed; none of leads older than deadlines
    reason_code = models.CharField(max_length=40, blank=True, default="")
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in lead_lifecycle.State]), name="lead_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["refused", "withdrawn", "recalled"], closed_at__isnull=False)
                | (~models.Q(state__in=["refused", "withdrawn", "recalled"]) & models.Q(closed_at__isnull=True)),
                name="lead_closed_pair",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="refused") | ~models.Q(reason_code=""), name="lead_refused_says_why"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="applied") | models.Q(applied_at__isnull=False), name="lead_applied_at"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="contacted") | models.Q(contacted_at__isnull=False), name="lead_contacted_at"
            ),
            models.UniqueConstraint(
                fields=["enterprise"],
                condition=models.Q(state__in=[state.value for state in lead_lifecycle.WAITING]),
                name="lead_one_bank_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["bank_path", "state", "-id"], name="lead_bank_state"),
            models.Index(fields=["edition", "state"], name="lead_edition_state"),
            models.Index(
                fields=["due_on"],
                condition=models.Q(state__in=[state.value for state in lead_lifecycle.WAITING]),
                name="lead_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.enterprise_id}"
