"""Figures that were counted, bulletins and evaluations. Private to the package."""

from __future__ import annotations

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
