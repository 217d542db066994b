"""Figures that were counted, bulletins and evaluations. Private to the package."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Fact(models.Model):
    """One tally over one span for one cell: everything, a district, an institution, or a district's institution.

    *district_code* "" and *institution_id* 0 mean all of them. A firm is counted once in each cell, so cells of firms
    do not add up; that is why every cell is kept.
    """

    tally = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    start = models.DateField()
    last = models.DateField()
    district_code = models.CharField(max_length=6, blank=True, default="")
    institution_id = models.BigIntegerField(default=0)
    count = models.BigIntegerField()
    amount = models.DecimalField(max_digits=32, decimal_places=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["last", "start", "tally", "version", "district_code", "institution_id"], name="fact_once"
            ),
            models.CheckConstraint(condition=models.Q(start__lte=models.F("last")), name="fact_span_in_order"),
            models.CheckConstraint(condition=models.Q(count__gte=0), name="fact_count_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.tally} {self.start}–{self.last} {self.district_code or '*'} {self.institution_id or '*'}"


class Counted(models.Model):
    """A tally was counted over a span: so that "no rows" and "not counted yet" are two things."""

    tally = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    start = models.DateField()
    last = models.DateField()
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["last", "start", "tally", "version"], name="counted_once")]

    def __str__(self) -> str:
        return f"{self.tally} {self.start}–{self.last}"


class TallyVersion(models.Model):
    """A later definition of a shipped tally, made by the city; it begins on a month's first day."""

    tally = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    filter = models.JSONField()
    words = models.CharField(max_length=300)
    words_en = models.CharField(max_length=300)
    document_no = models.CharField(max_length=80)
    valid_from = models.DateField()
    made_by = models.CharField(max_length=40)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tally", "version"], name="tally_version_once"),
            models.UniqueConstraint(fields=["tally", "valid_from"], name="tally_version_one_a_day"),
            models.CheckConstraint(condition=models.Q(valid_from__day=1), name="tally_version_at_month_start"),
            models.CheckConstraint(condition=models.Q(version__gte=2), name="tally_version_after_shipped"),
        ]

    def __str__(self) -> str:
        return f"{self.tally} v{self.version}"


class Boundary(models.Model):
    """The outline of a district as rings of points, taken in from a file of the city's own."""

    district_code = models.CharField(max_length=6, primary_key=True)
    rings = models.JSONField()  # [[[longitude, latitude], …], …] with four decimals, outer rings only
    source = models.CharField(max_length=120)
    taken_in_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.district_code


class Bulletin(models.Model):
    """A table with its text for one span. Its states are in bulletin_lifecycle.py; what is frozen never changes."""

    template = models.CharField(max_length=30)
    kind = models.CharField(max_length=10)
    start = models.DateField()
    last = models.DateField()
    excluded = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    note = models.TextField(blank=True, default="")
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=12, default="draft")
    version = models.PositiveIntegerField(default=1)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField(null=True)
    revision = models.PositiveSmallIntegerField(default=0)
    revises = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="revisions")
    reason = models.CharField(max_length=300, blank=True, default="")
    differences = models.JSONField(default=list)
    drafted_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    drafted_at = models.DateTimeField()
    frozen_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    frozen_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "frozen", "superseded", "dropped"]), name="bulletin_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["frozen", "superseded"], number__isnull=False, frozen_at__isnull=False)
                | models.Q(state__in=["draft", "dropped"], number__isnull=True, frozen_at__isnull=True),
                name="bulletin_frozen_pair",
            ),
            models.CheckConstraint(
                condition=models.Q(frozen_by__isnull=True)
                | models.Q(drafted_by__isnull=True)
                | ~models.Q(frozen_by=models.F("drafted_by")),
                name="bulletin_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(published_at__isnull=True) | models.Q(frozen_at__isnull=False),
                name="bulletin_published_frozen",
            ),
            models.CheckConstraint(
                condition=models.Q(revision=0, revises__isnull=True) | models.Q(revision__gt=0, revises__isnull=False),
                name="bulletin_revision_pair",
            ),
            models.UniqueConstraint(fields=["year", "number", "revision"], name="bulletin_number_once"),
            models.UniqueConstraint(
                fields=["revises"], condition=models.Q(state__in=["draft", "frozen"]), name="bulletin_one_revision"
            ),
        ]
        indexes = [models.Index(fields=["state", "-last", "-id"], name="bulletin_newest")]

    def __str__(self) -> str:
        return f"{self.template} {self.start}–{self.last} {self.state}"


class EvaluationRound(models.Model):
    """One evaluation of the banks by a card over a span. Its states are in evaluation_lifecycle.py."""

    card = models.JSONField()  # as it was when the round was opened
    kind = models.CharField(max_length=10)
    start = models.DateField()
    last = models.DateField()
    state = models.CharField(max_length=14, default="self_scoring")
    version = models.PositiveIntegerField(default=1)
    self_score_until = models.DateField()
    appeal_until = models.DateField(null=True)
    opened_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    published_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["self_scoring", "reviewing", "feedback", "published", "cancelled"]),
                name="evaluation_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state="published", published_at__isnull=False, appeal_until__isnull=False)
                | (~models.Q(state="published") & models.Q(published_at__isnull=True)),
                name="evaluation_published_pair",
            ),
            models.CheckConstraint(
                condition=models.Q(published_by__isnull=True)
                | models.Q(opened_by__isnull=True)
                | ~models.Q(published_by=models.F("opened_by")),
                name="evaluation_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.card['code']} {self.start}–{self.last}"


class EvaluationResult(models.Model):
    """One bank in a round: figures, its own score, the review, what it appealed. Values are decimal texts by item."""

    round = models.ForeignKey(EvaluationRound, on_delete=models.PROTECT, related_name="results")
    institution = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+")
    institution_path = models.CharField(max_length=120)
    peers = models.CharField(max_length=20)
    figures = models.JSONField(default=dict)
    self_points = models.JSONField(default=dict)
    self_note = models.TextField(blank=True, default="")
    submitted_at = models.DateTimeField(null=True)
    reviewed = models.JSONField(default=dict)
    review_note = models.TextField(blank=True, default="")
    points = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    grade = models.CharField(max_length=20, blank=True, default="")
    rank = models.PositiveSmallIntegerField(null=True)
    rank_in_peers = models.PositiveSmallIntegerField(null=True)
    appeal = models.TextField(blank=True, default="")
    appealed_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True, default="")
    upheld = models.BooleanField(null=True)
    answered_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "institution"], name="evaluation_result_once"),
            models.CheckConstraint(
                condition=models.Q(appealed_at__isnull=True, appeal="")
                | (models.Q(appealed_at__isnull=False) & ~models.Q(appeal="")),
                name="evaluation_appeal_pair",
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True, upheld__isnull=True)
                | models.Q(answered_at__isnull=False, upheld__isnull=False, appealed_at__isnull=False),
                name="evaluation_answer_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.institution_id}"


class DistrictChange(models.Model):
    """A district of the city that was dissolved, and what followed it; its figures until then stay its own."""

    district_code = models.CharField(max_length=6, unique=True)
    on = models.DateField()  # the first day of what follows
    document_no = models.CharField(max_length=80)
    parts = ArrayField(models.CharField(max_length=6))
    moved = models.PositiveIntegerField()
    stay = models.PositiveIntegerField()
    registered_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    registered_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(parts=[]), name="districtchange_has_parts")]

    def __str__(self) -> str:
        return f"{self.district_code} {self.on}"
