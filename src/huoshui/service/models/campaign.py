"""Grids of a district, campaigns of visits, whom they are to reach, and the sampling of visits' quality."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Grid(models.Model):
    """The smallest area somebody answers for. *words*: street names; an address that has one lies in the grid."""

    code = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80, blank=True, default="")
    district_code = models.CharField(max_length=6)
    street = models.CharField(max_length=60)  # township or subdistrict above it, as people call it
    words = ArrayField(models.CharField(max_length=40), default=list)
    keeper = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["district_code", "code"], name="grid_district")]

    def __str__(self) -> str:
        return self.name


class Campaign(models.Model):
    """A round of visits: who is to be called on (*rule*), from when to when."""

    class State(models.TextChoices):
        OPEN = "open", "进行中"
        CLOSED = "closed", "已结束"

    name = models.CharField(max_length=80)
    district_code = models.CharField(max_length=6)
    first_day = models.DateField()
    last_day = models.DateField()
    rule = models.JSONField(default=dict)
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    created_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")), name="campaign_ends_after_it_begins"
            ),
        ]
        indexes = [models.Index(fields=["district_code", "-first_day"], name="campaign_district")]

    def __str__(self) -> str:
        return self.name


class Target(models.Model):
    """A firm that a campaign is to reach, by whom, and the visit that did."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="targets")
    enterprise = models.ForeignKey("registry.Enterprise", on_delete=models.PROTECT, related_name="+")
    district_code = models.CharField(max_length=6)
    grid = models.ForeignKey(Grid, on_delete=models.PROTECT, null=True, related_name="targets")
    visitor = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    place = models.PositiveIntegerField(default=0)  # order of the way within a visitor's firms
    visit = models.OneToOneField("financing.Visit", on_delete=models.PROTECT, null=True, related_name="target")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "enterprise"], name="target_once_a_campaign"),
        ]
        indexes = [models.Index(fields=["visitor", "visit", "place"], name="target_visitor")]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.enterprise_id}"


class QualityCheck(models.Model):
    """A visit drawn for a second look: a call back by somebody else. *verdict* is empty until it was made."""

    class Verdict(models.TextChoices):
        SOUND = "sound", "属实"
        DOUBTFUL = "doubtful", "存疑"
        UNREACHED = "unreached", "未联系上"

    target = models.OneToOneField(Target, on_delete=models.PROTECT, related_name="quality")
    district_code = models.CharField(max_length=6)
    checker = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict.choices, blank=True, default="")
    note = models.CharField(max_length=300, blank=True, default="")
    drawn_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.target_id} {self.verdict}"
