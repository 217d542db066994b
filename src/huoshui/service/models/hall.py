"""The service hall: numbers drawn or booked ahead, and what districts need this quarter."""

from __future__ import annotations

from django.db import models


class Ticket(models.Model):
    """A turn at the hall on one day. *slot* is the booked time; without one the number was drawn at the door."""

    class State(models.TextChoices):
        BOOKED = "booked", "已预约"
        WAITING = "waiting", "等候中"
        CALLED = "called", "正在办理"
        SERVED = "served", "已办完"
        MISSED = "missed", "过号"
        CANCELLED = "cancelled", "已取消"

    day = models.DateField()
    topic = models.CharField(max_length=12)
    number = models.PositiveIntegerField(null=True)
    slot = models.TimeField(null=True)
    enterprise = models.ForeignKey("registry.Enterprise", on_delete=models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    window = models.PositiveSmallIntegerField(null=True)
    clerk = models.ForeignKey("access.Person", on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices)
    made_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "topic", "number"], name="ticket_number_once_a_day"),
            models.UniqueConstraint(
                fields=["day", "window"], condition=models.Q(state="called"), name="ticket_one_at_a_window"
            ),
            models.UniqueConstraint(
                fields=["day", "enterprise"], condition=models.Q(state__in=["booked", "waiting", "called"]),
                name="ticket_one_open_a_firm",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="called") | models.Q(window__isnull=False), name="ticket_called_has_window"
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["day", "state", "made_at"], name="ticket_queue")]

    def __str__(self) -> str:
        return f"{self.day} {self.topic}{self.number}"


class QuarterNeed(models.Model):
    """What a district says its firms will need in a quarter: how many firms, how much (fen), in which trades."""

    district_code = models.CharField(max_length=6)
    year = models.PositiveSmallIntegerField()
    quarter = models.PositiveSmallIntegerField()
    firms = models.PositiveIntegerField()
    amount = models.BigIntegerField()
    words = models.CharField(max_length=600, blank=True, default="")
    reported_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district_code", "year", "quarter"], name="quarter_need_once"),
            models.CheckConstraint(condition=models.Q(quarter__range=(1, 4)), name="quarter_need_quarter"),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="quarter_need_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.district_code} {self.year}Q{self.quarter}"


class StageReport(models.Model):
    """Where a firm stands with a bank as the hall heard it; the newest report of a firm and bank holds. Never changed."""

    enterprise = models.ForeignKey("registry.Enterprise", on_delete=models.PROTECT, related_name="+")
    district_code = models.CharField(max_length=6)
    bank = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    bank_path = models.CharField(max_length=120, blank=True, default="")
    stage = models.CharField(max_length=12)
    note = models.CharField(max_length=300, blank=True, default="")
    reported_by = models.ForeignKey("access.Person", on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(stage__in=["comparison", "papers", "account", "diligence", "approval", "done"]),
                name="stagereport_stage_known",
            ),
            models.CheckConstraint(
                condition=models.Q(bank=None, bank_path="") | (models.Q(bank__isnull=False) & ~models.Q(bank_path="")),
                name="stagereport_bank_has_path",
            ),
        ]
        indexes = [models.Index(fields=["enterprise", "-id"], name="stagereport_newest")]

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.stage}"
