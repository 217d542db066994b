"""Matchmaking events and road-shows: who is invited, who came, what they want and what became of it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Event(models.Model):
    """A meeting of firms with banks or investors. *token* is in the code that is scanned at the door."""

    class State(models.TextChoices):
        OPEN = "open", "报名中"
        CLOSED = "closed", "已结束"
        CANCELLED = "cancelled", "已取消"

    kind = models.CharField(max_length=12)  # matchmaking | roadshow | session
    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160, blank=True, default="")
    summary = models.TextField(blank=True, default="")
    district_code = models.CharField(max_length=6)
    place = models.CharField(max_length=160)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    seats = models.PositiveIntegerField()
    rule = models.JSONField(default=dict)
    bank_ids = ArrayField(models.BigIntegerField(), default=list)
    token = models.CharField(max_length=32, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    created_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="event_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "closed", "cancelled"]), name="event_state_known"
            ),
        ]
        indexes = [models.Index(fields=["district_code", "-starts_at"], name="event_district")]

    def __str__(self) -> str:
        return self.title


class Attendance(models.Model):
    """A firm at an event: invited, registered, there. *demand* is what its intent became; loans follow from it."""

    class State(models.TextChoices):
        INVITED = "invited", "已邀请"
        REGISTERED = "registered", "已报名"
        PRESENT = "present", "已签到"
        DECLINED = "declined", "不参加"

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="attendances")
    enterprise = models.ForeignKey("registry.Enterprise", on_delete=models.PROTECT, related_name="+")
    district_code = models.CharField(max_length=6)
    state = models.CharField(max_length=10, choices=State.choices)
    question = models.CharField(max_length=300, blank=True, default="")
    answer = models.CharField(max_length=600, blank=True, default="")
    signed_in_at = models.DateTimeField(null=True)
    demand = models.OneToOneField("financing.Demand", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "enterprise"], name="attendance_once_an_event"),
            models.CheckConstraint(
                condition=~models.Q(state="present") | models.Q(signed_in_at__isnull=False),
                name="attendance_present_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.enterprise_id}"
